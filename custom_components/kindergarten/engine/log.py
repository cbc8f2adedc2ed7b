"""The engine's own log: one file, bounded in size, without secrets."""

import logging
from logging.handlers import RotatingFileHandler
import time
from typing import override

from aiohttp.http_exceptions import BadHttpMessage, HttpProcessingError

from .redaction import Redactor

_BYTES = 1 << 20
_FILES = 3


class _CleanFormatter(logging.Formatter):
    """Writes one line of text per record, tracebacks too, and takes every secret out at last."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime
        self._redactor = redactor

    @override
    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(super().format(record))


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
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    logging.getLogger("aiohttp.server").addFilter(_shorten)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.raiseExceptions = False
    return handler
