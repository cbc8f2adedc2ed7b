"""Lets cameras misbehave at random for as long as wanted, and checks what the engine says of it."""

import argparse
import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
import random
import shutil
import sys
import tempfile
import time
from typing import Any

from tests.cameras.check import check_files
from tests.cameras.fleet import FleetProcess

from .recorder_bench import Engine

GOP_S = 2.0
AGAIN_S = 2.0 + GOP_S
"""So soon after a fault a camera must be recorded again."""
FRAME_US = 150_000
CLOSE_US = 700_000
"""So far the begin of a gap and that of its fault may lie apart: a reader notices at once, a stall later."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What a camera does; `causes` are right for the gap it leaves (none: it may leave no gap)."""

    begin: tuple[str, Mapping[str, Any]]
    end: tuple[str, Mapping[str, Any]] | None = None
    longest_s: float = 0.0
    causes: frozenset[str] = frozenset()


_RESUME: tuple[str, Mapping[str, Any]] = ("resume", {})
FAULTS = {
    "stall": Fault(begin=("stall", {}), end=_RESUME, longest_s=15, causes=frozenset({"stall"})),
    "no keys": Fault(begin=("no_keys", {}), end=_RESUME, longest_s=6),
    "hang up": Fault(begin=("hang_up", {}), causes=frozenset({"closed_by_camera"})),
    "off": Fault(begin=("offline", {}), end=("online", {}), longest_s=12, causes=frozenset({"closed_by_camera", "refused"})),
    "refusing": Fault(
        begin=("refuse", {"on": True}), end=("refuse", {"on": False}), longest_s=8,
        causes=frozenset({"closed_by_camera", "refused"}),
    ),
    "burst": Fault(begin=("burst", {"hold_s": 3})),
    "clock back": Fault(begin=("clock_jump", {"seconds": -5})),
    "clock ahead": Fault(begin=("clock_jump", {"seconds": 3600})),
    "loss": Fault(begin=("packet_loss", {"one_of": 40}), end=_RESUME, longest_s=6, causes=frozenset({"packet_loss"})),
    "damage": Fault(begin=("damage", {"one_of": 20}), end=_RESUME, longest_s=6),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One fault of one camera; times are UTC µs."""

    camera: str
    fault: str
    began_us: int
    ended_us: int


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Let cameras misbehave and return the figures of `script/bench faults`."""
    seed = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    print(f"faults: seed {seed}", file=sys.stderr)
    async with AsyncExitStack() as running:
        fleet = FleetProcess("--cameras", str(options.cameras), "--stagger", "--no-sub", "--gop", str(GOP_S))
        await asyncio.to_thread(fleet.__enter__)
        running.callback(fleet.__exit__)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-bench-"))
        running.callback(shutil.rmtree, folder)
        engine = Engine(folder)
        await engine.start()
        await engine.record([camera["main"] for camera in fleet.cameras.values()])
        await asyncio.sleep(3)
        begun_us = _now_us()
        tasks = [
            _misbehave(fleet, name, random.Random(f"{seed} {name}"), begun_us + round(options.seconds * 1e6))
            for name in fleet.cameras
        ]
        happened = [each for found in await asyncio.gather(*tasks) for each in found]
        await asyncio.sleep(AGAIN_S + 12)
        lines = {
            name: await engine.call("GET", f"cameras/{uid}/timeline?from={begun_us}&to={_now_us()}")
            for name, uid in zip(fleet.cameras, engine.uids, strict=True)
        }
        await engine.stop()
        damage = await asyncio.to_thread(_pictures, folder / "archive/video")
    return {
        "seed": seed,
        "cameras": options.cameras,
        "seconds": options.seconds,
        **_judge(happened, lines),
        **damage,
    }


async def _misbehave(fleet: FleetProcess, camera: str, dice: random.Random, until_us: int) -> list[Happened]:
    """Switch one fault of a camera after another, with time between them to recover."""
    happened: list[Happened] = []
    while True:
        await asyncio.sleep(AGAIN_S + 2 + 6 * dice.random())
        if _now_us() > until_us:
            return happened
        name = dice.choice(sorted(FAULTS))
        fault = FAULTS[name]
        began_us = _now_us()
        await asyncio.to_thread(fleet.fault, camera, fault.begin[0], **fault.begin[1])
        if fault.end is not None:
            await asyncio.sleep(0.2 + (fault.longest_s - 0.2) * dice.random())
            await asyncio.to_thread(fleet.fault, camera, fault.end[0], **fault.end[1])
        happened.append(Happened(camera=camera, fault=name, began_us=began_us, ended_us=_now_us()))


def _judge(happened: list[Happened], lines: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Compare what the engine says with what happened."""
    holes, gaps, right = 0, 0, 0
    again: list[tuple[float, str]] = [(0.0, "")]
    wrong: Counter[str] = Counter()
    for name, line in lines.items():
        holes += _holes(line)
        own = [each for each in happened if each.camera == name]
        for gap in line["gaps"]:
            if gap["end_us"] is None or not own or gap["start_us"] < own[0].began_us - CLOSE_US:
                continue
            gaps += 1
            fault = _fault_of(gap, own)
            if fault is not None and gap["cause"] in FAULTS[fault.fault].causes:
                right += 1
                again_s = (gap["end_us"] - max(fault.ended_us, gap["start_us"])) / 1e6
                lasted_s = (fault.ended_us - fault.began_us) / 1e6
                again.append((again_s, f"{fault.fault} of {lasted_s:.1f} s at {name}: {gap}"))
            else:
                wrong[f"{fault.fault if fault else 'nothing'}: {gap['cause']}"] += 1
    slowest = sorted(again, reverse=True)
    for again_s, what in slowest[:5]:
        print(f"faults: recorded again after {again_s:.2f} s: {what}", file=sys.stderr)
    return {
        "faults": len(happened),
        "gaps": gaps,
        "causes_right": round(right / gaps, 4) if gaps else None,
        "causes_wrong": dict(wrong),
        "holes_without_a_gap": holes,
        "recording_again_s_max": round(slowest[0][0], 2),
        "recording_again_late": sum(each > AGAIN_S for each, _ in slowest),
    }


def _fault_of(gap: Mapping[str, Any], own: list[Happened]) -> Happened | None:
    """Return the fault during which a gap began."""
    for each in own:
        if each.began_us - CLOSE_US <= gap["start_us"] <= each.ended_us + CLOSE_US:
            return each
    return None


def _holes(line: Mapping[str, Any]) -> int:
    """Count the places where a timeline is neither recorded nor a gap, or both."""
    spans = sorted(
        (each["start_us"], each["end_us"]) for each in [*line["recordings"], *line["gaps"]] if each["end_us"]
    )
    return sum(abs(later[0] - earlier[1]) > FRAME_US for earlier, later in pairwise(spans))


def _pictures(videos: Path) -> dict[str, int]:
    """Count what the files hold twice or out of order; what faults cost and damaged is no fault of ours."""
    reports = [check_files(sorted(folder.rglob("*.mp4"))) for folder in sorted(videos.iterdir())]
    return {
        "pictures": sum(report.pictures for report in reports),
        "pictures_repeated": sum(len(report.repeated) for report in reports),
        "files_unreadable": sum(len(report.errors) for report in reports),
    }


def _now_us() -> int:
    return time.time_ns() // 1000
