"""Finds and ends engines: they are made to outlive the Home Assistant that started them."""

from contextlib import suppress
import os
from pathlib import Path
import signal
import time


def engines(folder: Path) -> list[int]:
    """Return the process ids of the engines whose state lies below a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            if b"engine" in words and any(word.startswith(str(folder).encode()) for word in words):
                found.append(int(process.name))
    return found


def stop_engines(folder: Path, deadline_s: float = 10) -> None:
    """Ask the engines below a folder to end, and end those that do not."""
    for pid in engines(folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            for _ in range(round(deadline_s * 10)):
                time.sleep(0.1)
                os.kill(pid, 0)
            os.kill(pid, signal.SIGKILL)
