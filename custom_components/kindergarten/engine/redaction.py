"""Takes secrets out of texts, whoever wrote them there."""

from base64 import b64encode
from collections.abc import Iterable
import re
from urllib.parse import quote, unquote

_USERINFO = re.compile(r"(?<=://)[^/?#\s'\"@]*@(?:[^/?#\s'\"@]*@)*")
_QUERY = re.compile(
    r"(?<=[?&])([\w.-]*(?:auth|pass|pwd|token|secret|user|key)[\w.-]*=)[^&\s'\"]+", re.IGNORECASE
)
_HEADER = re.compile(r"\b(Basic|Digest|Bearer) +[\w+/=.-]{4,}(?:[^\r\n]*\bresponse=\"[^\"]*\")?")
_SHORTEST = 4
"""Shorter secrets are left: taking "a" out of every text would leave no text."""


class Redactor:
    """Knows the secrets of the cameras and the shapes in which logins appear in addresses."""

    def __init__(self) -> None:
        """Know the shapes only."""
        self._known = re.compile(r"(?!)")

    def know(self, secrets: Iterable[str]) -> None:
        """Take these secrets out from now on, in every spelling they may have in a text."""
        words: set[str] = set()
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                words |= {secret, quote(secret), quote(secret, safe=""), unquote(secret), repr(secret)[1:-1]}
                words.add(b64encode(secret.encode()).decode().rstrip("="))
        longest_first = sorted(words, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) if words else r"(?!)")

    def clean(self, text: str) -> str:
        """Return a text without secrets."""
        text = self._known.sub("****", text)
        text = _USERINFO.sub("****@", text)
        text = _QUERY.sub(r"\1****", text)
        return _HEADER.sub(r"\1 ****", text)
