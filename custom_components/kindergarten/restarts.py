"""Finds out whether the recorder goes on while Home Assistant restarts; where it does not, that costs a gap."""

from dataclasses import asdict, dataclass
import os
from pathlib import Path
from typing import Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.hassio import is_hassio
from homeassistant.helpers.storage import Store

from .archive.protocol import Hello
from .const import DOMAIN

_VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class Left:
    """The recorder that was left behind when Home Assistant ended."""

    boot_id: str
    version: str
    started_us: int


class Restarts:
    """Compares the recorder that is left behind with the one that is found again.

    Only an orderly end tells anything, and only on the same boot with the same version: else the
    recorder had to end.
    """

    def __init__(
        self, store: Store[dict[str, object]], installed_as: str, costs_gap: bool, left: Left | None
    ) -> None:
        """Begin with what was kept."""
        self._store = store
        self._left = left
        self.installed_as = installed_as
        self.costs_gap = costs_gap
        """Whether the last restart that tells ended the recorder."""

    @classmethod
    async def load(cls, hass: HomeAssistant) -> Self:
        """Return what was kept; nothing that can be read is nothing known."""
        store = _store(hass)
        kept = await store.async_load() or {}
        left: Left | None = None
        match kept.get("left"):
            case {"boot_id": str(boot_id), "version": str(version), "started_us": int(started_us)}:
                left = Left(boot_id=boot_id, version=version, started_us=started_us)
        installed_as = await hass.async_add_executor_job(_installed_as, hass)
        return cls(store, installed_as, kept.get("costs_gap") is True, left)

    @staticmethod
    async def forget(hass: HomeAssistant) -> None:
        """Forget what was kept."""
        await _store(hass).async_remove()

    @callback
    def met(self, hello: Hello | None) -> None:
        """Hear who answers; the first one after a start tells whether it was there all the time."""
        if hello is None or (left := self._left) is None:
            return
        self._left = None
        if (left.boot_id, left.version) == (hello.boot_id, hello.version):
            self.costs_gap = left.started_us != hello.started_us
        self._store.async_delay_save(self._kept)

    async def leave(self, hello: Hello | None) -> None:
        """Note who is left behind."""
        if hello is not None:
            self._left = Left(boot_id=hello.boot_id, version=hello.version, started_us=hello.started_us)
        await self._store.async_save(self._kept())

    def _kept(self) -> dict[str, object]:
        return {"costs_gap": self.costs_gap, "left": asdict(self._left) if self._left else None}


def _store(hass: HomeAssistant) -> Store[dict[str, object]]:
    return Store(hass, _VERSION, f"{DOMAIN}.restarts", private=True)


def _installed_as(hass: HomeAssistant) -> str:
    """Return what ends the recorder here, as a key of the texts `restart_<key>`; reads files."""
    if is_hassio(hass):
        return "supervisor"
    if "INVOCATION_ID" in os.environ:
        return "systemd"
    return "container" if Path("/.dockerenv").exists() else "other"
