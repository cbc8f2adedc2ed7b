"""The engine's own log: one file, bounded in size, without secrets."""

from collections.abc import Callable
import logging
from logging.handlers import RotatingFileHandler
import threading
import time
from typing import override

from aiohttp.http_exceptions import BadHttpMessage, HttpProcessingError

from .redaction import Redactor

_BYTES = 1 << 20
_FILES = 3
_OFTEN = 5
_WINDOW_S = 60.0
_REMEMBERED = 256


class _CleanFormatter(logging.Formatter):
    """Writes one line of text per record, tracebacks too, and takes every secret out at last."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime
        self._redactor = redactor

    @override
    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(super().format(record))


class Patience(logging.Filter):
    """Lets the same message pass a few times a minute; the next one after that tells how many were left out.

    What repeats without end (a socket that cannot be accepted) would push everything else out of the log.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing said. `now_s` is a monotonic clock."""
        super().__init__()
        self._now_s = now_s
        self._lock = threading.Lock()
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be written."""
        try:
            message = record.getMessage()
        except TypeError, ValueError, KeyError:
            return True  # the formatter says so
        key, now_s = (record.name, message[:500]), self._now_s()
        with self._lock:
            since_s, times = self._said.get(key, (now_s, 0))
            if fresh := now_s - since_s >= _WINDOW_S:
                self._said.pop(key)
                since_s, left_out, times = now_s, times - _OFTEN, 0
            while len(self._said) >= _REMEMBERED and key not in self._said:
                del self._said[next(iter(self._said))]
            self._said[key] = since_s, times + 1
        if fresh and left_out > 0:
            record.msg, record.args = "%s (and %d times more)", (message, left_out)
        return times < _OFTEN


def _shorten(record: logging.LogRecord) -> bool:
    """Let a request that was no HTTP make one line; what it said is nobody's business."""
    if record.exc_info and isinstance(record.exc_info[1], (BadHttpMessage, HttpProcessingError)):
        record.msg, record.args = "A request was no HTTP: %s", (type(record.exc_info[1]).__name__,)
        record.exc_info = record.exc_text = None
    return True


def start(path: str, redactor: Redactor, *, debug: bool = False) -> logging.Handler:
    """Log to a file from now on: at most 3 MiB, this and two older ones."""
    handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_FILES - 1, encoding="utf-8")
    handler.setFormatter(_CleanFormatter(redactor))
    handler.addFilter(Patience())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    logging.getLogger("aiohttp.server").addFilter(_shorten)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.raiseExceptions = False
    return handler
