"""A small archive's proof, and a pack made of it: two cameras, three sealed days, signed heads."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
import hashlib
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.ledger.chain import START, Json, canonical, encode
from kindergarten_engine.legal import RoomRule
from kindergarten_engine.legal.requirements import Requirement, Status
from kindergarten_engine.report import model
from kindergarten_engine.report.pack import LANGUAGES, Order, Pack, build
from kindergarten_engine.report.verifier import verify

OFFSET_S = 5 * 3600
ZONE = timedelta(seconds=OFFSET_S)
FIRST_DAY = date(2026, 10, 20)
CAMERAS = {"a" * 32: "Топ «Қарлығаш»", "b" * 32: "Кіреберіс"}
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


def midnight_us(day: date) -> int:
    """Return when a local day begins."""
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) - ZONE).timestamp()) * 1_000_000


class Key:
    """A signing key."""

    def __init__(self, seed: int = 1) -> None:
        """Make the key of a number."""
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public, self.fingerprint = raw.hex(), hashlib.sha256(raw).hexdigest()

    def sign(self, message: bytes) -> str:
        """Return the signature as hex."""
        return self._key.sign(message).hex()


ARCHIVE = "0123456789abcdef0123456789abcdef"


class Source:
    """What a pack is made of; a `PackSource`."""

    def __init__(
        self, *, days: int = 3, cameras: int = 2, per_hour: int = 1, key: Key | None = None, archive: str = ARCHIVE,
        before: Source | None = None,
    ) -> None:  # fmt: skip
        """Make a proof of so many days and cameras; without a key it is a disk alone."""
        self.key, self.archive, self.before = key, archive, before
        self.lines: list[bytes] = []
        self.sealed: dict[str, bytes] = {}
        self.cameras = dict(list(CAMERAS.items())[:cameras])
        for number in range(len(self.cameras), cameras):
            self.cameras[f"{number:032x}"] = f"Камера {number}"
        self.days = [FIRST_DAY + timedelta(days=number) for number in range(days)]
        self._key_records: list[dict[str, Json]] = []
        signer = key or Key(9)
        start_us = midnight_us(self.days[0]) - HOUR_US
        self.record("genesis", start_us, {"archive": self.archive})
        self.add_key(signer, start_us)
        for day in self.days:
            self._day(day, per_hour, signer)

    def record(self, kind: str, time_us: int, data: dict[str, Json]) -> None:
        """Add a record to the ledger."""
        line, self.head = encode(len(self.lines) + 1, kind, 1, time_us, data, getattr(self, "head", START))
        self.lines.append(line)

    def add_key(self, key: Key, time_us: int, old: Key | None = None) -> None:
        """Add a key, vouched for by the old one."""
        body = {"archive": self.archive, "public": key.public}
        self._key_records.append(
            {
                "public": key.public,
                "fingerprint": key.fingerprint,
                "by": old.fingerprint if old else None,
                "sig": old.sign(b"kindergarten-key-1\n" + canonical(body)) if old else None,
            }
        )
        self.record("key", time_us, self._key_records[-1])

    def add_head(self, day: date, time_us: int, key: Key) -> None:
        """Add a signed head over the record before it."""
        head: dict[str, Json] = {"day": f"{day:%Y%m%d}", "n": len(self.lines), "h": self.head}
        message = b"kindergarten-head-1\n" + canonical({**head, "archive": self.archive})
        self.record("head", time_us, {**head, "key": key.fingerprint, "sig": key.sign(message)})

    def _day(self, day: date, per_hour: int, key: Key) -> None:
        begin, lines, cameras = midnight_us(day), [], {}
        for uid in self.cameras:
            mine: list[dict[str, Json]] = []
            for number in range(24 * per_hour):
                t0 = begin + number * HOUR_US // per_hour
                name = f"{uid}/{t0}.mp4"
                mine.append(
                    {
                        "bytes": 1000 + number,
                        "camera": uid,
                        "path": name,
                        "pictures": 54_000 // per_hour,
                        "run": 1,
                        "seq": number,
                        "sha256": hashlib.sha256(name.encode()).hexdigest(),
                        "state": "closed",
                        "stream": "main",
                        "t0": t0,
                        "t1": t0 + HOUR_US // per_hour,
                    }
                )
            lines += [canonical(line) for line in mine]
            cameras[uid] = {
                "root": verify.merkle([str(line["sha256"]) for line in mine]),
                "files": len(mine),
                "bytes": sum(int(str(line["bytes"])) for line in mine),
            }
        data = b"".join(line + b"\n" for line in lines)
        self.sealed[f"{day:%Y%m%d}.jsonl"] = data
        for hour in range(24):
            counted: dict[str, Json] = {
                uid: {"rec": 3600, "plan": 3600, "bytes": 1, "files": 1} for uid in self.cameras
            }
            number = begin // HOUR_US + hour
            self.record("hour", (number + 1) * HOUR_US, {"hour": number, "cameras": counted})
        seal: dict[str, Json] = {
            "day": f"{day:%Y%m%d}",
            "offset_s": OFFSET_S,
            "files": len(lines),
            "bytes": sum(int(str(entry["bytes"])) for entry in cameras.values()),
            "sha256": hashlib.sha256(data).hexdigest(),
            "cameras": {uid: cast("dict[str, Json]", dict(entry)) for uid, entry in cameras.items()},
        }
        self.record("seal", begin + DAY_US + 600_000_000, seal)
        self.add_head(day, begin + DAY_US + 600_000_000, key)

    # -- the source of a pack ---------------------------------------------------------------

    @property
    def public(self) -> str | None:
        """The signing key."""
        return self.key.public if self.key else None

    def sign(self, message: bytes) -> str:
        """Sign a manifest."""
        assert self.key
        return self.key.sign(message)

    def key_history(self) -> Sequence[dict[str, Json]]:
        """Return the keys there were."""
        return self._key_records

    def older_keys(self) -> Mapping[str, Sequence[dict[str, Json]]]:
        """Return the keys of the disk before."""
        return {} if self.before is None else {self.before.archive: self.before.key_history()}

    def seals(self, order: Order) -> Iterator[tuple[str, bytes]]:
        """Yield the seals."""
        yield from self.sealed.items()

    def ledger(self, order: Order) -> Iterator[bytes]:
        """Yield the ledger's lines."""
        yield from self.lines

    def older(self, order: Order) -> Iterator[tuple[str, bytes]]:
        """Yield ledger and seals of the disk before, if there was one."""
        if self.before is not None:
            yield f"{self.before.archive}/ledger.jsonl", b"".join(line + b"\n" for line in self.before.lines)
            for name, data in self.before.seals(order):
                yield f"{self.before.archive}/seals/{name}", data

    def report(self, order: Order) -> model.Report:
        """Return a report with something of everything in it."""
        return report(self, order)


