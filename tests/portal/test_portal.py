"""What the portal knows of the house, and that it tells whoever listens when that changes."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from hass_nabucasa import remote
from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.archive.protocol import Clock
from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.portal.gate import _is_ours
from tests.integration.fake_archive import FakeArchive, look, settle

from .site import PREFIX, Family, Site


class Told:
    """Counts how often somebody was told."""

    def __init__(self, site: Site) -> None:
        """Listen."""
        self.times = 0
        site.portal.async_listen(self._told)

    def _told(self) -> None:
        self.times += 1


async def test_every_change_that_may_decide_something_is_told(site: Site, family: Family) -> None:
    await site.change_room("Playroom", parents_schedule="schedule.parents")
    for change in (
        site.set(portal_room_cap=3),
        site.change_room("Playroom", shown=False),
        site.do(People.block, family.guardian),
    ):
        told = Told(site)
        await change
        await settle(site.hass)
        assert told.times
    await site.quiet()
    told = Told(site)
    site.hass.states.async_set("schedule.parents", "on")
    await settle(site.hass)
    assert told.times == 1


async def test_a_schedule_that_is_no_longer_a_rooms_is_not_followed(site: Site) -> None:
    await site.change_room("Playroom", parents_schedule="schedule.parents")
    await site.change_room("Playroom", parents_schedule=None)
    told = Told(site)
    site.hass.states.async_set("schedule.parents", "on")
    await settle(site.hass)
    assert told.times == 0


async def test_a_recorder_that_says_nothing_new_is_not_told_of(
    hass: HomeAssistant, site: Site, archive: FakeArchive
) -> None:
    await look(hass)
    await site.quiet()
    site.portal.house()
    told = Told(site)
    await look(hass)
    assert told.times == 0


async def test_a_clock_that_is_not_set_closes_every_room(
    hass: HomeAssistant, site: Site, family: Family, archive: FakeArchive
) -> None:
    phone = await family.phone()
    await look(hass)
    assert (await phone.get("/me")).json["rooms"][0]["open"]
    told = Told(site)
    archive.now = replace(archive.now, clock=Clock(epoch=2, utc0_us=0, trust=0, source="unset"))
    await look(hass)
    assert told.times
    assert (await phone.get("/me")).json["rooms"][0]["reason"] == "not_open_yet"


async def test_a_room_shows_its_first_camera_with_a_small_stream(site: Site) -> None:
    room = site.portal.house().rooms[site.room("Playroom")]
    assert room.has_sub
    camera = next(each for each in site.entry.subentries.values() if each.title == "By the window")
    data = {**camera.data, "sub_path": None}
    site.hass.config_entries.async_update_subentry(site.entry, camera, data=data)
    await settle(site.hass)
    room = site.portal.house().rooms[site.room("Playroom")]
    assert (room.camera, room.has_sub) == (camera.data["camera_id"], False)


async def test_a_session_outlives_a_reload(hass: HomeAssistant, site: Site, family: Family) -> None:
    phone = await family.phone()
    before = (await phone.get("/me")).json["rooms"][0]["id"]
    assert await hass.config_entries.async_reload(site.entry.entry_id)
    await settle(hass)
    async with asyncio.timeout(60):
        while (answer := await phone.get("/me")).status != 200:
            await asyncio.sleep(0.02)
    assert answer.json["rooms"][0]["id"] != before


async def test_while_nobody_can_be_known_a_phone_is_asked_to_wait(site: Site, family: Family) -> None:
    """At a start the ledger is asked first whether the families' file is an old one."""
    phone = await family.phone()
    await site.do(People.set_locked, True)
    await settle(site.hass)
    answer = await phone.get("/me")
    assert (answer.status, answer.code) == (503, "try_again")
    assert (await site.browser().get("/me")).status == 404
    await site.do(People.set_locked, False)
    assert (await phone.get("/me")).status == 200


@pytest.fixture
def through_the_cloud(hass: HomeAssistant) -> Iterator[None]:
    """Ask as if Home Assistant's own tunnel had brought the request."""
    hass.config.components.add("cloud")
    token = remote.is_cloud_request.set(True)
    yield
    remote.is_cloud_request.reset(token)


async def test_home_assistants_own_tunnel_is_https(
    hass: HomeAssistant, site: Site, through_the_cloud: None
) -> None:
    """The tunnel ends inside Home Assistant; whoever came through it came by HTTPS."""

    class Asked:
        scheme, host, raw_path = "http", "abc.ui.nabu.casa", f"{PREFIX}/"

    await site.set(portal_origin="https://abc.ui.nabu.casa")
    assert _is_ours(hass, Asked(), site.portal)  # type: ignore[arg-type]
    await site.set(portal_origin="https://other.ui.nabu.casa")
    assert not _is_ours(hass, Asked(), site.portal)  # type: ignore[arg-type]
