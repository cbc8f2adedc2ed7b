"""How fast an export is, beside `cp` of the same files: run in turns, medians.

An export is on the disk when it is done, so `cp` is followed by `sync`; what `cp` alone takes (its copy is in
memory then) is told too, and how long one thread hashes the same bytes: the other half of an export's work. `cp` needs
one core for a moment, an export two: where others keep the cores busy (`load_before`), it is hashing that is measured.
"""

import hashlib
import os
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


def run(minutes: int = 15, rounds: int = 7) -> dict[str, float]:
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
        copied, unsynced, hashed, exported = [], [], [], []
        load = os.getloadavg()[0]
        with store.using() as archive:
            footage = beside(archive)
            files = [archive.volume.at(each.path) for each in footage.files(uid(1), order.t0, order.t1)]
            size = sum(Path(each).stat().st_size for each in files)
            for _ in range(rounds):
                in_memory, on_disk = _copy(files, Path(folder, "copy"))
                unsynced.append(in_memory)
                copied.append(on_disk)
                hashed.append(_hash(size))
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
        "export_to_cp": round(cp_s / export_s, 3), "cp_unsynced_s": round(statistics.median(unsynced), 3),
        "sha256_s": round(statistics.median(hashed), 3), "load_before": round(load, 1),
    }  # fmt: skip


def _copy(files: list[str], target: Path) -> tuple[float, float]:
    """Copy files as an export does; returns the seconds until `cp` ended, and until they were on the disk."""
    target.mkdir()
    start = time.perf_counter()
    subprocess.run(["cp", *files, target], check=True)
    in_memory = time.perf_counter() - start
    subprocess.run(["sync", *target.iterdir()], check=True)
    on_disk = time.perf_counter() - start
    shutil.rmtree(target)
    return in_memory, on_disk


def _hash(size: int) -> float:
    """Return the seconds one thread takes to hash so many bytes that it has at hand."""
    block = bytes(1 << 20)
    start = time.perf_counter()
    for _ in range(size >> 20):
        hashlib.sha256(block)
    return time.perf_counter() - start
