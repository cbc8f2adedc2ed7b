"""Whom this process talks to: libavformat follows a camera's redirections, and no option keeps it from that."""

from collections.abc import Mapping
from contextlib import suppress
import os
import socket
import stat

type Connections = Mapping[int, str]
"""Addresses by the descriptors of the sockets that are connected to them."""


def connections() -> Connections:
    """Return to which addresses this process is connected; raises OSError where it cannot be seen."""
    found: dict[int, str] = {}
    for fd in map(int, os.listdir("/dev/fd")):
        with suppress(OSError):  # it is closed already, or not connected
            if stat.S_ISSOCK(os.fstat(fd).st_mode) and (peer := _peer(fd)):
                found[fd] = peer
    return found


def _peer(fd: int) -> str | None:
    with socket.socket(fileno=os.dup(fd)) as connection:
        if connection.family not in {socket.AF_INET, socket.AF_INET6}:
            return None
        return _plain(connection.getpeername()[0])


def _plain(address: object) -> str:
    """Return an address without the network that it is in."""
    return str(address).partition("%")[0]


def elsewhere(host: str, before: Connections) -> bool:
    """Tell whether what was connected since `before` leads to another host; blocks while a name is asked for.

    Raises OSError where that cannot be seen.
    """
    new = {peer for fd, peer in connections().items() if before.get(fd) != peer}
    return bool(new) and not new <= {_plain(found[4][0]) for found in socket.getaddrinfo(host, None)}
