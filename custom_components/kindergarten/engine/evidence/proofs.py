"""What goes with handed-out footage to prove it: ledger excerpt, seals, keys, manifest and signature."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
import hashlib
from typing import Any

from ..ledger.chain import Json, Record, canonical, encode
from ..ledger.seal import SealedFile, seal_name
from ..ledger.signed import manifest_message
from ..ledger.verify import Chain, check_signatures, read_chain, read_seals
from . import ed25519
from .folder import Folder
from .reading import Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """An Ed25519 signature and the public key that it belongs to."""

    public: bytes
    signature: bytes


type Sign = Callable[[bytes], Signature | None]
"""Signs a message, or says that there is no key at hand."""


class Proofs:
    """The evidence of one archive as it is now. Raises OSError."""

    def __init__(self, reading: Reading, sign: Sign | None) -> None:
        """Read ledger and seals."""
        self._reading = reading
        self._sign = sign
        self.salt = reading.env.token(16)
        self.signed = False
        self.chain: Chain = read_chain(reading.ledger())
        self._sealed = read_seals(self.chain, reading.seal)
        self._signatures = check_signatures(self.chain, reading.archive_id, ed25519.verify)

    def unsealed(self, paths: Iterable[str]) -> list[str]:
        """Return the files that no seal vouches for (yet)."""
        return [path for path in paths if path not in self._sealed.files]

    def add_evidence(self, folder: Folder, first: int, t0: int, t1: int, paths: Iterable[str]) -> None:
        """Write the ledger from a record on, and the seals that vouch for files, into a folder."""
        records = [record for record in self.chain.records if record.number >= first]
        folder.add("ledger.jsonl", b"".join(line(record) + b"\n" for record in records))
        wanted = {self._sealed.files[path].t0 for path in paths if path in self._sealed.files} | {t0, t1}
        for name in self._seals(min(wanted), max(wanted)):
            content = self._reading.seal(name)
            if content is not None:
                folder.add(f"seals/{name}", content)

    def _seals(self, t0: int, t1: int) -> list[str]:
        """Return the seals of the days that touch a stretch."""
        names = []
        for record in self.chain.records:
            if record.kind == "seal":
                start = midnight(record)
                if start <= t1 and start + 90_000_000_000 > t0:
                    names.append(seal_name(str(record.data["day"]), _whole(record.data.get("part"), 1)))
        return names

    def first_after(self, t0: int) -> int:
        """Return the number of the first record that was written after a time, the last one's at most."""
        later = (record.number for record in self.chain.records if record.time_us >= t0)
        return next(later, self.chain.number)

    def custody(
        self, paths: Iterable[str], by: str, others: Iterable[dict[str, Any]] = ()
    ) -> list[dict[str, Any]]:
        """Return who had the footage when: recorded, sealed, now handed out; `others` are steps of others' footage."""
        files = [self._sealed.files[path] for path in paths if path in self._sealed.files]
        steps = [*_recorded(files), *others]
        days = {file.path: file.t0 for file in files}
        for record in self.chain.records:
            if record.kind == "seal" and any(midnight(record) <= t0 < record.time_us for t0 in days.values()):
                steps.append({"t": record.time_us, "what": "sealed", "by": f"ledger {record.number}"})
                days = {path: t0 for path, t0 in days.items() if not midnight(record) <= t0 < record.time_us}
        steps.append({"t": self._reading.env.realtime_ns() // 1000, "what": "exported", "by": by})
        return sorted(steps, key=lambda step: step["t"])

    def seal_manifest(self, folder: Folder, body: dict[str, Any]) -> str:
        """Complete a manifest, write and sign it; returns its SHA-256.

        Without a key it is unsigned and says so (`signed` false, `signer` null).
        """
        trial = None if self._sign is None else self._sign(b"kindergarten-trial\n")
        signer = None if trial is None else hashlib.sha256(trial.public).hexdigest()
        if trial is not None:
            key = canonical({"public": trial.public.hex(), "fingerprint": signer})
            folder.add("key.json", key)
            body["files"]["key.json"] = {"bytes": len(key), "sha256": hashlib.sha256(key).hexdigest()}
        seal = next((record for record in reversed(self.chain.records) if record.kind == "seal"), None)
        limits = [*body["limits"], *([] if signer else ["not_signed"])]
        content = canonical(
            {
                **body, "limits": limits, "signer": signer, "signed": signer is not None,
                "signed_to": self._signatures.signed_n, "head": {"n": self.chain.number, "h": self.chain.head},
                "offset_s": _whole(seal.data.get("offset_s"), 0) if seal is not None else 0, "keys": self.keys(),
            }
        )  # fmt: skip
        folder.add("manifest.json", content)
        if self._sign is not None and trial is not None:
            made = self._sign(manifest_message(content))
            if made is not None:
                folder.add("manifest.sig", made.signature.hex().encode())
                self.signed = True
        return hashlib.sha256(content).hexdigest()

    def keys(self) -> list[dict[str, Json]]:
        """Return the archive's public keys as its ledger has them, oldest first."""
        wanted = ("public", "fingerprint", "by", "sig")
        return [
            {name: record.data.get(name) for name in wanted}
            for record in self.chain.records
            if record.kind == "key"
        ]


def line(record: Record) -> bytes:
    """Return a record's line as it stands in the ledger."""
    return encode(record.number, record.kind, record.epoch, record.time_us, record.data, record.before)[0]


def _recorded(files: Iterable[SealedFile]) -> list[dict[str, Any]]:
    ends = [file.t1 for file in files]
    return [{"t": max(ends), "what": "recorded", "by": "engine"}] if ends else []


def midnight(record: Record) -> int:
    """Return when the local day of a seal began (UTC µs)."""
    day = str(record.data.get("day"))
    return _utc(day) - _whole(record.data.get("offset_s"), 0) * 1_000_000


def _utc(day: str) -> int:
    return int(datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).timestamp()) * 1_000_000


def _whole(value: Json, default: int) -> int:
    return value if isinstance(value, int) else default
