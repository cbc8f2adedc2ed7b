"""How well the eyes see: detection, delay and false alarms in drawn rooms, and what a look costs."""

import argparse
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
import json
import multiprocessing
import random
import statistics
import sys
import time
from typing import Any

from kindergarten_engine.eyes.eye import Eye
from kindergarten_engine.eyes.judging import Sight
from tests.rooms.faults import ALL, Fault
from tests.rooms.life import LOOK_S, Habitat, Life, Manner

HABITATS = (
    Habitat(name="group", windows=2, things=9, infrared=True),
    Habitat(name="bare_hall", windows=1, things=4, infrared=True),
    Habitat(name="corridor", windows=0, things=6, infrared=True),
    Habitat(name="bedroom", windows=2, things=14, infrared=True),
    Habitat(name="kitchen_no_infrared", windows=1, things=12, infrared=False),
    Habitat(name="cellar_no_infrared", windows=0, things=8, infrared=False),
)
ORDINARY = Manner(name="ordinary")
MANNERS = (
    ORDINARY,
    Manner(name="clouds", clouds=0.8),
    Manner(name="lamps_every_10_min", lamp_s=600),
    Manner(name="curtains_every_15_min", curtain_s=900),
    Manner(name="infrared_every_20_min", infrared_s=1200),
    Manner(name="close_to_the_lens_8_per_hour", close_per_hour=8),
    Manner(name="25_children", children=25),
    Manner(name="chairs_moved_every_2_hours", rearranged_s=7200),
)
IN_TIME_S = 180
_MONTH_S = 30 * 86_400
_DAY_S = 86_400
_MONDAY_S = 4 * _DAY_S
_TRIAL_LOOKS = 10


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """One fault that was tried: `delay_s` until any alarm, None without one."""

    fault: str
    lit: bool
    delay_s: float | None
    named: bool


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One camera's days: its alarms where nothing was wrong, and the faults tried in copies of it."""

    manner: str
    habitat: str
    seconds: int
    false_alarms: list[str]
    trials: list[_Trial]


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures; `options` has `days`, `tries` (per fault and camera) and `seeds`."""
    ordinary = [
        (habitat, ORDINARY, seed, options.days, options.tries)
        for seed in range(options.seeds)
        for habitat in HABITATS[:: max(1, len(HABITATS) // options.rooms)]
    ]
    special = [
        (HABITATS[(number + seed) % len(HABITATS)], manner, seed, 1, 0)
        for seed in range(options.seeds)
        for number, manner in enumerate(MANNERS[1:])
    ]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.processes, mp_context=context) as pool:
        runs = []
        for done in as_completed([pool.submit(_live, each) for each in special + ordinary]):
            runs.append(done.result())
            print(json.dumps(asdict(runs[-1])), file=sys.stderr, flush=True)
    trials = [trial for each in runs for trial in each.trials]
    return {
        "faults": _by_fault(trials),
        "false_alarms": _false_alarms(runs),
        "look_ms": _cost(),
    }


def _live(work: tuple[Habitat, Manner, int, int, int]) -> _Run:
    """Live through the days of one camera, and try faults at random times after the first day."""
    habitat, manner, seed, days, tries = work
    dice = random.Random(seed)
    room = 31 * seed + HABITATS.index(habitat)
    life = Life(habitat, manner, room)
    eye = Eye()
    whole = days * _DAY_S // LOOK_S
    first = _DAY_S // LOOK_S
    when = defaultdict(list)
    for fault in ALL:
        for _ in range(tries):
            when[dice.randrange(first, whole)].append(fault)
    alarms, trials, before = [], [], Sight.OK
    for number in range(whole):
        time_s = _MONDAY_S + number * LOOK_S
        state = eye.dump() if when[number] else b""
        trials += [_try(state, habitat, manner, room, fault, time_s, dice) for fault in when[number]]
        verdict = eye.look(life.picture(time_s), time_s * 1_000_000)
        if verdict.sight not in (before, Sight.OK):
            alarms.append(f"{verdict.sight} day {number // first} {time_s % _DAY_S / 3600:.1f} h")
        before = verdict.sight
    return _Run(
        manner=manner.name,
        habitat=habitat.name,
        seconds=whole * LOOK_S,
        false_alarms=alarms,
        trials=trials,
    )


def _try(
    state: bytes, habitat: Habitat, manner: Manner, room: int, fault: Fault, time_s: int, dice: random.Random
) -> _Trial:
    """Let a fault begin between two looks and see how long it goes unnoticed."""
    eye = Eye.load(state)
    life = Life(habitat, manner, room, dice.randrange(1 << 30))
    began_s = time_s - dice.uniform(0, LOOK_S)
    lit = life.lit(time_s)
    for number in range(_TRIAL_LOOKS):
        now_s = time_s + number * LOOK_S
        verdict = eye.look(life.picture(now_s, fault), now_s * 1_000_000)
        if verdict.sight is not Sight.OK:
            named = verdict.sight is fault.label
            return _Trial(fault=fault.name, lit=lit, delay_s=now_s - began_s, named=named)
    return _Trial(fault=fault.name, lit=lit, delay_s=None, named=False)


def _by_fault(trials: list[_Trial]) -> list[dict[str, Any]]:
    rows = []
    for fault in ALL:
        for lit in (True, False):
            mine = [each for each in trials if each.fault == fault.name and each.lit is lit]
            seen = [each for each in mine if each.delay_s is not None]
            in_time = [each for each in seen if each.delay_s is not None and each.delay_s <= IN_TIME_S]
            delays = [each.delay_s for each in seen if each.delay_s is not None]
            rows.append(
                {
                    "fault": fault.name,
                    "label": str(fault.label),
                    "camera_sees": lit,
                    "tries": len(mine),
                    "in_3_min": _share(len(in_time), len(mine)),
                    "ever_in_7_min": _share(len(seen), len(mine)),
                    "named_right": _share(sum(each.named for each in seen), len(seen)),
                    "median_delay_s": round(statistics.median(delays)) if delays else None,
                }
            )
    return rows


def _false_alarms(runs: list[_Run]) -> list[dict[str, Any]]:
    rows = []
    for manner in MANNERS:
        mine = [each for each in runs if each.manner == manner.name]
        seconds = sum(each.seconds for each in mine)
        alarms = [f"{each.habitat}: {alarm}" for each in mine for alarm in each.false_alarms]
        rows.append(
            {
                "manner": manner.name,
                "camera_hours": seconds // 3600,
                "false_alarms": len(alarms),
                "per_camera_month": round(len(alarms) * _MONTH_S / seconds, 2),
                "which": alarms[:20],
            }
        )
    return rows


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _cost() -> float:
    """Return the median time of one look in ms, loading and saving the eye included, decoding not."""
    life = Life(HABITATS[0], ORDINARY, 1)
    pictures = [life.picture(_MONDAY_S + 36_000 + number * LOOK_S) for number in range(80)]
    state, times = Eye().dump(), []
    for number, picture in enumerate(pictures):
        start = time.process_time()
        eye = Eye.load(state)
        eye.look(picture, number * LOOK_S * 1_000_000)
        state = eye.dump()
        times.append((time.process_time() - start) * 1000)
    return round(statistics.median(times[40:]), 2)
