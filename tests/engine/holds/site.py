"""A kindergarten with two cameras on a simulated machine, for tests of what may not be lost."""

from kindergarten_engine.recorder.store.evidence import Evidence
from kindergarten_engine.recorder.store.holds import HoldView, NewHold
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings

from ..store.rig import Events, Feed, uid
from ..virtual import MOUNT, VirtualEnv

DAY_S = 86_400
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
HALL, YARD = uid(1), uid(2)


class Site:
    """Records four seconds of both cameras each hour."""

    def __init__(self, seed: int = 3, *, days: int = 3, capacity: int = 1 << 40) -> None:
        self.env = VirtualEnv(seed, capacity)
        self.events = Events()
        self.settings = StoreSettings(file_s=300, days=days, minimum_days=days, ballast_bytes=0)
        self.archive_id: str | None = None
        self.start()

    def start(self) -> None:
        """Start the program."""
        self.env.real_ns += 1_000_000
        self.store = Store(self.env, self.events, self.settings)
        state = self.store.open(MOUNT, self.archive_id)
        assert state.status == "ok", state
        self.archive_id = state.archive_id
        for number, camera in enumerate((HALL, YARD)):
            self.store.declare(camera, f"Camera {number}")
        self.feeds = [Feed(self.store, HALL), Feed(self.store, YARD)]
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

    def footage(self, camera: str = HALL) -> list[tuple[int, int]]:
        """Return begin and end of each recording of a camera."""
        found = self.store.timeline(camera, "main", 0, 1 << 60)
        return [(each.start_us, each.end_us) for each in found.recordings]
