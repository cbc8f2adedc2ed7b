"""The login of an RTSP server: Basic and Digest with MD5 (RFC 2617, as cameras do it)."""

import base64
from dataclasses import dataclass, field
from enum import StrEnum
import hashlib
import re
import secrets


class Auth(StrEnum):
    """How a camera asks for the login."""

    NONE = "none"
    BASIC = "basic"
    DIGEST = "digest"


@dataclass
class Login:
    """The login a camera wants now; it may change while the camera runs."""

    auth: Auth
    user: str
    password: str
    nonce: str = field(default_factory=lambda: secrets.token_hex(16))
    realm: str = "camera"

    def challenge(self) -> str:
        """Return the value of WWW-Authenticate."""
        if self.auth is Auth.BASIC:
            return f'Basic realm="{self.realm}"'
        return f'Digest realm="{self.realm}", nonce="{self.nonce}"'

    def accepts(self, method: str, authorization: str) -> bool:
        """Tell whether a request with this Authorization header may pass."""
        if self.auth is Auth.NONE:
            return True
        scheme, _, rest = authorization.partition(" ")
        if scheme.lower() != self.auth:
            return False
        if self.auth is Auth.BASIC:
            return rest.strip() == base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', rest))
        return given.get("nonce") == self.nonce and given.get("response") == self._response(method, given)

    def _response(self, method: str, given: dict[str, str]) -> str:
        secret = _md5(f"{self.user}:{self.realm}:{self.password}")
        request = _md5(f"{method}:{given.get('uri', '')}")
        return _md5(f"{secret}:{self.nonce}:{request}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
