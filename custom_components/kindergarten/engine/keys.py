"""The archive's private key: in the engine's state folder (0600), never in the archive, used only by the worker."""

from collections.abc import Callable
from typing import Protocol

from .errors import RequestError

SEED_BYTES = 32
_KEY = "key"
_NEXT = "key.next"

type Sign = Callable[[bytes, bytes], tuple[bytes, bytes]]
"""Takes private key and message, returns signature and public key; raises RequestError."""


class KeyPlace(Protocol):
    """The private folder: files there are readable for their owner only, and survive a power cut."""

    def read(self, name: str) -> bytes | None:
        """Return a file, None without one."""

    def write(self, name: str, data: bytes) -> None:
        """Replace a file."""

    def remove(self, name: str) -> None:
        """Remove a file, if there is one."""


class Keys:
    """Makes the key when it is first needed and has the worker sign with it."""

    def __init__(self, place: KeyPlace, sign: Sign, token: Callable[[int], str]) -> None:
        """Keep keys in `place`; `token` returns random bytes as hex."""
        self._place = place
        self._sign = sign
        self._token = token
        self._publics: dict[bytes, bytes] = {}

    def public(self) -> bytes:
        """Return the public key (32 bytes); raises RequestError."""
        return self._public(self._seed())

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a message; raises RequestError."""
        return self._sign(self._seed(), message)[0]

    def next_public(self) -> bytes | None:
        """Return the public key that is to follow, None unless one was begun; raises RequestError."""
        seed = self._read(_NEXT)
        return None if seed is None else self._public(seed)

    def begin_next(self) -> bytes:
        """Make the key that is to follow; returns its public key. Raises RequestError."""
        return self._public(self._make(_NEXT))

    def take_next(self) -> None:
        """Use the key that was to follow from now on."""
        seed = self._read(_NEXT)
        if seed is not None:
            self._write(_KEY, seed)
            self._place.remove(_NEXT)

    def _seed(self) -> bytes:
        return self._read(_KEY) or self._make(_KEY)

    def _make(self, name: str) -> bytes:
        seed = bytes.fromhex(self._token(SEED_BYTES))
        self._write(name, seed)
        return seed

    def _read(self, name: str) -> bytes | None:
        text = self._place.read(name)
        if text is None:
            return None
        try:
            seed = bytes.fromhex(text.decode("ascii").strip())
        except ValueError:
            seed = b""
        if len(seed) != SEED_BYTES:
            raise RequestError("key_damaged", "the private key cannot be read")
        return seed

    def _write(self, name: str, seed: bytes) -> None:
        self._place.write(name, seed.hex().encode() + b"\n")

    def _public(self, seed: bytes) -> bytes:
        if seed not in self._publics:
            self._publics = {seed: self._sign(seed, b"")[1]}
        return self._publics[seed]
