"""The one origin that the portal answers at."""

from dataclasses import dataclass
import re
from typing import Final, Self

from yarl import URL

_LOCAL: Final = {"localhost", "127.0.0.1", "::1"}
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|[0-9a-f:]+")
"""Names and addresses as browsers send them: nothing that means something to a proxy."""
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a browser calls us; `text` is as it sends it, `authorities` are the host's spellings."""

    scheme: str
    text: str
    authorities: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the origin of an address without a path; plain HTTP is for this machine alone."""
        try:
            url = URL(text)
            port = url.port
        except ValueError:
            return None
        if url.scheme not in _PORTS or not url.host or not port or url.user is not None:
            return None
        # What else would be a host stands in proxies' files and on posters soon.
        if not _HOST.fullmatch(url.raw_host or ""):
            return None
        if url.scheme == "http" and url.host not in _LOCAL:
            return None
        if url.path != "/" or url.query_string or url.fragment:
            return None
        text = str(url.origin())
        authority = text.partition("://")[2]
        spellings = {authority, f"{authority}:{port}"} if port == _PORTS[url.scheme] else {authority}
        return cls(scheme=url.scheme, text=text, authorities=frozenset(spellings))

    def is_at(self, scheme: str, authority: str) -> bool:
        """Tell whether a request that came by `scheme` for the host `authority` is for this origin."""
        return scheme == self.scheme and authority.lower() in self.authorities
