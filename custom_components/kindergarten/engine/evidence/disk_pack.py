"""An inspection pack of a bare disk: what files, seals and ledger say, and nothing else.

What only the recorder knows (rooms, picture sizes, clocks, forecasts) could not be measured here, and the
report says so; nothing of that is ever called met.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..env import Env
from ..errors import RequestError
from ..ledger.chain import Json, Record
from ..ledger.seal import seal_name
from ..ledger.verify import check_signatures, read_chain
from ..legal import profile
from ..legal.requirements import Camera as JudgedCamera, Facts, judge
from ..recorder.store.schedule import Span, union, without
from ..report import model
from ..report.pack import LANGUAGES, Order, Pack, build
from . import ed25519
from .footage import Footage
from .jobs import Task
from .proof import BREAK_US, SHORT_US
from .proofs import line, midnight

_DAY_US = 86_400_000_000
_JOIN_US = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """Where the pack is, and up to which record its heads are signed."""

    folder: str
    zip: str
    signed_n: int


def make(task: Task, footage: Footage, labels: Mapping[str, str], options: argparse.Namespace) -> Made:
    """Make a pack of the last whole days that are sealed. Raises RequestError("no_footage"), OSError."""
    env = footage.reading.env
    source = DiskSource(footage, labels, options.profile)
    order = Order(
        uid=f"{datetime.now(UTC):%Y%m%d%H%M%S}", from_us=source.end_us - options.days * _DAY_US, to_us=source.end_us,
        made_us=env.realtime_ns() // 1000, languages=tuple(options.language or LANGUAGES),
    )  # fmt: skip
    made: Pack = build(env.fs, options.out, order, source, progress=task.progress)
    return Made(folder=made.folder, zip=made.zip, signed_n=source.signed_n)


class DiskSource:
    """What a pack is made of, read from a disk; a `PackSource` without a key."""

    def __init__(self, footage: Footage, labels: Mapping[str, str], profile_key: str) -> None:
        """Read the ledger; raises RequestError("no_footage") when no day is sealed."""
        self._footage = footage
        self._labels = labels
        self._profile = profile(profile_key)
        self._chain = read_chain(footage.reading.ledger())
        self._seals = [record for record in self._chain.records if record.kind == "seal"]
        if not self._seals:
            raise RequestError("no_footage", "no day of this archive is sealed")
        newest = max(self._seals, key=midnight)
        self._offset_s = int(str(newest.data["offset_s"]))
        self.end_us = midnight(newest) + _DAY_US
        self.signed_n = check_signatures(self._chain, self.archive, ed25519.verify).signed_n

    @property
    def archive(self) -> str:
        """The archive's id."""
        return self._footage.reading.archive_id

    @property
    def public(self) -> str | None:
        """There is no key on a disk."""
        return None

    def sign(self, message: bytes) -> str:
        """Never asked."""
        raise RequestError("unavailable", "there is no key on this disk")

    def key_history(self) -> Sequence[dict[str, Json]]:
        """Return the data of every `key` record."""
        return [dict(record.data) for record in self._chain.records if record.kind == "key"]

    def seals(self, order: Order) -> Iterator[tuple[str, bytes]]:
        """Yield the seals of the period's days."""
        for record in self._seals:
            name = seal_name(str(record.data["day"]), int(str(record.data.get("part", 1))))
            content = self._footage.reading.seal(name)
            if order.from_us <= midnight(record) < order.to_us and content is not None:
                yield name, content

    def ledger(self, order: Order) -> Iterator[bytes]:
        """Yield the ledger from the period's begin on."""
        records = self._chain.records
        first = next((at for at, record in enumerate(records) if record.time_us >= order.from_us), 0)
        yield from (line(record) for record in records[max(0, first - 1) :])

    def report(self, order: Order) -> model.Report:
        """Return what is known of the period."""
        env: Env = self._footage.reading.env
        cameras = tuple(self._camera(uid, order) for uid in self._footage.labels())
        today = (
            datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=order.to_us, seconds=self._offset_s)
        ).date()
        facts = Facts(
            today=today, now_us=order.to_us, rooms=(), ledger_ok=not self._chain.findings,
            cameras=tuple(
                JudgedCamera(
                    uid=each.uid, label=each.label, room=None, oldest_us=each.oldest_us, days_proven=each.days_proven
                )
                for each in cameras
            ),
        )  # fmt: skip
        space = env.fs.space(self._footage.reading.roots[0])
        return model.Report(
            site=model.Site(name="", offset_s=self._offset_s, time_zone=""), profile=self._profile.key,
            profile_date=self._profile.date, required_days=self._profile.minimum_days.value, from_us=order.from_us,
            to_us=order.to_us, made_us=order.made_us, mode=order.mode, generator="kindergarten script/archive", rooms=(),
            cameras=cameras, requirements=judge(self._profile, facts), gaps=tuple(self._gaps(order)),
            volumes=(model.Volume(role="active", total=space.total, free=space.free),), counts=self._counts(order),
            challenges=tuple(self._challenges(order)), checked_us=order.made_us,
        )  # fmt: skip

    def _camera(self, uid: str, order: Order) -> model.Camera:
        there = union(
            [(file.t0 - _JOIN_US // 2, file.t1 + _JOIN_US // 2) for file in self._files(uid, order)]
        )
        planned = [
            (gap.t0, gap.t1) for gap in self._footage.gaps(uid, order.from_us, order.to_us) if gap.planned
        ]
        days, worst, proven, counting = [], (0, 0), 0, True
        for start in range(order.to_us - _DAY_US, order.from_us - 1, -_DAY_US):
            end = start + _DAY_US
            wanted = without([(start, end)], planned)
            missing = [hole for hole in without(wanted, there) if _length(hole) > _JOIN_US]
            longest = max(missing, key=_length, default=(0, 0))
            worst = max(worst, longest, key=_length)
            counting = counting and _length(longest) <= BREAK_US
            proven += counting and _length(longest) <= SHORT_US
            recorded = sum(map(_length, wanted)) - sum(map(_length, missing))
            days.append(
                model.Day(
                    day=(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=start, seconds=self._offset_s)).date(),
                    recorded_s=recorded // 1_000_000, wanted_s=sum(map(_length, wanted)) // 1_000_000, gaps=len(missing),
                )
            )  # fmt: skip
        return model.Camera(
            uid=uid, label=self._labels.get(uid, uid), room=None, days=tuple(reversed(days)),
            oldest_us=there[0][0] + _JOIN_US // 2 if there else None, days_proven=proven,
            longest_gap_s=_length(worst) // 1_000_000, longest_gap_at_us=worst[0] if _length(worst) else None,
        )  # fmt: skip

    def _files(self, uid: str, order: Order) -> list[Any]:
        reading = self._footage.reading
        sizes: dict[str, int] = {}
        for folder in reading.folders():
            if folder.split("/")[1] == uid[:12]:
                sizes |= reading.videos(folder)
        files = self._footage.files(uid, order.from_us, order.to_us)
        return [file for file in files if sizes.get(file.path) == file.size]

    def _gaps(self, order: Order) -> Iterator[model.Gap]:
        for uid in self._footage.labels():
            for gap in self._footage.gaps(uid, order.from_us, order.to_us):
                yield model.Gap(
                    camera=uid, start_us=gap.t0, end_us=gap.t1, cause=gap.cause, planned=gap.planned
                )

    def _within(self, order: Order, kind: str) -> list[Record]:
        return [
            record
            for record in self._chain.records
            if record.kind == kind and order.from_us <= record.time_us < order.to_us
        ]

    def _counts(self, order: Order) -> model.Counts:
        holds = self._within(order, "hold")
        return model.Counts(
            views=len(self._within(order, "view")), exports=len(self._within(order, "export")), holds=len(holds),
            incidents=sum(record.data.get("incident") is True for record in holds),
        )  # fmt: skip

    def _challenges(self, order: Order) -> Iterator[model.Challenge]:
        for record in self._chain.records:
            match record.data:
                case {"camera": str(camera), "at": int(at), "played": bool(played), "ms": int(ms)}:
                    if record.kind == "challenge" and record.time_us >= order.from_us:
                        yield model.Challenge(
                            camera=camera, at_us=at, asked_us=record.time_us, played=played, ms=ms
                        )


def _length(span: Span) -> int:
    return span[1] - span[0]
