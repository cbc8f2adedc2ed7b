"""An alarm as an automation gets it: who, where, since when, for how long, why. Texts are the blueprint's."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from homeassistant.components.camera import DOMAIN as CAMERA
from homeassistant.components.notify import DOMAIN as NOTIFY
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util, slugify

from .alarms import ATTR_CAUSE, ATTR_PROBLEM, About, Stage, Trouble
from .archive.protocol import CameraState
from .const import DOMAIN
from .picture_entities import NOT_WATCHED

SILENT = "recorder_silent"


def describe(hass: HomeAssistant, stage: Stage, about: About, troubles: Sequence[Trouble]) -> dict[str, Any]:
    """Return what a trigger passes on: `stage`, `about`, `names`, and `troubles` with a mapping for each.

    In each: `name` and `room` (or ""), `entity_id` of the sensor, `camera` (its entity, or None), `device_id`,
    `since` (ISO 8601, local), `seconds` until now, `cause` (a key, or None once it is over, except
    "not_watched" where nobody looks at a picture any more), `was` (the causes that a picture had up to now).
    """
    told = [each for trouble in troubles if (each := _told(hass, stage, trouble))]
    names = ", ".join(str(each["name"]) for each in told)
    return {
        "stage": stage,
        "about": about,
        "names": names,
        "troubles": told,
        "app_actions": app_actions(hass),
    }


def app_actions(hass: HomeAssistant) -> list[str]:
    """Return which actions below `notify` reach exactly one phone with the app of Home Assistant.

    A template cannot find out whether an action exists, and an automation ends where one does not.
    """
    names = [
        slugify(str(entry.data.get("device_name", "")))
        for entry in hass.config_entries.async_loaded_entries("mobile_app")
    ]
    return [
        action
        for name, phones in Counter(names).items()
        if phones == 1 and hass.services.has_service(NOTIFY, action := f"mobile_app_{name}")
    ]


def _told(hass: HomeAssistant, stage: Stage, trouble: Trouble) -> dict[str, Any] | None:
    entities, devices = er.async_get(hass), dr.async_get(hass)
    sensor = entities.entities.get_entry(trouble.sensor)
    device = _device(devices, sensor.device_id) if sensor else None
    if sensor is None or device is None:
        return None
    above = _device(devices, device.via_device_id)
    # What hangs on the kindergarten itself has no room.
    room = above if above and above.via_device_id else None
    cause = _cause(hass, trouble.about, sensor)
    camera = next(
        (
            entry.entity_id
            for entry in er.async_entries_for_device(entities, device.id)
            if entry.domain == CAMERA and entry.platform == DOMAIN
        ),
        None,
    )
    return {
        "name": device.name_by_user or device.name or "",
        "room": (room.name_by_user or room.name or "") if room else "",
        "entity_id": sensor.entity_id,
        "camera": camera,
        "device_id": device.id,
        "since": dt_util.as_local(trouble.since).isoformat(timespec="seconds"),
        "seconds": round((dt_util.utcnow() - trouble.since).total_seconds()),
        "cause": cause if stage != "ended" or cause == NOT_WATCHED else None,
        "was": list(trouble.was),
    }


def _device(devices: dr.DeviceRegistry, device_id: str | None) -> dr.DeviceEntry | None:
    return devices.async_get(device_id, include_child_devices=False) if device_id else None


def _cause(hass: HomeAssistant, about: About, sensor: er.RegistryEntry) -> str | None:
    """Return why as it is now: a camera that was switched off may refuse its login later."""
    state = hass.states.get(sensor.entity_id)
    if about == "picture":
        return str(state.attributes.get(ATTR_CAUSE)) if state else None
    if about in {"archive", "retention"}:
        return str(state.attributes.get(ATTR_PROBLEM)) if state else None
    if about != "recording":
        return None
    entry = next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)
    if entry is None:
        return None
    snapshot = entry.runtime_data.coordinator.data
    if snapshot is None or snapshot.silent:
        return SILENT
    camera = snapshot.camera(sensor.unique_id.removesuffix(f"_{sensor.translation_key}"))
    return CameraState.UNKNOWN.value if camera is None else str(camera.state.value)
