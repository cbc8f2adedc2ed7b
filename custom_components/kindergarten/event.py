"""Tells what happened to a camera's recording and to the archive, for automations to pass on."""

from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .archive.protocol import ArchiveState, CameraState, Event, as_utc
from .coordinator import SITE, KindergartenConfigEntry, KindergartenCoordinator
from .engine.legal.facts import GOOD_LEDGER
from .entity import CameraDeviceEntity, SiteEntity, async_add_camera_entities
from .judgement import profile_of
from .people_event import DESCRIPTION as PEOPLE_DESCRIPTION, PeopleEvent
from .picture_entities import EVENT as PICTURE_DESCRIPTION, PictureEvent

PARALLEL_UPDATES = 0

ATTR_CAUSE: Final = "cause"
ATTR_SECONDS: Final = "seconds"
ATTR_AT: Final = "at"
ATTR_OFFSET: Final = "offset_ms"
ATTR_NOT_BEFORE: Final = "not_before"
ATTR_CAMERAS: Final = "cameras"
ATTR_EPOCH: Final = "epoch"

LOGIN_REFUSED: Final = "login_refused"
CLOCK_OFF: Final = "clock_off"
CLOCK_RIGHT_SHARE: Final = 0.8
"""A clock that is off is right again below this part of the limit: one at the limit is told once."""
_KINDS: Final = {
    "recording_stopped": "stopped",
    "recording_resumed": "resumed",
    "gap_closed": "gap_closed",
}

DESCRIPTION: Final = EventEntityDescription(
    key="recording",
    translation_key="recording",
    event_types=[*_KINDS.values(), LOGIN_REFUSED, CLOCK_OFF],
)

RETENTION_BROKEN: Final = "retention_broken"
BROKEN_EVERY_US: Final = 3600 * 1_000_000

_FLAPPING: Final = {"archive_unavailable", "archive_restored"}
FLAPS: Final = 4
CALM_US: Final = 60 * 1_000_000
"""So often a minute the archive may come and go until only the last of it is told."""

_ARCHIVE_KINDS: Final = {
    "retention_at_risk": "retention_at_risk",
    RETENTION_BROKEN: RETENTION_BROKEN,
    "holds_fill_disk": "holds_fill_disk",
    "archive_unavailable": "archive_unavailable",
    "archive_restored": "archive_restored",
    "hold_made": "hold_made",
    "hold_lift_asked": "lift_asked",
    "hold_lift_cancelled": "lift_cancelled",
    "hold_lifted": "lifted",
    "exported": "export_made",
    "packed": "pack_made",
    "verified": "verified",
    "challenge": "challenge",
    "clock_changed": "clock_stepped",
}
"""What the engine calls it, and what automations know it by."""

VERIFY_FAILED: Final = "verify_failed"
LEDGER_BROKEN: Final = "ledger_broken"
FULL: Final = "full"
ENGINE_RESTARTED: Final = "engine_restarted"

_TOLD: Final = (
    "uid", "id", "days", "minimum_days", "second_needed", "bytes", "share", "days_left", "files", "bad",
    "missing", "played", "ms", "status", "cause", "mode",
)  # fmt: skip
"""The values that are passed on: numbers and opaque ids only."""

RECORDING_ATTRIBUTES: Final = (ATTR_CAUSE, ATTR_SECONDS, ATTR_OFFSET, ATTR_AT)
ARCHIVE_ATTRIBUTES: Final = (*_TOLD, ATTR_CAMERAS, ATTR_SECONDS, ATTR_NOT_BEFORE, ATTR_EPOCH, ATTR_AT)

ARCHIVE_DESCRIPTION: Final = EventEntityDescription(
    key="archive",
    translation_key="archive",
    event_types=[*_ARCHIVE_KINDS.values(), VERIFY_FAILED, LEDGER_BROKEN, FULL, ENGINE_RESTARTED],
)


async def async_setup_entry(
    hass: HomeAssistant, entry: KindergartenConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add an event entity for the archive, one for the people, and one for every camera."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities(
        [ArchiveEvent(coordinator, ARCHIVE_DESCRIPTION), PeopleEvent(coordinator, PEOPLE_DESCRIPTION)]
    )
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda coordinator, subentry: [
            RecordingEvent(coordinator, subentry),
            PictureEvent(coordinator, subentry, PICTURE_DESCRIPTION),
        ],
    )


