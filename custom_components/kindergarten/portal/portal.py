"""The portal while the kindergarten is loaded: what its views share."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
import time
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..archive.protocol import Archive
from ..const import CONF_PORTAL_ENABLED, CONF_PORTAL_ORIGIN, CONF_PORTAL_OWN_HOST
from ..engine.people.errors import PeopleError
from ..engine.people.people import People
from ..engine.people.records import Credentials, Device, Guardian
from ..engine.people.snapshot import Snapshot
from ..news import SIGNAL_NEWS, News
from .access import Decision, House, decide
from .door import Door
from .house import house_of, schedules_of
from .ids import OpaqueIds
from .limits import Limits
from .origin import Origin
from .outside import OutsideTest
from .viewings import Viewings

if TYPE_CHECKING:
    from ..coordinator import KindergartenCoordinator
    from ..families import Families

TROUBLE_S: Final = 60.0
TOUCH_US: Final = 600_000_000


class Portal:
    """Knows the house and the people, and tells whoever listens when what is decided may change."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        families: Families,
        coordinator: KindergartenCoordinator,
    ) -> None:
        """Begin to follow the entry, the people, the recorder's clock and the schedules of rooms."""
        self.hass = hass
        self.entry = entry
        self.families = families
        self.coordinator = coordinator
        self.archive: Archive = coordinator.archive
        self.ids = OpaqueIds()
        self.limits = Limits()
        self.outside = OutsideTest()
        self.door = Door()
        self.asking = asyncio.Lock()
        self.origin: Origin | None = None
        self.own_host = False
        self._listeners: set[Callable[[], None]] = set()
        self._house: House | None = None
        self._followed: list[str] = []
        self._unfollow: CALLBACK_TYPE = _nothing
        self._trouble_s = -TROUBLE_S
        self._closed = False
        self._read_options()
        self._stops = (
            families.async_listen(self.async_changed),
            coordinator.async_add_listener(self._clock_changed),
        )
        self.viewings = Viewings(self)

    # -- what is known -----------------------------------------------------------------------

    @property
    def options(self) -> Mapping[str, Any]:
        """Return the entry's options; `const.py` has what holds where they say nothing."""
        return self.entry.options

    @property
    def snapshot(self) -> Snapshot:
        """Return the people as they are now."""
        return self.families.snapshot

    def now(self) -> datetime:
        """Return the time at the kindergarten."""
        return dt_util.now()

    def house(self) -> House:
        """Return the house as it is now."""
        if self._house is None:
            status = self.coordinator.data.status
            self._house = house_of(
                self.hass,
                self.entry,
                enabled=self.origin is not None,
                text_version=self.snapshot.text_version,
                clock=status.clock if status else None,
            )
        return self._house

    def decide(self, device: Device, room_id: str, now: datetime) -> Decision:
        """Return whether a phone may see a room."""
        return decide(self.snapshot, self.house(), device, room_id, now)

    def device(self, credentials: Credentials, now: datetime) -> Device | None:
        """Return the phone that these credentials are of, if it may still come in."""
        return self.snapshot.device(credentials.device_id, credentials.secret, us(now))

    def guardian(self, device: Device) -> Guardian:
        """Return whose phone it is."""
        return self.snapshot.guardians[device.guardian_id]

    @callback
    def async_touch(self, device: Device) -> None:
        """Have it noted that a phone is in use, unless that was noted a short while ago."""
        if 0 <= us(self.now()) - device.seen_us < TOUCH_US:
            return
        self.entry.async_create_background_task(self.hass, self._touch(device.id), "kindergarten phone")

    async def _touch(self, device_id: str) -> None:
        # Whoever cannot write that down now is told so when something matters.
        with suppress(PeopleError):
            await self.families.do(People.touch, device_id)

    @callback
    def async_trouble(self) -> None:
        """Tell automations that somebody tries to come in who should not, at most once a minute."""
        now_s = time.monotonic()
        if now_s - self._trouble_s >= TROUBLE_S:
            self._trouble_s = now_s
            async_dispatcher_send(self.hass, SIGNAL_NEWS, News(kind="door_trouble"))

    # -- what changes ------------------------------------------------------------------------

    @callback
    def async_listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Have `listener` told, in the loop, whenever a decision may have changed."""
        self._listeners.add(listener)

        @callback
        def stop() -> None:
            self._listeners.discard(listener)

        return stop

    @callback
    def async_changed(self) -> None:
        """Look at everything anew, and tell everybody that a decision may have changed."""
        if self._closed:
            return
        self._read_options()
        self._house = None
        for listener in list(self._listeners):
            listener()

    async def close(self) -> None:
        """Let nobody in any more."""
        self._closed = True
        self.origin = None
        self._house = None
        for stop in (*self._stops, self._unfollow):
            stop()
        self._listeners.clear()
        await self.viewings.close()

    def _read_options(self) -> None:
        enabled = self.options.get(CONF_PORTAL_ENABLED) is True
        self.origin = Origin.parse(self.options.get(CONF_PORTAL_ORIGIN) or "") if enabled else None
        self.own_host = self.options.get(CONF_PORTAL_OWN_HOST) is True
        if (followed := schedules_of(self.entry)) != self._followed:
            self._unfollow()
            self._followed = followed
            self._unfollow = async_track_state_change_event(self.hass, followed, self._schedule_changed)

    @callback
    def _schedule_changed(self, event: Event[EventStateChangedData]) -> None:
        self.async_changed()

    @callback
    def _clock_changed(self) -> None:
        before = self._house
        self._house = None
        if before is not None and self.house() != before:
            self.async_changed()


def us(moment: datetime) -> int:
    """Return a moment in µs since 1970 in UTC."""
    return round(moment.timestamp() * 1_000_000)


def _nothing() -> None:
    """Stop nothing."""
