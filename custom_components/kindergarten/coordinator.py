"""Keeps Home Assistant told of how the recorder is, and the recorder of what is wanted."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
import logging
import time
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .api.playback import PlaybackSessions
from .archive.protocol import (
    Archive,
    ArchiveRefused,
    ArchiveState,
    ArchiveStatus,
    ArchiveUnavailable,
    CameraState,
    DesiredState,
    Event,
)
from .archive.supervisor import Supervisor
from .checklist import Checklist
from .const import (
    CONF_ARCHIVE_ID,
    CONF_ARCHIVE_PATH,
    DOMAIN,
)
from .desired import async_borrowed_sources, borrowed_entities, desired_state, orphaned_cameras
from .families import Families
from .judgement import profile_of
from .people import People
from .portal.portal import Portal
from .privacy import PrivacyPauses
from .restarts import Restarts
from .snapshot import Damage, Evidence, Snapshot, damage_of
from .stopped import StoppedCameras

LOGGER = logging.getLogger(__package__)

POLL: Final = timedelta(seconds=30)
RETRY_S: Final = 1.0
PATIENCE_S: Final = 20.0
"""A dead engine is started anew within 2 s; only a silence longer than this is told."""
ASK_AGAIN_S: Final = 60.0
"""How often the owner of a borrowed camera is asked for its address while nothing comes."""

PROOF_EVERY_S: Final = 1800.0
"""How often the files themselves are looked at: a month of eight cameras is 70,000 of them."""
PROOF_AGAIN_S: Final = 60.0
"""How soon they are looked at anew when nobody could: the archive may be recovering still."""
PROOF_DAYS: Final = 30
_CHANGES_PROOF: Final = {"archive_restored", "hold_lifted", "hold_made", "retention_broken"}
SITE: Final = ""
"""Whoever listens for this hears everything."""

_LOST: Final = {
    CameraState.UNREACHABLE,
    CameraState.REFUSED,
    CameraState.AUTH,
    CameraState.STALLED,
    CameraState.NO_VIDEO,
}

type EventListener = Callable[[Event], None]


class KindergartenCoordinator(DataUpdateCoordinator[Snapshot]):
    """Asks the engine how it is, is told at once when something happens, and tells it what is wanted."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, archive: Archive) -> None:
        """Begin without knowing anything; `async_follow` does the work."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=POLL,
            always_update=False,
            request_refresh_debouncer=Debouncer(hass, LOGGER, cooldown=0.5, immediate=True),
        )
        self.data = Snapshot()
        self.entry = entry
        self.archive = archive
        self._retention_broken_us: int | None = None
        self._evidence = Evidence()
        self._proof_due_s = 0.0
        self._damage: Damage | None = None
        self._heard = 0
        self._answers = False
        self._silent_since_s: float | None = None
        self._asked_s = 0.0
        self._wanted: DesiredState | None = None
        self._refused: frozenset[str] = frozenset()
        self._gone: frozenset[str] = frozenset()
        self._stopped = StoppedCameras()
        self._applying = asyncio.Lock()
        self._event_listeners: defaultdict[str, set[EventListener]] = defaultdict(set)

    @callback
    def async_listen(self, camera_id: str, listener: EventListener) -> CALLBACK_TYPE:
        """Have a camera's events told to `listener`, until the returned function is called."""
        self._event_listeners[camera_id].add(listener)

        @callback
        def stop() -> None:
            self._event_listeners[camera_id].discard(listener)

        return stop

    async def async_follow(self) -> None:
        """Hear the engine's events for ever; whenever it falls silent, wait until it is back."""
        while True:
            await self.async_refresh()
            if self._answers:
                await self.async_apply()
                with suppress(ArchiveUnavailable, ArchiveRefused):
                    async for event in self.archive.events(self._heard):
                        self._heard = event.n
                        await self._async_hear(event)
            await asyncio.sleep(RETRY_S)

    async def _async_hear(self, event: Event) -> None:
        if event.kind == "retention_broken":
            self._retention_broken_us = event.t_us
        if event.kind in _CHANGES_PROOF:
            self._proof_due_s = 0.0
        if event.kind == "verified":
            # Here what was put in by others is counted with what is bad already.
            self._damage = damage_of({name: event.data.get(name) for name in ("bad", "missing")})
        self.async_tell(event)
        await self.async_request_refresh()

    @callback
    def async_tell(self, event: Event) -> None:
        """Tell an event to whoever listens to its camera or to everything."""
        names = {SITE, event.camera or SITE}
        for listener in [each for name in names for each in self._event_listeners.get(name, ())]:
            listener(event)

    @callback
    def async_found(self, damage: Damage) -> None:
        """Remember what the last look for damage found."""
        self._damage = damage
        self.async_set_updated_data(replace(self.data, damage=damage))

    async def async_look_at_proof(self) -> None:
        """Have the files looked at; who cannot be asked leaves us with what we knew."""
        self._proof_due_s = time.monotonic() + PROOF_AGAIN_S
        days = max(PROOF_DAYS, profile_of(self.entry).minimum_days.value)
        with suppress(ArchiveUnavailable, ArchiveRefused):
            known = {camera.uid: camera for camera in await self.archive.cameras()}
            self._evidence = replace(self._evidence, known=known)
        with suppress(ArchiveUnavailable, ArchiveRefused):
            self._evidence = replace(self._evidence, holds=await self.archive.holds())
        with suppress(ArchiveUnavailable, ArchiveRefused):
            self._evidence = replace(self._evidence, proof=await self.archive.proof(days))
            self._proof_due_s = time.monotonic() + PROOF_EVERY_S
        if not self.data.silent and self.data.evidence != self._evidence:
            self.async_set_updated_data(replace(self.data, evidence=self._evidence))

    @override
    async def _async_update_data(self) -> Snapshot:
        """Return what the engine says; its silence is a state of the world, not a failed update."""
        try:
            status = await self.archive.status()
        except (ArchiveUnavailable, ArchiveRefused) as error:
            return self._silence(error)
        if self.data.silent:
            LOGGER.info("The recorder answers again")
        self._answers = True
        self._silent_since_s = None
        self._keep_archive_id(status)
        if self._owner_may_know_better(status):
            await self.async_apply()
        if time.monotonic() >= self._proof_due_s:
            self._proof_due_s = time.monotonic() + PROOF_AGAIN_S
            # Not before this update is told: what it finds belongs to the new state.
            self.entry.async_create_background_task(
                self.hass, self.async_look_at_proof(), "kindergarten proof", eager_start=False
            )
        return Snapshot(
            status=status,
            refused=self._refused,
            gone=self._gone,
            retention_broken_us=self._retention_broken_us,
            evidence=self._evidence,
            damage=self._damage,
            stopped_s=self._stopped.look(status, time.monotonic()),
        )

    def _silence(self, error: ArchiveUnavailable | ArchiveRefused) -> Snapshot:
        self._answers = False
        # From the first question that was not answered: the last answer may be half a minute old by then.
        if self._silent_since_s is None:
            self._silent_since_s = time.monotonic()
        if self.data.silent or time.monotonic() - self._silent_since_s < PATIENCE_S:
            return self.data
        LOGGER.info("The recorder does not answer: %s", error)
        return Snapshot(silent=True)

    def _keep_archive_id(self, status: ArchiveStatus) -> None:
        """Remember which archive is ours, so that another one in its place is noticed."""
        volume = status.volume
        if volume.path != self.entry.data[CONF_ARCHIVE_PATH]:
            return  # the recorder has yet to hear that the archive moved
        if volume.state is ArchiveState.OK and volume.archive_id and not self.entry.data.get(CONF_ARCHIVE_ID):
            self.hass.config_entries.async_update_entry(
                self.entry, data={**self.entry.data, CONF_ARCHIVE_ID: volume.archive_id}
            )

    def _owner_may_know_better(self, status: ArchiveStatus) -> bool:
        if time.monotonic() - self._asked_s < ASK_AGAIN_S:
            return False
        cameras = [status.cameras.get(camera_id) for camera_id in borrowed_entities(self.entry)]
        return any(camera is None or camera.state in _LOST for camera in cameras)

    async def async_apply(self) -> None:
        """Tell the engine what is wanted, unless it was told so already."""
        async with self._applying:
            self._asked_s = time.monotonic()
            borrowed = await async_borrowed_sources(self.hass, self.entry)
            self._gone = frozenset(borrowed_entities(self.entry).keys() - borrowed.keys())
            rev = self._wanted.rev if self._wanted else int(time.time())
            wanted = desired_state(self.entry, borrowed, rev, self.hass.config.time_zone)
            if wanted == self._wanted and self._is_applied(wanted):
                return
            wanted = replace(wanted, rev=rev + 1)
            try:
                result = await self.archive.configure(wanted)
            except ArchiveUnavailable:
                return
            except ArchiveRefused as error:
                LOGGER.error("The recorder refuses its settings: %s", error)  # noqa: TRY400
                return
            self._wanted = wanted
            refused = frozenset(complaint.uid for complaint in result.errors if complaint.uid)
            self._refused = refused | orphaned_cameras(self.entry)
            for complaint in result.errors:
                LOGGER.warning("The recorder cannot do as set (%s): %s", complaint.code, complaint.text)

    def _is_applied(self, wanted: DesiredState) -> bool:
        return self.data.status is None or self.data.status.rev == wanted.rev


@dataclass(frozen=True, kw_only=True)
class KindergartenData:
    """What lives as long as the entry is loaded.

    `work` keeps the engine alive and hears it, `mirror` tells the ledger of the families' generation.
    """

    supervisor: Supervisor
    archive: Archive
    coordinator: KindergartenCoordinator
    playback: PlaybackSessions
    people: People
    restarts: Restarts
    families: Families
    pauses: PrivacyPauses
    portal: Portal
    checklist: Checklist
    work: asyncio.Task[None]
    mirror: asyncio.Task[None]

    async def close(self) -> None:
        """Let go of everything, first of whoever looks at it."""
        for task in (self.work, self.mirror):
            task.cancel()
        self.playback.close()
        await self.portal.close()
        await self.coordinator.async_shutdown()
        await self.families.close()
        await self.supervisor.close()


type KindergartenConfigEntry = ConfigEntry[KindergartenData]
