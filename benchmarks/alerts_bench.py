"""What an owner is told of each fault, and when: events, sensors, repairs and messages of a real Home Assistant."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
import os
from pathlib import Path
import shutil
import signal
import sys
import tempfile
import time
from typing import Any

from . import small_disk
from .alerts_house import House, Line

GRACE_S = 10
LEARN_S = 150.0
"""A picture is known after 30 looks, 2 s apart; a busy machine looks later. What freezes before goes unnoticed."""
TOLD_S = 120.0
CLEAR_S = 120.0
PAUSE_S = 5.0
TURNED_S = -7200

SITE = "Sun"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault and what is to be told of it; `None` is what is not told by design (docs/alerts.md)."""

    name: str
    device: str
    event: tuple[str, str] | None
    sensor: str
    repair: str | None
    begun: str
    over: str
    begin: Callable[[House], AbstractAsyncContextManager[None]]


def _camera(
    number: int, fault: str, end: str, *, back: dict[str, object] | None = None, **arguments: object
) -> Any:
    """Return what switches a fault of a camera for as long as a block runs."""

    @asynccontextmanager
    async def switched(house: House) -> AsyncIterator[None]:
        await house.fault(number, fault, **arguments)
        try:
            yield
        finally:
            await house.fault(number, end, **(back or {}))

    return switched


@asynccontextmanager
async def _wrong_password(house: House) -> AsyncIterator[None]:
    await house.fault(3, "change_password", password="another")
    await house.fault(3, "hang_up")
    try:
        yield
    finally:
        await house.fault(3, "change_password", password="kindergarten")


@asynccontextmanager
async def _folder_gone(house: House) -> AsyncIterator[None]:
    away = house.archive.with_name("away")
    house.archive.rename(away)
    try:
        yield
    finally:
        away.rename(house.archive)


@asynccontextmanager
async def _disk_full(house: House) -> AsyncIterator[None]:
    # What is held may not go, so no room can be made.
    await house.hold_everything()
    disk = small_disk.SmallDisk(house.archive.parent)
    await asyncio.to_thread(disk.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(disk.__exit__)


@asynccontextmanager
async def _clock_stepped(house: House) -> AsyncIterator[None]:
    house.clock.turn(TURNED_S, synchronised=False)
    try:
        yield
    finally:
        house.clock.turn(0, synchronised=True)


@asynccontextmanager
async def _engine_killed(house: House) -> AsyncIterator[None]:
    """Kill the recorder, and every new one before it answers: a first one is back in two seconds."""

    async def kill() -> None:
        while True:
            for pid in house.engines():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.1)

    killing = asyncio.create_task(kill())
    try:
        yield
    finally:
        killing.cancel()


def _not_recorded(name: str, number: int, repair: str | None, event: str, begin: Any) -> Fault:
    return Fault(
        name=name, device=f"Camera {number}", event=("recording", event), sensor="recording_problem",
        repair=repair, begun="Not recorded", over="Recorded again", begin=begin,
    )  # fmt: skip


def _sees_nothing(name: str, number: int) -> Fault:
    return Fault(
        name=name, device=f"Camera {number}", event=("picture", name), sensor="picture_problem",
        repair=None, begun="Sees nothing", over="Sees again",
        begin=_camera(number, "sight", "sight", sight=name),
    )  # fmt: skip


def _archive(name: str, event: str, repair: str, begin: Any) -> Fault:
    return Fault(
        name=name, device=SITE, event=("archive", event), sensor="archive_problem",
        repair=repair, begun="The archive is in trouble", over="The archive is well again", begin=begin,
    )  # fmt: skip


AT_CAMERAS = (
    _not_recorded("stall", 1, None, "stopped", _camera(1, "stall", "resume")),
    _not_recorded("hang_up", 2, None, "stopped", _camera(2, "offline", "online")),
    _not_recorded("wrong_password", 3, "login_refused", "login_refused", _wrong_password),
    _sees_nothing("covered", 4),
    _sees_nothing("frozen", 5),
    _sees_nothing("dark", 6),
    _sees_nothing("turned", 7),
)
"""One camera each: they do not disturb each other."""

