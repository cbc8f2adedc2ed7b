"""Heads: once a local day, after its seal, the ledger's last hash is signed, so that it can leave the house."""

from dataclasses import dataclass
import hashlib
import logging
import threading
from typing import Protocol

from ...errors import RequestError
from ...ledger import signed
from ...ledger.chain import Json, canonical
from ...ledger.seal import code
from .archive import Archive
from .seals import Seals

_LOGGER = logging.getLogger(__name__)
KEYS = "keys.jsonl"
_TRIES = 5
_RETRY_NS = 600_000_000_000


class Signer(Protocol):
    """Holds the private key and signs; all methods raise RequestError when that is not possible now."""

    def public(self) -> bytes:
        """Return the public key (32 bytes)."""

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) of a message."""

    def next_public(self) -> bytes | None:
        """Return the public key that is to follow, None unless one was begun."""

    def begin_next(self) -> bytes:
        """Make the key that is to follow, durable beside the present one; returns its public key."""

    def take_next(self) -> None:
        """Use the key that was to follow from now on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadView:
    """The ledger's head: of the last signed day, or (day None) as it is now. `code` is for people.

    `signed_n`: records up to this one are signed (0: none yet).
    """

    n: int
    h: str
    code: str
    day: str | None
    key: str | None
    signed_n: int


class Heads:
    """The signed heads of one archive. Raises OSError and sqlite3.Error."""

    def __init__(self, archive: Archive, seals: Seals, signer: Signer | None) -> None:
        """Sign with `signer`; without one nothing is signed."""
        self._archive = archive
        self._seals = seals
        self._signer = signer
        self._wait_until_ns = 0
        self._key_in_use = threading.Lock()

    def work(self) -> None:
        """Sign the head of the last day that is sealed, if that was not done."""
        now_ns = self._archive.env.monotonic_ns()
        day = None if self._signer is None or now_ns < self._wait_until_ns else self._seals.due
        if day is None or self._archive.catalog.one(
            "SELECT 1 FROM head WHERE day = ? OR ledger_n = ?", (day.name, self._archive.ledger.number)
        ):
            return  # signed, or nothing came since: an old volume is not written to every day
        try:
            with self._key_in_use:  # a new key is asked for in another thread
                self.sign(day.name)
        except RequestError as error:
            self._wait_until_ns = now_ns + _RETRY_NS
            _LOGGER.warning("The head of %s is not signed yet: %s", day.name, error)

    def sign(self, day: str) -> None:
        """Sign the ledger as it is now as the head of a day. Raises RequestError."""
        archive, signer = self._archive, self._signer
        if signer is None:
            raise RequestError("unavailable", "there is no key")
        fingerprint = self._announce(signer)
        for _ in range(_TRIES):
            with archive.recording:
                number, digest = archive.ledger.number, archive.ledger.head
            data: dict[str, Json] = {"day": day, "n": number, "h": digest, "key": fingerprint}
            data["sig"] = signer.sign(signed.head_message(archive.archive_id, data)).hex()
            if not archive.record([("head", data)], after=number):
                continue  # something happened while it was signed
            archive.emit("head", None, {"day": day, "n": number, "h": digest, "code": code(digest)})
            return
        raise RequestError("busy", "the ledger does not stand still")

    def view(self) -> HeadView:
        """Return the last signed head, or the ledger's own while none is signed."""
        row = self._archive.catalog.one("SELECT day, n, h, key FROM head ORDER BY ledger_n DESC LIMIT 1")
        if row is None:
            return self.now()
        return HeadView(n=row[1], h=row[2], code=code(row[2]), day=row[0], key=row[3], signed_n=row[1])

    def now(self) -> HeadView:
        """Return the ledger's head as it is now."""
        archive = self._archive
        with archive.recording:
            number, digest = archive.ledger.number, archive.ledger.head
        row = archive.catalog.one("SELECT n FROM head ORDER BY ledger_n DESC LIMIT 1")
        return HeadView(
            n=number, h=digest, code=code(digest), day=None, key=archive.catalog.meta("key"), signed_n=row[0] if row else 0
        )  # fmt: skip

    def rotate(self) -> str:
        """Use a new key from now on, signed by the present one; returns its fingerprint. Raises RequestError."""
        signer = self._signer
        if signer is None:
            raise RequestError("unavailable", "there is no key")
        with self._key_in_use:
            return self._rotate(signer)

    def _rotate(self, signer: Signer) -> str:
        old = self._announce(signer)
        public = signer.begin_next()
        data: dict[str, Json] = {"public": public.hex(), "fingerprint": fingerprint_of(public), "by": old}
        data["sig"] = signer.sign(signed.key_message(self._archive.archive_id, data)).hex()
        self._archive.record([("key", data)])
        return self._announce(signer)

    # -- keys -------------------------------------------------------------------------------

    def _announce(self, signer: Signer) -> str:
        """Have the ledger and the volume know the key that signs now; returns its fingerprint.

        A key whose turn came just before a crash is taken now. Where the key before is lost, the new
        one is not vouched for, and the record says so.
        """
        last = self._archive.catalog.meta("key")
        following = signer.next_public()
        if following is not None and last == fingerprint_of(following):
            signer.take_next()
        public = signer.public()
        fingerprint = fingerprint_of(public)
        if last != fingerprint:
            data: dict[str, Json] = {
                "public": public.hex(),
                "fingerprint": fingerprint,
                "by": None,
                "sig": None,
            }
            self._archive.record([("key", data)])
        self._publish()
        return fingerprint

    def _publish(self) -> None:
        """Keep a copy of the public keys in the volume; one that was changed is left as it is, for the verifier."""
        archive = self._archive
        lines = [
            canonical({"archive": archive.archive_id, **record.data}) + b"\n"
            for record in archive.ledger.records()
            if record.kind == "key"
        ]
        path, content = archive.volume.at(KEYS), b"".join(lines)
        there = archive.env.fs.read(path) if archive.env.fs.exists(path) else b""
        if there != content and content.startswith(there):
            archive.env.fs.replace(path, content)


def fingerprint_of(public: bytes) -> str:
    """Return what names a public key."""
    return hashlib.sha256(public).hexdigest()
