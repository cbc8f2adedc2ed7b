"""Sixteen files that grow together, with room taken ahead for each and without: syncs and extents.

The file system under `--folder` is what is measured; put it on the disk in question.
"""

import argparse
import ctypes
import os
from pathlib import Path
import shutil
import statistics
import subprocess
import tempfile
import time
from typing import Any

_FILES = 16
_FRAGMENT = 500_000
"""A second of 4 Mbit/s."""
_AHEAD = 16 << 20
_KEEP_SIZE = 1  # FALLOC_FL_KEEP_SIZE


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Write in turns with and without room taken ahead; the figures of `script/bench preallocation`."""
    folder = Path(tempfile.mkdtemp(prefix="kindergarten-bench-", dir=options.folder))
    try:
        found: dict[bool, list[dict[str, float]]] = {False: [], True: []}
        for number in range(2 * options.rounds):
            ahead = bool(number % 2)
            found[ahead].append(_write(folder / str(number), options.seconds, ahead=ahead))
            shutil.rmtree(folder / str(number))
    finally:
        shutil.rmtree(folder)
    return {
        f"{name}_{'ahead' if ahead else 'plain'}": round(statistics.median(each[name] for each in rounds), 2)
        for ahead, rounds in found.items()
        for name in rounds[0]
    }


def _write(folder: Path, seconds: int, *, ahead: bool) -> dict[str, float]:
    """Let files grow by a second in turns, each synced; how long syncs took (ms), and extents of a file."""
    folder.mkdir()
    paths = [folder / str(number) for number in range(_FILES)]
    fds = [os.open(path, os.O_CREAT | os.O_RDWR) for path in paths]
    data = os.urandom(_FRAGMENT)
    syncs = []
    for second in range(seconds):
        at = second * _FRAGMENT
        for fd in fds:
            if ahead and at % _AHEAD < _FRAGMENT:
                _take(fd, at - at % _AHEAD)
            os.pwrite(fd, data, at)
        for fd in fds:
            began = time.monotonic()
            os.fdatasync(fd)
            syncs.append((time.monotonic() - began) * 1000)
    for fd in fds:
        os.ftruncate(fd, seconds * _FRAGMENT)
        os.fsync(fd)
        os.close(fd)
    syncs.sort()
    return {
        "sync_ms_median": syncs[len(syncs) // 2],
        "sync_ms_p99": syncs[len(syncs) * 99 // 100],
        "extents": statistics.mean(_extents(path) for path in paths),
    }


def _take(fd: int, offset: int) -> None:
    """Take the room behind a file's end, its length unchanged. Raises OSError where that cannot be."""
    call = ctypes.CDLL(None, use_errno=True).fallocate
    call.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    if call(fd, _KEEP_SIZE, offset, _AHEAD):
        raise OSError(ctypes.get_errno(), "no room can be taken ahead")


def _extents(path: Path) -> int:
    """Return in how many pieces a file lies on the disk."""
    answer = subprocess.run(["filefrag", str(path)], check=True, capture_output=True, text=True)
    return int(answer.stdout.rpartition(":")[2].split()[0])