def _moment(time_us: int) -> str:
    return as_utc(time_us).isoformat(timespec="milliseconds")


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
        self._clock_off: bool | None = None

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
        at = _moment(event.t_us)
        if event.kind not in _KINDS or event.data.get("planned") or at <= self._told_before:
            return
        self._tell(_KINDS[event.kind], at, event.data.get(ATTR_CAUSE), _seconds(event))

    @override
    def _read(self) -> None:
        super()._read()
        before, self._state = self._state, self.status.state if self.status else None
        if self.status and before not in {None, CameraState.AUTH} and self._state is CameraState.AUTH:
            since_us = self.status.since_us or self._now_us()
            at = _moment(since_us)
            self._tell(LOGIN_REFUSED, at, "auth", None)
        self._look_at_clock()

    def _look_at_clock(self) -> None:
        """Tell once that the camera's clock is off by more than the law bears, until it was right again."""
        if self.status is None or (offset_ms := self.status.clock_offset_ms) is None:
            return
        limit_ms = profile_of(self.coordinator.entry).duties.clock_alarm_s.value * 1000
        if abs(offset_ms) <= limit_ms * CLOCK_RIGHT_SHARE:
            self._clock_off = False
        elif abs(offset_ms) > limit_ms and self._clock_off is not True:
            known, self._clock_off = self._clock_off is not None, True
            if known:
                at = _moment(self._now_us())
                self._tell(CLOCK_OFF, at, None, None, {ATTR_OFFSET: offset_ms})

    def _now_us(self) -> int:
        status = self.coordinator.data.status
        return status.now_us if status else 0

    def _tell(
        self,
        kind: str,
        at: str,
        cause: object,
        seconds: float | None,
        more: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        self._trigger_event(kind, {ATTR_CAUSE: cause, ATTR_SECONDS: seconds, **more, ATTR_AT: at})
        self.async_write_ha_state()


def _archive_kind(event: Event) -> str:
    """Return what automations know an event of the archive by."""
    if event.kind == "verified" and event.data.get("ok") is False:
        return VERIFY_FAILED
    if event.kind == "archive_unavailable" and event.data.get("status") == ArchiveState.FULL.value:
        return FULL
    return _ARCHIVE_KINDS[event.kind]


class ArchiveEvent(SiteEntity, EventEntity):
    """What happened last to the archive and its evidence."""

    _told_before = ""
    _ledger: str | None = None
    _epoch: int | None = None
    _broken_us: int | None = None
    _waiting: Event | None = None

    def __init__(self, coordinator: KindergartenCoordinator, description: EventEntityDescription) -> None:
        """Begin without anything told."""
        super().__init__(coordinator, description)
        self._flaps_us: deque[int] = deque(maxlen=FLAPS)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        if (last := await self.async_get_last_event_data()) and last.last_event_attributes:
            self._told_before = str(last.last_event_attributes.get(ATTR_AT, ""))
        self.async_on_remove(self.coordinator.async_listen(SITE, self._hear))

    @callback
    def _hear(self, event: Event) -> None:
        at = _moment(event.t_us)
        if event.kind not in _ARCHIVE_KINDS or at <= self._told_before or self._again(event):
            return
        self._pass_on(event)

    def _pass_on(self, event: Event) -> None:
        told = {name: event.data[name] for name in _TOLD if name in event.data}
        cameras = event.data.get("cameras")
        count = {ATTR_CAMERAS: len(cameras)} if isinstance(cameras, list) else {}
        delta_us, not_before_us = event.data.get("delta_us"), event.data.get("not_before_us")
        step = {ATTR_SECONDS: round(delta_us / 1_000_000, 3)} if isinstance(delta_us, int) else {}
        wait = {ATTR_NOT_BEFORE: _moment(not_before_us)} if isinstance(not_before_us, int) else {}
        self._tell(_archive_kind(event), {**told, **count, **step, **wait, ATTR_AT: _moment(event.t_us)})

    def _again(self, event: Event) -> bool:
        """Tell whether this was told just now: a disk that somebody keeps full has news many times a minute."""
        if event.kind in _FLAPPING:
            return self._flaps(event)
        if event.kind != RETENTION_BROKEN:
            return False
        if self._broken_us is not None and 0 <= event.t_us - self._broken_us < BROKEN_EVERY_US:
            return True
        self._broken_us = event.t_us
        return False

    def _flaps(self, event: Event) -> bool:
        """Tell whether the archive comes and goes; what it was last is told once it is calm."""
        flaps = len(self._flaps_us) == FLAPS and 0 <= event.t_us - self._flaps_us[0] < CALM_US
        self._waiting = event if flaps else None
        if not flaps:
            self._flaps_us.append(event.t_us)
        return flaps

    @override
    def _read(self) -> None:
        super()._read()
        status = self.coordinator.data.status
        if status and self._waiting and abs(status.now_us - self._waiting.t_us) >= CALM_US:
            waiting, self._waiting = self._waiting, None
            self._pass_on(waiting)
        before, self._ledger = self._ledger, status.ledger.state if status and status.ledger else self._ledger
        if status and before == GOOD_LEDGER and self._ledger != GOOD_LEDGER:
            at = _moment(status.now_us)
            self._tell(LEDGER_BROKEN, {"status": self._ledger, ATTR_AT: at})
        # Every start of the recorder is an epoch of its own.
        epoch = status.clock.epoch if status and status.clock else self._epoch
        before_epoch, self._epoch = self._epoch, epoch
        if status and before_epoch is not None and epoch != before_epoch:
            at = _moment(status.now_us)
            self._tell(ENGINE_RESTARTED, {ATTR_EPOCH: epoch, ATTR_AT: at})

    def _tell(self, kind: str, attributes: dict[str, object]) -> None:
        self._trigger_event(kind, attributes)
        self.async_write_ha_state()
