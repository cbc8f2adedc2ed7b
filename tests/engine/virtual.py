"""A machine in memory: clocks that tests turn, and a disk that knows what was synced."""

import random
import sqlite3
from typing import Any, override

from kindergarten_engine.env import Env

from .simulated_disk import MOUNT, Node, PowerCut, SimulatedDisk, freeze

__all__ = ["MOUNT", "PowerCut", "VirtualEnv"]


class Database(sqlite3.Connection):
    """A database whose commits are durable, as WAL with synchronous=FULL promises."""

    disk: SimulatedDisk
    node: Node

    @override
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self.disk.dead:
            raise PowerCut
        if not self.disk.mounted:
            raise sqlite3.OperationalError("disk I/O error")
        if sql == "COMMIT":
            self.disk.tick("commit")
            result = super().execute(sql, parameters)
            self.disk.tick("committed")
            return result
        return super().execute(sql, parameters)

    @override
    def close(self) -> None:
        if self.node.base is self and not self.disk.dead:
            freeze(self.node)
        super().close()


class VirtualEnv(Env):
    """A machine whose clocks only move when told."""

    def __init__(self, seed: int, capacity: int = 1 << 40) -> None:
        self.random = random.Random(seed)
        self.disk = SimulatedDisk(self.random, capacity)
        self.fs = self.disk
        self.mono_ns = self.random.randrange(1, 10**15)
        self.real_ns = 1_790_000_000_000_000_000
        self.boots = 0
        self.synced: bool | None = None

    def advance(self, seconds: float) -> None:
        """Let time go by."""
        self.mono_ns += round(seconds * 1e9)
        self.real_ns += round(seconds * 1e9)

    def step_clock(self, seconds: float) -> None:
        """Set the wall clock."""
        self.real_ns += round(seconds * 1e9)

    def power_cut(self, off_s: float = 5.0) -> None:
        """Cut the power and boot again."""
        self.disk.power_cut()
        self.boots += 1
        self.mono_ns = self.random.randrange(1, 10**12)
        self.real_ns += round(off_s * 1e9)

    def kill(self, off_s: float = 1.0) -> None:
        """Kill the program; the machine runs on."""
        self.disk.killed()
        self.advance(off_s)

    @override
    def monotonic_ns(self) -> int:
        return self.mono_ns

    @override
    def realtime_ns(self) -> int:
        return self.real_ns

    @override
    def boot_id(self) -> str:
        return f"boot-{self.boots}"

    @override
    def clock_synchronised(self) -> bool | None:
        return self.synced

    @override
    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    @override
    def token(self, size: int) -> str:
        return self.random.randbytes(size).hex()

    @override
    def database(self, path: str) -> sqlite3.Connection:
        self.disk.tick("database")
        try:
            node = self.disk.node(path)
        except FileNotFoundError:
            self.disk.close(self.disk.create(path))
            node = self.disk.node(path)
        connection = sqlite3.connect(
            ":memory:", factory=Database, isolation_level=None, check_same_thread=False
        )
        connection.disk, connection.node = self.disk, node
        if node.data:
            connection.deserialize(bytes(node.data))
        node.base, node.database = connection, True
        return connection
