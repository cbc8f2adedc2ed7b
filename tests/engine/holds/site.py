"""A kindergarten with two cameras on a simulated machine, for tests of what may not be lost."""

from collections.abc import Iterator
import hashlib

from kindergarten_engine.decode.signing import sign, valid
from kindergarten_engine.evidence.history import retold
from kindergarten_engine.keys import Keys
from kindergarten_engine.ledger import verify
from kindergarten_engine.recorder.format.recording_file import scan
from kindergarten_engine.recorder.store.evidence import Evidence
from kindergarten_engine.recorder.store.holds import HoldView, NewHold
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..store.rig import Events, Feed, uid
from ..virtual import MOUNT, VirtualEnv

SAFE = f"{MOUNT}/private"
DAY_S = 86_400
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
HALL, YARD = uid(1), uid(2)


class Safe:
    """The engine's private folder, on the simulated disk."""

    def __init__(self, env: VirtualEnv) -> None:
        self.env = env

    def read(self, name: str) -> bytes | None:
        """Return a file."""
        path = f"{SAFE}/{name}"
        return self.env.fs.read(path) if self.env.fs.exists(path) else None

    def write(self, name: str, data: bytes) -> None:
        """Replace a file."""
        self.env.fs.replace(f"{SAFE}/{name}", data)

    def remove(self, name: str) -> None:
        """Remove a file."""
        if self.env.fs.exists(f"{SAFE}/{name}"):
            self.env.fs.unlink(f"{SAFE}/{name}")
            self.env.fs.sync_folder(SAFE)


class Site:
    """Records four seconds of both cameras each hour."""

    def __init__(self, seed: int = 3, *, days: int = 3, capacity: int = 1 << 40, size: int = 60) -> None:
        self.size = size
        self.env = VirtualEnv(seed, capacity)
        self.events = Events()
        self.settings = StoreSettings(file_s=300, days=days, minimum_days=days, ballast_bytes=0)
        self.archive_id: str | None = None
        self.uid = ""
        self.start()

    def start(self) -> None:
        """Start the program."""
        self.env.real_ns += 1_000_000
        self.store = Store(self.env, self.events, self.settings)
        self.keys = Keys(Safe(self.env), sign, self.env.token)
        self.store.sign_with(self.keys)
        state = self.store.open(MOUNT, self.archive_id)
        assert state.status == "ok", state
        self.archive_id = state.archive_id
        if not self.env.fs.exists(SAFE):
            self.env.fs.make_folder(SAFE)
            self.env.fs.sync_folder(MOUNT)
        for number, camera in enumerate((HALL, YARD)):
            self.store.declare(camera, f"Camera {number}")
        self.feeds = [Feed(self.store, camera, size=self.size) for camera in (HALL, YARD)]
        self.store.step()

    def restart(self, *, power: bool = True, forget_catalog: bool = False) -> None:
        """Lose power (or only the program), maybe the catalog too, and start again."""
        self.env.disk.fuse = None
        if power:
            self.env.power_cut()
        else:
            self.env.kill()
        path = f"{MOUNT}/catalog/catalog.db"
        if forget_catalog and self.env.disk.exists(path):
            self.env.disk.unlink(path)
            self.env.disk.sync_folder(f"{MOUNT}/catalog")
        self.start()
        self.settle()

    def settle(self) -> None:
        """Let the work in the background be done."""
        for _ in range(50):
            self.store.step()
            if all(job["state"] == "done" for job in self.store._keeper.jobs.values()):
                return
        raise AssertionError("it never ends")

    def hours(self, count: int, seconds: int = 4) -> None:
        """Let hours go by, with a recording of both cameras in each."""
        for _ in range(count):
            for feed in self.feeds:
                feed.begin()
            for _ in range(seconds):
                self.env.advance(1)
                for feed in self.feeds:
                    feed.add()
            for feed in self.feeds:
                feed.end("schedule")
            self.store.step()
            for _ in range(6):
                self.env.advance((3600 - seconds) / 6)
                self.store.step()

    @property
    def now(self) -> int:
        """Return the time, UTC µs."""
        now: int = self.store.utc_us()
        return now

    @property
    def evidence(self) -> Evidence:
        """Return what proves the archive."""
        with self.store.evidence() as evidence:
            return evidence

    def hold(
        self,
        t0: int,
        t1: int,
        *cameras: str,
        until: int | None = None,
        automation: bool = False,
        incident: bool = False,
    ) -> str:
        """Make a hold; returns its uid."""
        wanted = NewHold(
            cameras=cameras or (HALL,), t0=max(t0, t1 - 300 * DAY_US), t1=t1, until=until, by="owner", reason="00" * 32, automation=automation,
            incident=incident,
        )  # fmt: skip
        made: str = self.evidence.holds.make(wanted)[0]
        return made

    def view(self, hold: str) -> HoldView:
        """Return a hold."""
        return self.evidence.holds.view(hold)

    def look(self) -> list[str]:
        """Check the archive as a stranger with its disk would; returns the codes of what is wrong."""
        fs = self.env.fs
        ledger = [(each.name, fs.read(f"{MOUNT}/ledger/{each.name}")) for each in fs.list(f"{MOUNT}/ledger")]
        chain = verify.read_chain(ledger)
        names = [each.name for each in fs.list(f"{MOUNT}/seals")] if fs.exists(f"{MOUNT}/seals") else []
        sealed = verify.read_seals(
            chain, lambda name: fs.read(f"{MOUNT}/seals/{name}") if name in names else None, names
        )
        signatures = verify.check_signatures(chain, str(self.archive_id), valid)
        sizes = dict(self._files())
        findings = [
            *chain.findings,
            *sealed.findings,
            *signatures.findings,
            *verify.check_files(
                sealed, sizes.get, lambda path: hashlib.sha256(fs.read(f"{MOUNT}/{path}")).hexdigest()
            ),
            *verify.check_file_heads(chain, [self._head(path) for path in sizes]),
            *retold(chain.records)[1],
        ]
        return [finding.code for finding in findings]

    def _files(self) -> Iterator[tuple[str, int]]:
        fs = self.env.fs
        for camera in fs.list(f"{MOUNT}/video"):
            for day in fs.list(f"{MOUNT}/video/{camera.name}"):
                folder = f"video/{camera.name}/{day.name}"
                yield from ((f"{folder}/{each.name}", each.size) for each in fs.list(f"{MOUNT}/{folder}"))

    def _head(self, path: str) -> tuple[str, int, str]:
        data = self.env.fs.read(f"{MOUNT}/{path}")
        identity = scan(lambda offset, size: data[offset : offset + size], len(data)).identity
        return (path, identity.ledger_n, identity.ledger_h) if identity else (path, 0, "")

    def footage(self, camera: str = HALL) -> list[tuple[int, int]]:
        """Return begin and end of each recording of a camera."""
        found = self.store.timeline(camera, "main", 0, 1 << 60)
        return [(each.start_us, each.end_us) for each in found.recordings]
