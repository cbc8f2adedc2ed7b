"""What proves an archive: holds, hour records, seals and signed heads, looked after while it is open."""

from collections import deque
from collections.abc import Collection, Mapping
import threading

from ...errors import RequestError
from ...ledger.chain import MAX_RECORD, Json, Record, canonical
from .archive import Archive
from .heads import Heads, Signer
from .holds import Holds
from .hours import Hours
from .queries import Queries
from .retention import Retention
from .seals import Seals

FOREIGN_KINDS = frozenset({"view", "request", "challenge", "inspection", "people"})
"""What Home Assistant's side may write into the ledger."""
_LOOK_NS = 60_000_000_000
_REMEMBERED = 512
_MOST = 1000
_DEPTH = 5


class Evidence:
    """The keeping of evidence of one archive. Raises OSError and sqlite3.Error."""

    def __init__(
        self, archive: Archive, retention: Retention, queries: Queries, signer: Signer | None = None
    ) -> None:
        """Begin with an archive just opened."""
        self._archive = archive
        self._looked_ns: int | None = None
        self._recent: dict[str, int] | None = None
        self._people: int | None = None
        self._writing = threading.Lock()
        self.holds = Holds(archive, retention)
        self.hours = Hours(archive, queries)
        self.seals = Seals(archive, lambda: retention.settings)
        self.heads = Heads(archive, self.seals, signer)

    def work(self, *, retired: bool = False) -> None:
        """Do what is due; called each second. On a `retired` volume holds are the business of the one in use."""
        self.seals.work()
        now = self._archive.env.monotonic_ns()
        if self._looked_ns is not None and now - self._looked_ns < _LOOK_NS:
            return
        self._looked_ns = now
        if retired:
            self.hours.finish()
        else:
            self.holds.look()
            self.hours.work()
        self.heads.work()

    # -- the ledger -------------------------------------------------------------------------

    @property
    def ledger_state(self) -> str:
        """Return good, missing or broken."""
        return self._archive.ledger.state.value

    def records(self, after: int, limit: int) -> list[Record]:
        """Return up to `limit` records behind record `after`."""
        found: list[Record] = []
        for record in self._archive.ledger.records(after + 1):
            found.append(record)
            if len(found) >= min(limit, _MOST):
                break
        return found

    def newest(self, kinds: Collection[str], limit: int) -> list[Record]:
        """Return up to `limit` records of some kinds, the newest first."""
        most = min(limit, _MOST)
        found = [
            record for kind in kinds for record in deque(self._archive.ledger.records(kind=kind), maxlen=most)
        ]
        return sorted(found, key=lambda record: -record.number)[:most]

    def write(self, kind: str, data: Mapping[str, object], idem: str) -> int:
        """Write a record of Home Assistant's side, once for each `idem`; returns its number.

        Raises RequestError("bad_value") for other kinds and for what is no ledger data.
        """
        if kind not in FOREIGN_KINDS:
            raise RequestError("bad_value", f"must be one of {', '.join(sorted(FOREIGN_KINDS))}", "k")
        told: dict[str, Json] = {name: plain(each) for name, each in data.items()}
        if len(canonical(told)) > MAX_RECORD // 4:
            raise RequestError("bad_value", "is too long", "d")
        with self._writing:
            recent = self._idem()
            if idem in recent:
                return recent[idem]
            self._archive.record([(kind, {**told, "idem": idem})])
            if kind == "people":
                self._people = None
            recent[idem] = self._archive.ledger.number
            return recent[idem]

    def people_generation(self) -> int | None:
        """Return the highest generation of people that was ever written, None when none was."""
        if self._people is None:
            found = [record.data.get("generation") for record in self._archive.ledger.records(kind="people")]
            self._people = max([0, *(each for each in found if isinstance(each, int))])
        return self._people or None

    def _idem(self) -> dict[str, int]:
        """Return the numbers of the last records of Home Assistant's side, by their `idem`."""
        if self._recent is None:
            first = max(1, self._archive.ledger.number - 20_000)
            self._recent = {
                str(record.data["idem"]): record.number
                for record in self._archive.ledger.records(first)
                if record.kind in FOREIGN_KINDS and "idem" in record.data
            }
        while len(self._recent) > _REMEMBERED:
            del self._recent[next(iter(self._recent))]
        return self._recent


def plain(value: object, depth: int = 0) -> Json:
    """Return what can stand in a record as it is: no fractions, not deep. Raises RequestError."""
    if depth <= _DEPTH:
        if value is None or isinstance(value, str | bool):
            return value
        if isinstance(value, int) and abs(value) < 1 << 63:
            return value
        if isinstance(value, list):
            return [plain(each, depth + 1) for each in value]
        if isinstance(value, dict):
            return {str(name): plain(each, depth + 1) for name, each in value.items()}
    raise RequestError("bad_value", "must be texts, whole numbers and lists of them", "d")
