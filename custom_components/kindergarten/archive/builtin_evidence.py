"""The part of our engine's client that asks for evidence."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Final, override
from urllib.parse import quote

import aiohttp

from . import wire
from .connection import Connection
from .evidence import (
    Administrator,
    Challenge,
    EvidenceArchive,
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
from .models import Job, LongTask
from .said import ArchiveUnavailable, Media

_SLOW_S: Final = 120.0
"""Looking at the files of a month takes its time."""
_FILE: Final = aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=60)


class EvidenceClient(Connection, EvidenceArchive):
    """Asks over whatever connection the rest of the client has."""

    @abstractmethod
    def _media(self, response: aiohttp.ClientResponse) -> Media:
        """Return an open answer as a file."""

    @override
    async def holds(self) -> tuple[HeldFootage, ...]:
        return wire.decode_list(HeldFootage, await self._ask("GET", "holds"))

    @override
    async def hold(self, wanted: WantedHold) -> str:
        return wire.text(await self._ask("POST", "holds", body=_body(wanted)), "uid")

    @override
    async def ask_lift(self, uid: str, by: str, administrators: tuple[Administrator, ...]) -> HoldState:
        body = {"by": by, "administrators": [asdict(person) for person in administrators]}
        return wire.decode(HoldState, await self._ask("POST", f"holds/{uid}/lift", body=body))

    @override
    async def cancel_lift(self, uid: str, by: str) -> HoldState:
        answer = await self._ask("POST", f"holds/{uid}/cancel_lift", body={"by": by})
        return wire.decode(HoldState, {"state": "held", **(answer if isinstance(answer, dict) else {})})

    @override
    async def record(self, kind: RecordKind, details: Mapping[str, object], once: str) -> None:
        await self._ask("POST", "ledger", body={"k": kind, "d": dict(details), "idem": once})

    @override
    async def ledger(self, kinds: Collection[str], limit: int) -> tuple[LedgerRecord, ...]:
        params: dict[str, str | int] = {"kinds": ",".join(kinds), "limit": limit}
        answer = await self._ask("GET", "ledger", params=params)
        if not isinstance(answer, dict):
            raise ArchiveUnavailable("bad answer: ledger")
        return wire.decode_list(LedgerRecord, answer.get("records"))

    @override
    async def people_generation(self) -> int | None:
        answer = await self._ask("GET", "ledger/people")
        found = answer.get("generation", "") if isinstance(answer, dict) else ""
        if found is not None and (not isinstance(found, int) or found < 1):
            raise ArchiveUnavailable("bad answer: generation")
        return found

    @override
    async def confirm_ledger(self, by: str) -> None:
        await self._ask("POST", "ledger/confirm", body={"by": by})

    @override
    async def proof(self, days: int) -> Proof:
        return wire.decode(Proof, await self._ask("GET", "proof", params={"days": days}, limit_s=_SLOW_S))

    @override
    async def challenge(self, camera: str, at_us: int, by: str) -> Challenge:
        body = {"camera": camera, "at_us": at_us, "by": by}
        return wire.decode(Challenge, await self._ask("POST", "challenge", body=body))

    @override
    async def start_export(self, wanted: WantedExport) -> str:
        return wire.text(await self._ask("POST", "exports", body=_body(wanted)), "id")

    @override
    async def export(self, export_id: str) -> Export:
        return wire.decode(Export, await self._ask("GET", f"exports/{export_id}"))

    @override
    async def remove_evidence(self, kind: EvidenceKind, evidence_id: str) -> None:
        await self._ask("DELETE", f"{kind}/{evidence_id}")

    @override
    async def start_verify(self, wanted: WantedVerify) -> str:
        return wire.text(await self._ask("POST", "jobs", body={"kind": "verify", **asdict(wanted)}), "id")

    @override
    async def start_pack(self, wanted: WantedPack) -> str:
        return wire.text(await self._ask("POST", "jobs", body={"kind": "pack", **_body(wanted)}), "id")

    @override
    async def job(self, job_id: str) -> Job:
        answer = await self._ask("GET", f"jobs/{job_id}")
        if isinstance(answer, dict):
            told = {"id": job_id, "kind": "", "detail": "", "done": answer.get("progress")}
            answer = {**told, **answer}
        return wire.decode(Job, answer)

    @override
    async def cancel_job(self, job_id: str) -> None:
        await self._ask("DELETE", f"jobs/{job_id}")

    @override
    async def tasks(self) -> tuple[LongTask, ...]:
        return wire.decode_list(LongTask, await self._ask("GET", "jobs"))

    @override
    async def packs(self) -> tuple[Pack, ...]:
        return wire.decode_list(Pack, await self._ask("GET", "packs"))

    @override
    @asynccontextmanager
    async def open_evidence(
        self, kind: EvidenceKind, evidence_id: str, name: str, byte_range: str | None = None
    ) -> AsyncIterator[Media]:
        route = f"{kind}/{quote(evidence_id, safe='')}/{quote(name)}"
        headers = {"Range": byte_range} if byte_range else None
        async with self._open("GET", route, timeout=_FILE, headers=headers) as response:
            yield self._media(response)


def _body(wanted: WantedHold | WantedExport | WantedPack) -> dict[str, object]:
    return asdict(wanted)
