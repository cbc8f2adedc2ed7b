"""The state of a pretended Frigate server, and what happens to it by itself as its time goes on."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
import math
import time
from typing import Any

from .accounts import ADMIN_ROLE, Accounts, User
from .clock import Clock
from .configuration import Configuration, Tree, camera_section, keep_all
from .disk import EMERGENCY_EVERY_S, Disk, expire
from .exports import Exports, Film, cuts
from .footage import DAY_S, HOUR_S, Footage
from .reel import Reel, reel
from .settings import Settings
from .versions import Version

FIRST_PASS_S = 60
OFFLINE_AFTER_S = 120
CAMERA_ADDRESS = "rtsp://viewer:secret-of-the-camera@10.20.30.40:554"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that came in; `door` is "internal" or "external", `size` the bytes of the answer."""

    method: str
    path: str
    query: str
    door: str
    user: str
    status: int
    at: float


class Frigate:
    """One server. Its attributes are changed by `Control` and by its own API."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.version = Version.named(settings.version)
        self.clock = Clock()
        if settings.minute is not None:
            self.clock.set(self.clock.now() // HOUR_S * HOUR_S + settings.minute * 60)
        self.accounts = Accounts(self.version, self.clock)
        self.accounts.users[settings.user] = User(password=settings.password, role=ADMIN_ROLE)
        self.disk = Disk()
        self.exports = Exports(self.clock)
        self.asked: deque[Asked] = deque(maxlen=100_000)
        self.rtsp_port = settings.rtsp_port
        self.leave: Callable[[], None] = lambda: None
        self.publish: Callable[[str, Any], None] = lambda _topic, _payload: None
        self.configuration = Configuration(self.version, self._first_file())
        since = self.clock.now() - settings.days * DAY_S
        self.footages = {name: Footage(name, since, settings.lag_s) for name in settings.names}
        self.switched = dict.fromkeys(settings.names, True)
        self.dead: dict[str, float] = {}
        self.dark: set[str] = set()
        self.freeze_factor = 1.0
        self._frozen_until = 0.0
        self._told: dict[str, str] = {}
        self._begin()

    @property
    def cameras(self) -> list[str]:
        """Return the cameras that Frigate knows now."""
        return self.configuration.cameras

    def upgrade(self, name: str) -> None:
        """Be another version from now on; retention is carried over as Frigate's migration does."""
        days = self.configuration.record(None)
        old, self.version = self.version, Version.named(name)
        self.configuration.version = self.accounts.version = self.version
        if old.continuous != self.version.continuous:
            keep = days["continuous"]["days"] if old.continuous else days["retain"]["days"]
            self.configuration.file["record"] = keep_all(self.version, keep)
            for camera in self.configuration.file["cameras"].values():
                camera.pop("record", None)
        self.configuration.restart()

    # Time passing

    def freeze(self, seconds: float) -> None:
        """Let the whole API wait for some seconds of the machine's clock."""
        self._frozen_until = max(self._frozen_until, time.monotonic() + seconds * self.freeze_factor)

    def thaw(self) -> None:
        """End a freeze."""
        self._frozen_until = 0.0

    @property
    def frozen(self) -> bool:
        """Tell whether the API waits."""
        return time.monotonic() < self._frozen_until

    async def thawed(self) -> None:
        """Return when nothing holds the API up."""
        while (left := self._frozen_until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 0.1))

    def catch_up(self) -> None:
        """Do what was due since the last look: the rounds that delete, exports that are done."""
        now = self.clock.now()
        if now >= self._next_pass:
            self.pass_of_retention()
        if now >= self._next_round:
            self.round_of_storage()
        self._tell_health(now)
        for export in self.exports.due():
            footage = self.footages.get(export.camera)
            found = cuts(footage, export.start, export.end, now) if footage else []
            self.exports.finish(export, Film.of(self.reel(export.camera), found) if found else None)

    def _tell_health(self, now: float) -> None:
        """Publish who records, from 0.17: "offline" after two minutes without a segment."""
        for camera in self.cameras if self.version.at_least(0, 17) else ():
            health = "online"
            if not self.wanted(camera):
                health = "disabled"
            elif now - self.dead.get(camera, now) >= OFFLINE_AFTER_S:
                health = "offline"
            if self._told.get(camera, "online") != health:
                self.publish(f"{camera}/status/record", health)
            self._told[camera] = health

    def pass_of_retention(self) -> None:
        """Delete by age, as every hour."""
        now = self.clock.now()
        expire(self.configuration, self.footages, now)
        self._next_pass = (
            now + self.configuration.record(None, self.configuration.running)["expire_interval"] * 60
        )

    def round_of_storage(self) -> int:
        """Measure rates and make room, as every five minutes; return how many segments went."""
        now = self.clock.now()
        self.disk.measure(self.footages, now)
        gone = self.disk.make_room(self.footages, self.free_mib(), now)
        self._next_round = now + EMERGENCY_EVERY_S
        return gone

    def restart(self, gap_s: float) -> None:
        """Begin anew: nothing is recorded for `gap_s`, the file is read again, toggles may be forgotten."""
        now = self.clock.now()
        for footage in self.footages.values():
            footage.recorded.close(now)
        self.exports.abandon()
        before = set(self.cameras)
        self.configuration.restart()
        for camera in self.cameras:
            self.footages.setdefault(camera, self._fresh(camera))
            kept = self.switched.get(camera, True) if self.version.toggles_survive else True
            self.switched[camera] = kept if camera in before else True
            self.resume(camera, now + gap_s)
        self.disk.measured_mib_h.clear()
        self._begin()

    def _begin(self) -> None:
        now = self.clock.now()
        self.started_at = now
        self._next_pass, self._next_round = now + FIRST_PASS_S, now + EMERGENCY_EVERY_S
        self.disk.measure(self.footages, now)

    def _first_file(self) -> Tree:
        settings = self.settings
        streams: Tree = {}
        cameras: Tree = {}
        for name in settings.names:
            cameras[name] = camera_section(name, CAMERA_ADDRESS)
            if settings.camera_days is not None:
                cameras[name]["record"] = keep_all(self.version, settings.camera_days)
            streams[name], streams[f"{name}_sub"] = [f"{CAMERA_ADDRESS}/main"], [f"{CAMERA_ADDRESS}/sub"]
        keep = (
            keep_all(self.version, settings.keep_days)
            if settings.keep_days is not None
            else {"enabled": True}
        )
        file = {
            "mqtt": {"enabled": False},
            "record": keep,
            "go2rtc": {"streams": streams},
            "cameras": cameras,
            "version": self.version.config,
        }
        configuration = Configuration(self.version, file)
        configuration.set(settings.config, restart=True)
        return configuration.file

    # Cameras

    def reel(self, camera: str) -> Reel:
        """Return a camera's pictures."""
        return reel(camera if self.settings.labels else "")

    def records(self, camera: str) -> bool:
        """Tell whether a camera really records."""
        return self.wanted(camera) and camera not in self.dead

    def wanted(self, camera: str) -> bool:
        """Tell whether a camera is to record."""
        if camera not in self.cameras or not self.configuration.shown["cameras"][camera].get("enabled", True):
            return False
        return bool(self.configuration.record(camera)["enabled"]) and self.switched.get(camera, True)

    def resume(self, camera: str, at: float) -> None:
        """Record from a moment on, if it is to record at all."""
        if self.records(camera):
            self.footages[camera].recorded.add(at, math.inf)

    def switch(self, camera: str, *, on: bool) -> bool:
        """Switch recording as a toggle does; refused (False) when the configuration has it off."""
        if on and not self.configuration.record(camera)["enabled"]:
            return False
        now = self.clock.now()
        self.switched[camera] = on
        if on:
            self.resume(camera, now)
        else:
            self.footages[camera].recorded.close(now)
        self.publish(f"{camera}/recordings/state", "ON" if on else "OFF")
        return True

    def shown_enabled(self, camera: str) -> bool:
        """Return what `/api/config` says of recording: to 0.17 a lie after any live change of the configuration."""
        configured = bool(self.configuration.record(camera)["enabled"])
        if self.configuration.changed_live and not self.version.toggles_survive:
            return configured
        return configured and self.switched.get(camera, True)

    def used_mib(self) -> float:
        """Return what all segments and exports take."""
        now = self.clock.now()
        return sum(self.disk.used_mib(footage, now) for footage in self.footages.values())

    def free_mib(self) -> float:
        """Return what is free on the recordings disk."""
        return max(0.0, self.disk.total_mib - self.disk.other_mib - self.used_mib())

    def _fresh(self, camera: str) -> Footage:
        footage = Footage(camera, 0, self.settings.lag_s)
        footage.recorded.close(0)
        return footage
