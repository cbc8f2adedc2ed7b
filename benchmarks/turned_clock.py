"""A wall clock that a bench can turn for the processes it starts, and for nobody else on this machine."""

import mmap
from pathlib import Path
import shutil
import struct
import subprocess

SOURCE = Path(__file__).with_suffix(".c")
_FACTS = struct.Struct("qq")


class TurnedClock:
    """Seconds that the wall clock is off by, and whether the kernel calls it synchronised."""

    def __init__(self, folder: Path) -> None:
        """Build the library below `folder`; without a compiler `available` is false."""
        self._path, self.library = folder / "clock", folder / "turned_clock.so"
        self._path.write_bytes(_FACTS.pack(0, 1))
        compiler = shutil.which("cc")
        self.available = compiler is not None and not subprocess.run(
            [
                compiler, "-O2", "-shared", "-fPIC", f'-DCLOCK_FILE="{self._path}"',
                "-o", self.library, SOURCE, "-ldl",
            ],
            check=False, capture_output=True,
        ).returncode  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        """Return what has a process use this clock."""
        return {"LD_PRELOAD": str(self.library)} if self.available else {}

    def turn(self, seconds: int, *, synchronised: bool) -> None:
        """Step the clock; processes that use it see it at once."""
        with self._path.open("r+b") as file, mmap.mmap(file.fileno(), _FACTS.size) as facts:
            _FACTS.pack_into(facts, 0, seconds, synchronised)
