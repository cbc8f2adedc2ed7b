"""Reads an address out of a request."""

import re
from urllib.parse import urlsplit

from .fields import FieldError, Fields

_SCHEMES = ("rtsp", "rtsps", "http", "https")
_ADDRESS = re.compile(r"[\x21-\x7e\u00a1-\U0010ffff]+")


def address(fields: Fields) -> str:
    """Return an address that can be opened and holds no login."""
    url = fields.text("url", 2048, least=1)
    where = fields.path("url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise FieldError("bad_address", "is no address", where) from error
    if parts.scheme not in _SCHEMES:
        raise FieldError("bad_address", f"must begin with {', '.join(_SCHEMES)}", where)
    if not host or port == 0 or not _ADDRESS.fullmatch(url):
        raise FieldError("bad_address", "is no address", where)
    if "@" in parts.netloc:
        raise FieldError("login_in_address", "the login has fields of its own", where)
    return url
