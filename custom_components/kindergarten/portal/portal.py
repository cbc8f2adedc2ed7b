"""The portal while the kindergarten is loaded: what its views share."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..archive.protocol import Archive
from ..const import CONF_PORTAL_ENABLED, CONF_PORTAL_ORIGIN, CONF_PORTAL_OWN_HOST
from .origin import Origin
from .routes import Device, Guardian
from .sessions import Credentials


class Portal:
    """Knows the house and the people, and tells whoever listens when what is decided may change."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], families: Any, archive: Archive) -> None:
        """Begin; `families` holds the people, `archive` the footage."""
        self.hass = hass
        self.entry = entry
        self.families = families
        self.archive = archive
        self._listeners: set[Callable[[], None]] = set()
        self._read_options()

    def _read_options(self) -> None:
        options = self.entry.options
        enabled = options.get(CONF_PORTAL_ENABLED) is True
        self.origin = Origin.parse(options.get(CONF_PORTAL_ORIGIN) or "") if enabled else None
        self.own_host = options.get(CONF_PORTAL_OWN_HOST) is True

    def now(self) -> datetime:
        """Return the time at the kindergarten."""
        return dt_util.now()

    def device(self, credentials: Credentials, now: datetime) -> Device | None:
        """Return the phone that these credentials are of, if it may still come in."""
        if self.families is None:
            return None
        return self.families.snapshot.device(credentials.device_id, credentials.secret)

    def guardian(self, device: Device) -> Guardian:
        """Return whose phone it is."""
        return self.families.snapshot.guardians[device.guardian_id]

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
        """Read the options anew, and tell everybody that a decision may have changed."""
        self._read_options()
        for listener in list(self._listeners):
            listener()

    async def close(self) -> None:
        """Let nobody in any more."""
        self.origin = None
        self._listeners.clear()
