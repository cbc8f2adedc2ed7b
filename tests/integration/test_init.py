"""The entry's life: it always loads, follows its cameras without a reload, and lets go in peace."""

from types import MappingProxyType

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import StopCause
from custom_components.kindergarten.assembly import state_folder
from custom_components.kindergarten.const import DOMAIN

from .fake_archive import (
    BEDROOM,
    PLAYROOM,
    FakeArchive,
    FakeSupervisor,
    camera,
    kindergarten_entry,
    load,
    room,
    settle,
    state_of,
)

NEW = "c" * 32


def subentry_of(entry: MockConfigEntry, title: str) -> ConfigSubentry:
    subentry: ConfigSubentry = next(sub for sub in entry.subentries.values() if sub.title == title)
    return subentry


async def test_entry_loads_although_nobody_answers(
    hass: HomeAssistant, supervisor: FakeSupervisor, archive: FakeArchive
) -> None:
    archive.reachable = False

    entry = await load(hass, kindergarten_entry(room(), camera()))

    assert entry.state is ConfigEntryState.LOADED
    assert state_of(hass, "binary_sensor.by_the_window_recording").state == STATE_UNKNOWN


async def test_engine_is_told_what_is_wanted(kindergarten: MockConfigEntry, archive: FakeArchive) -> None:
    (desired,) = archive.configured

    assert (desired.retention_days, desired.minimum_days, desired.maximum_days) == (32, 30, 35)
    assert [wanted.uid for wanted in desired.cameras] == [PLAYROOM, BEDROOM]
    assert desired.cameras[0].main_url == "rtsp://192.168.77.10:554/stream1?pw=path-canary"


async def test_new_camera_appears_without_a_reload(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    data = kindergarten.runtime_data
    added = camera(NEW, "Yard")
    hass.config_entries.async_add_subentry(
        kindergarten,
        ConfigSubentry(
            data=MappingProxyType(added["data"]),
            subentry_type="camera",
            title=added["title"],
            unique_id=added["unique_id"],
        ),
    )
    await settle(hass)

    assert kindergarten.runtime_data is data
    assert [wanted.uid for wanted in archive.configured[-1].cameras] == [PLAYROOM, BEDROOM, NEW]
    assert hass.states.get("camera.yard") is not None
    entity = er.async_get(hass).async_get("camera.yard")
    assert entity is not None
    assert entity.config_subentry_id == subentry_of(kindergarten, "Yard").subentry_id


async def test_removed_camera_leaves_the_others_alone(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    before = hass.states.get("camera.at_the_door")
    hass.config_entries.async_remove_subentry(
        kindergarten, subentry_of(kindergarten, "By the window").subentry_id
    )
    await settle(hass)

    assert hass.states.get("camera.by_the_window") is None
    assert hass.states.get("camera.at_the_door") is before
    assert [wanted.uid for wanted in archive.configured[-1].cameras] == [BEDROOM]
    assert (
        dr.async_get(hass).async_get_device_by_identifier((DOMAIN, PLAYROOM), kindergarten.entry_id) is None
    )


async def test_changed_password_reaches_the_engine_without_a_reload(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    data = kindergarten.runtime_data
    subentry = subentry_of(kindergarten, "By the window")
    hass.config_entries.async_update_subentry(
        kindergarten, subentry, data={**subentry.data, "password": "another"}, title="At the window"
    )
    await settle(hass)

    assert kindergarten.runtime_data is data
    first, second = archive.configured[-1].cameras
    assert (first.secret, first.label) == ("another", "At the window")
    assert second.secret == "password-canary"
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, PLAYROOM), kindergarten.entry_id)
    assert device is not None
    assert device.name == "At the window"


async def test_devices_hang_together_and_take_the_rooms_area(
    hass: HomeAssistant, supervisor: FakeSupervisor
) -> None:
    area = ar.async_get(hass).async_create("Ground floor")
    entry = kindergarten_entry(room("Playroom", area_id=area.id))
    entry.add_to_hass(hass)
    playroom = subentry_of(entry, "Playroom")
    added = camera(PLAYROOM, "By the window", room=playroom.subentry_id)
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(added["data"]),
            subentry_type="camera",
            title=added["title"],
            unique_id="camera:x",
        ),
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)

    registry = dr.async_get(hass)
    site, room_device, camera_device = (
        registry.async_get_device_by_identifier((DOMAIN, identifier), entry.entry_id)
        for identifier in (entry.entry_id, playroom.subentry_id, PLAYROOM)
    )
    assert site is not None
    assert room_device is not None
    assert camera_device is not None
    assert (site.name, room_device.via_device_id, camera_device.via_device_id) == (
        "Little Sun",
        site.id,
        room_device.id,
    )
    assert (room_device.area_id, camera_device.area_id) == (area.id, area.id)
    assert camera_device.config_subentry_id == subentry_of(entry, "By the window").subentry_id


async def test_archive_of_a_new_kindergarten_is_remembered(
    hass: HomeAssistant, supervisor: FakeSupervisor
) -> None:
    entry = kindergarten_entry(room(), camera())
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "archive_id": None})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)

    assert entry.data["archive_id"] == "archive-1"


async def test_unloading_and_loading_twice_leaves_the_engine_running(
    hass: HomeAssistant, kindergarten: MockConfigEntry, supervisor: FakeSupervisor
) -> None:
    for _ in range(2):
        assert await hass.config_entries.async_unload(kindergarten.entry_id)
        assert state_of(hass, "camera.by_the_window").state == STATE_UNAVAILABLE
        assert await hass.config_entries.async_setup(kindergarten.entry_id)
        await settle(hass)

    assert supervisor.closed == 2
    assert supervisor.stopped == []


async def test_home_assistant_stopping_leaves_the_engine_running(
    hass: HomeAssistant, kindergarten: MockConfigEntry, supervisor: FakeSupervisor
) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()

    assert supervisor.closed == 1
    assert supervisor.stopped == []


async def test_removing_the_kindergarten_ends_the_engine(
    hass: HomeAssistant, kindergarten: MockConfigEntry, supervisor: FakeSupervisor
) -> None:
    await hass.config_entries.async_remove(kindergarten.entry_id)
    await hass.async_block_till_done()

    assert supervisor.stopped == ["removed"]


async def test_removing_the_kindergarten_leaves_no_login_and_no_key_to_live_pictures(
    hass: HomeAssistant, kindergarten: MockConfigEntry
) -> None:
    folder = state_folder(hass)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "live.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    await hass.config_entries.async_remove(kindergarten.entry_id)
    await hass.async_block_till_done()

    assert [name for name in ("config.json", "live.json") if (folder / name).exists()] == []


async def test_removing_the_kindergarten_forgets_what_to_record_before_the_engine_ends(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    supervisor: FakeSupervisor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = state_folder(hass) / "config.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("{}", encoding="utf-8")
    found: list[bool] = []

    async def stop(cause: StopCause) -> None:
        found.append(kept.exists())

    monkeypatch.setattr(supervisor, "stop", stop)
    await hass.config_entries.async_remove(kindergarten.entry_id)
    await hass.async_block_till_done()

    assert found == [False]


async def test_entry_of_a_later_version_is_refused(hass: HomeAssistant, supervisor: FakeSupervisor) -> None:
    entry = kindergarten_entry()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, version=2)

    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
