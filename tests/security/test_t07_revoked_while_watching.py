"""T7: whatever ends the right to watch ends the running picture, for whom it concerns and nobody else."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
import time

from homeassistant.util import dt as dt_util
import pytest

from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.portal import live_views, sending
from tests.integration.fake_archive import PLAYROOM, FakeArchive
from tests.integration.fake_live import FakeCamera
from tests.portal.site import ALWAYS, Family, Site
from tests.stopwatch import Stopwatch

from .watching import SlowReader, Watching, begin, watch

LARGE = 7 << 20
"""More than the system keeps of what nobody reads."""

type Change = Callable[[Site, Family], Awaitable[object]]


async def _revoke(site: Site, family: Family) -> None:
    for device in site.snapshot.devices_of(family.guardian, time.time_ns() // 1000):
        await site.do(People.revoke_device, device.id)


async def _hours_end(site: Site, family: Family) -> None:
    await site.change_room("Playroom", opening={**ALWAYS, "to": "00:00:01"})


async def _pause(site: Site, family: Family) -> None:
    await site.do(People.pause, family.room, time.time_ns() // 1000 + 60_000_000, "test")


async def _withdraw(site: Site, family: Family) -> None:
    version = site.snapshot.text_version
    await site.do(People.set_consent, family.guardian, family.child, "parent_live", version, "withdrawn")


async def _validity_ends(site: Site, family: Family) -> None:
    guardian = site.snapshot.guardians[family.guardian]
    yesterday = dt_util.now().date() - timedelta(days=1)
    await site.do(
        People.change_guardian, guardian.id, guardian.name, guardian.phone, "ru", guardian.valid_from,
        False, yesterday,
    )  # fmt: skip


async def _child_leaves(site: Site, family: Family) -> None:
    await site.do(People.leave, family.child, dt_util.now().date() - timedelta(days=1))


async def _block(site: Site, family: Family) -> None:
    await site.do(People.block, family.guardian)


async def _forget(site: Site, family: Family) -> None:
    await site.do(People.forget_family, family.child)


async def _portal_off(site: Site, family: Family) -> None:
    await site.set(portal_enabled=False)


async def _room_changes(site: Site, family: Family) -> None:
    await site.do(People.change_group, family.group, "Moved", site.room("Blue room"), False)


async def _room_hidden(site: Site, family: Family) -> None:
    await site.change_room("Playroom", shown=False)


EVERYBODY: dict[str, Change] = {
    "hours": _hours_end,
    "pause": _pause,
    "consent": _withdraw,
    "portal off": _portal_off,
    "room moved": _room_changes,
    "room hidden": _room_hidden,
}
ONE: dict[str, Change] = {
    "device revoked": _revoke,
    "validity": _validity_ends,
    "child left": _child_leaves,
    "blocked": _block,
    "forgotten": _forget,
}


async def watch_large(family: Family, archive: FakeArchive) -> tuple[Watching, str]:
    """Return a viewing of a camera that shows one large picture, and its address."""
    camera = archive.subs[PLAYROOM] = FakeCamera()
    watching = await watch(family)
    camera.show(data=bytes(LARGE), end_us=time.time_ns() // 1000 + 2_000_000)
    return watching, await watching.segment()


async def _fetches(watching: Watching) -> list[bytes]:
    """Return pictures of all kinds: there are some."""
    paths = [await watching.segment(), await watching.init(), f"{watching.below}/still"]
    answers = [await watching.phone.get(path) for path in paths]
    assert [answer.status for answer in answers] == [200] * 3
    return [answer.body for answer in answers]


async def _nothing_more(watching: Watching, segment: str) -> None:
    """Expect that all that was to be had a moment ago is gone at once, and in particular after 5 s."""
    assert await watching.lost() < 5
    for path in (segment, f"{watching.below}/live", f"{watching.below}/still"):
        assert (await watching.phone.get(path)).status == 404


@pytest.mark.parametrize("reason", [*EVERYBODY, *ONE])
async def test_the_running_picture_ends(site: Site, family: Family, camera: FakeCamera, reason: str) -> None:
    watching = await watch(family)
    await _fetches(watching)
    segment = await watching.segment()
    await {**EVERYBODY, **ONE}[reason](site, family)
    await _nothing_more(watching, segment)


@pytest.mark.parametrize("reason", ONE)
async def test_only_whom_it_concerns_loses_the_picture(
    site: Site, family: Family, camera: FakeCamera, reason: str
) -> None:
    other = await site.family("Bota Canarova", "Dana", "Playroom")
    father = await site.guardian("Serik Canarov")  # agrees for Arman too, so that the room stays open
    await site.do(People.link, father, family.child)
    for purpose in ("parent_live", "recording_notice"):
        await site.do(People.tick_consents, [(father, family.child)], purpose)
    losing, staying = await watch(family), await watch(other)
    await _fetches(staying)
    await ONE[reason](site, family)
    await losing.lost()
    await _fetches(staying)
    assert (await staying.beat()).status == 200


async def test_a_held_playlist_ends_at_once(
    site: Site, family: Family, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T27: the long request hears it as well as the next one."""
    monkeypatch.setattr(live_views, "HOLD_S", 600.0)
    watching = await watch(family)
    await watching.live()
    camera.viewers.clear()  # nothing new comes any more
    held = asyncio.create_task(watching.live())
    while (await asyncio.wait([held], timeout=0.3))[0]:
        held = asyncio.create_task(watching.live())
    stopwatch = Stopwatch()
    await _pause(site, family)
    async with asyncio.timeout(60):
        assert (await held).status == 404
    assert stopwatch.seconds < 1


