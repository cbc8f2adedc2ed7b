"""The lookout in virtual time: whom it looks at when, what it tells, what it keeps."""

from itertools import pairwise
from pathlib import Path
import stat

import pytest

from kindergarten_engine.errors import RequestError
from tests.rooms.life import LOOK_S

from .rig import OTHER, UID, Rig, camera, fault

LEARNED = 32


@pytest.fixture
async def rig(tmp_path: Path) -> Rig:
    """Return a lookout over one camera."""
    rig = Rig(tmp_path / "state")
    await rig.lookout.apply([camera()], LOOK_S, 30)
    return rig


async def test_all_cameras_are_looked_at_in_one_round(rig: Rig) -> None:
    await rig.lookout.apply([camera(), camera(OTHER)], LOOK_S, 30)
    await rig.live(4)
    times = {uid: [at for who, at in rig.looks if who == uid] for uid in (UID, OTHER)}
    for mine in times.values():
        assert len(mine) in (4, 5)
        assert all(LOOK_S - 1 <= b - a <= LOOK_S + 1 for a, b in pairwise(mine))
    for at in times[OTHER]:
        assert min(abs(at - other) for other in times[UID]) < 3


async def test_a_covered_camera_is_told_with_stills_and_then_restored(rig: Rig) -> None:
    await rig.live(LEARNED)
    assert rig.told == []
    began_us = rig.utc_us()
    rig.wrong[UID] = fault("paper")
    await rig.live(4)
    assert rig.kinds == ["picture_covered"]
    assert began_us <= int(str(rig.told[0][2]["since_us"])) <= began_us + LOOK_S * 1_000_000
    status = rig.lookout.status(UID)
    assert status
    assert status["sight"] == "covered"
    (event,) = await rig.lookout.events(UID)
    assert await rig.lookout.picture(UID, str(event["id"]), "after") == b"jpeg of " + UID.encode()
    assert await rig.lookout.picture(UID, str(event["id"]), "before") == b"jpeg of then"
    assert int(str(event["before_us"])) <= began_us
    del rig.wrong[UID]
    await rig.live(5)
    kind, uid, data = rig.told[-1]
    assert (kind, uid, data["cause"]) == ("picture_restored", UID, "covered")
    assert 2 * LOOK_S <= (int(str(data["end_us"])) - int(str(data["start_us"]))) / 1e6 <= 9 * LOOK_S


async def test_a_camera_in_doubt_is_looked_at_more_often_until_all_is_clear(rig: Rig) -> None:
    await rig.live(LEARNED)
    rig.wrong[UID] = fault("paper")
    await rig.live(1)
    assert rig.told == []
    del rig.wrong[UID]
    looks = len(rig.looks)
    await rig.live(4)
    assert rig.told == []
    assert 4 <= len(rig.looks) - looks <= 6


@pytest.mark.parametrize(("spent_ms", "looks"), [(40.0, 12), (80.0, 6), (900.0, 6)])
async def test_a_large_picture_is_looked_at_less_often_but_never_too_late(
    rig: Rig, spent_ms: float, looks: int
) -> None:
    rig.spent_ms = spent_ms
    await rig.live(12)
    assert looks - 1 <= len(rig.looks) <= looks + 1


async def test_what_was_learned_and_what_is_wrong_outlive_the_engine(rig: Rig) -> None:
    await rig.live(LEARNED)
    rig.wrong[UID] = fault("paper")
    await rig.live(4)
    await rig.lookout.stop()
    rig.begin()
    await rig.lookout.apply([camera()], LOOK_S, 30)
    status = rig.lookout.status(UID)
    assert status
    assert (status["sight"], status["learning"]) == ("covered", False)
    del rig.wrong[UID]
    await rig.live(5)
    assert rig.kinds == ["picture_covered", "picture_restored"]
    files = [path for path in rig.state.rglob("*") if path.is_file()]
    assert len(files) > 2
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)


async def test_a_stalled_camera_is_not_looked_at_again_and_so_not_frozen(rig: Rig) -> None:
    await rig.live(LEARNED)
    looks = len(rig.looks)
    rig.stalled.add(UID)
    await rig.live(12)
    assert len(rig.looks) <= looks + 1
    assert rig.told == []


async def test_who_is_not_to_be_watched_is_left_alone_and_remembered(rig: Rig) -> None:
    await rig.live(LEARNED)
    await rig.lookout.apply([camera(watch=False)], LOOK_S, 30)
    looks = len(rig.looks)
    await rig.live(3)
    assert len(rig.looks) == looks
    assert rig.lookout.status(UID) is None
    await rig.lookout.apply([camera()], LOOK_S, 30)
    status = rig.lookout.status(UID)
    assert status
    assert status["learning"] is False


async def test_a_camera_that_is_gone_is_forgotten(rig: Rig) -> None:
    await rig.live(2)
    await rig.lookout.stop()
    assert list(rig.state.glob("eye-*"))
    await rig.lookout.apply([], LOOK_S, 30)
    assert not list(rig.state.glob("eye-*"))


async def test_a_camera_that_was_moved_on_purpose_learns_anew(rig: Rig) -> None:
    await rig.live(LEARNED)
    rig.wrong[UID] = fault("turned_20")
    await rig.live(5)
    await rig.lookout.learn_anew(UID)
    assert rig.kinds == ["picture_turned", "picture_restored"]
    await rig.live(LEARNED)
    status = rig.lookout.status(UID)
    assert status
    assert (status["sight"], status["learning"]) == ("ok", False)
    assert len(rig.told) == 2
    with pytest.raises(RequestError, match="not_watched"):
        await rig.lookout.learn_anew(OTHER)


async def test_what_kills_the_worker_is_asked_less_and_less(rig: Rig) -> None:
    rig.breaks = True
    await rig.live(64)
    assert 4 <= len(rig.looks) <= 8


@pytest.mark.parametrize(("offset_ms", "zone"), [(3_600_500, True), (-19_800_000, True), (200_000, False)])
async def test_a_wrong_clock_is_told_and_a_time_zone_as_such(rig: Rig, offset_ms: int, zone: bool) -> None:
    await rig.live(2)
    rig.offset_ms = offset_ms
    await rig.live(4)
    assert rig.kinds == ["picture_clock_wrong"]
    assert (rig.told[0][2]["offset_ms"], rig.told[0][2]["time_zone"]) == (offset_ms, zone)
    rig.offset_ms = -900
    await rig.live(4)
    assert rig.told[-1][0] == "picture_restored"
    assert rig.told[-1][2]["cause"] == "clock_wrong"


@pytest.mark.parametrize("offset_ms", [None, 59_000, 40 * 365 * 86_400_000])
async def test_a_clock_that_is_about_right_or_tells_no_time_is_no_fault(
    rig: Rig, offset_ms: int | None
) -> None:
    rig.offset_ms = offset_ms
    await rig.live(6)
    assert rig.told == []


async def test_no_clock_is_called_wrong_while_ours_is_not_set(rig: Rig) -> None:
    rig.trust, rig.offset_ms = 0, 3_600_000
    await rig.live(6)
    assert rig.told == []