FOLDER_GONE = _archive("folder_gone", "archive_unavailable", "archive_missing", _folder_gone)
DISK_FULL = _archive("disk_full", "full", "archive_full", _disk_full)
CLOCK_STEPPED = Fault(
    name="clock_stepped", device=SITE, event=("archive", "clock_stepped"), sensor="clock_problem",
    repair="clock_untrusted", begun="The recorder's clock is not sure", over="The clock is right again",
    begin=_clock_stepped,
)  # fmt: skip
ENGINE_KILLED = _archive("engine_killed", "engine_restarted", "recorder_silent", _engine_killed)
CAMERAS = len(AT_CAMERAS)


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of `script/bench alerts`."""
    disk: Path | None = options.disk
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="kindergarten-alerts-"))
    house = House(folder, disk, CAMERAS, GRACE_S)
    rows: list[dict[str, Any]] = []
    began_s = time.monotonic()
    try:
        _say("setting up")
        await house.start()
        await _all_recorded(house)
        await asyncio.sleep(LEARN_S)
        _say("cameras")
        rows += await asyncio.gather(*(tried(house, fault) for fault in AT_CAMERAS))
        for fault, possible in (
            (FOLDER_GONE, True),
            (DISK_FULL, disk is not None),
            (ENGINE_KILLED, True),
            # A clock is behind what a recorder before this one left.
            (CLOCK_STEPPED, house.clock.available),
        ):
            _say(fault.name)
            await _all_recorded(house)
            rows.append(await tried(house, fault) if possible else _not_run(fault))
    finally:
        await house.stop()
    figures = {"faults": rows, "minutes": round((time.monotonic() - began_s) / 60, 1)}
    if all(row["cleared"] for row in rows):
        await asyncio.to_thread(shutil.rmtree, folder)
    else:
        print(f"everything was left in {folder}", file=sys.stderr)
    return figures


async def _all_recorded(house: House) -> None:
    """Wait until nothing is wrong, so that what comes is of the next fault."""
    keys = [("recording_problem", f"Camera {number}") for number in range(1, CAMERAS + 1)]
    keys += [("archive_problem", SITE), ("clock_problem", SITE)]
    until_s = time.monotonic() + CLEAR_S
    while time.monotonic() < until_s and any(house.state(*key) != "off" for key in keys):
        await asyncio.sleep(0.5)
    await asyncio.sleep(PAUSE_S)


async def tried(house: House, fault: Fault) -> dict[str, Any]:
    """Let a fault begin and end; return what was told."""
    since_s = time.monotonic()
    sensor, message, repair = _sensor(fault, "on"), _message(fault, over=False), _repair(fault, "create")
    async with fault.begin(house):
        seen = await asyncio.gather(
            house.told(sensor, since_s, TOLD_S),
            house.told(message, since_s, TOLD_S),
            house.told(repair, since_s, TOLD_S) if fault.repair else _nothing(),
        )
    ended_s = time.monotonic()
    all_clear = await asyncio.gather(
        house.told(_sensor(fault, "off"), ended_s, CLEAR_S),
        house.told(_message(fault, over=True), ended_s, CLEAR_S),
        house.told(_repair(fault, "remove"), ended_s, CLEAR_S) if fault.repair else _nothing(),
    )
    # What restarted tells so only when it is back.
    event = await house.told(_event(fault), since_s, 1)
    return {
        "fault": fault.name,
        "event": event and event["attributes"]["event_type"],
        "sensor": seen[0] and seen[0]["entity_id"],
        "repair": seen[2] and fault.repair,
        "message": seen[1] and f"{seen[1]['title']}. {seen[1]['message']}",
        "delay_s": seen[1] and round(seen[1]["t"] - since_s, 1),
        "sensor_s": seen[0] and round(seen[0]["t"] - since_s, 1),
        "cleared": bool(all_clear[0] and all_clear[1] and (all_clear[2] or not fault.repair)),
        "cleared_s": all_clear[1] and round(all_clear[1]["t"] - ended_s, 1),
    }


def _not_run(fault: Fault) -> dict[str, Any]:
    row = dict.fromkeys(("event", "sensor", "repair", "message", "delay_s", "sensor_s", "cleared_s"))
    return {"fault": fault.name, **row, "cleared": False, "not_run": True}


async def _nothing() -> None:
    return None


def _event(fault: Fault) -> Callable[[Line], bool]:
    return lambda line: bool(
        line["kind"] == "state"
        and fault.event
        and (line["key"], line["device"]) == (fault.event[0], fault.device)
        and line["entity_id"].startswith("event.")
        and line["attributes"].get("event_type") == fault.event[1]
    )


def _sensor(fault: Fault, state: str) -> Callable[[Line], bool]:
    return lambda line: bool(
        line["kind"] == "state"
        and (line["key"], line["device"], line["state"]) == (fault.sensor, fault.device, state)
    )


def _repair(fault: Fault, action: str) -> Callable[[Line], bool]:
    return lambda line: bool(
        line["kind"] == "issue"
        and line["action"] == action
        and line["issue_id"].startswith(str(fault.repair))
    )


def _message(fault: Fault, *, over: bool) -> Callable[[Line], bool]:
    """Return what knows a fault's message: its title, and the camera by name."""
    beginning = fault.over if over else fault.begun

    def is_it(line: Line) -> bool:
        if line["kind"] != "message" or not str(line["title"]).startswith(beginning):
            return False
        return fault.device == SITE or fault.device in f"{line['title']} {line['message']}"

    return is_it


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
