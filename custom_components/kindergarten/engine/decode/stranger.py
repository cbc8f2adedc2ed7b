"""Tells a camera that hangs up from something else that answers at its address, such as a web page."""

import socket

from ..errors import SourceError
from ..recorder.reader.address import parse
from ..recorder.reader.interface import Source

_ASK_S = 2.0
_MOST = 64
DOUBTFUL = frozenset({"closed", "timeout", "refused", "no_video", "not_found"})
"""What libavformat makes of an answer that is not RTSP."""


def is_no_camera(source: Source) -> bool:
    """Tell whether what answers at an rtsp address speaks something else; one question, no login."""
    target = parse(source)
    if target.scheme != "rtsp":
        return False
    host = f"[{target.host}]" if ":" in target.host else target.host
    question = f"OPTIONS rtsp://{host}:{target.port}/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"
    try:
        with socket.create_connection((target.host, target.port), _ASK_S) as connection:
            connection.settimeout(_ASK_S)
            connection.sendall(question.encode())
            answer = connection.recv(_MOST)
    except OSError:
        return False
    return bool(answer) and not answer.startswith(b"RTSP/")


def named(error: SourceError, source: Source) -> SourceError:
    """Return a better word for why a source cannot be read, if there is one."""
    if error.code in DOUBTFUL and is_no_camera(source):
        return SourceError("no_camera", "what answers at this address is no camera", "url")
    return error