def report(source: Source, order: Order) -> model.Report:
    """Return a report on the days of a source: one camera with a gap, one that could not be measured."""
    rooms = tuple(
        model.Room(uid=f"r{number}", kind=kind, label=label, rule=cast("RoomRule", rule))
        for number, (kind, label, rule) in enumerate(
            [("group", "Топ «Қарлығаш»", "required"), ("entrance", "Кіреберіс", "required"), ("bedroom", "Ұйықтайтын бөлме", "never_shown")]
        )
    )  # fmt: skip
    cameras = tuple(
        model.Camera(
            uid=uid,
            label=label,
            room=f"r{number % 2}",
            days=tuple(
                model.Day(
                    day=day,
                    recorded_s=None if number == 3 else 86_400 - (5400 if number == 0 and index == 1 else 0),
                    wanted_s=86_400,
                    gaps=int(number == 0 and index == 1),
                )
                for index, day in enumerate(source.days)
            ),
            working=None if number == 3 else True,
            video="1920×1080 H.265 15/s",
            clock_offset_ms=120,
            oldest_us=midnight_us(source.days[0]),
            days_proven=None if number == 3 else len(source.days) - 2 * (number == 0),
            longest_gap_s=5400 if number == 0 else 0,
            longest_gap_at_us=midnight_us(source.days[1]) + 10 * HOUR_US if number == 0 and len(source.days) > 1 else None,
            picture=b"\xff\xd8 a picture" if number == 0 else None,
        )
        for number, (uid, label) in enumerate(source.cameras.items())
    )  # fmt: skip
    return model.Report(
        site=model.Site(
            name="«Гауһар» балабақшасы",
            offset_s=OFFSET_S,
            time_zone="Asia/Almaty",
            number="012345678901",
            address="Алматы қ., Абай даңғылы, 1",
            responsible=("Әлия Нұрланқызы Сәрсенбаева",),
        ),
        profile="kz_2026",
        profile_date=date(2026, 11, 22),
        required_days=30,
        from_us=order.from_us,
        to_us=order.to_us,
        made_us=order.made_us,
        checked_us=order.made_us,
        mode=order.mode,
        generator="kindergarten 0.1.0",
        rooms=rooms,
        cameras=cameras,
        requirements=requirements(),
        gaps=(
            model.Gap(
                camera=cameras[0].uid,
                start_us=order.from_us + DAY_US,
                end_us=order.from_us + DAY_US + 5400_000_000,
                cause="unreachable",
            ),
        ),
        volumes=(model.Volume(role="active", total=2 * 10**12, free=3 * 10**11, oldest_us=order.from_us),),
        counts=model.Counts(views=14, exports=1, holds=2, incidents=None),
        forecast_days=33.5,
        challenges=(
            model.Challenge(
                camera=cameras[0].uid,
                at_us=order.from_us + 10 * HOUR_US,
                asked_us=order.made_us,
                played=True,
                ms=840,
            ),
        ),
    )


def requirements() -> tuple[Requirement, ...]:
    """Return one requirement of each kind and status."""
    source = (
        "Order 117 of 30 March 2022 (registered 27414): entrances, corridors, places of mass stay, perimeter"
    )
    statuses = {
        "retention_minimum": "not_met", "retention_maximum": "met", "required_rooms": "met", "forbidden_rooms": "met",
        "sound_off": "met", "picture_size": "met", "frame_rate": "not_measurable", "camera_clocks": "met",
        "clock": "met", "forecast": "met", "ledger": "met", "profile_current": "not_applicable",
    }  # fmt: skip
    return tuple(
        Requirement(
            id=name, status=cast("Status", status), value=29, wanted=30, source=source, date=date(2022, 3, 30), confirmed=False,
            cameras=("a" * 32,) if status == "not_met" else (),
        )
        for name, status in statuses.items()
    )  # fmt: skip


def order(source: Source, languages: tuple[str, ...] = LANGUAGES, mode: model.Mode = "hand_over") -> Order:
    """Return an order for all days of a source."""
    begin, end = midnight_us(source.days[0]), midnight_us(source.days[-1]) + DAY_US
    return Order(
        uid="test", from_us=begin, to_us=end, made_us=end + 9 * HOUR_US, languages=languages, mode=mode
    )


def pack(folder: Path, source: Source, languages: tuple[str, ...] = LANGUAGES) -> Pack:
    """Build a pack whose reports are placeholders: what is checked here is the proof."""
    return build(
        RealFileSystem(),
        str(folder),
        order(source, languages),
        source,
        render=lambda report, language, fingerprint: f"{language} {fingerprint}".encode(),
    )
