"""Holds: ranges of some cameras that nothing may delete until people lift them. Ledger first, then catalog."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
import sqlite3
import threading
from typing import Any, Literal

from ...errors import RequestError
from ...ledger.chain import Json
from . import hold_rows
from .archive import Archive
from .passed import passed_us
from .retention import Retention

type HoldState = Literal["held", "lift_asked", "lifted"]

WAIT_US = 72 * 3_600_000_000
UNTIL = "until"
"""Who lifts a hold whose time is over."""
_MOST = 1000
_LONGEST_US = 400 * 86_400_000_000
_AHEAD_US = 31 * 86_400_000_000
_LOW_DAYS = 3
_VIEW = "id, uid, t0, t1, until, by_id, reason_hash, incident, made, state, lift_by, second, approved_by, not_before"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewHold:
    """A hold that is wanted: UTC µs, `by` and `reason` (a salted hash) are opaque.

    `automation`: nobody decided, so it may not take more than the quota. `incident`: overlapping
    ones of the same cameras become one.
    """

    cameras: tuple[str, ...]
    t0: int
    t1: int
    until: int | None
    by: str
    reason: str
    automation: bool = False
    incident: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldView:
    """A hold as it is now; `bytes` is what it keeps on the disk (0 once lifted)."""

    uid: str
    cameras: list[str]
    t0_us: int
    t1_us: int
    until_us: int | None
    by: str
    reason_hash: str
    incident: bool
    made_us: int
    state: HoldState
    lift_by: str | None
    second_needed: bool
    approved_by: str | None
    not_before_us: int | None
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldShare:
    """How many holds there are, and the bytes and share (0..1) of the disk that they keep."""

    count: int
    bytes: int
    share: float


class Holds:
    """The holds of one archive. All methods raise OSError and sqlite3.Error, any thread may call them."""

    def __init__(self, archive: Archive, retention: Retention) -> None:
        """Look after one archive, and keep its retention away from what is held."""
        self._archive = archive
        self._retention = retention
        self._told = False
        self._deciding = threading.RLock()
        retention.held = lambda each: self.held(
            each.file.camera, each.end_us - (each.file.end - each.file.start), each.end_us
        )
        retention.held_files = self.files

    # -- what is held -----------------------------------------------------------------------

    def held(self, camera: str, t0: int, t1: int) -> bool:
        """Tell whether an unlifted hold of a camera overlaps a stretch, its edges included."""
        archive = self._archive
        if any(
            camera in cameras and t0 <= end and start <= t1 for cameras, start, end in archive.holding.copy()
        ):
            return True
        return archive.catalog.read(lambda db: hold_rows.is_held(db, camera, t0, t1))

    def views(self) -> list[HoldView]:
        """Return all holds, the newest first."""
        rows = self._archive.catalog.query(f"SELECT {_VIEW} FROM hold ORDER BY made DESC, id DESC")  # noqa: S608
        return [self._view(row) for row in rows]

    def spans(self, camera: str, t0: int, t1: int) -> list[tuple[int, int, str]]:
        """Return begin, end and uid of the unlifted holds of a camera that touch a stretch."""
        rows = self._archive.catalog.query(
            "SELECT hr.t0, hr.t1, h.uid FROM hold h JOIN hold_range hr ON hr.hold = h.id"
            " JOIN hold_camera hc ON hc.hold = h.id JOIN camera c ON c.id = hc.camera"
            " WHERE c.uid = ? AND h.state != 'lifted' AND hr.t0 < ? AND hr.t1 > ? ORDER BY hr.t0",
            (camera, t1, t0),
        )
        return [(start, end, uid) for start, end, uid in rows]

    def files(self) -> list[tuple[int, int]]:
        """Return end (UTC) and bytes of each file that is held."""
        return [(until, size) for _, size, until in self._archive.catalog.query(hold_rows.FILES)]

    def share(self) -> HoldShare:
        """Return how much of the disk holds keep."""
        catalog = self._archive.catalog
        count = catalog.one(f"SELECT count(*) FROM hold WHERE {hold_rows.UNLIFTED}") or (0,)  # noqa: S608
        held = catalog.one(f"SELECT coalesce(sum(bytes), 0) FROM ({hold_rows.FILES})") if count[0] else (0,)  # noqa: S608
        total = self._archive.volume.space().total
        size = int(held[0]) if held else 0
        return HoldShare(count=count[0], bytes=size, share=size / total if total else 0.0)

    # -- making -----------------------------------------------------------------------------

    def make(self, wanted: NewHold) -> tuple[str, bool]:
        """Make a hold, or widen the running incident's; returns its uid and whether it is over the quota.

        Raises RequestError: bad_value, unknown_camera, too_many, quota (only for automations).
        """
        with self._deciding:
            return self._make(wanted)

    def _make(self, wanted: NewHold) -> tuple[str, bool]:
        self._check(wanted)
        over = self._over_quota(wanted)
        if over and wanted.automation:
            raise RequestError("quota", "holds take more of the disk than automations may use")
        uid = (self._running(wanted) if wanted.incident else None) or self._archive.env.token(8)
        data: dict[str, Json] = {
            "uid": uid, "cameras": list(wanted.cameras), "t0": wanted.t0, "t1": wanted.t1, "until": wanted.until,
            "by": wanted.by, "reason": wanted.reason, "incident": wanted.incident,
        }  # fmt: skip
        with self._holding(wanted):
            self._archive.record([("hold", data)])
        about: dict[str, object] = {"uid": uid, "cameras": list(wanted.cameras), "over_quota": over}
        self._archive.emit("hold_made", None, about | {"t0_us": wanted.t0, "t1_us": wanted.t1})
        return uid, over

    def _check(self, wanted: NewHold) -> None:
        now = self._archive.clock.utc_us()
        if not 0 < wanted.t1 - wanted.t0 <= _LONGEST_US or wanted.t1 > now + _AHEAD_US or wanted.t0 < 0:
            raise RequestError(
                "bad_value", "must be a range of at most 400 days, not far in the future", "t1_us"
            )
        if wanted.until is not None and wanted.until <= max(now, wanted.t1):
            raise RequestError("bad_value", "must be later than now and than the range", "until_us")
        known = {uid for (uid,) in self._archive.catalog.query("SELECT uid FROM camera")}
        if not wanted.cameras or not known.issuperset(wanted.cameras):
            raise RequestError("unknown_camera", "there is no such camera", "cameras")
        count = self._archive.catalog.one(f"SELECT count(*) FROM hold WHERE {hold_rows.UNLIFTED}")  # noqa: S608
        if count is not None and count[0] >= _MOST:
            raise RequestError("too_many", f"there are {_MOST} holds already")

    def _running(self, wanted: NewHold) -> str | None:
        """Return the unlifted incident of the same cameras that overlaps."""
        for row in self._archive.catalog.query(
            "SELECT id, uid FROM hold WHERE incident AND state = 'held' AND t0 <= ? AND t1 >= ? ORDER BY id",
            (wanted.t1, wanted.t0),
        ):
            if set(self._cameras(row[0])) == set(wanted.cameras):
                return str(row[1])
        return None

    def _over_quota(self, wanted: NewHold) -> bool:
        """Tell whether all holds with this one would keep more than their share of the disk."""
        catalog, now = self._archive.catalog, self._archive.clock.utc_us()
        held = {row[0] for row in catalog.query(hold_rows.FILES)}
        there = sum(
            size
            for uid in wanted.cameras
            for row, size in catalog.query(hold_rows.FILES_OF, (uid, wanted.t0, wanted.t1))
            if row not in held
        )
        cameras = catalog.one("SELECT count(*) FROM camera WHERE removed_epoch IS NULL") or (1,)
        rate = self._retention.bytes_per_s * len(wanted.cameras) / max(1, cameras[0])
        to_come = rate * max(0, wanted.t1 - max(now, wanted.t0)) / 1e6
        space, kept = self._archive.volume.space(), self.share().bytes
        return bool(kept + there + to_come > space.total * self._retention.settings.hold_share)

    @contextmanager
    def _holding(self, wanted: NewHold) -> Iterator[None]:
        """Keep retention away while a hold is on its way into ledger and catalog.

        Retention looks and writes under the lock of records: so what it did not see held is deleted
        by a record before the hold's. A hold that the catalog failed to take stays here until the next start.
        """
        pending = (frozenset(wanted.cameras), wanted.t0, wanted.t1)
        self._archive.holding.append(pending)
        try:
            yield
        except sqlite3.Error:
            raise
        except BaseException:
            self._archive.holding.remove(pending)
            raise
        self._archive.holding.remove(pending)

    # -- lifting ----------------------------------------------------------------------------

    def lift(self, uid: str, by: str, administrators: Mapping[str, int]) -> HoldView:
        """Ask that a hold be lifted, or agree to it; `administrators` maps ids to since when they are (UTC µs).

        It is lifted 72 hours after it was asked; where another administrator was there before the hold,
        one of them must agree. Raises RequestError: not_found, forbidden, lifted, clock_unset.
        """
        with self._deciding:
            return self._lift(uid, by, administrators)

    def _lift(self, uid: str, by: str, administrators: Mapping[str, int]) -> HoldView:
        hold = self.view(uid)
        if hold.state == "lifted":
            raise RequestError("lifted", "this hold is lifted already")
        if by not in administrators:
            raise RequestError("forbidden", "only an administrator may lift a hold")
        if (now := passed_us(self._archive)) is None:
            raise RequestError("clock_unset", "the clock is not set, so no waiting time can begin")
        if hold.state == "held":
            second = any(each != by and since < hold.made_us for each, since in administrators.items())
            self._step(hold, "asked", by, now + WAIT_US, second=second)
            data = {
                "uid": uid,
                "cameras": hold.cameras,
                "not_before_us": now + WAIT_US,
                "second_needed": second,
            }
            self._archive.emit("hold_lift_asked", None, data)
        elif hold.second_needed and hold.approved_by is None and by != hold.lift_by:
            if administrators[by] >= hold.made_us:
                raise RequestError("forbidden", "only an administrator from before the hold may agree")
            self._step(hold, "approved", by, hold.not_before_us)
        self._lift_due(now)
        return self.view(uid)

    def cancel(self, uid: str, by: str) -> HoldView:
        """Take back that a hold be lifted. Raises RequestError: not_found, not_asked."""
        with self._deciding:
            hold = self.view(uid)
            if hold.state != "lift_asked":
                raise RequestError("not_asked", "nobody asked to lift this hold")
            self._step(hold, "cancelled", by, None)
        self._archive.emit("hold_lift_cancelled", None, {"uid": uid, "cameras": hold.cameras})
        return self.view(uid)

    def look(self) -> None:
        """Lift what is due, and say early when holds leave too little of the disk; each minute."""
        with self._deciding:
            now = passed_us(self._archive)
            if now is not None:
                self._lift_due(now)
        self._watch_disk()

    def _lift_due(self, now: int) -> None:
        for row in self._archive.catalog.query(
            f"SELECT uid, lift_by, until <= ?1 FROM hold WHERE {hold_rows.UNLIFTED} AND (until <= ?1 OR"  # noqa: S608
            " (state = 'lift_asked' AND not_before <= ?1 AND (NOT second OR approved_by IS NOT NULL)))",
            (now,),
        ):
            hold = self.view(row[0])
            by = UNTIL if row[2] else str(row[1])
            self._step(hold, "done", by, None)
            self._archive.emit("hold_lifted", None, {"uid": hold.uid, "cameras": hold.cameras, "by": by})

    def _step(
        self, hold: HoldView, step: str, by: str, not_before: int | None, *, second: bool | None = None
    ) -> None:
        data: dict[str, Json] = {"uid": hold.uid, "step": step, "by": by, "not_before": not_before}
        self._archive.record([("lift", data if second is None else {**data, "second": second})])

    def _watch_disk(self) -> None:
        """Holds alone must not fill the disk unannounced: say so while days of recording still fit."""
        held = self.share()
        space = self._archive.volume.space()
        used = self._archive.catalog.one(
            "SELECT coalesce(sum(bytes), 0) FROM recording INDEXED BY recording_time"
        )
        rest = space.free + (used[0] if used else 0) - held.bytes - self._retention.low_water(space)
        per_day = self._retention.bytes_per_s * 86_400
        short = held.count > 0 and (rest < _LOW_DAYS * per_day or held.share > 0.9)
        if short and not self._told:
            days = rest / per_day if per_day else None
            self._archive.emit(
                "holds_fill_disk", None, {**asdict(held), "days_left": days and round(days, 1)}
            )
        self._told = short

    # -- other ledgers ----------------------------------------------------------------------

    def carry_over(self, newer: Holds) -> None:
        """Have the holds of a volume that is written no more decided upon with those of the one that is.

        `newer` learns the unlifted ones under their own ids; what was lifted there is lifted here.
        """
        known = {each.uid: each for each in newer.views()}
        for hold in self.views():
            if hold.state == "lifted":
                continue
            if hold.uid not in known:
                newer._archive.record([("hold", _again(hold))])
            elif known[hold.uid].state == "lifted":
                self._step(hold, "done", known[hold.uid].lift_by or UNTIL, None)

    def record_anew(self) -> None:
        """Write the unlifted holds of the catalog into a ledger that may have lost them."""
        there = {
            str(record.data.get("uid")) for record in self._archive.ledger.records() if record.kind == "hold"
        }
        for hold in self.views():
            if hold.state != "lifted" and hold.uid not in there:
                self._archive.record([("hold", _again(hold))])

    # -- inside -----------------------------------------------------------------------------

    def view(self, uid: str) -> HoldView:
        """Return a hold; raises RequestError("not_found")."""
        row = self._archive.catalog.one(f"SELECT {_VIEW} FROM hold WHERE uid = ?", (uid,))  # noqa: S608
        if row is None:
            raise RequestError("not_found", "there is no such hold")
        return self._view(row)

    def _cameras(self, hold: int) -> list[str]:
        rows = self._archive.catalog.query(
            "SELECT c.uid FROM hold_camera hc JOIN camera c ON c.id = hc.camera WHERE hc.hold = ? ORDER BY c.uid",
            (hold,),
        )
        return [uid for (uid,) in rows]

    def _view(self, row: Sequence[Any]) -> HoldView:
        sql = f"SELECT coalesce(sum(bytes), 0) FROM ({hold_rows.FILES} AND h.id = ?)"  # noqa: S608
        size = self._archive.catalog.one(sql, (row[0],)) or (0,)
        return HoldView(
            uid=row[1], cameras=self._cameras(row[0]), t0_us=row[2], t1_us=row[3], until_us=row[4], by=row[5],
            reason_hash=row[6], incident=bool(row[7]), made_us=row[8], state=row[9], lift_by=row[10],
            second_needed=bool(row[11]), approved_by=row[12], not_before_us=row[13], bytes=int(size[0]),
        )  # fmt: skip


def _again(hold: HoldView) -> dict[str, Json]:
    """Return the record of a hold for a ledger that does not have it."""
    return {
        "uid": hold.uid, "cameras": list(hold.cameras), "t0": hold.t0_us, "t1": hold.t1_us, "until": hold.until_us,
        "by": hold.by, "reason": hold.reason_hash, "incident": hold.incident,
    }  # fmt: skip
