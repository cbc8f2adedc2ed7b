"""Clocks, randomness and files: the only door from the engine to the machine.

Everything else gets an `Env`, so that tests can run thirty days or five thousand power cuts in
a minute on a virtual clock and a simulated disk.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
import ctypes
import errno
import os
from pathlib import Path
import random
import secrets
import sqlite3
import stat
import threading
import time
from typing import override

from .database import connect
from .filesystem import FileSystem, NotAFileError, RealFileSystem

_STA_UNSYNC = 0x0040
_BACKGROUND_NICE = 5
_TOGETHER = 8


class Env(ABC):
    """The machine as the engine sees it."""

    fs: FileSystem
    random: random.Random

    @abstractmethod
    def monotonic_ns(self) -> int:
        """Return the monotonic clock; it never steps and starts anew at every boot."""

    @abstractmethod
    def realtime_ns(self) -> int:
        """Return the wall clock as nanoseconds of UTC; it may step."""

    @abstractmethod
    def boot_id(self) -> str:
        """Return what tells one boot of the machine from another."""

    @abstractmethod
    def clock_synchronised(self) -> bool | None:
        """Tell whether the kernel's wall clock follows a time server; `None` when it cannot say."""

    @abstractmethod
    def sleep(self, seconds: float) -> None:
        """Wait."""

    def stand_back(self) -> None:
        """Let the calling thread, and those it begins, have the processor when nobody else wants it."""
        return

    def each[T, R](self, act: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Do the same with all, one after the other or several at a time; raises what the first of them raised."""
        return [act(item) for item in items]

    @abstractmethod
    def token(self, size: int) -> str:
        """Return `size` random bytes as hex, fit for secrets."""

    @abstractmethod
    def database(self, path: str) -> sqlite3.Connection:
        """Open the SQLite database of a path, to be used by one thread at a time.

        Raises NotAFileError for what is no regular file.
        """


class RealEnv(Env):
    """This machine."""

    def __init__(self) -> None:
        """Use the machine's clocks and files."""
        self.fs = RealFileSystem()
        self.random = random.SystemRandom()

    @override
    def monotonic_ns(self) -> int:
        return time.monotonic_ns()

    @override
    def realtime_ns(self) -> int:
        return time.time_ns()

    @override
    def boot_id(self) -> str:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()

    @override
    def clock_synchronised(self) -> bool | None:
        # struct timex begins {unsigned int modes; long offset, freq, maxerror, esterror; int status; …}
        # on Linux; modes 0 only reads. Zeroed space for the rest of it is generous.
        timex = (ctypes.c_long * 64)()
        try:
            state = ctypes.CDLL(None).adjtimex(ctypes.byref(timex))
        except AttributeError, OSError:
            return None
        if state < 0:
            return None
        status = ctypes.cast(timex, ctypes.POINTER(ctypes.c_int))[5 * ctypes.sizeof(ctypes.c_long) // 4]
        return not status & _STA_UNSYNC

    @override
    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    @override
    def stand_back(self) -> None:
        with suppress(OSError):  # where it is not allowed
            thread = threading.get_native_id()
            nice = max(os.getpriority(os.PRIO_PROCESS, thread), _BACKGROUND_NICE)
            os.setpriority(os.PRIO_PROCESS, thread, nice)

    @override
    def each[T, R](self, act: Callable[[T], R], items: Sequence[T]) -> list[R]:
        if len(items) < 2:
            return super().each(act, items)
        with ThreadPoolExecutor(_TOGETHER, "each") as threads:
            return list(threads.map(act, items))

    @override
    def token(self, size: int) -> str:
        return secrets.token_hex(size)

    @override
    def database(self, path: str) -> sqlite3.Connection:
        with suppress(FileNotFoundError):
            # SQLite would follow a link. Not opened: closing it would end SQLite's locks in this process.
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise NotAFileError(errno.EINVAL, "not a regular file", path)
        return connect(path)
