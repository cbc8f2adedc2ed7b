"""What people wrote (reasons, purposes, recipients): in the engine's private folder, never in the archive.

The archive and its ledger get a salted hash. Forget the text, and nobody can guess it from the hash.
"""

import hashlib
import json
import secrets
import threading

from .errors import RequestError
from .keys import KeyPlace

_NAME = "evidence.json"
_MOST = 10_000
_SALT_BYTES = 16


class Texts:
    """Texts by their salted hash; any thread may ask."""

    def __init__(self, place: KeyPlace) -> None:
        """Keep texts in `place`."""
        self._place = place
        self._lock = threading.Lock()
        self._kept: dict[str, dict[str, str]] | None = None

    def keep(self, text: str) -> str:
        """Keep a text, durable; returns the hash (hex) that stands for it."""
        salt = secrets.token_hex(_SALT_BYTES)
        digest = hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()
        with self._lock:
            kept = self._all()
            if len(kept) >= _MOST:
                raise RequestError("too_many", f"{_MOST} texts are kept already")
            self._write({**kept, digest: {"salt": salt, "text": text}})
        return digest

    def text(self, digest: str) -> str | None:
        """Return a text by its hash, None when it is not (or no longer) known."""
        with self._lock:
            found = self._all().get(digest)
        return None if found is None else found["text"]

    def forget(self, digest: str) -> None:
        """Forget a text and its salt."""
        with self._lock:
            self._write({name: each for name, each in self._all().items() if name != digest})

    def _all(self) -> dict[str, dict[str, str]]:
        if self._kept is None:
            try:
                stored = json.loads(self._place.read(_NAME) or b"{}")
            except ValueError:
                stored = {}  # the texts are lost; what they stood for is not
            self._kept = {
                str(name): {"salt": str(each["salt"]), "text": str(each["text"])}
                for name, each in (stored.items() if isinstance(stored, dict) else [])
                if isinstance(each, dict) and each.keys() == {"salt", "text"}
            }
        return self._kept

    def _write(self, kept: dict[str, dict[str, str]]) -> None:
        self._place.write(_NAME, json.dumps(kept, ensure_ascii=False).encode())
        self._kept = kept
