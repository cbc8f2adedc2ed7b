"""Who watches is decided anew with every request; what ends a viewing is told to its phone alone, for a while."""

import asyncio
from collections.abc import Sequence

from aiohttp import web
import pytest

from custom_components.kindergarten.archive.protocol import ArchiveUnavailable
from custom_components.kindergarten.const import WEEKDAYS
from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.portal import viewings as module
from custom_components.kindergarten.portal.access import Decision, Reason
from custom_components.kindergarten.portal.viewing import Ended, Viewing
from tests.integration.fake_archive import PLAYROOM, FakeArchive, settle
from tests.integration.fake_live import FakeCamera

from .site import Answer, Browser, Family, Site


@pytest.fixture
def sub(archive: FakeArchive) -> FakeCamera:
    """Return the playroom's small stream."""
    return archive.subs.setdefault(PLAYROOM, FakeCamera())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have everybody looked at often."""
    monkeypatch.setattr(module, "LOOK_S", 0.01)


@pytest.fixture
def deaf(archive: FakeArchive, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let the recorder refuse three times to keep streams open; return when it was asked."""
    asked: list[int] = []
    warm = archive.warm

    async def refuse(cameras: Sequence[str], ttl_s: int) -> frozenset[str]:
        asked.append(ttl_s)
        if len(asked) <= 3:
            raise ArchiveUnavailable("it starts still")
        return await warm(cameras, ttl_s)

    monkeypatch.setattr(archive, "warm", refuse)
    monkeypatch.setattr(module, "WARM_AGAIN_S", 0.0)
    return asked


async def first_room(phone: Browser) -> str:
    room: str = (await phone.get("/me")).json["rooms"][0]["id"]
    return room


async def watch(phone: Browser) -> str:
    """Watch the phone's first room; return the viewing's id."""
    answer = await phone.post("/viewings", {"room": await first_room(phone)})
    assert answer.status == 201, answer
    viewing: str = answer.json["id"]
    return viewing


async def beat(phone: Browser, viewing: str) -> Answer:
    return await phone.post(f"/v/{viewing}/beat", {"visible": True, "active": True})


def only(site: Site) -> Viewing:
    """Return the one viewing there is."""
    (viewing,) = site.portal.viewings._running.values()
    return viewing


async def test_a_room_that_is_a_childs_no_longer_is_not_there(site: Site, family: Family) -> None:
    phone = await family.watcher()
    room = await first_room(phone)
    await site.do(People.change_group, family.group, "Group", site.room("Blue room"), False)
    assert (await phone.post("/viewings", {"room": room})).status == 404
    assert site.portal.viewings.total == 0


async def test_a_room_that_has_just_closed_gives_nothing_before_anybody_looked(
    site: Site, family: Family, sub: FakeCamera
) -> None:
    phone = await family.watcher()
    await watch(phone)
    viewing, viewings = only(site), site.portal.viewings
    closed = site.portal.now().replace(hour=23, minute=59, second=59, microsecond=500_000)
    with pytest.raises(web.HTTPNotFound):
        viewings.get(viewing.id, viewing.device, closed)
    assert (viewing.end, viewings.total) == (Reason.CLOSED_HOURS, 0)


async def test_a_viewing_ends_when_its_camera_loses_the_small_stream(
    site: Site, family: Family, sub: FakeCamera
) -> None:
    phone = await family.watcher()
    viewing = await watch(phone)
    entry = site.entry
    shown = next(each for each in entry.subentries.values() if each.title == "By the window")
    site.hass.config_entries.async_update_subentry(entry, shown, data={**shown.data, "sub_path": ""})
    await settle(site.hass)
    answer = await beat(phone, viewing)
    assert (answer.status, answer.code) == (410, "no_camera")
    assert site.portal.viewings.total == 0


