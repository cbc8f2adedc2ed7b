"""Hours, seals, heads and a hold: the demo's evidence, written by the record formats and not by the engine's code.

So it also tries the engine's own readers of them.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
import hashlib
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kindergarten_engine.ledger.chain import KINDS, canonical
from kindergarten_engine.recorder.store.archive import Archive

from . import plan
from .history import Event

SECOND = 1_000_000
_HOUR_US = 3600 * SECOND
_SEAL_AFTER_US = 600 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Sealer:
    """Writes the records that prove; `use` gives it the archive, anew after each restart."""

    def __init__(self, zone: str, begin_us: int, uids: list[str]) -> None:
        """Seal the local days of a time zone."""
        self._zone = ZoneInfo(zone)
        self._uids = uids
        self._begin_us = begin_us
        self._archive: Archive | None = None
        self.key = Ed25519PrivateKey.generate()
        self._lines: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._hours: dict[int, dict[str, dict[str, int]]] = defaultdict(dict)
        self._hour = begin_us // _HOUR_US
        self._day = self._local(begin_us)
        self._held = False

    def use(self, archive: Archive) -> None:
        """Write to an archive from now on; its first record after the beginning is the key."""
        first = self._archive is None
        self._archive = archive
        if first:
            self._record(
                "key",
                {"public": self._public.hex(), "fingerprint": self.fingerprint, "by": None, "sig": None},
            )

    @property
    def _public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """Return what names the key."""
        return hashlib.sha256(self._public).hexdigest()

    def recorded(self, event: Event, line: dict[str, Any]) -> None:
        """Hear of a file; it belongs to the local day in which it begins."""
        self._lines[self._local(line["t0"])].append(line)
        self._count(line["camera"], line["t0"], line["t1"], "rec")
        hour = self._at(line["camera"], line["t0"] // _HOUR_US)
        hour["bytes"] += line["bytes"]
        hour["files"] += 1

    def planned(self, event: Event) -> None:
        """Hear of a gap; a planned one makes an hour's plan shorter."""
        if event.cause == "schedule":
            start, end = (self._begin_us + at * SECOND for at in (event.start, event.end))
            self._count(plan.uid(event.camera), start, end, "off")

    def settle(self, now_us: int) -> None:
        """Write what is due: hours an hour late, days ten minutes after their end, a hold once."""
        while (self._hour + 2) * _HOUR_US <= now_us:
            self._write_hour(self._hour)
            self._hour += 1
        if not self._held and now_us - self._begin_us >= 6 * plan.DAY * SECOND:
            self._held = True
            self._hold(self._begin_us + 5 * plan.DAY * SECOND + 15 * _HOUR_US)
        while now_us >= self._end_of(self._day) + max(_SEAL_AFTER_US, _HOUR_US):
            self._seal(self._day)
            self._day = self._local(self._end_of(self._day))

    # -- inside -------------------------------------------------------------------------------

    def _local(self, utc_us: int) -> str:
        return f"{(_EPOCH + timedelta(microseconds=utc_us)).astimezone(self._zone):%Y%m%d}"

    def _start_of(self, day: str) -> int:
        moment = datetime.strptime(day, "%Y%m%d").replace(tzinfo=self._zone)
        return int(moment.timestamp()) * SECOND

    def _end_of(self, day: str) -> int:
        following = datetime.strptime(day, "%Y%m%d") + timedelta(days=1)
        return int(following.replace(tzinfo=self._zone).timestamp()) * SECOND

    def _record(self, kind: str, data: dict[str, Any]) -> None:
        assert self._archive is not None
        if kind in KINDS:
            self._archive.record([(kind, data)])

    def _at(self, uid: str, hour: int) -> dict[str, int]:
        return self._hours[hour].setdefault(uid, {"rec": 0, "off": 0, "bytes": 0, "files": 0})

    def _count(self, uid: str, start: int, end: int, what: str) -> None:
        while start < end:
            until = min(end, (start // _HOUR_US + 1) * _HOUR_US)
            self._at(uid, start // _HOUR_US)[what] += until - start
            start = until

    def _write_hour(self, hour: int) -> None:
        cameras = {}
        for uid in self._uids:
            seen = self._at(uid, hour)
            cameras[uid] = {
                "rec": seen["rec"] // SECOND, "plan": 3600 - seen["off"] // SECOND, "bytes": seen["bytes"], "files": seen["files"],
            }  # fmt: skip
        del self._hours[hour]
        self._record("hour", {"hour": hour, "cameras": cameras})

    def _hold(self, at_us: int) -> None:
        assert self._archive is not None
        data = {
            "uid": self._archive.env.token(16), "cameras": self._uids[:2], "t0": at_us, "t1": at_us + 40 * 60 * SECOND,
            "until": None, "by": "demo", "reason": hashlib.sha256(b"demo").hexdigest(), "incident": True,
        }  # fmt: skip
        self._record("hold", data)

    def _seal(self, day: str) -> None:
        archive = self._archive
        assert archive is not None
        lines = sorted(
            self._lines.pop(day, []),
            key=lambda each: (each["camera"], each["stream"], each["t0"], each["path"]),
        )
        content = b"".join(canonical(line) + b"\n" for line in lines)
        fs = archive.env.fs
        fs.make_folder(archive.volume.at("seals"))
        fs.replace(archive.volume.at(f"seals/{day}.jsonl"), content)
        cameras = {}
        for uid in sorted({line["camera"] for line in lines}):
            own = [line for line in lines if line["camera"] == uid]
            cameras[uid] = {
                "root": merkle_root([line["sha256"] for line in own]), "files": len(own),
                "bytes": sum(line["bytes"] for line in own),
            }  # fmt: skip
        start = datetime.strptime(day, "%Y%m%d").replace(tzinfo=self._zone)
        offset = start.utcoffset() or timedelta()
        self._record(
            "seal",
            {
                "day": day, "part": 1, "offset_s": int(offset.total_seconds()), "files": len(lines),
                "bytes": sum(line["bytes"] for line in lines), "sha256": hashlib.sha256(content).hexdigest(), "cameras": cameras,
            },
        )  # fmt: skip
        n, h = archive.ledger.number, archive.ledger.head
        signed = canonical({"archive": archive.archive_id, "day": day, "n": n, "h": h})
        signature = self.key.sign(b"kindergarten-head-1\n" + signed).hex()
        self._record("head", {"day": day, "n": n, "h": h, "key": self.fingerprint, "sig": signature})


def merkle_root(hashes: list[str]) -> str:
    """Return the root over files' hashes; an odd node goes up as it is, nothing is 64 zeros."""
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(each)).digest() for each in hashes]
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [
            hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs
        ]
    return level[0].hex() if level else "0" * 64
