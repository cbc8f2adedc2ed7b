"""Feeds a target with inputs, and keeps those that it did not stand."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
import random
import signal
import time
import traceback
from typing import Any

from .mutate import mutate

HANG_S = 120.0
"""Longer than this no input may take, on a busy machine either."""


class HangError(BaseException):
    """An input took too long. No target can catch it by mistake."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Something that reads what others wrote.

    `take` raises nothing but `refusals`. `seeds` are right inputs, `tokens` words that it knows.
    """

    name: str
    seeds: Sequence[bytes]
    take: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...] = ()
    tokens: Sequence[bytes] = ()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """An input that escaped or hung."""

    target: str
    seed: int
    number: int
    what: str
    data: bytes = field(repr=False)


@dataclass(kw_only=True)
class Outcome:
    """What came of the inputs; `refused` of them were refused, the others taken."""

    target: str
    inputs: int = 0
    refused: int = 0
    seconds: float = 0.0
    slowest_s: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the figures."""
        return {
            "inputs": self.inputs,
            "refused": self.refused,
            "findings": len(self.findings),
            "seconds": round(self.seconds, 1),
            "slowest_ms": round(self.slowest_s * 1000, 1),
        }


def feed(target: Target, *, seed: int, inputs: int, seconds: float) -> Outcome:
    """Feed a target until it had so many inputs or so much time; input 0 to len(seeds) are the right ones."""
    outcome = Outcome(target=target.name)
    begun = time.perf_counter()
    with _alarm():
        while outcome.inputs < inputs and time.perf_counter() - begun < seconds:
            _one(target, seed, outcome)
    outcome.seconds = time.perf_counter() - begun
    return outcome


def made(target: Target, seed: int, number: int) -> bytes:
    """Return an input by its number."""
    if number < len(target.seeds):
        return target.seeds[number]
    return mutate(random.Random(f"{target.name} {seed} {number}"), target.seeds, target.tokens)


def _one(target: Target, seed: int, outcome: Outcome) -> None:
    number = outcome.inputs
    data = made(target, seed, number)
    outcome.inputs += 1
    begun = time.perf_counter()
    try:
        signal.setitimer(signal.ITIMER_REAL, HANG_S)
        target.take(data)
    except target.refusals:
        outcome.refused += 1
    except Exception, HangError:
        what = traceback.format_exc(limit=-6)
        outcome.findings.append(Finding(target=target.name, seed=seed, number=number, what=what, data=data))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    outcome.slowest_s = max(outcome.slowest_s, time.perf_counter() - begun)


@contextmanager
def _alarm() -> Iterator[None]:
    def hung(_signal: int, _frame: object) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, hung)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
