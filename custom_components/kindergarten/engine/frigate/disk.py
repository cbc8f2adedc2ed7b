"""How long a server's disk can hold what its cameras write, by what they really wrote."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..frigate_api.client import FrigateClient
from ..frigate_api.models import Disk, FrigateConfig, Segment
from ..recorder.store.elsewhere_rows import HOUR_US
from .books import Books

DAY_H = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """`days` is how long the disk can hold it all, an hour's worth left free; `day_bytes` is written each day."""

    days: float
    day_bytes: int


async def measure(
    client: FrigateClient,
    books: Books,
    config: FrigateConfig,
    disk: Disk | None,
    ours: Mapping[str, str],
    now_us: int,
) -> Room | None:
    """Return it, None while the rate of a camera that is recorded is not known; `ours` are uids by name.

    What the server says of its rates is measured once and then frozen, so it is not asked for them; a camera
    that is none of ours fills the disk too. Raises FrigateError, RequestError.
    """
    recorded = [each.id for each in config.cameras.values() if each.enabled and each.record]
    rates = await asyncio.gather(
        *(
            books.rate(ours[name], now_us // HOUR_US - DAY_H) if name in ours else _rate(client, name, now_us)
            for name in recorded
        )
    )
    if disk is None or any(rate is None for rate in rates):
        return None
    return room(disk.free + await client.used(), (rate for rate in rates if rate is not None))


def room(bytes_there: int, rates: Iterable[float]) -> Room | None:
    """Return what so many bytes hold of cameras that write so many a second; None when none writes."""
    a_second = sum(rates)
    if a_second <= 0:
        return None
    return Room(
        days=max(0.0, bytes_there - a_second * 3600) / (a_second * 86_400), day_bytes=round(a_second * 86_400)
    )


async def _rate(client: FrigateClient, name: str, now_us: int) -> float:
    """Return the bytes a second of the last hour; a camera that records nothing needs no room."""
    segments: list[Segment] = await client.segments(name, now_us - HOUR_US, now_us)
    seconds = sum(each.end_us - each.start_us for each in segments) / 1e6
    return sum(each.bytes for each in segments) / seconds if seconds else 0.0
