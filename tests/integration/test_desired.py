"""What the engine is told, made from what the owner entered."""

from types import MappingProxyType
from typing import Any

from homeassistant.components.camera import Camera, CameraEntityFeature
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import CameraState
from custom_components.kindergarten.coordinator import ASK_AGAIN_S
from custom_components.kindergarten.desired import (
    ResolvedSource,
    borrowed_entities,
    desired_state,
    rtsp_source,
    split_login,
)
from custom_components.kindergarten.schedule import recording_schedule

from .fake_archive import (
    PLAYROOM,
    FakeArchive,
    FakeSupervisor,
    camera,
    camera_status,
    kindergarten_entry,
    load,
    look,
    room,
    settle,
)


class SomebodysCamera(Camera):
    """A camera of another integration."""

    _attr_supported_features = CameraEntityFeature.STREAM
    _attr_name = "Somebody's"

    def __init__(self) -> None:
        """Begin with an address that holds a login."""
        super().__init__()
        self.address: str | None = "rtsp://admin:p%40ss@192.0.2.7/live?x=1"

    async def stream_source(self) -> str | None:
        """Return the address."""
        if self.address is None:
            raise RuntimeError("somebody's bug")
        return self.address


@pytest.fixture
async def somebodys(hass: HomeAssistant) -> SomebodysCamera:
    """Return a camera that another integration brought."""
    await async_setup_component(hass, "camera", {})
    entity = SomebodysCamera()
    component: EntityComponent[Camera] = hass.data["camera"]
    await component.async_add_entities([entity])
    return entity


def test_url_never_holds_the_login() -> None:
    data = camera(host="2001:db8::7", sub_path=None)["data"]

    assert rtsp_source(data) == ResolvedSource(
        main_url="rtsp://[2001:db8::7]:554/stream1?pw=path-canary",
        user="login-canary",
        secret="password-canary",
    )


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("rtsp://10.0.0.1/a", ResolvedSource(main_url="rtsp://10.0.0.1/a")),
        (
            "rtsp://u:p@10.0.0.1:8554/a",
            ResolvedSource(main_url="rtsp://10.0.0.1:8554/a", user="u", secret="p"),
        ),
        ("rtsp://u:p@ss%2F@h/a?b=@", ResolvedSource(main_url="rtsp://h/a?b=@", user="u", secret="p@ss/")),
        ("rtsp://u@[2001:db8::7]/a", ResolvedSource(main_url="rtsp://[2001:db8::7]/a", user="u")),
    ],
)
def test_login_is_taken_out_of_other_integrations_addresses(address: str, source: ResolvedSource) -> None:
    assert split_login(address) == source


def test_owner_who_was_warned_may_keep_footage_for_longer(hass: HomeAssistant) -> None:
    entry = kindergarten_entry(room(), camera())
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options={"retention_days": 90, "without_ha_hours": 12})

    desired = desired_state(entry, {}, 7)

    assert (desired.retention_days, desired.minimum_days, desired.maximum_days) == (90, 30, 90)
    assert (desired.rev, desired.without_ha_s, desired.archive_path) == (7, 43_200, "/srv/path-canary")


def test_old_disks_are_read_until_they_are_empty(hass: HomeAssistant) -> None:
    entry = kindergarten_entry(room(), camera())
    entry.add_to_hass(hass)
    old = {"archive_path": "/srv/old", "archive_id": "archive-0"}
    hass.config_entries.async_update_entry(entry, data={**entry.data, "old_archives": [old]})

    volumes = desired_state(entry, {}, 7, "Asia/Almaty").volumes

    assert [(volume.path, volume.archive_id, volume.role) for volume in volumes] == [
        ("/srv/path-canary", "archive-1", "active"),
        ("/srv/old", "archive-0", "old"),
    ]


WEEKDAY = {"days": ["mon", "fri"], "from": "08:00:00", "to": "18:30:00"}


