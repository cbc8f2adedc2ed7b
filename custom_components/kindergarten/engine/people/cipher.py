"""Keeps names unreadable in the database, and secrets unguessable from it. The key lies apart."""

from collections.abc import Callable
import hashlib
import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..place import Place
from .errors import PeopleError

KEY_NAME: Final = "people.key"
KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12

type TokenBytes = Callable[[int], bytes]


class Cipher:
    """AES-256-GCM for single fields, each bound to its table, column and row; keyed hashes for secrets."""

    def __init__(self, key: bytes, token_bytes: TokenBytes) -> None:
        """Use a key of 32 bytes; `token_bytes` gives random ones."""
        self._fields = AESGCM(_derive(key, b"fields"))
        self._secrets = _derive(key, b"secrets")
        self._token_bytes = token_bytes

    def seal(self, table: str, column: str, row: str, text: str) -> bytes:
        """Return a text as it is stored."""
        nonce = self._token_bytes(_NONCE_BYTES)
        return nonce + self._fields.encrypt(nonce, text.encode(), _place(table, column, row))

    def open(self, table: str, column: str, row: str, stored: bytes) -> str:
        """Return a stored text; raises PeopleError("damaged") for what was not sealed for this place."""
        try:
            nonce, sealed = stored[:_NONCE_BYTES], stored[_NONCE_BYTES:]
            return self._fields.decrypt(nonce, sealed, _place(table, column, row)).decode()
        except (InvalidTag, ValueError, TypeError) as error:
            raise PeopleError("damaged") from error

    def digest(self, *parts: str) -> bytes:
        """Return a keyed hash, which cannot be guessed from a copy of the database alone."""
        encoded = [part.encode(errors="surrogatepass") for part in parts]
        joined = b"".join(len(part).to_bytes(4) + part for part in encoded)
        return hmac.digest(self._secrets, joined, hashlib.sha256)

    def matches(self, stored: bytes, *parts: str) -> bool:
        """Compare a keyed hash in the same time whatever it is."""
        return hmac.compare_digest(stored, self.digest(*parts))


def read_key(place: Place) -> bytes | None:
    """Return the key, None when there is none; raises PeopleError("key_damaged")."""
    text = place.read(KEY_NAME)
    if text is None:
        return None
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise PeopleError("key_damaged")
    return key


def make_key(place: Place, token_bytes: TokenBytes) -> bytes:
    """Make the key; raises OSError."""
    key = token_bytes(KEY_BYTES)
    place.write(KEY_NAME, key.hex().encode() + b"\n")
    return key


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, b"kindergarten-people-1\n" + purpose, hashlib.sha256)


def _place(table: str, column: str, row: str) -> bytes:
    return f"{table}/{column}/{row}".encode()
