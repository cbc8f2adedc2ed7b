"""A disk of our own in a mount namespace of our own, which can be made as small as what is on it."""

import os
from pathlib import Path
import subprocess
import sys
import tempfile
import threading

VARIABLE = "KINDERGARTEN_BENCH_DISK"
ROOMY = "1t"
"""What a tmpfs may hold takes no memory; what is on it does."""

_ABOVE = 64 << 10
_EVERY_S = 0.5


def enter(module: str, arguments: list[str]) -> Path | None:
    """Return the mounted disk; begins this program anew in a namespace where it may mount one.

    `None` where nobody may: the kernel or a container forbids it.
    """
    if there := os.environ.get(VARIABLE):
        return Path(there)
    # Mounted in our namespace alone: for everybody else it stays the empty folder that it is.
    disk = Path(tempfile.gettempdir()) / "kindergarten-bench-disk"
    disk.mkdir(exist_ok=True)
    command = f'mount -t tmpfs -o size={ROOMY} tmpfs "{disk}" && exec "$0" "$@"'
    trial = ["unshare", "-rm", "sh", "-c", command]
    try:
        if not subprocess.run([*trial, "true"], check=False, capture_output=True).returncode:
            environment = os.environ | {VARIABLE: str(disk)}
            os.execvpe("unshare", [*trial, sys.executable, "-m", module, *arguments], environment)
    except FileNotFoundError:
        pass
    return None


class SmallDisk:
    """Fills up as if somebody else wrote to it, for as long as the block runs."""

    def __init__(self, disk: Path) -> None:
        """Shrink a disk made by `enter`."""
        self._disk = disk
        self._over = threading.Event()
        self._work = threading.Thread(target=self._shrink, daemon=True)

    def __enter__(self) -> None:
        self._work.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._work.join()
        self._resize(ROOMY)

    def _shrink(self) -> None:
        """Take what the recorder frees, again and again."""
        while not self._over.wait(_EVERY_S):
            facts = os.statvfs(self._disk)
            self._resize(str((facts.f_blocks - facts.f_bfree) * facts.f_frsize + _ABOVE))

    def _resize(self, size: str) -> None:
        # What was written meanwhile may not fit: then the next look is right.
        subprocess.run(["mount", "-o", f"remount,size={size}", self._disk], check=False, capture_output=True)
