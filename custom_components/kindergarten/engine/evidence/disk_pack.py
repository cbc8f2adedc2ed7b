"""An inspection pack of a bare disk: what files, seals and ledger say, and nothing else.

What only the recorder knows (rooms, picture sizes, clocks, forecasts) could not be measured here, and the
report says so; nothing of that is ever called met.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ..errors import RequestError
from ..ledger.verify import check_signatures, read_chain
from ..legal import profile
from ..legal.requirements import Facts
from ..recorder.store.days import local_day, zone
from ..report.model import Site
from ..report.pack import LANGUAGES, Order, build
from ..report.source import ArchiveSource, Told
from . import ed25519
from .footage import Footage
from .jobs import Task
from .proofs import midnight

_DAY_US = 86_400_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """Where the pack is, and up to which record its heads are signed."""

    folder: str
    zip: str
    signed_n: int


def make(
    task: Task, uid: str, footage: Footage, labels: Mapping[str, str], options: argparse.Namespace
) -> Made:
    """Make a pack of the last whole days that are sealed. Raises RequestError("no_footage"), OSError."""
    env = footage.reading.env
    footage.name(labels)
    chain = read_chain(footage.reading.ledger())
    newest = max((record for record in chain.records if record.kind == "seal"), key=midnight, default=None)
    if newest is None:
        raise RequestError("no_footage", "no day of this archive is sealed")
    offset_s, end_us = int(str(newest.data["offset_s"])), midnight(newest) + _DAY_US
    told = Told(
        site=Site(name="", offset_s=offset_s, time_zone=_zone_name(offset_s)),
        profile=profile(options.profile),
        generator="kindergarten script/archive",
        facts=Facts(
            today=datetime.fromtimestamp(end_us / 1e6 + offset_s, UTC).date(), now_us=end_us, rooms=(), cameras=(),
            ledger_ok=not any(each.bad for each in chain.findings),
        ),
    )  # fmt: skip
    order = Order(
        uid=uid, from_us=end_us - options.days * _DAY_US, to_us=end_us,
        made_us=env.realtime_ns() // 1000, languages=tuple(options.language or LANGUAGES),
    )  # fmt: skip
    made = build(env.fs, options.out, order, ArchiveSource(footage, told), progress=task.progress)
    signed_n = check_signatures(chain, footage.reading.archive_id, ed25519.verify).signed_n
    return Made(folder=made.folder, zip=made.zip, signed_n=signed_n)


def _zone_name(offset_s: int) -> str:
    """Return a zone of that offset: a disk knows offsets only. Where no zone has it, UTC."""
    name = f"Etc/GMT{-offset_s // 3600:+d}" if offset_s else "UTC"
    return name if local_day(_DAY_US, zone(name)).offset_s == offset_s else "UTC"
