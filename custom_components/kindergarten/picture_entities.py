"""Whether a camera still sees its room: what happened, whether something is wrong, and what may be set."""

from collections.abc import Hashable
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import callback

from .administrators import async_require_administrator
from .archive.protocol import SEES_WELL, Event, PictureStatus, as_utc
from .const import CONF_CAMERA_ID, CONF_WATCH_PICTURE, SUBENTRY_CAMERA
from .coordinator import KindergartenConfigEntry
from .entity import CameraDeviceEntity
from .grace import grace_of
from .holds import asking

ATTR_AT: Final = "at"
ATTR_CAUSE: Final = "cause"
ATTR_SECONDS: Final = "seconds"
ATTR_SINCE: Final = "since"
ATTR_OFFSET: Final = "offset_ms"

NO_PROBLEM: Final = "none"
NOT_WATCHED: Final = "not_watched"
CLOCK_WRONG: Final = "clock_wrong"
RESTORED: Final = "restored"
SIGHTS: Final = ("covered", "blurred", "dark", "frozen", "turned", CLOCK_WRONG)
_KIND: Final = "picture_"

EVENT: Final = EventEntityDescription(
    key="picture", translation_key="picture", event_types=[*SIGHTS, RESTORED]
)
PROBLEM: Final = BinarySensorEntityDescription(
    key="picture_problem",
    translation_key="picture_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
)
SWITCH: Final = SwitchEntityDescription(
    key="watch_picture", translation_key="watch_picture", entity_category=EntityCategory.CONFIG
)
LEARN: Final = ButtonEntityDescription(
    key="learn_picture", translation_key="learn_picture", entity_category=EntityCategory.CONFIG
)


class PictureEvent(CameraDeviceEntity, EventEntity):
    """What happened last to what a camera sees."""

    _told_before = ""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        # The engine lives on while Home Assistant restarts, and repeats what it remembers.
        if (last := await self.async_get_last_event_data()) and last.last_event_attributes:
            self._told_before = str(last.last_event_attributes.get(ATTR_AT, ""))
        self.async_on_remove(self.coordinator.async_listen(self.camera_id, self._hear))

    @callback
    def _hear(self, event: Event) -> None:
        at = as_utc(event.t_us).isoformat(timespec="milliseconds")
        kind = event.kind.removeprefix(_KIND)
        if kind == event.kind or kind not in self.event_types or at <= self._told_before:
            return
        attributes: dict[str, Any] = {ATTR_CAUSE: None, ATTR_SECONDS: None}
        if kind == RESTORED:
            attributes = {ATTR_CAUSE: event.data.get("cause"), ATTR_SECONDS: _seconds(event)}
        elif kind == CLOCK_WRONG:
            cause = "time_zone" if event.data.get("time_zone") else "clock"
            attributes |= {ATTR_CAUSE: cause, ATTR_OFFSET: event.data.get(ATTR_OFFSET)}
        self._trigger_event(kind, {**attributes, ATTR_AT: at})
        self.async_write_ha_state()


def _seconds(event: Event) -> float | None:
    start_us, end_us = event.data.get("start_us"), event.data.get("end_us")
    if not isinstance(start_us, int) or not isinstance(end_us, int):
        return None
    return round((end_us - start_us) / 1_000_000, 1)


class PictureProblem(CameraDeviceEntity, BinarySensorEntity):
    """Whether a camera has not seen its room for longer than its grace; `cause` says at once what is wrong."""

    _cause: str | None = None

    @override
    def _read(self) -> None:
        super()._read()
        data, entry = self.coordinator.data, self.coordinator.entry
        picture = self.status.picture if self.status else None
        if picture is None or picture.looked_us is None or data.status is None:
            # An alarm ends when nobody wants to hear of it any more, not when nobody knows.
            unwanted = not _is_watched(entry, self.camera_id)
            self._attr_is_on = False if unwanted else None
            self._cause = NOT_WATCHED if unwanted else None
            self._attr_extra_state_attributes = {ATTR_CAUSE: self._cause, ATTR_SINCE: None}
            return
        cause, since_us = _problem(picture)
        same = cause == self._cause
        self._cause = cause
        lasted_s = (data.status.now_us - (since_us or data.status.now_us)) / 1_000_000
        waited = lasted_s >= grace_of(entry, "picture", self.camera_id)
        # What was told once stays so, also when the room closes and the grace is longer.
        self._attr_is_on = cause != NO_PROBLEM and (waited or (same and self._attr_is_on is True))
        since = None if since_us is None else as_utc(since_us).isoformat(timespec="seconds")
        self._attr_extra_state_attributes = {ATTR_CAUSE: cause, ATTR_SINCE: since}

    @override
    def _news(self) -> Hashable:
        return self._attr_available, self._attr_is_on, self._cause


def _problem(picture: PictureStatus) -> tuple[str, int | None]:
    """Return what is wrong, the worse first, and since when."""
    if picture.sight != SEES_WELL:
        return picture.sight, picture.since_us
    if picture.clock_wrong_since_us is not None:
        return CLOCK_WRONG, picture.clock_wrong_since_us
    return NO_PROBLEM, None


def _is_watched(entry: KindergartenConfigEntry, camera_id: str) -> bool:
    return any(
        camera.data.get(CONF_WATCH_PICTURE, True)
        for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        if camera.data[CONF_CAMERA_ID] == camera_id
    )


class WatchPicture(CameraDeviceEntity, SwitchEntity):
    """Whether somebody looks if the camera still sees its room; recording does not depend on it."""

    @override
    def _read(self) -> None:
        super()._read()
        self._attr_is_on = _is_watched(self.coordinator.entry, self.camera_id)

    @override
    def _news(self) -> Hashable:
        return self._attr_available, self._attr_is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self._async_set(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self._async_set(on=False)

    async def _async_set(self, *, on: bool) -> None:
        await async_require_administrator(self.hass, self._context)
        entry = self.coordinator.entry
        for camera in entry.get_subentries_of_type(SUBENTRY_CAMERA):
            if camera.data[CONF_CAMERA_ID] == self.camera_id:
                data = {**camera.data, CONF_WATCH_PICTURE: on}
                self.hass.config_entries.async_update_subentry(entry, camera, data=data)
        self._handle_coordinator_update()


class LearnPicture(CameraDeviceEntity, ButtonEntity):
    """Makes what the camera sees now the usual: for a camera that was moved on purpose."""

    @override
    def _read(self) -> None:
        super()._read()
        watched = self.status is not None and self.status.picture is not None
        self._attr_available = self._attr_available and watched

    @override
    async def async_press(self) -> None:
        await async_require_administrator(self.hass, self._context)
        with asking():
            await self.coordinator.archive.learn_picture(self.camera_id)
        await self.coordinator.async_request_refresh()
