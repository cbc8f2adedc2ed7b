"""Whom a reader's process talks to: libavformat follows redirections, and no option keeps it from that."""

from collections.abc import Iterator
from contextlib import suppress
import os
import socket
import stat

from ...errors import SourceError


def only(host: str) -> None:
    """Look that this process is connected to nobody but a host; blocks while its name is asked for.

    Raises SourceError "refused", and OSError where that cannot be seen.
    """
    peers = set(_peers())
    if peers and not peers <= {_plain(found[4][0]) for found in socket.getaddrinfo(host, None)}:
        raise SourceError("refused", "the camera sends us to another address")


def _peers() -> Iterator[str]:
    """Yield the addresses that the sockets of this process are connected to."""
    for fd in map(int, os.listdir("/dev/fd")):
        with suppress(OSError):  # it is closed already, or not connected
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                with socket.socket(fileno=os.dup(fd)) as connection:
                    if connection.family in {socket.AF_INET, socket.AF_INET6}:
                        yield _plain(connection.getpeername()[0])


def _plain(address: object) -> str:
    """Return an address without the network that it is in."""
    return str(address).partition("%")[0]
