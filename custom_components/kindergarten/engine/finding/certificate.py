"""Reads the certificate that a device shows: nobody vouches for those, so a search holds to the first one."""

import asyncio
from dataclasses import dataclass
import re
import ssl

from ..frigate_api.server import fingerprint_of, unverified

SHOWN_S = 3.0
_WORDS = re.compile(rb"[\x20-\x7e]{3,64}")
_MOST_BYTES = 16 << 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """`fingerprint` is the SHA-256 in hex; `words` is whatever can be read in it: who it says that it is."""

    port: int
    fingerprint: str
    words: str


async def shown(host: str, port: int) -> Certificate | None:
    """Return the certificate of a port, within `SHOWN_S`; None where there is none to see. Nothing is asked."""
    try:
        async with asyncio.timeout(SHOWN_S):
            _, writer = await asyncio.open_connection(host, port, ssl=unverified(), server_hostname=host)
    except TimeoutError, ssl.SSLError, OSError, ValueError:
        return None
    try:
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.transport.abort()
    if not found:
        return None
    words = " ".join(each.decode() for each in _WORDS.findall(found[:_MOST_BYTES]))
    return Certificate(port=port, fingerprint=fingerprint_of(found), words=words)
