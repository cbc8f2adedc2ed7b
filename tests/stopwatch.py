"""Times what must be quick, on a machine that others use too: what it owed everybody does not count."""

from contextlib import suppress
import os
from pathlib import Path
import re
import time

_PRESSURE, _STAT = Path("/proc/pressure"), Path("/proc/stat")
_STOLEN = 8
"""Where /proc/stat tells what the host gave to other machines, in ticks of all processors."""


def _owed_s() -> float | None:
    """Return for how long so far somebody has waited for a processor or a disk; None when the kernel does not tell."""
    owed_us = None
    for kind in ("cpu", "io"):
        with suppress(OSError):
            told = re.search(r"^some .*total=(\d+)$", (_PRESSURE / kind).read_text(), re.MULTILINE)
            owed_us = (owed_us or 0) + int(told[1]) if told else owed_us
    return None if owed_us is None else owed_us / 1e6 + _stolen_s()


def _stolen_s() -> float:
    """Return for how long so far this machine itself did not run because its host had other work."""
    with suppress(OSError, IndexError, ValueError):
        return int(_STAT.read_text().split(maxsplit=_STOLEN + 1)[_STOLEN]) / os.sysconf("SC_CLK_TCK")
    return 0.0


class Stopwatch:
    """Runs from the beginning on."""

    def __init__(self) -> None:
        self.began = time.time()
        self._began_s, self._owed_s = time.monotonic(), _owed_s()

    @property
    def owed_s(self) -> float:
        """Return for how many seconds since the beginning the machine kept somebody waiting."""
        passed_s, owed_s = time.monotonic() - self._began_s, _owed_s()
        if owed_s is None or self._owed_s is None:
            return passed_s  # nobody can tell what this machine could have done
        return min(passed_s, owed_s - self._owed_s)

    @property
    def seconds(self) -> float:
        """Return the seconds since the beginning in which the machine had time for everybody: compare upwards only."""
        return time.monotonic() - self._began_s - self.owed_s
