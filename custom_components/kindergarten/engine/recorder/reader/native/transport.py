"""The connection to a camera: TCP, or TLS over it."""

import contextlib
import errno
import socket
import ssl

from ....errors import SourceError

CONNECT_S = 5.0
TICK_S = 1.0
"""The longest that a patient read waits; then it is looked whether to go on."""
SEND_S = 5.0

_NO_WAY = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})


class Connection:
    """A connected socket. Errors are SourceError: `closed` once it was open."""

    def __init__(self, host: str, port: int, *, encrypted: bool) -> None:
        """Connect; raises SourceError refused, unreachable, tls."""
        try:
            plain = socket.create_connection((host, port), CONNECT_S)
        except ConnectionRefusedError:
            raise SourceError("refused", "nothing listens at this address") from None
        except (OSError, UnicodeError) as error:
            there = getattr(error, "errno", None) not in _NO_WAY
            text = "nothing answers at this address" if there else "there is no way to this address"
            raise SourceError("unreachable", text) from None
        self.encrypted = encrypted
        self._patient = True
        self._socket = _encrypt(plain, host) if encrypted else plain
        self._socket.settimeout(TICK_S)

    def hurry(self) -> None:
        """Wait for nothing any more: what does not come or go at once does not."""
        self._patient = False
        self._socket.settimeout(0)

    def send(self, data: bytes) -> None:
        """Send all of it within some seconds, or at once."""
        try:
            if not self._patient:
                if self._socket.send(data) < len(data):
                    raise SourceError("closed", "the camera does not listen")
                return
            self._socket.settimeout(SEND_S)
            self._socket.sendall(data)
            self._socket.settimeout(TICK_S)
        except OSError:
            raise SourceError("closed", "the camera hung up") from None

    def receive(self, room: memoryview) -> int:
        """Return how many bytes came, after up to `TICK_S`, or at once."""
        try:
            count = self._socket.recv_into(room)
        except TimeoutError, BlockingIOError, ssl.SSLWantReadError:
            return 0
        except OSError as error:
            if error.errno in _NO_WAY:
                raise SourceError("unreachable", "the way to the camera is gone") from None
            raise SourceError("closed", "the camera hung up") from None
        if not count:
            raise SourceError("closed", "the camera hung up")
        return count

    def close(self, farewell: bytes = b"") -> None:
        """Say farewell, wait a second for the answer, and close. Raises nothing."""
        with contextlib.suppress(OSError):
            if farewell:
                self._socket.settimeout(TICK_S)
                self._socket.sendall(farewell)
                self._drain()
        self._socket.close()

    def _drain(self) -> None:
        """Read on to the answer: what lies unread when a socket is closed makes the other side forget what we said."""
        for _ in range(64):
            data = self._socket.recv(1 << 16)
            if not data or b"RTSP/1.0 " in data:
                return


def _encrypt(plain: socket.socket, host: str) -> socket.socket:
    """Return a TLS connection. Cameras sign their certificates themselves: there is nothing to check."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except OSError, ValueError:
        plain.close()
        raise SourceError("tls", "no encrypted connection comes about") from None
