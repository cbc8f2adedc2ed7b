"""How often a disk is bothered with syncs."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from kindergarten_engine.recorder.store.archive import Archive
from kindergarten_engine.recorder.store.sync import Syncer

REST_S = 0.15


class Disk:
    """An archive with one file that always has something new, and whose sync takes `took_s`."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.took_s = 0.0
        self.unsynced = True

    def monotonic_ns(self) -> int:
        return self.now_ns

    def sync(self) -> None:
        self.now_ns += round(self.took_s * 1e9)

    @property
    def archive(self) -> Archive:
        return cast("Archive", SimpleNamespace(env=self, files={1: self}))


@pytest.fixture
def disk() -> Disk:
    return Disk()


def rests(disk: Disk, syncer: Syncer, took_s: float, rounds: int) -> list[float]:
    """Return the rest after each round of syncs that take so long."""
    disk.took_s, found = took_s, list[Any]()
    for _ in range(rounds):
        assert syncer.round(disk.archive) == []
        found.append(syncer.rest_s)
    return found


def test_a_quick_disk_is_left_alone_for_the_shortest_time(disk: Disk) -> None:
    assert rests(disk, Syncer(REST_S), 0.01, 5) == [REST_S] * 5


def test_a_slow_disk_is_busy_with_syncs_a_fifth_of_the_time(disk: Disk) -> None:
    assert rests(disk, Syncer(REST_S), 0.5, 20)[-1] == pytest.approx(2.0)


def test_one_slow_round_costs_little(disk: Disk) -> None:
    syncer = Syncer(REST_S)
    assert rests(disk, syncer, 3.0, 1) == [2 * REST_S]
    assert rests(disk, syncer, 0.01, 1) == [REST_S]


def test_a_disk_that_hardly_moves_is_asked_every_ten_seconds(disk: Disk) -> None:
    assert rests(disk, Syncer(REST_S), 30.0, 20)[-1] == 10.0


def test_a_round_with_nothing_to_do_changes_nothing(disk: Disk) -> None:
    syncer = Syncer(REST_S)
    before = rests(disk, syncer, 0.5, 20)[-1]
    disk.unsynced = False
    assert rests(disk, syncer, 0.0, 5) == [before] * 5
