"""How well the eyes see: detection, delay and false alarms in drawn rooms, and what a look costs."""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
import json
import math
import multiprocessing
import random
import statistics
import sys
from typing import Any

from kindergarten_engine.eyes.eye import Eye
from kindergarten_engine.eyes.judging import Sight
from tests.rooms.faults import ALL, Fault
from tests.rooms.life import DOUBT_S, LOOK_S, Habitat, Life, Manner

from .eyes_cost import cost

HABITATS = (
    Habitat(name="group", windows=2, things=9, infrared=True),
    Habitat(name="bare_hall", windows=1, things=4, infrared=True, coarse=3),
    Habitat(name="corridor", windows=0, things=6, infrared=True, coarse=6),
    Habitat(name="bedroom", windows=2, things=14, infrared=True, coarse=2),
    Habitat(name="kitchen_no_infrared", windows=1, things=12, infrared=False),
    Habitat(name="cellar_no_infrared", windows=0, things=8, infrared=False, coarse=4),
    Habitat(name="sports_hall", windows=3, things=7, infrared=True, coarse=10),
    Habitat(name="cloakroom", windows=1, things=20, infrared=True, coarse=5),
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
_TRIAL_S = 450
_LEARNING_S = 3 * 3600
"""Faults are tried from then on."""


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """One fault that was tried: `delay_s` until any alarm, None without one; `when` the camera could see."""

    fault: str
    sees: bool
    delay_s: float | None
    named: str
    when: str


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One camera's days: its alarms where nothing was wrong, and the faults tried in copies of it."""

    manner: str
    habitat: str
    seed: int
    seconds: int
    false_alarms: list[str]
    trials: list[_Trial]


@dataclass(frozen=True, kw_only=True)
class _Camera:
    """One camera to live through; every other one knows when its room is open."""

    habitat: Habitat
    manner: Manner
    seed: int
    days: int
    tries: int

    @property
    def room(self) -> int:
        """Return the room's own seed."""
        return 31 * self.seed + HABITATS.index(self.habitat)

    def open_at(self, life: Life, time_s: int) -> bool | None:
        """Tell whether people are there, None when nobody says so."""
        return life.open_at(time_s) if self.room % 2 else None


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures; `options` has `days`, `tries` (per fault and camera), `rooms`, `seeds`, `first_seed`."""
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    ordinary = [
        _Camera(habitat=habitat, manner=ORDINARY, seed=seed, days=options.days, tries=options.tries)
        for seed in seeds
        for habitat in HABITATS[: options.rooms]
    ]
    special = [
        _Camera(
            habitat=HABITATS[(number + 3 * seed) % len(HABITATS)], manner=manner, seed=seed, days=2, tries=0
        )
        for seed in seeds
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
        "summary": _summary(trials, runs),
        "faults": _by_fault(trials),
        "false_alarms": _by_manner(runs),
        "cost": cost(),
    }


def _live(camera: _Camera) -> _Run:
    """Live through the days of one camera, and try faults at random times once it has learned."""
    dice = random.Random(camera.room)
    life = Life(camera.habitat, camera.manner, camera.room)
    eye = Eye()
    whole = camera.days * _DAY_S // LOOK_S
    when = defaultdict(list)
    for fault in ALL:
        for _ in range(camera.tries):
            when[dice.randrange(_LEARNING_S // LOOK_S, whole)].append(fault)
    alarms, trials, before = [], [], Sight.OK
    time_s, end_s = _MONDAY_S, _MONDAY_S + camera.days * _DAY_S
    while time_s < end_s:
        faults = when.pop((time_s - _MONDAY_S) // LOOK_S, []) if before is Sight.OK else []
        if faults:
            state = eye.dump()
            trials += [_try(state, camera, fault, time_s, dice) for fault in faults]
        verdict = eye.look(life.picture(time_s), time_s * 1_000_000, open_now=camera.open_at(life, time_s))
        if verdict.sight not in (before, Sight.OK):
            alarms.append(f"{verdict.sight} day {time_s // _DAY_S - 4} {time_s % _DAY_S / 3600:.1f} h")
        before = verdict.sight
        time_s += DOUBT_S if verdict.doubtful else LOOK_S
    return _Run(
        manner=camera.manner.name,
        habitat=camera.habitat.name,
        seed=camera.seed,
        seconds=end_s - _MONDAY_S,
        false_alarms=alarms,
        trials=trials,
    )


def _try(state: bytes, camera: _Camera, fault: Fault, time_s: int, dice: random.Random) -> _Trial:
    """Let a fault begin between two looks and see how long it goes unnoticed."""
    eye = Eye.load(state)
    life = Life(camera.habitat, camera.manner, camera.room, dice.randrange(1 << 30))
    began_s = time_s - dice.uniform(0, LOOK_S)
    sees = life.lit(time_s)
    when = f"{camera.habitat.name} {camera.seed} {time_s / _DAY_S - 4:.3f}"
    named, delay_s = "", None
    now_s = time_s
    while now_s < time_s + _TRIAL_S:
        picture = life.picture(now_s, fault)
        verdict = eye.look(picture, now_s * 1_000_000, open_now=camera.open_at(life, now_s))
        if verdict.sight is not Sight.OK:
            named, delay_s = verdict.sight, now_s - began_s
            break
        now_s += DOUBT_S if verdict.doubtful else LOOK_S
    return _Trial(fault=fault.name, sees=sees, delay_s=delay_s, named=named, when=when)


def _summary(trials: Sequence[_Trial], runs: Iterable[_Run]) -> dict[str, Any]:
    """Return the figures that have a target."""
    labels = {fault.name: fault.label for fault in ALL}
    found: dict[str, Any] = {}
    for label in (Sight.COVERED, Sight.TURNED):
        mine = [trial for trial in trials if labels[trial.fault] is label and trial.sees]
        found[f"{label}_tries"] = len(mine)
        found[f"{label}_in_3_min"] = _share(sum(map(_in_time, mine)), len(mine))
    days = sum(each.seconds for each in runs) / _DAY_S
    alarms = sum(len(each.false_alarms) for each in runs)
    return found | {
        "camera_days": round(days, 1),
        "false_alarms": alarms,
        "false_alarms_per_camera_month": round(alarms * 30 / days, 2),
        "at_most_95_percent_sure": round(_most_likely(alarms) * 30 / days, 2),
    }


def _in_time(trial: _Trial) -> bool:
    return trial.delay_s is not None and trial.delay_s <= IN_TIME_S


def _most_likely(seen: int) -> float:
    """Return the largest mean with which so few are seen in 5 % of the cases (Poisson, one-sided)."""
    low, high = 0.0, 10.0 + 3 * seen
    for _ in range(60):
        mean = (low + high) / 2
        chance = sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(seen + 1))
        low, high = (mean, high) if chance > 0.05 else (low, mean)
    return low


def _by_fault(trials: Sequence[_Trial]) -> list[dict[str, Any]]:
    rows = []
    for fault in ALL:
        for sees in (True, False):
            mine = [each for each in trials if each.fault == fault.name and each.sees is sees]
            delays = [each.delay_s for each in mine if each.delay_s is not None]
            rows.append(
                {
                    "fault": fault.name,
                    "label": str(fault.label),
                    "camera_sees": sees,
                    "tries": len(mine),
                    "in_3_min": _share(sum(map(_in_time, mine)), len(mine)),
                    "ever_in_7_min": _share(len(delays), len(mine)),
                    "named_right": _share(sum(each.named == fault.label for each in mine), len(delays)),
                    "median_delay_s": round(statistics.median(delays)) if delays else None,
                    "late": [f"{each.when} {each.named}" for each in mine if not _in_time(each)][:12],
                }
            )
    return rows


def _by_manner(runs: Sequence[_Run]) -> list[dict[str, Any]]:
    rows = []
    for manner in MANNERS:
        mine = [each for each in runs if each.manner == manner.name]
        days = sum(each.seconds for each in mine) / _DAY_S
        alarms = [f"{each.habitat} {each.seed}: {alarm}" for each in mine for alarm in each.false_alarms]
        rows.append(
            {
                "manner": manner.name,
                "camera_days": round(days, 1),
                "false_alarms": len(alarms),
                "which": alarms[:20],
            }
        )
    return rows


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
