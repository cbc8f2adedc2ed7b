"""What libavformat's errors mean.

Its own texts hold the whole URL, login included, so none of them leaves this module.
"""

import errno
import socket

import av

from ...errors import SourceError
from .address import Target

TIMED_OUT_S = 4.5
UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})


def open_problem(problem: av.FFmpegError, target: Target, took_s: float) -> SourceError:
    """Say why a camera could not be opened, after so many seconds.

    For a camera that does not answer or hangs up libavformat says "invalid data" too.
    """
    if isinstance(problem, av.InvalidDataError) and target.scheme in {"rtsp", "rtsps"}:
        if took_s > TIMED_OUT_S:
            return SourceError("timeout", "the camera does not answer in time")
        return SourceError("closed", "what answers there hangs up, or is no camera")
    match problem:
        case av.HTTPUnauthorizedError() | av.HTTPForbiddenError():
            return SourceError("auth", "the camera refuses this login", "secret")
        case av.HTTPNotFoundError():
            return SourceError("not_found", "the camera has no such stream", "url")
        case av.HTTPOtherClientError():  # 454 Session Not Found among them
            return SourceError("not_found", "the camera refuses this stream", "url")
        case av.HTTPError():
            return SourceError("refused", "the camera answers with an error")
        case av.ConnectionRefusedError():
            return SourceError("refused", "nothing listens at this address")
        case av.InvalidDataError() | av.PatchWelcomeError() | av.DemuxerNotFoundError():
            return SourceError("no_video", "what answers there is no video stream")
        case av.ProtocolNotFoundError():
            return SourceError("bad_address", "this kind of address cannot be opened", "url")
    return _from_network(problem, target)


def _from_network(problem: av.FFmpegError, target: Target) -> SourceError:
    """Tell a camera that is not there from one that does not answer."""
    if problem.errno in UNREACHABLE:
        return SourceError("unreachable", "there is no way to this address")
    try:
        socket.create_connection((target.host, target.port), 2).close()
    except ConnectionRefusedError:
        return SourceError("refused", "nothing listens at this address")
    except OSError:
        return SourceError("unreachable", "nothing answers at this address")
    if isinstance(problem, av.TimeoutError | av.ExitError):
        return SourceError("timeout", "the camera does not answer in time")
    if target.scheme in {"rtsps", "https"}:
        return SourceError("tls", "no encrypted connection comes about")
    return SourceError("closed", "the camera hung up")


def read_problem(problem: av.FFmpegError) -> SourceError:
    """Say why a running stream ended."""
    if isinstance(problem, av.TimeoutError | av.ExitError):
        return SourceError("stall", "the camera stopped sending")
    if problem.errno in UNREACHABLE:
        return SourceError("unreachable", "the way to the camera is gone")
    return SourceError("closed", "the camera hung up")
