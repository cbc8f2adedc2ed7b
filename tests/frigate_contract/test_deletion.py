"""How footage goes: by age, with its camera, for room, over a restart. Nobody is told."""

from collections.abc import Iterator
import itertools

import pytest

from tests.frigate_stand_in import Settings, StandIn

from .client import Server, ask
from .sockets import Socket

DAY_S = 86_400


@pytest.fixture(params=["0.16", "0.17", "0.18"])
def by_camera(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    """A server whose days are written with each camera, and not globally."""
    with StandIn(Settings(version=request.param, keep_days=None, camera_days=31)) as server:
        yield server


def test_thirty_days_delete_the_thirty_days_old_minute_within_the_hour(
    stand_in: StandIn, pretended: Server
) -> None:
    """Now minus N times 24 hours: that is why 31 is to be set."""
    key = "continuous" if pretended.version.at_least(0, 17) else "retain"
    stand_in.control.set_config({f"record.{key}.days": 29})
    stand_in.control.restart(away_s=0)
    stand_in.control.advance(3700)
    now = stand_in.control.now()
    assert (
        pretended.rows("cam1", now - 30 * DAY_S, now - 28.99 * DAY_S)[0]["start_time"] > now - 29 * DAY_S - 20
    )


def test_a_removed_or_renamed_camera_loses_its_whole_history_at_the_next_pass(by_camera: StandIn) -> None:
    by_camera.control.rename_camera("cam1", "playroom")
    assert set(ask(by_camera.internal_url, "/api/config").json()["cameras"]) == {"playroom", "cam2"}
    assert by_camera.control.oldest("cam1")
    by_camera.control.pass_of_retention()
    assert by_camera.control.oldest("cam1") is None
    assert by_camera.control.oldest("cam2")


def test_global_days_keep_the_history_of_a_removed_camera(stand_in: StandIn) -> None:
    stand_in.control.remove_camera("cam1")
    stand_in.control.pass_of_retention()
    assert stand_in.control.oldest("cam1")


def test_a_full_disk_deletes_the_oldest_of_all_cameras_whatever_the_days(
    stand_in: StandIn, pretended: Server
) -> None:
    before = {camera: stand_in.control.oldest(camera) for camera in ("cam1", "cam2")}
    stand_in.control.fill_disk(free_mib=1)
    gone = stand_in.control.round_of_storage()
    assert gone == pytest.approx(720, abs=20)
    for camera, oldest in before.items():
        assert oldest is not None
        assert (stand_in.control.oldest(camera) or 0) - oldest == pytest.approx(3600, abs=60)
    stats = pretended.get("/api/stats").json()
    assert "delete" not in str(stats).lower()


def test_the_measured_bandwidth_is_not_measured_again_until_a_restart(
    stand_in: StandIn, pretended: Server
) -> None:
    """So a raised bitrate makes the emergency come late."""

    def told() -> float:
        return float(pretended.get("/api/recordings/storage").json()["cam1"]["bandwidth"])

    first = told()
    stand_in.control.set_segment_size("cam1", 2.0)
    stand_in.control.round_of_storage()
    assert told() == first
    now = stand_in.control.now()
    assert pretended.rows("cam1", now - 60, now)[0]["segment_size"] == pytest.approx(2, abs=0.1)
    stand_in.control.restart(away_s=0)
    assert told() == pytest.approx(720, rel=0.05)


def test_a_restart_costs_about_a_minute_of_all_cameras(stand_in: StandIn, pretended: Server) -> None:
    before = stand_in.control.now()
    stand_in.control.restart(gap_s=60, away_s=0)
    stand_in.control.advance(300)
    rows = pretended.rows("cam2", before - 300, before + 300)
    steps = itertools.pairwise(rows)
    longest = max(after["start_time"] - row["end_time"] for row, after in steps)
    assert 55 < longest < 90


def test_without_a_window_the_hour_before_the_last_restart_is_told(
    stand_in: StandIn, pretended: Server
) -> None:
    """The defaults of `after` and `before` are computed when Frigate starts."""
    stand_in.control.advance(6 * 3600)
    rows = pretended.get("/api/cam1/recordings").json()
    assert stand_in.control.now() - rows[-1]["end_time"] > 5.9 * 3600


def test_rows_stay_when_their_files_are_gone(stand_in: StandIn, pretended: Server) -> None:
    now = stand_in.control.now()
    row = pretended.rows("cam1", now - 100, now - 100)[0]
    stand_in.control.lose_files("cam1", row["start_time"], row["start_time"] + 1)
    assert pretended.rows("cam1", now - 100, now - 100)[0] == row
    path = pretended.get(f"/api/vod/cam1/start/{now - 100}/end/{now - 99}").json()["sequences"][0]["clips"][0]
    assert pretended.get(path["path"].removeprefix("/media/frigate")).status == 404


def test_a_dead_recorder_shows_in_its_segments_alone(stand_in: StandIn, pretended: Server) -> None:
    """Switches and pictures per second look fine meanwhile."""
    stand_in.control.kill_recorder("cam1")
    stand_in.control.advance(300)
    now = stand_in.control.now()
    assert pretended.rows("cam1", now - 200, now) == []
    assert pretended.get("/api/config").json()["cameras"]["cam1"]["record"]["enabled"] is True
    assert pretended.get("/api/stats").json()["cameras"]["cam1"]["camera_fps"] > 0


def test_a_recorder_that_died_is_told_after_two_minutes_from_0_17(
    stand_in: StandIn, pretended: Server
) -> None:
    """`<camera>/status/record` over the web socket."""
    with Socket(pretended.url, pretended.token) as socket:
        socket.send("onConnect", "")
        socket.wait_for("camera_activity")
        stand_in.control.kill_recorder("cam1")
        stand_in.control.advance(130)
        if pretended.version.at_least(0, 17):
            assert socket.wait_for("cam1/status/record") == "offline"
        stand_in.control.toggle_recording("cam2", on=False)
        assert socket.wait_for("cam2/recordings/state") == "OFF"


def test_footage_is_deleted_by_range_from_0_18(pretended: Server, stand_in: StandIn) -> None:
    now = stand_in.control.now()
    path = f"/api/recordings/start/{now - 600}/end/{now - 300}?cameras=cam1"
    answer = pretended.ask(path, method="DELETE")
    assert answer.status == (200 if pretended.version.at_least(0, 18) else 404)
    assert bool(pretended.rows("cam1", now - 500, now - 400)) == (not pretended.version.at_least(0, 18))


def test_a_lost_database_leaves_files_that_nobody_lists_or_deletes(
    stand_in: StandIn, pretended: Server
) -> None:
    """#9755: there is no rebuild."""
    now = stand_in.control.now()
    found = pretended.get(f"/api/vod/cam1/start/{now - 600}/end/{now - 599}").json()
    path = found["sequences"][0]["clips"][0]["path"].removeprefix("/media/frigate")
    stand_in.control.lose_database()
    stand_in.control.advance(40 * DAY_S)
    rows = ask(stand_in.internal_url, f"/api/cam1/recordings?after={now - 3600}&before={now}").json()
    assert rows == []
    assert ask(stand_in.internal_url, path).status == 200
