"""Ports of this machine that stay ours while nobody listens on them."""

import socket


class PortTakenError(OSError):
    """Somebody else has the port."""


def hold_port(port: int = 0, host: str = "127.0.0.1") -> socket.socket:
    """Take a port (0: any that is free) until the socket is closed; connects are refused.

    Whoever asks with SO_REUSEADDR, as servers do, may listen on it; nobody is given it by chance.
    """
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((host, port))
    except OSError as error:
        place.close()
        raise PortTakenError(*error.args) from error
    return place
