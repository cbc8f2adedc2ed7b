"""The machine that the demo's past happened on: its clock is turned, and it never waits for the disk."""

from typing import override

from kindergarten_engine.env import RealEnv
from kindergarten_engine.filesystem import RealFileSystem


class UnsyncedFiles(RealFileSystem):
    """Files whose durability does not matter: a demo that a power cut spoils is made again."""

    @override
    def sync(self, fd: int) -> None:
        pass

    @override
    def sync_folder(self, path: str) -> None:
        pass


class PastMachine(RealEnv):
    """Clocks that only move when told; the wall clock follows a time server."""

    def __init__(self, utc_us: int) -> None:
        """Boot at a time."""
        super().__init__()
        self.fs = UnsyncedFiles()
        self._utc_us = utc_us
        self._mono_us = 60_000_000
        self._boot = self.token(16)

    def until(self, utc_us: int) -> None:
        """Let time go by."""
        self._mono_us += utc_us - self._utc_us
        self._utc_us = utc_us

    def reboot(self, utc_us: int) -> None:
        """Be off until a time."""
        self._utc_us, self._mono_us, self._boot = utc_us, 60_000_000, self.token(16)

    @override
    def monotonic_ns(self) -> int:
        return self._mono_us * 1000

    @override
    def realtime_ns(self) -> int:
        return self._utc_us * 1000

    @override
    def boot_id(self) -> str:
        return str(self._boot)

    @override
    def clock_synchronised(self) -> bool | None:
        return True
