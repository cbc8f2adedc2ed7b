"""The names that a phone knows things by: its own alone, so that two phones have nothing to compare."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
import hashlib
import hmac
import secrets
from typing import Final, Literal

from ..engine.people.records import Device

type Kind = Literal["room", "child", "device"]

_BYTES: Final = 16


class OpaqueIds:
    """Names things by a key that lives as long as the kindergarten is loaded; pages ask anew then."""

    def __init__(self, key: bytes | None = None) -> None:
        """Begin with a key of our own, or with the one given."""
        self._key = key or secrets.token_bytes(32)

    def of(self, device: Device, kind: Kind, real_id: str) -> str:
        """Return what this phone calls a thing."""
        text = "\0".join((device.id, kind, real_id)).encode()
        return urlsafe_b64encode(hmac.digest(self._key, text, hashlib.sha256)[:_BYTES]).decode().rstrip("=")

    def find(self, device: Device, kind: Kind, name: object, among: Iterable[str]) -> str | None:
        """Return which of the things that this phone may know it calls by that name."""
        if not isinstance(name, str):
            return None
        return next((real for real in among if self.of(device, kind, real) == name), None)
