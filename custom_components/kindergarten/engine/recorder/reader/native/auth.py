"""Logins of RTSP: Basic and Digest (RFC 7617, RFC 2617, RFC 7616), as cameras ask for them."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
import hashlib
import re

# Begins with a word and gives nothing back: a camera may say 4 kB without any "=".
_PARAMETER = re.compile(r'(?<![\w-])([\w-]++)\s*+=\s*+(?:"([^"]*)"|([^\s,"]+))')
_SCHEME = re.compile(r'(?:^|,\s*)(Basic|Digest)\s+(?=[\w-]+\s*=|")', re.IGNORECASE)
_HASHES: dict[str, Callable[[bytes], str]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}
_STRENGTH = ("SHA-256", "MD5")


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """How a camera asks for the login. `algorithm` is "" for Basic; `stale`: only the nonce is too old."""

    algorithm: str
    realm: str
    nonce: str = ""
    opaque: str | None = None
    session: bool = False
    qop: bool = False
    stale: bool = False


def challenge(headers: Sequence[str]) -> Challenge | None:
    """Return the best challenge of WWW-Authenticate headers that we can answer, None without one."""
    found = [each for header in headers for each in _challenges(header[:4096])]
    digests = [each for each in found if each.algorithm]
    digests.sort(key=lambda each: _STRENGTH.index(each.algorithm))
    return next(iter(digests), found[0] if found else None)


def _challenges(header: str) -> list[Challenge]:
    starts = list(_SCHEME.finditer(header))
    ends = [*(start.start() for start in starts), len(header)]
    found = []
    for start, end in zip(starts, ends[1:], strict=True):
        given = {
            name.lower(): quoted or plain
            for name, quoted, plain in _PARAMETER.findall(header[start.end() : end])
        }
        if start[1].lower() == "basic":
            found.append(Challenge(algorithm="", realm=given.get("realm", "")))
            continue
        algorithm = given.get("algorithm", "MD5").upper()
        offered = [each.strip().lower() for each in given.get("qop", "").split(",") if each.strip()]
        if algorithm.removesuffix("-SESS") not in _HASHES or (offered and "auth" not in offered):
            continue
        found.append(
            Challenge(
                algorithm=algorithm.removesuffix("-SESS"),
                session=algorithm.endswith("-SESS"),
                realm=given.get("realm", ""),
                nonce=given.get("nonce", ""),
                opaque=given.get("opaque"),
                qop=bool(offered),
                stale=given.get("stale", "").lower() == "true",
            )
        )
    return found


class Login:
    """A login and how the camera wants to hear it."""

    def __init__(self, user: str, secret: str, token: Callable[[int], str]) -> None:
        """Use `token` for random bytes as hex."""
        self._user = user
        self._secret = secret
        self._token = token
        self._challenge: Challenge | None = None
        self._count = 0
        self._worked = False

    def accepted(self) -> None:
        """Hear that a request with the login was answered."""
        self._worked = self._challenge is not None

    def asked(self, headers: Sequence[str]) -> bool:
        """Hear that the camera wants a login; tells whether to ask once more with it.

        A login that was just refused is not said again: cameras lock accounts. A nonce that became too
        old is another matter.
        """
        wanted = challenge(headers)
        if wanted is None or not (self._user or self._secret):
            return False
        before, self._challenge = self._challenge, wanted
        if before is None:
            return True
        renewed = wanted.stale or self._worked
        self._worked = False
        self._count = 0
        return renewed and bool(wanted.algorithm) and wanted.nonce != before.nonce

    def header(self, method: str, uri: str) -> str | None:
        """Return the value of Authorization for a request, None while nobody asked."""
        wanted = self._challenge
        if wanted is None:
            return None
        if not wanted.algorithm:
            return "Basic " + b64encode(f"{self._user}:{self._secret}".encode()).decode()
        self._count += 1
        return _digest(wanted, self._user, self._secret, method, uri, self._count, self._token(8))


def _digest(wanted: Challenge, user: str, secret: str, method: str, uri: str, count: int, cnonce: str) -> str:
    def hashed(*parts: str) -> str:
        return _HASHES[wanted.algorithm](":".join(parts).encode())

    who = hashed(user, wanted.realm, secret)
    if wanted.session:
        who = hashed(who, wanted.nonce, cnonce)
    what = hashed(method, uri)
    fields = {"username": user, "realm": wanted.realm, "nonce": wanted.nonce, "uri": uri}
    plain = {}
    if wanted.qop:
        number = f"{count:08x}"
        fields["response"] = hashed(who, wanted.nonce, number, cnonce, "auth", what)
        fields["cnonce"] = cnonce
        plain = {"qop": "auth", "nc": number}
    else:
        fields["response"] = hashed(who, wanted.nonce, what)
        if wanted.session:
            fields["cnonce"] = cnonce
    if wanted.opaque is not None:
        fields["opaque"] = wanted.opaque
    if wanted.algorithm != "MD5" or wanted.session:
        plain["algorithm"] = wanted.algorithm + ("-sess" if wanted.session else "")
    said = [f'{name}="{_quoted(value)}"' for name, value in fields.items()]
    return "Digest " + ", ".join([*said, *(f"{name}={value}" for name, value in plain.items())])


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
