"""Where a Frigate server is, and how to tell that it is the right one."""

from dataclasses import dataclass, field
import hashlib
import ssl
from typing import Literal
from urllib.parse import urlsplit

type Trust = Literal["verify", "pin", "any"]
"""Whether its certificate is verified as usual, must be the known one, or may be any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """An address (`scheme://host:port`, nothing after it) and a login; no `user` for port 5000.

    `fingerprint` is the SHA-256 of the certificate in hex, for trust "pin".
    """

    url: str
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    trust: Trust = "verify"
    fingerprint: str | None = None

    @property
    def host(self) -> str:
        """Return the name or number of the machine."""
        return urlsplit(self.url).hostname or ""


def fingerprint_of(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate (DER) in hex."""
    return hashlib.sha256(certificate).hexdigest()


def unverified() -> ssl.SSLContext:
    """Return a context that takes any certificate: whoever pins one compares it afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
