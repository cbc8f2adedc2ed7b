"""How fast an export is, beside `cp` of the same files: run in turns, medians."""

from pathlib import Path
import shutil
import statistics
import subprocess
import tempfile
import time

from kindergarten_engine.env import RealEnv
from kindergarten_engine.evidence.export import Order, Tools, export
from kindergarten_engine.evidence.jobs import Task
from kindergarten_engine.evidence.opening import beside
from kindergarten_engine.recorder.store.store import Store
from kindergarten_engine.recorder.store.views import StoreSettings
from tests.engine.store.rig import Feed, RealDisk, uid

SECOND = 1_000_000


def run(minutes: int = 15, rounds: int = 5) -> dict[str, float]:
    """Return seconds (medians) for some minutes of 4 Mbit/s, and how fast export is beside a synced `cp`."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        env = RealDisk()
        store = Store(env, lambda *_: None, StoreSettings(ballast_bytes=0))
        store.open(f"{folder}/archive")
        store.declare(uid(1), "Room")
        store.step()
        feed = Feed(store, uid(1), size=100_000)
        feed.begin()
        for second in range(minutes * 60):
            env.advance(1)
            feed.add()
            if second % 10 == 0:
                store.flush()
        feed.end()
        store.flush()
        end = env.real_ns // 1000
        order = Order(
            uid="bench", cameras=[uid(1)], t0=end - minutes * 60 * SECOND, t1=end, purpose="", recipient="", by=""
        )  # fmt: skip
        copied, exported = [], []
        with store.using() as archive:
            footage = beside(archive)
            files = [archive.volume.at(each.path) for each in footage.files(uid(1), order.t0, order.t1)]
            size = sum(Path(each).stat().st_size for each in files)
            for _ in range(rounds):
                copied.append(_copy(files, Path(folder, "copy")))
                start = time.perf_counter()
                export(
                    Task(env=RealEnv(), kind="bench"),
                    footage,
                    order,
                    Tools(generator="bench"),
                    f"{folder}/out",
                )
                exported.append(time.perf_counter() - start)
                shutil.rmtree(f"{folder}/out")
        store.close("user")
    cp_s, export_s = statistics.median(copied), statistics.median(exported)
    return {
        "megabytes": round(size / 1e6), "cp_s": round(cp_s, 3), "export_s": round(export_s, 3),
        "export_to_cp": round(cp_s / export_s, 3),
    }  # fmt: skip


def _copy(files: list[str], target: Path) -> float:
    """Copy files as an export does, until they are on the disk; returns the seconds it took."""
    target.mkdir()
    start = time.perf_counter()
    subprocess.run(["cp", *files, target], check=True)
    subprocess.run(["sync", *target.iterdir()], check=True)
    seconds = time.perf_counter() - start
    shutil.rmtree(target)
    return seconds
