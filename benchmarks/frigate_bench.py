"""What it costs to know a month of a Frigate server's cameras, to find their files, and an hour more.

The server is the tests' stand-in in a process of its own; watch, ledger and catalog are the engine's.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
import sys
import tempfile
import time
from typing import Any, Self
from urllib.parse import parse_qs

from tests import engine_package
from tests.frigate_stand_in import StandInProcess

engine_package.load()

from kindergarten_engine.env import RealEnv  # noqa: E402
from kindergarten_engine.frigate.books import Books  # noqa: E402
from kindergarten_engine.frigate.watch import Means, ServerWatch, Watched  # noqa: E402
from kindergarten_engine.frigate_api.client import FrigateClient  # noqa: E402
from kindergarten_engine.frigate_api.server import Server  # noqa: E402
from kindergarten_engine.kept import KeptElsewhere  # noqa: E402
from kindergarten_engine.recorder.store import elsewhere  # noqa: E402
from kindergarten_engine.recorder.store.elsewhere_rows import HOUR_US  # noqa: E402
from kindergarten_engine.recorder.store.store import Store  # noqa: E402

PATIENCE_S = 1800
_SETTLED_US = 120_000_000
_POLL_S = 0.25
_TICK_S = 0.01
_UPKEEP = ("summary", "files", "hours in detail", "disk")


class Desk:
    """A watch of all cameras of a server, and the time it is there."""

    def __init__(self, server: StandInProcess, folder: Path) -> None:
        self._server = server
        self._ahead_us = 0
        self._late_s: list[float] = []
        self._ticking: asyncio.Task[None] | None = None
        self.store = Store(RealEnv(), lambda *_: None)
        self.store.open(str(folder))
        self.store.start()
        names = {f"{number:032x}": name for number, name in enumerate(server.cameras, 1)}
        self._uids = list(names)
        means = Means(
            env=RealEnv(), books=Books(self.store, asyncio.to_thread), now_us=self.now_us,
            emit=lambda *_: None, minimum_days=lambda: 30,
        )  # fmt: skip
        self._watch = ServerWatch(means, Server(url=server.internal_url))
        self._watch.watch(
            {
                uid: Watched(uid=uid, label=name, kept=KeptElsewhere(server="s", camera=name))
                for uid, name in names.items()
            }
        )

    async def __aenter__(self) -> Self:
        self._ticking = asyncio.create_task(self._tick())
        self._watch.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        await self._watch.close()
        await asyncio.to_thread(self.store.close, "user")

    def now_us(self) -> int:
        return time.time_ns() // 1000 + self._ahead_us

    async def pass_an_hour(self) -> None:
        """Let an hour pass at the server and here."""
        await asyncio.to_thread(self._server.control.forget_asked)
        await asyncio.to_thread(lambda: self._server.control.advance(seconds=3600))
        self._ahead_us += HOUR_US

    async def known(self, *, with_files: bool) -> float:
        """Return the seconds until every hour that is over is known of every camera."""
        begun, waiting = time.monotonic(), list(self._uids)
        while not await asyncio.to_thread(self._all, waiting, with_files):
            if time.monotonic() > begun + PATIENCE_S:
                raise SystemExit("the watch does not come to an end")
            await asyncio.sleep(_POLL_S)
        return time.monotonic() - begun

    async def asked(self) -> dict[str, int]:
        """Return how often what was asked since the last hour."""
        return dict(Counter(map(_kind, await asyncio.to_thread(self._server.control.asked))))

    async def began(self) -> float:
        """Return when upkeep asked first since the last hour (monotonic, as both processes know it)."""
        rows = await asyncio.to_thread(self._server.control.asked)
        return min(float(row["at"]) for row in rows if _kind(row) in _UPKEEP)

    def latest_ms(self) -> int:
        """Return by how much the loop was late at worst since this was asked last."""
        late, self._late_s = self._late_s, []
        return round(max(late, default=0) * 1000)

    async def _tick(self) -> None:
        while True:
            due = time.monotonic() + _TICK_S
            await asyncio.sleep(_TICK_S)
            self._late_s.append(time.monotonic() - due)

    def _all(self, waiting: list[str], with_files: bool) -> bool:
        newest = (self.now_us() - _SETTLED_US) // HOUR_US - 1
        with self.store.using() as archive:
            while waiting:
                hours = elsewhere.known(archive, waiting[-1])
                if newest not in hours:
                    return False
                if with_files and any(each.files is None for each in hours.values() if each.seconds > 0):
                    return False
                waiting.pop()
        return True


async def ask_alone(server: StandInProcess) -> float:
    """Return the seconds that the hour's questions take when nobody does anything with the answers."""
    client = FrigateClient(RealEnv(), Server(url=server.internal_url))
    begun, hour = time.monotonic(), time.time_ns() // 1000 // HOUR_US
    try:
        await asyncio.gather(*map(client.summary, server.cameras))
        await asyncio.gather(*(client.files(name, hour - 1) for name in server.cameras))
    finally:
        await client.close()
    return time.monotonic() - begun


def _kind(row: Mapping[str, Any]) -> str:
    path = str(row["path"])
    if path.endswith("/recordings/summary"):
        return "summary"
    if path.startswith("/recordings/"):
        return "files"
    if path.endswith("/recordings/storage"):
        return "disk"
    if path.endswith("/recordings"):
        query = parse_qs(str(row["query"]))
        length_s = float(query["before"][0]) - float(query["after"][0])
        return "hours in detail" if length_s >= 3600 and length_s % 3600 == 0 else "newest footage"
    return "other"


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return seconds and requests of the first look, of the files behind it, and of an hour more."""
    arguments = (
        "--version", options.version, "--cameras", str(options.cameras), "--days", str(options.days)
    )  # fmt: skip
    figures: dict[str, Any] = {name: getattr(options, name) for name in ("version", "cameras", "days")}
    with tempfile.TemporaryDirectory() as folder, StandInProcess(*arguments) as server:
        async with Desk(server, Path(folder) / "archive") as desk:
            first_s = await desk.known(with_files=False)
            asked = await desk.asked()
            figures |= {
                "first_coverage_s": round(first_s, 2),
                "first_coverage_requests": sum(asked.get(each, 0) for each in _UPKEEP),
                "first_coverage_asked": asked,
                "first_coverage_loop_late_ms": desk.latest_ms(),
            }
            print(figures, file=sys.stderr)
            files_s = await desk.known(with_files=True)
            figures |= {"files_proven_s": round(files_s, 1), "files_proven_loop_late_ms": desk.latest_ms()}
            print(figures, file=sys.stderr)
            await desk.pass_an_hour()
            begun_cpu = time.process_time()
            waited_s = await desk.known(with_files=True)
            asked, hour_s = await desk.asked(), time.monotonic() - await desk.began()
            figures |= {
                "hour_s": round(hour_s, 2),
                "hour_known_after_s": round(waited_s, 2),
                "hour_cpu_s": round(time.process_time() - begun_cpu, 2),
                "hour_questions_alone_s": round(await ask_alone(server), 2),
                "hour_requests": sum(asked.get(each, 0) for each in _UPKEEP),
                "hour_asked": asked,
            }
    return {"frigate": figures}
