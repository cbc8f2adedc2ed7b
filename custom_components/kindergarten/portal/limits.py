"""How often something may be tried: per invitation, guardian and phone, and by everybody together.

Parents share addresses (a mobile carrier's, the kindergarten's own), so an address is only ever
slowed down, and so is everybody together: else strangers could use up what parents come in by.
Whoever holds a secret of 128 bits is not guessing, and is held up by nobody's guesses.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
import math
import time
from typing import Final

from .answers import Refusal
from .door import network_of

FAILURE_S: Final = 0.1
"""A wrong way in is answered no sooner, whatever was wrong with it."""
CROWD_S: Final = 3.0
"""So long a guess waits when more is guessed than parents mistype; none is refused for what others do."""
_MOST_KEYS: Final = 4096
_MOST_WAITING: Final = 8
_PATIENT: Final = 3
LONGEST_S: Final = 4.0
_FORGET_S: Final = 600.0


class Bucket:
    """Lets `burst` through at once, and then one every `every_s` seconds."""

    def __init__(self, burst: int, every_s: float, now_s: Callable[[], float]) -> None:
        """Begin full. `now_s` is a monotonic clock."""
        self._burst = burst
        self._every_s = every_s
        self._now_s = now_s
        # The moment at which the bucket is full again; each one let through moves it on.
        self._full_s = -math.inf

    def take(self) -> float:
        """Take one; return 0, or after how many seconds there is one to take."""
        now_s = self._now_s()
        full_s = max(self._full_s, now_s) + self._every_s
        if (over_s := full_s - now_s - self._burst * self._every_s) > 1e-9:
            return over_s
        self._full_s = full_s
        return 0.0

    def book(self) -> float:
        """Take one in any case; return in how many seconds it is one's turn."""
        now_s = self._now_s()
        self._full_s = max(self._full_s, now_s) + self._every_s
        return max(0.0, self._full_s - now_s - self._burst * self._every_s)


class Buckets:
    """A bucket for each key; those unused for longest are forgotten."""

    def __init__(self, burst: int, every_s: float, now_s: Callable[[], float]) -> None:
        """Begin with none."""
        self._measure = burst, every_s, now_s
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one from the key's bucket, as `Bucket.take`."""
        return self._of(key).take()

    def book(self, key: str) -> float:
        """Take one from the key's bucket, as `Bucket.book`."""
        return self._of(key).book()

    def _of(self, key: str) -> Bucket:
        bucket = self._buckets.pop(key, None) or Bucket(*self._measure)
        _keep(self._buckets, key, bucket)
        return bucket


class Turns:
    """For what costs a write: one at a time, networks in turns; a crowd waits behind itself alone."""

    def __init__(self, paces: Buckets) -> None:
        """Begin with nobody; each network goes at its own pace."""
        self._paces = paces
        self._waiting: Counter[str] = Counter()
        self._networks: dict[str, asyncio.Lock] = {}
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def take(self, remote: str | None) -> AsyncIterator[None]:
        """Wait for the turn of an address and keep it. Raises Refusal `slow_down` when too many of it wait."""
        network = network_of(remote)
        if self._waiting[network] >= _MOST_WAITING:
            _refuse(LONGEST_S)
        self._waiting[network] += 1
        try:
            async with self._networks.setdefault(network, asyncio.Lock()):
                await asyncio.sleep(self._paces.book(network))
                async with self._one:
                    yield
        finally:
            self._waiting[network] -= 1
            if not self._waiting[network]:
                del self._waiting[network], self._networks[network]


class Limits:
    """The limits of one portal, in memory; what must survive a restart (tries of a code) is the people's."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Begin with everything allowed."""
        self._now_s = now_s
        self._guesses = Bucket(60, 1.0, now_s)
        self._codes = Bucket(20, 3.0, now_s)
        self.pairings = Turns(Buckets(10, 1.5, now_s))
        self._invitations = Buckets(10, 5.0, now_s)
        self._polls = Buckets(20, 0.5, now_s)
        self._changes = Buckets(60, 1.0, now_s)
        self._looks = Buckets(300, 0.03, now_s)
        self._questions = Buckets(60, 1.0, now_s)
        self._viewings = Buckets(30, 20.0, now_s)
        self._words = Buckets(30, 60.0, now_s)
        self._handoffs = Buckets(10, 60.0, now_s)
        self._at_the_door: OrderedDict[str, None] = OrderedDict()
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def guess(self) -> None:
        """Let somebody try what is known to nobody. Raises Refusal `slow_down`, like the others."""
        _refuse(self._guesses.take())

    async def code(self) -> bool:
        """Let somebody try a short code that stands for itself; return whether they are a crowd, and have waited."""
        return await _crowd(self._codes)

    def invitation(self, invitation_id: str) -> None:
        """Let the holder of an invitation try."""
        _refuse(self._invitations.take(invitation_id))

    def begun(self, pairing_id: str) -> None:
        """Remember a phone at the door, so that its polls are not taken for guesses."""
        _keep(self._at_the_door, pairing_id, None)

    async def poll(self, pairing_id: str) -> bool:
        """Let a phone at the door ask again; return whether it is one of a crowd of guesses, and has waited."""
        crowd = pairing_id not in self._at_the_door and await _crowd(self._guesses)
        _refuse(self._polls.take(pairing_id))
        return crowd

    def change(self, guardian_id: str) -> None:
        """Let a guardian change something."""
        _refuse(self._changes.take(guardian_id))

    def look(self, device_id: str) -> None:
        """Let a phone have something of what it watches."""
        _refuse(self._looks.take(device_id))

    def question(self, guardian_id: str) -> None:
        """Let a guardian look something up: who revokes their phones waits behind them in the people's file."""
        _refuse(self._questions.take(guardian_id))

    def viewing(self, guardian_id: str) -> None:
        """Let a guardian begin to watch: each beginning stands in the ledger for ever."""
        _refuse(self._viewings.take(guardian_id))

    def word(self, guardian_id: str) -> None:
        """Let a guardian agree or not: words are never taken back out of the list."""
        _refuse(self._words.take(guardian_id))

    def handoff(self, guardian_id: str) -> None:
        """Let a guardian have a code for another browser: each makes a phone that is remembered for weeks."""
        _refuse(self._handoffs.take(guardian_id))

    async def failed(self, remote: str | None) -> None:
        """Make whoever failed wait a little, and longer each time an address fails."""
        address, now_s = network_of(remote), self._now_s()
        count, last_s = self._failures.pop(address, (0, now_s))
        count = count + 1 if now_s - last_s < _FORGET_S else 1
        _keep(self._failures, address, (count, now_s))
        await asyncio.sleep(min(LONGEST_S, FAILURE_S * 2 ** min(10, max(0, count - _PATIENT))))


async def _crowd(bucket: Bucket) -> bool:
    if crowd := bucket.take() > 0:
        await asyncio.sleep(CROWD_S)
    return crowd


def _keep[T](known: OrderedDict[str, T], key: str, value: T) -> None:
    known[key] = value
    while len(known) > _MOST_KEYS:
        known.popitem(last=False)


def _refuse(wait_s: float) -> None:
    if wait_s > 0:
        raise Refusal("slow_down", HTTPStatus.TOO_MANY_REQUESTS, wait_s=math.ceil(wait_s))