async def test_why_a_viewing_ended_is_forgotten_after_a_while(
    site: Site, family: Family, sub: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = await family.watcher()
    viewing = await watch(phone)
    await phone.post(f"/v/{viewing}/end")
    answer = await beat(phone, viewing)
    assert (answer.status, answer.code) == (410, "ended")
    monkeypatch.setattr(module, "REMEMBER_S", -1.0)
    site.portal.async_changed()
    assert (await beat(phone, viewing)).status == 404


async def test_of_many_that_ended_the_oldest_is_forgotten(
    site: Site, family: Family, sub: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_ENDED", 1)
    phone = await family.watcher()
    first, second = await watch(phone), await watch(phone)
    await phone.post(f"/v/{second}/end")
    assert [(await beat(phone, each)).status for each in (first, second)] == [404, 410]


async def test_no_other_phone_learns_why_a_viewing_ended(site: Site, family: Family, sub: FakeCamera) -> None:
    phone, other = await family.watcher(), await family.phone()
    viewing = await watch(phone)
    await phone.post(f"/v/{viewing}/end")
    assert (await beat(other, viewing)).status == 404


@pytest.mark.usefixtures("quick")
async def test_who_cannot_be_decided_about_sees_nothing(
    site: Site,
    family: Family,
    sub: FakeCamera,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    phone = await family.watcher()
    await watch(phone)
    viewing = only(site)

    def broken(*_: object) -> Decision:
        raise RuntimeError("no decision")

    with monkeypatch.context() as patched:
        patched.setattr(site.portal, "decide", broken)
        async with asyncio.timeout(30):
            while viewing.end is None:
                await asyncio.sleep(0.005)
    assert viewing.end is Ended.STOPPED
    assert "Nobody can be decided about" in caplog.text
    # And it goes on looking: who comes again is let in.
    await watch(phone)
    assert site.portal.viewings.total == 1


async def test_closing_twice_ends_nobody_twice(site: Site, family: Family, sub: FakeCamera) -> None:
    phone = await family.watcher()
    await watch(phone)
    viewing, viewings = only(site), site.portal.viewings
    await viewings.close()
    await viewings.close()
    assert viewing.end is Ended.STOPPED
    (noted,) = await site.do(People.viewings)
    assert noted.end == "stopped"


async def test_the_house_hears_how_many_watch_until_it_stops_listening(
    site: Site, family: Family, sub: FakeCamera
) -> None:
    heard: list[tuple[bool, int]] = []
    viewings = site.portal.viewings
    stop = viewings.async_listen(lambda news: heard.append((news.began, news.watching)))
    phone = await family.watcher()
    await watch(phone)
    assert viewings.watches(family.guardian)
    await watch(phone)  # ends the one before
    assert heard == [(True, 1), (False, 0), (True, 1)]
    stop()
    viewings.end(only(site))
    assert (len(heard), viewings.watches(family.guardian)) == (3, False)


async def test_a_viewing_that_cannot_be_noted_is_watched_and_in_the_ledger_all_the_same(
    site: Site, family: Family, sub: FakeCamera, archive: FakeArchive, caplog: pytest.LogCaptureFixture
) -> None:
    phone = await family.watcher()
    room, viewing = await first_room(phone), await watch(phone)
    await site.noted()
    site.families._people.close()  # type: ignore[union-attr]
    again = (await phone.post("/viewings", {"room": room})).json["id"]
    assert (await beat(phone, again)).status == 200
    await phone.post(f"/v/{again}/end")
    await settle(site.hass)
    assert {viewing, again} <= archive.records.keys()
    assert "A viewing could not be noted: storage" in caplog.text
    assert "The end of a viewing could not be noted: storage" in caplog.text
    assert "Aigerim" not in caplog.text


async def test_a_view_that_the_ledger_does_not_take_stays_in_the_familys_list(
    site: Site, family: Family, sub: FakeCamera, archive: FakeArchive, caplog: pytest.LogCaptureFixture
) -> None:
    phone = await family.watcher()
    viewing = await watch(phone)
    archive.refuse = "no_space"
    await phone.post(f"/v/{viewing}/end")
    await settle(site.hass)
    assert "A view could not be noted: ArchiveRefused" in caplog.text
    (view,) = (await phone.get("/me/views")).json
    assert view["until_us"] is not None


async def test_a_closed_room_says_when_to_come_again(site: Site, family: Family, sub: FakeCamera) -> None:
    phone = await family.watcher()
    room = await first_room(phone)
    tomorrow = WEEKDAYS[(site.portal.now().weekday() + 1) % 7]
    hours = {"days": [tomorrow], "from": "08:00:00", "to": "18:00:00"}
    await site.change_room("Playroom", opening=hours)
    answer = await phone.post("/viewings", {"room": room})
    assert (answer.status, answer.code) == (409, "closed_hours")
    assert 0 < answer.json["opens_at_us"] / 1e6 - site.portal.now().timestamp() < 2 * 86_400


async def test_beyond_the_limit_there_are_stills_then_a_line_and_moving_pictures_once_there_is_room(
    site: Site, family: Family, sub: FakeCamera
) -> None:
    await site.set(portal_site_cap=1, portal_room_cap=1)
    phones = [await family.watcher()]
    for name, child in (("Bolat Testov", "Dana"), ("Irina Testova", "Timur")):
        phones.append(await (await site.family(name, child, "Playroom")).watcher())
    first, second = await watch(phones[0]), await watch(phones[1])
    modes = [
        (await beat(phone, each)).json["mode"] for phone, each in zip(phones, (first, second), strict=False)
    ]
    assert modes == ["video", "stills"]
    full = await phones[2].post("/viewings", {"room": await first_room(phones[2])})
    assert (full.status, full.code, full.json["place"]) == (409, "full", 1)
    await phones[0].post(f"/v/{first}/end")
    assert (await beat(phones[1], second)).json["mode"] == "video"


async def test_a_camera_that_sends_nothing_playable_is_shown_in_stills(site: Site, family: Family) -> None:
    phone = await family.watcher()
    viewing = await watch(phone)
    answer = await phone.get(f"/v/{viewing}/live")
    assert (answer.status, answer.code) == (409, "stills")
    assert (await beat(phone, viewing)).json["mode"] == "stills"
    assert (await phone.get(f"/v/{viewing}/still")).status == 200


@pytest.mark.usefixtures("quick")
async def test_a_recorder_that_starts_still_is_asked_again_soon(
    deaf: list[int], family: Family, archive: FakeArchive
) -> None:
    async with asyncio.timeout(30):
        while PLAYROOM not in {each for asked in archive.warmed for each in asked}:
            await asyncio.sleep(0.005)
    assert len(deaf) >= 4
