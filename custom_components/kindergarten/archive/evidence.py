"""The words of evidence: holds, proofs, exports, packs and the ledger, beside `models.py`.

Times end in `_us`: microseconds since 1970 in UTC. `None` means "not known".
"""

from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from .models import Job, LongTask
from .said import Media

type EvidenceKind = Literal["exports", "packs"]
type VerifyDepth = Literal["quick", "sample", "full"]
type RecordKind = Literal["view", "request", "inspection", "people"]

RUNNING: Final = "running"
DONE: Final = "done"


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldState:
    """What a hold has become; lifting it is not possible before `not_before_us`.

    `second_needed` is whether another administrator has to agree, `approved` whether one did.
    """

    state: str
    not_before_us: int | None = None
    second_needed: bool | None = None
    approved: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldFootage:
    """A stretch of some cameras that may not be deleted.

    `by` is an opaque id; `state` is held, lift_asked or lifted; `until_us` is `None` for a hold
    that lasts until it is lifted.
    """

    uid: str
    cameras: tuple[str, ...]
    t0_us: int
    t1_us: int
    until_us: int | None = None
    reason: str | None = None
    by: str | None = None
    state: str
    not_before_us: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedHold:
    """A hold to be made; `automation` is one that no person made."""

    cameras: tuple[str, ...]
    t0_us: int
    t1_us: int
    until_us: int | None
    reason: str
    by: str
    automation: bool
    incident: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Administrator:
    """Somebody who could agree, by an opaque id, and since when (µs) they could."""

    id: str
    since_us: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedVerify:
    """A look for damage. `head` (hash or 20 digits, `n` its number) and `fingerprint` are known from outside."""

    depth: VerifyDepth
    head: str | None = None
    n: int | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedExport:
    """Footage to be handed out, why and to whom; `exact` cuts at the picture by encoding anew."""

    cameras: tuple[str, ...]
    t0_us: int
    t1_us: int
    purpose: str
    recipient: str
    by: str
    exact: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceFile:
    """A file of an export or a pack, by its path inside of it."""

    name: str
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """An export: `state` is running, done, failed or cancelled; `progress` is 0..1."""

    id: str
    state: str
    progress: float | None = None
    files: tuple[EvidenceFile, ...] = ()
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedPack:
    """An inspection pack to be made. `names` are the labels of uids, for full packs only."""

    from_us: int
    to_us: int
    languages: tuple[str, ...]
    mode: Literal["hand_over", "full"]
    by: str
    names: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """An inspection pack that lies in the archive."""

    id: str
    made_us: int | None = None
    mode: str | None = None
    files: tuple[EvidenceFile, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """Whether one moment of one camera could be read, and how long that took."""

    played: bool
    ms: int | None = None
    run: int | None = None
    rel: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraProof:
    """What files on the disk prove of a camera; gaps are unplanned ones of the period.

    `coverage` has, for each local day, the seconds recorded and the seconds that need not be. `unmeasured_days`
    nobody can speak of now: they are on a volume that is not there.
    """

    days_proven: int | None = None
    longest_gap_s: float | None = None
    longest_gap_at_us: int | None = None
    oldest_us: int | None = None
    coverage: tuple[tuple[float, ...], ...] = ()
    unmeasured_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What was found when the files were looked at, at `checked_us`."""

    checked_us: int
    cameras: Mapping[str, CameraProof]


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRecord:
    """One record of the ledger: its number, kind, time (µs) and what it says."""

    n: int
    k: str
    t: int
    d: Mapping[str, object]


class EvidenceArchive(Protocol):
    """Whoever keeps the footage, asked for evidence; errors are those of `Archive`."""

    async def holds(self) -> tuple[HeldFootage, ...]:
        """Return every hold, lifted ones too while they are known."""

    async def hold(self, wanted: WantedHold) -> str:
        """Keep a stretch from deletion and return the hold's uid."""

    async def ask_lift(self, uid: str, by: str, administrators: tuple[Administrator, ...]) -> HoldState:
        """Ask for a hold to be lifted, or agree to it; it is lifted after its time only."""

    async def cancel_lift(self, uid: str, by: str) -> HoldState:
        """Keep a hold whose lifting was asked for."""

    async def record(self, kind: RecordKind, details: Mapping[str, object], once: str) -> None:
        """Write into the ledger what only we know; the same `once` is written once."""

    async def ledger(self, kinds: Collection[str], limit: int) -> tuple[LedgerRecord, ...]:
        """Return up to `limit` (≤ 1000) records of some kinds, the newest first."""

    async def people_generation(self) -> int | None:
        """Return the highest generation of people in the ledger, None when there never was one."""

    async def confirm_ledger(self, by: str) -> None:
        """Accept a broken ledger, so that deletion works again."""

    async def proof(self, days: int) -> Proof:
        """Look at the files and return what they prove of so many days."""

    async def challenge(self, camera: str, at_us: int, by: str) -> Challenge:
        """Find and read one moment."""

    async def start_export(self, wanted: WantedExport) -> str:
        """Begin an export and return its id."""

    async def export(self, export_id: str) -> Export:
        """Return how an export is."""

    async def remove_evidence(self, kind: EvidenceKind, evidence_id: str) -> None:
        """Cancel an export that is being made, or delete one or a pack."""

    async def start_verify(self, wanted: WantedVerify) -> str:
        """Begin to look for damage and return the job's id."""

    async def start_pack(self, wanted: WantedPack) -> str:
        """Begin an inspection pack and return the job's id."""

    async def job(self, job_id: str) -> Job:
        """Return how a long task is."""

    async def cancel_job(self, job_id: str) -> None:
        """End a long task; what it was making is removed."""

    async def tasks(self) -> tuple[LongTask, ...]:
        """Return the exports, packs and verifications that run, and the last ones that ended; newest last."""

    async def packs(self) -> tuple[Pack, ...]:
        """Return the packs in the archive."""

    def open_evidence(
        self, kind: EvidenceKind, evidence_id: str, name: str, byte_range: str | None = None
    ) -> AbstractAsyncContextManager[Media]:
        """Open a file of an export or a pack; `byte_range` is a `Range` header."""
