"""What a test does to the stand-in, and asks of it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

from .accounts import User
from .configuration import camera_section
from .disk import MIB
from .faults import Fault, Kind
from .frigate import CAMERA_ADDRESS, Frigate
from .house import House

type Row = dict[str, Any]


class Control:
    """Every method may be called from any thread but the server's; times are Unix seconds of the server's clock.

    The same methods can be called by name over the standard input of a server in a process of its own.
    """

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self._house, self._loop = house, loop

    # Time

    def now(self) -> float:
        """Return the server's time."""
        return self._frigate.clock.now()

    def set_time(self, now: float, *, stop: bool = False) -> None:
        """Make it another time; `stop` lets it stand still."""

        def change() -> None:
            clock = self._frigate.clock
            clock.go_on()
            clock.set(now)
            if stop:
                clock.stop()

        self._call(change)

    def advance(self, seconds: float) -> None:
        """Let time pass at once; what was due meanwhile happens with the next request."""
        self._call(lambda: self._frigate.clock.set(self._frigate.clock.now() + seconds))

    # Footage

    def add_hole(self, camera: str, start: float, end: float) -> None:
        """Never have recorded a stretch."""
        self._call(lambda: self._frigate.footages[camera].recorded.remove(start, end))

    def add_footage(self, camera: str, start: float, end: float) -> None:
        """Have recorded a stretch after all, also one of a clock that was not set."""
        self._call(lambda: self._frigate.footages[camera].recorded.add(start, end))

    def delete_early(self, start: float, end: float, camera: str | None = None) -> None:
        """Delete a stretch that was recorded, of one camera or all: nobody is told."""

        def change() -> None:
            for name, footage in self._frigate.footages.items():
                if camera in (None, name):
                    footage.deleted.add(start, end)

        self._call(change)

    def lose_files(self, camera: str, start: float, end: float) -> None:
        """Lose the files of a stretch; the rows stay."""
        self._call(lambda: self._frigate.footages[camera].lost.add(start, end))

    def lose_database(self) -> None:
        """Forget all rows; the files stay, and are never listed nor deleted again by Frigate."""

        def change() -> None:
            for footage in self._frigate.footages.values():
                footage.forgotten.add(0, self._frigate.clock.now())

        self._call(change)

    def pass_of_retention(self) -> None:
        """Do the hourly deletion by age now."""
        self._call(self._frigate.pass_of_retention)

    def round_of_storage(self) -> int:
        """Do the five-minute round now; return how many segments it deleted."""
        return self._call(self._frigate.round_of_storage)

    def fill_disk(self, free_mib: float) -> None:
        """Let other programs take the disk but for so much; the next round deletes when that is too little."""

        def change() -> None:
            disk = self._frigate.disk
            disk.other_mib = disk.total_mib - self._frigate.used_mib() - free_mib

        self._call(change)

    def set_disk(self, total_mib: float) -> None:
        """Have a disk of another size."""
        self._call(lambda: setattr(self._frigate.disk, "total_mib", total_mib))

    def set_segment_size(self, camera: str, mib: float) -> None:
        """Make a camera's files larger (not smaller); the measured bandwidth stays what it was."""

        def change() -> None:
            disk = self._frigate.disk
            disk.padding[camera] = 0
            plain = disk.rate_mib_h(camera) * MIB / 360
            disk.padding[camera] = max(0, round(mib * MIB - plain))

        self._call(change)

    def oldest(self, camera: str) -> float | None:
        """Return the start of the oldest segment there is, also of a camera that is not configured any more."""
        return self._call(lambda: _start(self._frigate.footages[camera].oldest(self.now())))

    def newest(self, camera: str) -> float | None:
        """Return the start of the newest segment."""
        return self._call(lambda: _start(self._frigate.footages[camera].newest(self.now())))

    # Cameras

    def rename_camera(self, old: str, new: str) -> None:
        """Change a camera's id in the file and restart: its history stays under the old id until the next pass."""

        def change() -> None:
            cameras = self._frigate.configuration.file["cameras"]
            self._frigate.configuration.file["cameras"] = {
                new if name == old else name: section for name, section in cameras.items()
            }
            self._frigate.restart(self._house.restart_gap_s)

        self._call(change)

    def remove_camera(self, camera: str) -> None:
        """Take a camera out of the file and restart."""

        def change() -> None:
            self._frigate.configuration.file["cameras"].pop(camera)
            self._frigate.restart(self._house.restart_gap_s)

        self._call(change)

    def add_camera(self, camera: str) -> None:
        """Put a camera into the file and restart."""

        def change() -> None:
            self._frigate.configuration.file["cameras"][camera] = camera_section(camera, CAMERA_ADDRESS)
            self._frigate.restart(self._house.restart_gap_s)

        self._call(change)

    def set_friendly_name(self, camera: str, name: str) -> None:
        """Name a camera for people."""
        self.set_config({f"cameras.{camera}.friendly_name": name}, live=True)

    def toggle_recording(self, camera: str, *, on: bool) -> bool:
        """Switch recording as somebody in Frigate's screens does; False when it was refused."""
        return self._call(lambda: self._frigate.switch(camera, on=on))

    def kill_recorder(self, camera: str, *, dead: bool = True, picture: bool = False) -> None:
        """Let no segment come any more though everything says ON; with `picture` the picture is gone too."""

        def change() -> None:
            frigate, now = self._frigate, self._frigate.clock.now()
            if dead:
                frigate.dead[camera] = now
                frigate.footages[camera].recorded.close(now)
            else:
                frigate.dead.pop(camera, None)
                frigate.resume(camera, now)
            (frigate.dark.add if dead and picture else frigate.dark.discard)(camera)

        self._call(change)

    # The server

    def set_config(self, values: dict[str, Any], *, live: bool = False) -> None:
        """Write dotted keys into the file; `live` shows them at once, without the deletion thread knowing."""
        self._call(lambda: self._frigate.configuration.set(values, restart=not live))

    def deletion_days(self, camera: str) -> float:
        """Return the days that the deletion thread really uses."""

        def ask() -> float:
            section = self._frigate.configuration.record(camera, self._frigate.configuration.running)
            return float(section["continuous" if "continuous" in section else "retain"]["days"])

        return self._call(ask)

    def restart(self, gap_s: float = 60, away_s: float = 0.5) -> None:
        """Restart: away for `away_s` of the machine's time, no footage for `gap_s`. Returns when it is back."""
        self.restart_takes(gap_s, away_s)
        self._wait(self._house.restart())

    def restart_takes(self, gap_s: float, away_s: float) -> None:
        """Say what restarts asked for through the API take."""
        self._house.restart_gap_s, self._house.restart_away_s = gap_s, away_s

    def leave(self) -> None:
        """Close both doors."""
        self._wait(self._house.close())

    def come_back(self) -> None:
        """Open both doors again."""
        self._wait(self._house.open())

    def crash(self, *, on: bool = True) -> None:
        """Let only nginx answer: 502 to everything."""
        self._call(lambda: setattr(self._house.gate, "away", on))

    def upgrade(self, version: str) -> None:
        """Become another version."""
        self._call(lambda: self._frigate.upgrade(version))

    def new_certificate(self) -> str:
        """Come back with another certificate; return its SHA-256 in hex."""
        self.leave()
        self._call(self._house.new_certificate)
        self.come_back()
        return self._house.fingerprint

    # Accounts

    def add_user(self, name: str, password: str, role: str = "viewer") -> None:
        """Make or change an account."""
        self._call(lambda: self._frigate.accounts.users.update({name: User(password=password, role=role)}))

    def set_role(self, role: str, cameras: list[str]) -> None:
        """Limit a role to some cameras."""
        self._call(lambda: self._frigate.accounts.roles.update({role: cameras}))

    def forget_tokens(self) -> None:
        """Make all tokens invalid."""
        self._call(self._frigate.accounts.new_secret)

    def set_rate_limit(self, limit: str) -> None:
        """Limit logins, as "1/second;5/minute"; "" ends it."""
        self._call(lambda: setattr(self._frigate.accounts, "rate_limit", limit))

    # Exports

    def exports_take(
        self, seconds: float, *, failing: str | None = None, queue_full: bool = False, known_s: float = 5
    ) -> None:
        """Say how long exports take, whether they fail, whether there is no room for another (0.18).

        `known_s` is how long after its end a job is still told of.
        """

        def change() -> None:
            exports = self._frigate.exports
            exports.takes_s, exports.failing, exports.queue_full = seconds, failing, queue_full
            exports.known_s = known_s

        self._call(change)

    def finish_exports(self) -> None:
        """Let all exports that are being made be done now."""
        self._call(self._frigate.exports.hurry)

    def lose_export_files(self) -> None:
        """Lose the files of all exports that are done; their rows stay."""
        self._call(self._frigate.exports.lose_files)

    def exports(self) -> list[str]:
        """Return the ids of all exports, those that are being made too."""
        found: list[str] = self._call(lambda: [each.id for each in self._frigate.exports.everything()])
        return found

    def cases(self) -> dict[str, str]:
        """Return the names of all cases by their ids."""
        exports = self._frigate.exports
        found: dict[str, str] = self._call(lambda: {uid: each["name"] for uid, each in exports.cases.items()})
        return found

    # Faults and questions

    def fault(self, path: str, kind: Kind, **details: Any) -> None:
        """Answer addresses that match a regular expression wrongly; the details are those of `Fault`."""
        self._call(lambda: self._house.gate.faults.append(Fault(path=path, kind=kind, **details)))

    def heal(self) -> None:
        """End all faults and freezes."""

        def change() -> None:
            self._house.gate.heal()
            self._frigate.thaw()

        self._call(change)

    def freeze(self, seconds: float) -> None:
        """Let the whole API wait for some seconds."""
        self._call(lambda: self._frigate.freeze(seconds))

    def frozen(self) -> bool:
        """Tell whether the API waits."""
        return self._frigate.frozen

    def set_freeze_factor(self, factor: float) -> None:
        """Make the freezes by `/recordings/unavailable` (0.17) shorter than they really are."""
        self._call(lambda: setattr(self._frigate, "freeze_factor", factor))

    def stats_every(self, seconds: float) -> None:
        """Publish figures over the web socket so often, from the next time on."""
        self._call(lambda: setattr(self._house.sockets, "stats_every_s", seconds))

    def asked(self) -> list[Row]:
        """Return what was asked so far: method, path, query, door, user, status, at (monotonic seconds)."""
        return self._call(lambda: [asdict(each) for each in self._frigate.asked])

    def forget_asked(self) -> None:
        """Forget what was asked."""
        self._call(self._frigate.asked.clear)

    def restream_sessions(self, stream: str) -> int:
        """Return how many play a stream of the restream now."""
        restream = self._house.restream
        return self._call(lambda: restream.sessions(stream)) if restream else 0

    def restream_stall(self, stream: str, *, on: bool = True) -> None:
        """Send nothing of a stream of the restream."""
        if restream := self._house.restream:
            self._call(lambda: restream.stall(stream, on=on))

    @property
    def _frigate(self) -> Frigate:
        return self._house.frigate

    def _call[T](self, what: Callable[[], T]) -> T:
        async def run() -> T:
            return what()

        return self._wait(run())

    def _wait[T](self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


def _start(segment: Any) -> float | None:
    return None if segment is None else float(segment.start)
