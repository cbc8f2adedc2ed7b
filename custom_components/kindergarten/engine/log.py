"""The engine's own log: one file, bounded in size, without secrets."""

import logging
from logging.handlers import RotatingFileHandler
import time
from typing import override

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


def start(path: str, redactor: Redactor, *, debug: bool = False) -> logging.Handler:
    """Log to a file from now on: at most 3 MiB, this and two older ones."""
    handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_FILES - 1, encoding="utf-8")
    handler.setFormatter(_CleanFormatter(redactor))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.raiseExceptions = False
    return handler
