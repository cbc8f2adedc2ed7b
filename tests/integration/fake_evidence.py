"""The part of the archive in memory that answers for evidence."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from custom_components.kindergarten.archive.evidence import (
    Administrator,
    CameraProof,
    Challenge,
    EvidenceArchive,
    EvidenceFile,
    EvidenceKind,
    Export,
    HeldFootage,
    HoldState,
    LedgerRecord,
    Pack,
    Proof,
    RecordKind,
    WantedExport,
    WantedHold,
    WantedPack,
    WantedVerify,
)
from custom_components.kindergarten.archive.protocol import (
    ArchiveRefused,
    ArchiveUnavailable,
    Job,
    LongTask,
    Media,
)


@dataclass
class FakeFile(Media):
    """A file of an export or a pack, whole or in part."""

    body: bytes
    status: int = 200
    content_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)

    async def read(self) -> bytes:
        """Return it whole."""
        return self.body

    async def chunks(self) -> AsyncIterator[bytes]:
        """Return it in one piece."""
        yield self.body


class FakeEvidence(EvidenceArchive):
    """Remembers what it was asked, and answers what the test says."""

    def __init__(self) -> None:
        """Begin with nothing held, nothing made, nothing proven."""
        self.held: list[WantedHold] = []
        self.refuse: str | None = None
        self.lifts: list[tuple[str, str, tuple[Administrator, ...]]] = []
        self.cancelled: list[tuple[str, str]] = []
        self.records: dict[str, tuple[RecordKind, Mapping[str, object]]] = {}
        self.written: list[tuple[str, Mapping[str, object]]] = []
        self.generations: list[int] = []
        self.confirmed: list[str] = []
        self.proven: Proof | None = None
        self.challenged: list[tuple[str, int]] = []
        self.shown = Challenge(played=True, ms=41, run=7, rel=1)
        self.exports: list[WantedExport] = []
        self.export_states: list[Export] = []
        self.verified: list[WantedVerify] = []
        self.packed: list[WantedPack] = []
        self.job_states: list[Job] = []
        self.removed: list[tuple[str, str]] = []
        self.made_files: dict[str, bytes] = {}
        self.made: tuple[Pack, ...] = ()
        self.long_tasks: tuple[LongTask, ...] = ()

    def prove(self, checked_us: int, **cameras: CameraProof) -> None:
        """Let the files prove something."""
        self.proven = Proof(checked_us=checked_us, cameras=cameras)

    def _no(self) -> None:
        if not getattr(self, "reachable", True):
            raise ArchiveUnavailable("nobody answers")
        if self.refuse:
            raise ArchiveRefused(self.refuse, f"it is {self.refuse}")

    async def holds(self) -> tuple[HeldFootage, ...]:
        """Return what was held."""
        self._no()
        return tuple(
            HeldFootage(
                uid=f"hold{number}",
                cameras=hold.cameras,
                t0_us=hold.t0_us,
                t1_us=hold.t1_us,
                state="held",
            )
            for number, hold in enumerate(self.held)
        )

    async def hold(self, wanted: WantedHold) -> str:
        """Hold."""
        self._no()
        self.held.append(wanted)
        return f"hold{len(self.held) - 1}"

    async def ask_lift(self, uid: str, by: str, administrators: tuple[Administrator, ...]) -> HoldState:
        """Begin to wait."""
        self._no()
        self.lifts.append((uid, by, administrators))
        return HoldState(state="lift_asked", not_before_us=1_795_259_200_000_000)

    async def cancel_lift(self, uid: str, by: str) -> HoldState:
        """End the waiting."""
        self._no()
        self.cancelled.append((uid, by))
        return HoldState(state="held")

    async def record(self, kind: RecordKind, details: Mapping[str, object], once: str) -> None:
        """Write down."""
        self._no()
        if kind == "people":
            self.generations.append(int(str(details["generation"])))
        else:
            self.records.setdefault(once, (kind, details))

    async def ledger(self, kinds: Collection[str], limit: int) -> tuple[LedgerRecord, ...]:
        """Return what was written down, the newest first."""
        self._no()
        found = [
            LedgerRecord(n=number, k=kind, t=1_795_000_000_000_000 + number, d=details)
            for number, (kind, details) in enumerate([*self.records.values(), *self.written], 1)
            if kind in kinds
        ]
        return tuple(reversed(found[-limit:]))

    async def people_generation(self) -> int | None:
        """Return the highest generation written down."""
        self._no()
        return max(self.generations, default=None)

    async def confirm_ledger(self, by: str) -> None:
        """Go on."""
        self._no()
        self.confirmed.append(by)

    async def proof(self, days: int) -> Proof:
        """Return what the test says."""
        if self.proven is None:
            raise ArchiveUnavailable("nothing is measured yet")
        return self.proven

    async def challenge(self, camera: str, at_us: int, by: str) -> Challenge:
        """Play."""
        self._no()
        self.challenged.append((camera, at_us))
        return self.shown

    async def start_export(self, wanted: WantedExport) -> str:
        """Begin."""
        self._no()
        self.exports.append(wanted)
        return "e1"

    async def export(self, export_id: str) -> Export:
        """Return how it is now; the last state stays."""
        self._no()
        return self.export_states.pop(0) if len(self.export_states) > 1 else self.export_states[0]

    async def remove_evidence(self, kind: EvidenceKind, evidence_id: str) -> None:
        """Remove."""
        self.removed.append((kind, evidence_id))

    async def start_verify(self, wanted: WantedVerify) -> str:
        """Begin."""
        self._no()
        self.verified.append(wanted)
        return "j1"

    async def start_pack(self, wanted: WantedPack) -> str:
        """Begin."""
        self._no()
        self.packed.append(wanted)
        return "j1"

    async def job(self, job_id: str) -> Job:
        """Return how it is now; the last state stays."""
        self._no()
        if not self.job_states:
            return Job(id=job_id, kind="recheck", state="done", done=1.0, detail="")
        return self.job_states.pop(0) if len(self.job_states) > 1 else self.job_states[0]

    async def cancel_job(self, job_id: str) -> None:
        """End."""
        self.removed.append(("jobs", job_id))

    async def tasks(self) -> tuple[LongTask, ...]:
        """Return what the test says."""
        self._no()
        return self.long_tasks

    async def packs(self) -> tuple[Pack, ...]:
        """Return the packs there are."""
        self._no()
        return self.made

    @asynccontextmanager
    async def open_evidence(
        self, kind: EvidenceKind, evidence_id: str, name: str, byte_range: str | None = None
    ) -> AsyncIterator[Media]:
        """Serve a file, or the first half of it for a range."""
        self._no()
        if (body := self.made_files.get(f"{kind}/{evidence_id}/{name}")) is None:
            raise ArchiveRefused("not_found", "nothing there")
        if byte_range:
            part = body[: len(body) // 2]
            headers = {"Content-Range": f"bytes 0-{len(part) - 1}/{len(body)}"}
            yield FakeFile(part, 206, headers=headers)
        else:
            yield FakeFile(body)


def done(*files: tuple[str, int]) -> Export:
    """Return an export that is finished."""
    return Export(
        id="e1", state="done", progress=1.0, files=tuple(EvidenceFile(name=n, bytes=b) for n, b in files)
    )
