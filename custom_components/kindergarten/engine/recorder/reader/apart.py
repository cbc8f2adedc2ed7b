"""Reads with libavformat in a process of its own: what it dies of, no other camera notices."""

from collections.abc import Iterator
import contextlib
import os
from pathlib import Path
import select
import subprocess
import sys
import threading
from typing import override

from ...env import Env
from ...errors import FormatError, SourceError
from . import wire
from .interface import Reader, Sink, Source

BOOT = Path(__file__).resolve().parents[2] / "boot.py"
START_S = 40.0
"""For the process to come up and the camera to be opened; libavformat itself gives up sooner."""
HANG_S = 20.0
"""Longer than libavformat waits for a silent camera."""
END_S = 4.0


class _Taking:
    """Takes exactly so many bytes from a pipe, and waits for none of them too long."""

    def __init__(self, fd: int) -> None:
        """Take from a descriptor."""
        self._fd = fd
        self._held = bytearray()
        self.patience_s = START_S

    def __call__(self, size: int) -> bytes:
        """Return `size` bytes; raises SourceError when the process hangs or is gone."""
        while len(self._held) < size:
            if not select.select([self._fd], [], [], self.patience_s)[0]:
                raise SourceError("stall", "the reader hangs")
            if not (part := os.read(self._fd, max(1 << 16, size - len(self._held)))):
                raise SourceError("closed", "the reader's process died")
            self._held += part
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


class ReaderApart(Reader):
    """Reads one stream with PyAV in a process of its own, which costs 50 to 60 MB.

    Everything that PyAVReader says of its reading holds here too.
    """

    name = "pyav"

    def __init__(self, _env: Env, boot: Path = BOOT) -> None:
        """Run the process with `boot`; it reads this machine's clocks."""
        self._boot = boot
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """Return the process's id, None while there is none."""
        return self._process.pid if self._process else None

    @override
    def start(self, source: Source, sink: Sink) -> None:
        threading.Thread(target=self._run, args=(source, sink), name="reader", daemon=True).start()

    @override
    def stop(self) -> None:
        self._stop.set()
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()

    def _run(self, source: Source, sink: Sink) -> None:
        try:
            error = self._session(source, sink)
        except SourceError as problem:
            error = problem
        except Exception as problem:  # the thread's last line of defence
            error = SourceError("closed", f"the reader failed: {type(problem).__name__}")
        sink.ended(error)

    def _session(self, source: Source, sink: Sink) -> SourceError:
        sites = (part for folder in sys.path for part in ("--site", folder))
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", str(self._boot), "read", *sites],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
            )  # fmt: skip
        except OSError as problem:
            raise SourceError(
                "closed", f"the reader's process does not start: {problem.strerror}"
            ) from problem
        with process, self._ending(process):
            with self._lock:
                self._process = process
                assert process.stdin is not None
                with contextlib.suppress(OSError):  # it died at once: its silence tells
                    process.stdin.write(wire.order(source))
                    process.stdin.flush()
                if self._stop.is_set():
                    process.stdin.close()
            return self._hear(process, sink)

    def _hear(self, process: subprocess.Popen[bytes], sink: Sink) -> SourceError:
        """Pass on what the process says until it says the last word."""
        assert process.stdout is not None
        take = _Taking(process.stdout.fileno())
        try:
            while (error := wire.pass_on(take, sink)) is None:
                take.patience_s = HANG_S
        except FormatError as problem:
            return SourceError("closed", f"the reader failed: {problem.text}")
        return SourceError("closed", "the session was ended") if self._stop.is_set() else error

    @contextlib.contextmanager
    def _ending(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """End the process in any case: politely when it still listens."""
        try:
            yield
        finally:
            self.stop()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
