"""The hourly look at a server: what it has of every hour, written down while it is there."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched

from ..frigate_api.client import FrigateClient
from ..frigate_api.models import Segment
from ..recorder.store.elsewhere import KnownHour, SeenHour
from ..recorder.store.elsewhere_rows import HOUR_US
from .books import Books
from .hours import CauseOf, begun, compare, early, proven, seen_hour, whole_hour

SETTLED_US = 120_000_000
"""The last segment of an hour is there half a minute after it."""
_HOURS_AT_ONCE = 12
_LISTED_AN_HOUR = 1
_DAY_H = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What came of a look at one camera: hours written down, and hours that are gone before their time."""

    noted: int
    lost: tuple[int, ...] = ()


class Upkeep:
    """Compares what a server has with what our ledger knows. Raises FrigateError, RequestError."""

    def __init__(self, client: FrigateClient, books: Books) -> None:
        """Look by a client and write into books."""
        self._client = client
        self._books = books

    async def look(self, uid: str, camera: str, now_us: int, kept_days: float, cause_of: CauseOf) -> Looked:
        """Write down what changed of one camera; `kept_days` is how long the server means to keep it."""
        until = (now_us - SETTLED_US) // HOUR_US
        sums, known = await asyncio.gather(self._client.summary(camera), self._books.known(uid))
        oldest_kept = (now_us // HOUR_US) - int(kept_days * _DAY_H) + 2
        work = compare(sums, known, until, oldest_kept + 1)
        if early(work.gone, oldest_kept)[1]:
            # A camera that is not known, or whose rows cannot be read just now, has the same answer.
            again = await self._client.summary(camera)
            work = compare([*sums, *again], known, until, oldest_kept + 1)
        noted = [whole_hour(hour) for hour in work.whole]
        noted += [seen_hour(hour, (), cause_of) for hour in work.empty]
        noted += await self._read(camera, work.detail, cause_of)
        fresh = [each for each in noted if each.hour == until - 1 and each.footage]
        for each in fresh[:_LISTED_AN_HOUR]:
            noted.remove(each)
            noted.append(proven(each, await self._client.files(camera, each.hour), cause_of))
        first = min([*known, *(each.hour for each in noted)], default=until)
        await self._books.note(uid, begun(sorted(noted, key=lambda each: each.hour), first))
        expired, lost = early(work.gone, oldest_kept)
        await self._books.note_gone(uid, expired)
        if lost:
            await self._books.note_gone(uid, lost, await self._why(camera, lost))
        return Looked(noted=len(noted), lost=tuple(lost))

    async def _why(self, camera: str, lost: Sequence[int]) -> str:
        """Return why footage is gone: with its files still there, only its database lost it."""
        return "disk_error" if await self._client.files(camera, lost[-1]) else "disk_full"

    async def _read(self, camera: str, hours: Sequence[int], cause_of: CauseOf) -> list[SeenHour]:
        """Return hours as their segments tell them; neighbouring hours are one question."""
        found: list[SeenHour] = []
        for part in _stretches(hours):
            start, end = part[0] * HOUR_US, (part[-1] + 1) * HOUR_US
            segments: list[Segment] = await self._client.segments(camera, start, end)
            found += [seen_hour(hour, segments, cause_of) for hour in part]
        return found

    async def prove(self, camera: str, hour: int, known: KnownHour, cause_of: CauseOf) -> SeenHour | None:
        """Look for the files of an hour that nobody looked for yet; None when it is there no more."""
        whole = known.seconds >= 3599
        seen = whole_hour(hour) if whole else next(iter(await self._read(camera, [hour], cause_of)))
        if not seen.footage:
            return None
        return proven(seen, await self._client.files(camera, hour), cause_of)


def unproven(known: Mapping[int, KnownHour]) -> list[int]:
    """Return the hours whose files nobody looked for, newest first."""
    return sorted(
        (hour for hour, each in known.items() if each.files is None and not each.gone and each.seconds > 0),
        reverse=True,
    )


def _stretches(hours: Sequence[int]) -> list[list[int]]:
    """Return hours in runs of neighbours, at most half a day each."""
    runs: list[list[int]] = []
    for hour in sorted(hours):
        if runs and runs[-1][-1] == hour - 1:
            runs[-1].append(hour)
        else:
            runs.append([hour])
    return [list(part) for run in runs for part in batched(run, _HOURS_AT_ONCE, strict=False)]
