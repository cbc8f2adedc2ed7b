"""Tells what happened to a camera's recording, for automations to pass on."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .archive.protocol import CameraState, Event, as_utc
from .coordinator import KindergartenConfigEntry, KindergartenCoordinator
from .entity import CameraDeviceEntity, async_add_camera_entities

PARALLEL_UPDATES = 0

ATTR_CAUSE: Final = "cause"
ATTR_SECONDS: Final = "seconds"
ATTR_AT: Final = "at"

LOGIN_REFUSED: Final = "login_refused"
_KINDS: Final = {
    "recording_stopped": "stopped",
    "recording_resumed": "resumed",
    "gap_closed": "gap_closed",
}

DESCRIPTION: Final = EventEntityDescription(
    key="recording",
    translation_key="recording",
    event_types=[*_KINDS.values(), LOGIN_REFUSED],
)


async def async_setup_entry(
    hass: HomeAssistant, entry: KindergartenConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add an event entity for every camera."""
    async_add_camera_entities(
        entry, async_add_entities, lambda coordinator, subentry: [RecordingEvent(coordinator, subentry)]
    )


def _seconds(event: Event) -> float | None:
    """Return how long nothing was recorded: up to now, or in all when it is over."""
    start_us = event.data.get("since_us", event.data.get("start_us"))
    end_us = event.data.get("end_us", event.t_us)
    if not isinstance(start_us, int) or not isinstance(end_us, int):
        return None
    return round((end_us - start_us) / 1_000_000, 1)


class RecordingEvent(CameraDeviceEntity, EventEntity):
    """What happened last to a camera's recording."""

    def __init__(self, coordinator: KindergartenCoordinator, subentry: ConfigSubentry) -> None:
        """Begin without knowing the camera's state."""
        super().__init__(coordinator, subentry, DESCRIPTION)
        self._state: CameraState | None = None
        self._told_before = ""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        # The engine lives on while Home Assistant restarts, and repeats what it remembers.
        if (last := await self.async_get_last_event_data()) and last.last_event_attributes:
            self._told_before = str(last.last_event_attributes.get(ATTR_AT, ""))
        self._state = self.status.state if self.status else None
        self.async_on_remove(self.coordinator.async_listen(self.camera_id, self._hear))

    @callback
    def _hear(self, event: Event) -> None:
        at = as_utc(event.t_us).isoformat(timespec="milliseconds")
        if event.kind not in _KINDS or event.data.get("planned") or at <= self._told_before:
            return
        self._tell(_KINDS[event.kind], at, event.data.get(ATTR_CAUSE), _seconds(event))

    @override
    def _read(self) -> None:
        super()._read()
        before, self._state = self._state, self.status.state if self.status else None
        if self.status and before not in {None, CameraState.AUTH} and self._state is CameraState.AUTH:
            at = as_utc(self.status.since_us).isoformat(timespec="milliseconds")
            self._tell(LOGIN_REFUSED, at, "auth", None)

    def _tell(self, kind: str, at: str, cause: object, seconds: float | None) -> None:
        self._trigger_event(kind, {ATTR_CAUSE: cause, ATTR_SECONDS: seconds, ATTR_AT: at})
        self.async_write_ha_state()
