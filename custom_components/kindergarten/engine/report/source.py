"""Fills a pack from an archive: beside the engine that records into it, or from the bare disk.

What only a running recorder knows (whether a camera works now, its picture, the key) comes in `Told`;
from a disk alone it is unknown, and unknown is never met.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ..evidence.footage import Footage, FootageFile
from ..evidence.proofs import line
from ..evidence.reading import Reading
from ..ledger.chain import Json, Record
from ..ledger.verify import Chain, read_chain
from ..legal import Profile, RoomRule
from ..legal.requirements import Camera as Known, Facts, judge
from ..recorder.store.days import LocalDay, local_day, zone
from ..recorder.store.schedule import Span, union, without
from .model import ELSEWHERE, LIMITS, Camera, Challenge, Counts, Day, Gap, Report, Room, Site, Volume
from .pack import Order

SHORT_US = 60_000_000
"""A hole of up to a minute neither counts nor keeps a day from being proven (see evidence/proof.py)."""
BREAK_US = 600_000_000
_JOIN_US = 100_000
_ASKED_US = 7_200_000_000
"""Somebody who keeps footage and was not asked for so long was away."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the disk cannot say.

    `wanted(uid, t0, t1)` is when a camera had to record (UTC µs); without it, always but for planned gaps,
    from its first sign of life to the ledger's end. `sign` goes with `public` (hex). `pictures` are JPEG by uid.
    """

    site: Site
    profile: Profile
    generator: str
    facts: Facts
    wanted: Callable[[str, int, int], Sequence[Span]] | None = None
    public: str | None = None
    sign: Callable[[bytes], str] | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)


class ArchiveSource:
    """A `PackSource`; reads while it is asked and writes nothing. Everything may raise OSError."""

    def __init__(self, footage: Footage, told: Told, older: Sequence[Reading] = ()) -> None:
        """Take an archive's footage; `older` are volumes of it with ledgers and seals of their own."""
        self._footage, self._told, self._older = footage, told, older
        self._reading = footage.reading
        self._zone = zone(told.site.time_zone)
        self._sizes: dict[str, dict[str, int]] = {}
        self._chain: Chain | None = None

    @property
    def archive(self) -> str:
        """The archive's id."""
        return self._reading.archive_id

    @property
    def public(self) -> str | None:
        """The key that signs, if there is one."""
        return self._told.public if self._told.sign else None

    def sign(self, message: bytes) -> str:
        """Sign with it."""
        if self._told.sign is None:
            raise ValueError("there is no key")
        return self._told.sign(message)

    def key_history(self) -> Sequence[dict[str, Json]]:
        """Return the keys that the ledger tells."""
        return _keys(self._records())

    def older_keys(self) -> Mapping[str, Sequence[dict[str, Json]]]:
        """Return the same of each older volume, by its archive's id."""
        return {each.archive_id: _keys(read_chain(each.ledger()).records) for each in self._older}

    def ledger(self, order: Order) -> Iterator[bytes]:
        """Yield the lines from the period's first record to the last there is."""
        records = self._records()
        first = next((at for at, record in enumerate(records) if record.time_us >= order.from_us), 0)
        for record in records[first:]:
            yield line(record)

    def seals(self, order: Order) -> Iterator[tuple[str, bytes]]:
        """Yield the seals of the period's days."""
        days = {day.name for day in self._days(order)}
        for name in self._reading.seals():
            if name[:8] in days and (content := self._reading.seal(name)) is not None:
                yield name, content

    def older(self, order: Order) -> Iterator[tuple[str, bytes]]:
        """Yield the same of each older volume, in a folder named after its archive."""
        days = {day.name for day in self._days(order)}
        for reading in self._older:
            records = read_chain(reading.ledger()).records
            first = next((at for at, each in enumerate(records) if each.time_us >= order.from_us), None)
            if first is None:
                continue  # nothing of the period is on it
            yield (
                f"{reading.archive_id}/ledger.jsonl",
                b"".join(line(each) + b"\n" for each in records[first:]),
            )
            for name in reading.seals():
                if name[:8] in days and (content := reading.seal(name)) is not None:
                    yield f"{reading.archive_id}/seals/{name}", content

    def report(self, order: Order) -> Report:
        """Measure the period."""
        told, labels = self._told, self._footage.labels()
        known = {camera.uid: camera for camera in told.facts.cameras}
        labels |= {uid: camera.label for uid, camera in known.items()}
        measured = [self._camera(uid, label, known.get(uid), order) for uid, label in labels.items()]
        # A camera that was removed long ago has nothing to do with the period.
        cameras = tuple(camera for camera in measured if camera.uid in known or _seen(camera))
        return Report(
            site=told.site,
            profile=told.profile.key,
            profile_date=told.profile.date,
            required_days=told.profile.minimum_days.value,
            from_us=order.from_us,
            to_us=order.to_us,
            made_us=order.made_us,
            checked_us=self._reading.env.realtime_ns() // 1000,
            mode=order.mode,
            generator=told.generator,
            rooms=tuple(
                Room(uid=room.uid, kind=room.kind, label=room.label, rule=_rule(told.profile, room.kind))
                for room in told.facts.rooms
            ),
            cameras=cameras,
            requirements=judge(told.profile, self._facts(cameras)),
            gaps=tuple(self._gaps([camera.uid for camera in cameras], order)),
            volumes=tuple(self._volumes()),
            counts=self._counts(order),
            forecast_days=told.facts.forecast_days,
            challenges=tuple(self._challenges(order)),
            limits=(*LIMITS, ELSEWHERE) if any(camera.elsewhere for camera in cameras) else LIMITS,
        )

    def _facts(self, cameras: Sequence[Camera]) -> Facts:
        """Return what was told, with the cameras that only the disk knows: of them hardly anything is known."""
        told = self._told.facts
        known = {camera.uid for camera in told.cameras}
        found = [
            Known(uid=c.uid, label=c.label, room=None, oldest_us=c.oldest_us, days_proven=c.days_proven)
            for c in cameras
            if c.uid not in known
        ]
        return replace(told, cameras=(*told.cameras, *found))

    # -- parts ------------------------------------------------------------------------------

    def _records(self) -> list[Record]:
        if self._chain is None:
            self._chain = read_chain(self._reading.ledger())
        return self._chain.records

    def _days(self, order: Order) -> list[LocalDay]:
        """Return the local days that begin in the period."""
        days, at = [], local_day(order.from_us, self._zone)
        while at.start_us < order.to_us:
            if at.start_us >= order.from_us:
                days.append(at)
            at = local_day(at.end_us, self._zone)
        return days

    def _camera(self, uid: str, label: str, known: Known | None, order: Order) -> Camera:
        days = self._days(order)
        end_us = min(order.to_us, self._records()[-1].time_us if self._records() else order.to_us)
        spans = _joined(
            [
                (file.t0, file.t1)
                for file in self._footage.files(uid, order.from_us, order.to_us)
                if self._there(file)
            ]
        )
        spans = union([*spans, *self._footage.elsewhere(uid, order.from_us, order.to_us)])
        asked = self._footage.asked_elsewhere(uid, order.from_us, order.to_us)
        unknown = asked.unlooked if asked else []
        if asked and end_us - asked.until > _ASKED_US:
            unknown = [*unknown, (asked.until, end_us)]
        elif asked:  # the hour that runs is written down when it is over
            end_us = min(end_us, asked.until)
        lived = self._lived(uid, spans, order)
        found: list[Day] = []
        holes_of: list[list[Span]] = []
        for day in days:
            wanted = self._wanted(uid, max(day.start_us, lived), min(day.end_us, end_us))
            blind = any(start < day.end_us and end > day.start_us for start, end in unknown)
            wanted = without(wanted, unknown)
            holes = [hole for hole in without(wanted, spans) if _length(hole) > _JOIN_US]
            wanted_us, missing_us = sum(map(_length, wanted)), sum(map(_length, holes))
            found.append(
                Day(
                    day=datetime.strptime(day.name, "%Y%m%d").replace(tzinfo=UTC).date(),
                    recorded_s=None if blind else round((wanted_us - missing_us) / 1e6),
                    wanted_s=round(wanted_us / 1e6),
                    gaps=sum(_length(hole) > SHORT_US for hole in holes),
                )
            )
            holes_of.append(holes)
        whole = sum(day.end_us <= end_us for day in days)
        worst = max((hole for holes in holes_of for hole in holes), key=_length, default=None)
        return Camera(
            uid=uid,
            label=label,
            room=known.room if known else None,
            days=tuple(found),
            working=known.working if known else None,
            video=_video(known),
            clock_offset_ms=known.clock_offset_ms if known else None,
            oldest_us=known.oldest_us
            if known and known.oldest_us is not None
            else spans[0][0]
            if spans
            else None,
            days_proven=known.days_proven
            if known and known.days_proven is not None
            else _proven(found[:whole], holes_of[:whole]),
            longest_gap_s=0 if worst is None else round(_length(worst) / 1e6),
            longest_gap_at_us=None if worst is None else worst[0],
            picture=self._told.pictures.get(uid),
            elsewhere=asked is not None,
        )

    def _there(self, file: FootageFile) -> bool:
        """Look whether a file is on the disk with the size that it should have.

        One that still grows is larger, and so is an unsealed one with its closing boxes.
        """
        folder = file.path.rpartition("/")[0]
        if folder not in self._sizes:
            self._sizes[folder] = self._reading.videos(folder)
        size = self._sizes[folder].get(file.path)
        return size is not None and (
            size == file.size or (file.state in {"open", "adopted"} and size > file.size)
        )

    def _lived(self, uid: str, spans: Sequence[Span], order: Order) -> int:
        """Return since when a camera had to record: from its first sign of life in the whole archive."""
        if self._told.wanted is not None:
            return order.from_us
        signs = [span[0] for span in spans[:1]]
        signs += [gap.t0 for gap in self._footage.gaps(uid, 0, order.to_us)[:1]]
        signs += [file.t0 for file in self._footage.files(uid, 0, order.from_us)[:1]]
        signs += [span[0] for span in self._footage.elsewhere(uid, 0, order.from_us)[:1]]
        return max(order.from_us, min(signs, default=order.to_us))

    def _wanted(self, uid: str, t0: int, t1: int) -> Sequence[Span]:
        if t0 >= t1:
            return []
        if self._told.wanted is not None:
            return self._told.wanted(uid, t0, t1)
        planned = [(gap.t0, gap.t1) for gap in self._footage.gaps(uid, t0, t1) if gap.planned]
        return without([(t0, t1)], planned)

    def _gaps(self, cameras: Sequence[str], order: Order) -> Iterator[Gap]:
        for uid in cameras:
            for gap in self._footage.gaps(uid, order.from_us, order.to_us):
                open_ = gap.t1 <= gap.t0
                if open_ or gap.t1 - gap.t0 > SHORT_US:
                    yield Gap(
                        camera=uid,
                        start_us=gap.t0,
                        end_us=None if open_ else gap.t1,
                        cause=gap.cause,
                        planned=gap.planned,
                    )

    def _volumes(self) -> Iterator[Volume]:
        for at, root in enumerate(self._reading.roots):
            space = self._reading.env.fs.space(root)
            yield Volume(role="old" if at else "active", total=space.total, free=space.free)

    def _within(self, order: Order, kind: str) -> list[Record]:
        return [
            record
            for record in self._records()
            if record.kind == kind and order.from_us <= record.time_us < max(order.to_us, order.made_us)
        ]

    def _counts(self, order: Order) -> Counts:
        holds = self._within(order, "hold")
        return Counts(
            views=len(self._within(order, "view")),
            exports=len(self._within(order, "export")),
            holds=len(holds),
            incidents=sum(record.data.get("incident") is True for record in holds),
        )

    def _challenges(self, order: Order) -> Iterator[Challenge]:
        for record in self._within(order, "challenge"):
            camera, at, ms = (record.data.get(name) for name in ("camera", "at", "ms"))
            if isinstance(camera, str) and isinstance(at, int):
                yield Challenge(
                    camera=camera,
                    at_us=at,
                    asked_us=record.time_us,
                    played=record.data.get("played") is True,
                    ms=ms if isinstance(ms, int) else None,
                )


