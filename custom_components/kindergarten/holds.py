"""Making holds: what may not be deleted, from when to when, why."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .archive.evidence import WantedHold
from .archive.protocol import ArchiveRefused, ArchiveUnavailable
from .const import (
    CONF_CAMERA_ID,
    CONF_INCIDENT_AFTER,
    CONF_INCIDENT_BEFORE,
    CONF_ROOM,
    DOMAIN,
    INCIDENT_AFTER_MINUTES,
    INCIDENT_BEFORE_MINUTES,
    SUBENTRY_CAMERA,
)
from .coordinator import KindergartenConfigEntry

INCIDENT: Final = "incident"
REFUSALS: Final = {
    "busy": "refused_busy",
    "clock_unset": "refused_clock_unset",
    "forbidden": "refused_forbidden",
    "kept_elsewhere": "refused_kept_elsewhere",
    "lifted": "refused_lifted",
    "no_footage": "refused_no_footage",
    "no_space": "refused_no_space",
    "not_asked": "refused_not_asked",
    "no_picture": "refused_no_picture",
    "not_found": "refused_not_found",
    "not_watched": "refused_not_watched",
    "quota": "refused_quota",
    "too_many": "refused_too_many",
    "unknown_camera": "refused_unknown_camera",
}
"""What the recorder says no with, and we have words for."""


@contextmanager
def asking() -> Iterator[None]:
    """Turn the archive's errors into Home Assistant's."""
    try:
        yield
    except ArchiveUnavailable as error:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="recorder_unavailable") from error
    except ArchiveRefused as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=REFUSALS.get(error.code, "refused"),
            translation_placeholders={"text": error.text},
        ) from error


def cameras_of(entry: ConfigEntry[Any], room_id: str) -> tuple[str, ...]:
    """Return the ids of the cameras in a room."""
    return tuple(
        camera.data[CONF_CAMERA_ID]
        for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        if camera.data.get(CONF_ROOM) == room_id
    )


async def async_hold_incident(entry: KindergartenConfigEntry, room_id: str, context: Context | None) -> str:
    """Hold what a room's cameras saw in the last minutes, and what they will see in the next ones."""
    if not (cameras := cameras_of(entry, room_id)):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="room_without_camera")
    data, options = entry.runtime_data, entry.options
    user_id = context.user_id if context else None
    with asking():
        status = await data.archive.status()
        return await data.archive.hold(
            WantedHold(
                cameras=cameras,
                t0_us=status.now_us - _us(options.get(CONF_INCIDENT_BEFORE, INCIDENT_BEFORE_MINUTES)),
                t1_us=status.now_us + _us(options.get(CONF_INCIDENT_AFTER, INCIDENT_AFTER_MINUTES)),
                until_us=None,
                reason=INCIDENT,
                by=data.people.id_of(user_id),
                automation=user_id is None,
                incident=True,
            )
        )


def _us(minutes: float) -> int:
    return timedelta(minutes=minutes) // timedelta(microseconds=1)
