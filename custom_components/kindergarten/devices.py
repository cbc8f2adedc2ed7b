"""The devices: the kindergarten, its rooms, their cameras."""

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.typing import UNDEFINED

from .const import CONF_AREA_ID, CONF_CAMERA_ID, CONF_ROOM, DOMAIN, SUBENTRY_CAMERA, SUBENTRY_ROOM
from .coordinator import KindergartenConfigEntry


@callback
def async_sync_devices(hass: HomeAssistant, entry: KindergartenConfigEntry) -> None:
    """Make the devices as the entry says; parents first, their children point at them."""
    registry = dr.async_get(hass)
    site = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        # What blueprints tell rooms from cameras by; nobody sees it.
        model_id="kindergarten",
        entry_type=dr.DeviceEntryType.SERVICE,
    )
    rooms = {
        room.subentry_id: registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=room.subentry_id,
            identifiers={(DOMAIN, room.subentry_id)},
            name=room.title,
            model_id=SUBENTRY_ROOM,
            entry_type=dr.DeviceEntryType.SERVICE,
            suggested_area=_area_name(hass, room) or UNDEFINED,
            via_device_id=site.id,
        )
        for room in entry.get_subentries_of_type(SUBENTRY_ROOM)
    }
    for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA):
        room = entry.subentries.get(camera.data.get(CONF_ROOM, ""))
        device = rooms.get(room.subentry_id, site) if room else site
        registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=camera.subentry_id,
            identifiers={(DOMAIN, camera.data[CONF_CAMERA_ID])},
            name=camera.title,
            model_id=SUBENTRY_CAMERA,
            suggested_area=(room and _area_name(hass, room)) or UNDEFINED,
            via_device_id=device.id,
        )


def _area_name(hass: HomeAssistant, room: ConfigSubentry) -> str | None:
    area_id = room.data.get(CONF_AREA_ID)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return area.name if area else None