async def test_the_phone_is_told_why(site: Site, family: Family, camera: FakeCamera) -> None:
    watching = await watch(family)
    await _pause(site, family)
    await watching.lost()
    told = await watching.beat()
    assert (told.status, told.code) == (410, "paused")
    again = await begin(watching.phone)
    assert (again.status, again.code) == (409, "paused")


async def test_nothing_of_a_pause_is_shown_after_it(site: Site, family: Family, camera: FakeCamera) -> None:
    watching = await watch(family)
    await watching.segment()
    await _pause(site, family)
    await watching.lost()
    paused = camera.show(data=b"a child changes clothes")
    await asyncio.sleep(0.2)
    await site.do(People.resume, family.room)
    seen = await watch(family, watching.phone)
    for _ in range(10):
        path = await seen.segment()
        assert (await seen.phone.get(path)).body != paused.data
        first = (await seen.live()).body
        assert b"#EXTINF" in first


async def test_a_withdrawn_consent_closes_the_room_for_all(
    site: Site, family: Family, camera: FakeCamera
) -> None:
    other = await site.family("Bota Canarova", "Dana", "Playroom")
    watching = await watch(other)
    await _withdraw(site, family)
    await watching.lost()
    told = await watching.beat()
    assert (told.status, told.code) == (410, "not_open_yet")


async def test_what_is_being_sent_breaks_off(site: Site, family: Family, archive: FakeArchive) -> None:
    watching, path = await watch_large(family, archive)
    slow = SlowReader(watching.phone, path)
    await slow.ask()
    [running] = site.portal.viewings._running.values()
    async with asyncio.timeout(60):
        while not running.sending:
            await asyncio.sleep(0.01)
    stopwatch = Stopwatch()
    await _revoke(site, family)
    await watching.lost()
    assert await slow.rest() < LARGE
    assert stopwatch.seconds < 5


async def test_a_phone_that_is_too_slow_is_dropped(
    site: Site, family: Family, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SEND_S", 0.3)
    watching, path = await watch_large(family, archive)
    slow = SlowReader(watching.phone, path)
    await slow.ask()
    await slow.dropped()
    assert await slow.rest() < LARGE
    monkeypatch.setattr(sending, "SEND_S", 60.0)
    assert (await watching.phone.get(path)).status == 200  # it may come again
