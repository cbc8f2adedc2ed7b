"""What processes cost, as the kernel accounts it."""

from collections.abc import Iterable
from dataclasses import dataclass
import os
from pathlib import Path
import re

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
MB = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Bytes: resident, proportional (each page shared among its users) and anonymous (what no file backs).

    Proportional memory rises when another program that used the same libraries ends; anonymous does not.
    """

    rss: int
    pss: int
    anonymous: int


def family(pid: int) -> list[int]:
    """Return a process and all its living descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the processor time that living processes and their ended children have used."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(value) for value in fields[11:15])
    return ticks / TICKS_PER_SECOND


def memory(pids: Iterable[int]) -> Memory:
    """Return the memory that processes hold together."""
    found = dict.fromkeys(("Rss", "Pss", "Anonymous"), 0)
    for pid in pids:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        for name in found:
            found[name] += sum(map(int, re.findall(rf"^{name}: +(\d+) kB", text, re.MULTILINE))) * 1024
    return Memory(rss=found["Rss"], pss=found["Pss"], anonymous=found["Anonymous"])
