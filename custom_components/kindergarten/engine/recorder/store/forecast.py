"""How long the disk lasts: measured bytes a day against the room there is, and what would help."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

from ...budget import Load, disk_needed, kept_free, ways_out
from .archive import Archive
from .gaps import Tiling
from .retention import Retention
from .views import Advice, Emit, Forecast

_DAY_US = 86_400_000_000
_HOUR_US = 3_600_000_000
_WEEK_US = 7 * _DAY_US
_DAY_S = 86_400
_MEASURED_S = 600
_SURE_S = 3600
_RISEN = 1.25
_SAFE = 1.03
_MILLION = 1_000_000
_MEASURED = (
    "SELECT coalesce(sum(r.bytes), 0), coalesce(sum(r.rel_end - r.rel_start), 0) FROM epoch e CROSS JOIN recording r"
    " INDEXED BY recording_time WHERE r.camera = (SELECT id FROM camera WHERE uid = ?1) AND r.stream = ?2"
    " AND r.epoch = e.id AND r.rel_start >= ?3 - e.utc0 AND r.rel_start < ?4 - e.utc0"
    " AND r.state IN ('closed', 'sealed', 'adopted')"
)
_AGES = (
    "SELECT max(0, ?1 - e.utc0 - r.rel_end) / ?2, sum(r.bytes) FROM epoch e CROSS JOIN"
    " (SELECT 'main' AS name UNION ALL SELECT 'sub') s CROSS JOIN recording r INDEXED BY recording_time"
    " WHERE r.camera = ?3 AND r.stream = s.name AND r.epoch = e.id"
    " AND r.state IN ('closed', 'sealed', 'adopted') GROUP BY 1"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """What a camera records: bytes a day of both streams, those of the sub stream, and how long was measured."""

    main: float
    sub: float
    measured_s: float

    @property
    def total(self) -> float:
        """Return the bytes a day of both streams."""
        return self.main + self.sub


@dataclass(frozen=True, kw_only=True, slots=True)
class Aged:
    """How much footage of what age (in days, rising) there is: bytes up to each age."""

    ages: list[float]
    sums: list[int]

    @classmethod
    def of(cls, hours: Mapping[int, int], growing: int = 0) -> Aged:
        """Return the bytes of files by their age in hours; `growing` have none."""
        rows = sorted(hours.items())
        sums = list(accumulate((size for _, size in rows), initial=growing))[1:]
        return cls(ages=[(hour + 1) / 24 for hour, _ in rows], sums=sums)

    @property
    def total(self) -> int:
        """Return the bytes of any age."""
        return self.sums[-1] if self.sums else 0

    def younger(self, days: float) -> float:
        """Return the bytes of footage that is younger than so many days."""
        if days <= 0 or not self.ages:
            return 0.0
        position = bisect_right(self.ages, days)
        below = self.sums[position - 1] if position else 0
        if position == len(self.ages):
            return below
        start = self.ages[position - 1] if position else 0.0
        share = (days - start) / (self.ages[position] - start)
        return below + share * (self.sums[position] - below)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """Room for footage in bytes, the footage that takes it, and that part of it that is held."""

    room: int
    total: int
    others: int
    reserve: int
    footage: Aged
    held: Aged

    def kept(self, days: float) -> float:
        """Return the bytes of footage that is younger than so many days, or held."""
        return self.footage.younger(days) + self.held.total - self.held.younger(days)


class Forecaster:
    """Measures one archive. Reads the catalog: callers remember the answer for a while."""

    def __init__(
        self,
        archive: Archive,
        tilings: Mapping[str, Tiling],
        retention: Retention,
        planned_s: Callable[[str], float] = lambda _: _DAY_S,
    ) -> None:
        """Look at the cameras that should record now: those that have a tiling."""
        self._archive = archive
        self._tilings = tilings
        self._retention = retention
        self.planned_s = planned_s

    def rates(self) -> dict[str, Rate | None]:
        """Return the rate of every camera that should record; None until ten minutes were measured."""
        return {uid: self._rate(uid) for uid in list(self._tilings)}

    def forecast(self) -> Forecast:
        """Return how many days of the present cameras the disk can hold. Raises OSError, sqlite3.Error."""
        rates = self.rates()
        known = {uid: rate for uid, rate in rates.items() if rate is not None}
        total = sum(rate.total for rate in known.values())
        if not total:
            return Forecast(days=None, bytes_per_day=None)
        stock = self._stock()
        settings = self._retention.settings
        minimum, kept = settings.minimum_days, max(settings.days, settings.minimum_days)
        now = self._archive.clock.utc_us()
        held = stock.held.total
        days = max(0, stock.room - held) / total
        fills = _first_over(stock, total, kept)
        breaks = _first_over(stock, total, minimum)
        enough: bool | None = days >= minimum and breaks is None
        if enough and len(known) < len(rates):
            enough = None
        sure = all(rate.measured_s >= _SURE_S for rate in known.values())
        return Forecast(
            days=days, bytes_per_day=round(total),
            fills_at_us=None if fills is None else now + round(fills * _DAY_US),
            breaks_at_us=None if enough is not False else now + round((days if breaks is None else breaks) * _DAY_US),
            per_camera={uid: round(rate.total) for uid, rate in known.items()},
            enough=enough, sure=sure,
            advice=[] if enough is not False else self._advice(stock, known, held, minimum),
        )  # fmt: skip

    def _rate(self, uid: str) -> Rate | None:
        now = self._archive.clock.utc_us()
        week, day = self._measure(uid, now - _WEEK_US, now), self._measure(uid, now - _DAY_US, now)
        if week is None:
            return None
        # A camera that was set higher today will be so tomorrow; that of a quiet Sunday will not.
        if day is not None and day.total > _RISEN * week.total and day.measured_s >= _SURE_S:
            return replace(day, measured_s=week.measured_s)
        return week

    def _measure(self, uid: str, t0: int, t1: int) -> Rate | None:
        size, seconds = self._sums(uid, "main", t0, t1)
        if seconds < _MEASURED_S:
            return None
        a_day = self.planned_s(uid) / seconds
        return Rate(main=size * a_day, sub=self._sums(uid, "sub", t0, t1)[0] * a_day, measured_s=seconds)

    def _sums(self, uid: str, stream: str, t0: int, t1: int) -> tuple[int, float]:
        size, length = self._archive.catalog.one(_MEASURED, (uid, stream, t0, t1)) or (0, 0)
        file = self._archive.files.get((uid, stream))
        if file is not None and file.entries:
            size, length = size + file.size, length + file.rel_end - file.rel_start
        return int(size), length / _MILLION

    def _stock(self) -> Stock:
        archive = self._archive
        disk = archive.volume.space()
        aged: dict[int, int] = {}
        for (camera,) in archive.catalog.query("SELECT id FROM camera"):  # each by itself: nobody waits long
            for age, size in archive.catalog.query(_AGES, (archive.clock.utc_us(), _HOUR_US, camera)):
                aged[age] = aged.get(age, 0) + size
        held: dict[int, int] = {}
        for until, size in self._retention.held_files():
            hour = max(0, archive.clock.utc_us() - until) // _HOUR_US
            held[hour] = held.get(hour, 0) + size
        growing = sum(file.size for file in list(archive.files.values()))
        used = sum(aged.values()) + growing
        reserve = kept_free(self._retention.low_water(disk))
        return Stock(
            room=max(0, used + disk.free - reserve), total=disk.total, others=disk.total - disk.free - used, reserve=reserve,
            footage=Aged.of(aged, growing), held=Aged.of(held),
        )  # fmt: skip

    def _advice(self, stock: Stock, rates: Mapping[str, Rate], held: int, minimum: int) -> list[Advice]:
        """Return what would help, each by itself; see `Advice` for the units."""
        total = sum(rate.total for rate in rates.values())
        sub = sum(rate.sub for rate in rates.values())
        room = max(0, stock.room - held)
        load = Load(
            cameras=len(rates), bytes_day=total, sub_bytes_day=sub,
            seconds_day=sum(self.planned_s(uid) for uid in rates),
        )  # fmt: skip
        size = disk_needed(
            load, minimum, free_share=stock.reserve / stock.total, other_bytes=held + stock.others
        )
        ways = ways_out(load, room, minimum)
        advice = [Advice(kind="disk", value=size)]
        if ways.bps is not None:
            advice.append(Advice(kind="bitrate", value=ways.bps))
        if ways.sub_days is not None:
            advice.append(Advice(kind="sub", value=ways.sub_days))
        if ways.hours is not None:
            advice.append(Advice(kind="schedule", value=ways.hours))
        return advice


class Guard:
    """Says once that the minimum will be broken, and again only when it was safe in between."""

    def __init__(self, emit: Emit) -> None:
        """Tell `emit`."""
        self._emit = emit
        self._at_risk = False

    def look(self, forecast: Forecast, minimum_days: int) -> None:
        """Hear the newest forecast."""
        if not forecast.sure or forecast.enough is None:
            return
        safe = (forecast.days or 0.0) >= _SAFE * minimum_days
        at_risk = forecast.enough is False or (self._at_risk and not safe)
        if at_risk and not self._at_risk:
            self._emit(
                "retention_at_risk",
                None,
                {
                    "days": round(forecast.days or 0.0, 1), "minimum_days": minimum_days,
                    "breaks_at_us": forecast.breaks_at_us,
                    "advice": [{"kind": each.kind, "value": each.value} for each in forecast.advice],
                },
            )  # fmt: skip
        self._at_risk = at_risk


def _first_over(stock: Stock, rate: float, days: float) -> float | None:
    """Return in how many days footage of the last `days` takes more than the room; None if never.

    What is there now goes as it grows older than `days`, unless it is held; what is recorded comes at `rate`.
    """
    for hour in range(1, round(days * 24) + 1):
        ahead = hour / 24
        if rate * ahead + stock.kept(days - ahead) > stock.room:
            return ahead
    return None