def offset_s(time_zone: str, time_us: int) -> int:
    """Return what a time zone is ahead of UTC at a time."""
    return local_day(time_us, zone(time_zone)).offset_s


def _keys(records: Sequence[Record]) -> list[dict[str, Json]]:
    names = ("public", "fingerprint", "by", "sig")
    return [{name: each.data.get(name) for name in names} for each in records if each.kind == "key"]


def _rule(profile: Profile, kind: str) -> RoomRule:
    """Return a kind's rule; an unknown kind must not have a camera (see `Profile.forbids`)."""
    rule = profile.room_kinds.get(kind)
    return "forbidden" if rule is None else rule.value


def _seen(camera: Camera) -> bool:
    return any(day.recorded_s for day in camera.days)


def _video(known: Known | None) -> str | None:
    if known is None or not known.width or not known.height:
        return None
    rate = "" if known.fps is None else f" {known.fps:.0f}/s"
    return f"{known.width}×{known.height}{rate}"


def _proven(days: Sequence[Day], holes_of: Sequence[Sequence[Span]]) -> int:
    """Count the whole days back from the period's end, as evidence/proof.py does."""
    proven = 0
    for day, holes in zip(reversed(days), reversed(holes_of), strict=True):
        worst = max(map(_length, holes), default=0)
        if worst > BREAK_US or not day.recorded_s:
            break
        proven += worst <= SHORT_US
    return proven


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Return spans as one where only rounding parts them."""
    return [
        (start, end - _JOIN_US) for start, end in union([(start, end + _JOIN_US) for start, end in spans])
    ]


def _length(span: Span) -> int:
    return span[1] - span[0]