@pytest.mark.parametrize(
    ("changes", "spans"),
    [
        ({}, None),
        ({"opening": WEEKDAY}, None),
        ({"recording": "opening"}, None),
        (
            {"recording": "opening", "opening": WEEKDAY},
            {"mon": (("07:00", "19:30"),), "fri": (("07:00", "19:30"),)},
        ),
        (
            {"recording": "opening", "opening": {"days": ["sun"], "from": "00:30:00", "to": "23:30:00"}},
            {"sun": (("00:00", "24:00"),)},
        ),
    ],
)
def test_room_is_recorded_around_the_clock_unless_it_says_otherwise(
    changes: dict[str, Any], spans: dict[str, Any] | None
) -> None:
    assert recording_schedule(room(**changes)["data"]) == spans


def test_engine_is_told_rooms_profile_and_time_zone(hass: HomeAssistant) -> None:
    entry = kindergarten_entry(room("Hall", kind="sports", recording="opening", opening=WEEKDAY), camera())
    entry.add_to_hass(hass)
    hall, seen = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, seen, data={**seen.data, "room": hall.subentry_id})

    desired = desired_state(entry, {}, 7, "Asia/Almaty")

    assert (desired.time_zone, desired.profile) == ("Asia/Almaty", "kz_2026")
    assert desired.rooms == (desired.cameras[0].room,)
    assert desired.rooms[0].kind == "sports"
    assert desired.cameras[0].schedule == {"mon": (("07:00", "19:30"),), "fri": (("07:00", "19:30"),)}


def borrowed(entity_id: str) -> MockConfigEntry:
    return kindergarten_entry(
        room(),
        camera(
            source="entity",
            entity_id=entity_id,
            host=None,
            port=None,
            path=None,
            sub_path=None,
            username="",
            password="",
        ),
    )


async def test_borrowed_camera_is_asked_for_its_stream(
    hass: HomeAssistant, somebodys: SomebodysCamera, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    await load(hass, borrowed(somebodys.entity_id))

    (wanted,) = archive.configured[-1].cameras
    assert (wanted.main_url, wanted.user, wanted.secret) == ("rtsp://192.0.2.7/live?x=1", "admin", "p@ss")


async def test_borrowed_camera_is_asked_again_when_nothing_comes(
    hass: HomeAssistant,
    somebodys: SomebodysCamera,
    supervisor: FakeSupervisor,
    archive: FakeArchive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.kindergarten.coordinator.ASK_AGAIN_S", 0.0)
    assert ASK_AGAIN_S > 0
    await load(hass, borrowed(somebodys.entity_id))
    somebodys.address = "rtsp://192.0.2.8/live"
    archive.show(camera_status(PLAYROOM, CameraState.UNREACHABLE))
    await look(hass)

    (wanted,) = archive.configured[-1].cameras
    assert wanted.main_url == "rtsp://192.0.2.8/live"


async def test_borrowed_camera_that_comes_back_is_asked_at_once(
    hass: HomeAssistant, somebodys: SomebodysCamera, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    await load(hass, borrowed(somebodys.entity_id))
    hass.states.async_set(somebodys.entity_id, STATE_UNAVAILABLE)
    await settle(hass)
    somebodys.address = "rtsp://192.0.2.8/live"
    hass.states.async_set(somebodys.entity_id, "idle")
    await settle(hass)

    (wanted,) = archive.configured[-1].cameras
    assert wanted.main_url == "rtsp://192.0.2.8/live"


async def test_borrowed_camera_may_be_renamed(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, supervisor: FakeSupervisor
) -> None:
    entity = entity_registry.async_get_or_create("camera", "generic", "x", suggested_object_id="garden")
    entry = await load(hass, borrowed(entity.entity_id))
    entity_registry.async_update_entity(entity.entity_id, new_entity_id="camera.orchard")
    await settle(hass)

    assert list(borrowed_entities(entry).values()) == ["camera.orchard"]


async def test_somebodys_broken_camera_keeps_nobody_else_from_recording(
    hass: HomeAssistant, somebodys: SomebodysCamera, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    somebodys.address = None
    entry = await load(hass, borrowed(somebodys.entity_id))
    added = camera("d" * 32, "Yard")
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(added["data"]),
            subentry_type="camera",
            title=added["title"],
            unique_id=added["unique_id"],
        ),
    )
    await settle(hass)

    first, second = archive.configured[-1].cameras
    assert first.main_url == ""
    assert second.main_url.startswith("rtsp://192.168.77.10")
