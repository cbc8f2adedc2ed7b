"""How often something may be tried."""

import asyncio
import time

import pytest

from custom_components.kindergarten.portal import limits as limits_module
from custom_components.kindergarten.portal.answers import Refusal
from custom_components.kindergarten.portal.limits import Bucket, Buckets, Limits, Turns


class Clock:
    """Stands still until it is told otherwise."""

    now_s = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


def test_a_bucket_lets_its_burst_through_and_then_one_at_a_time() -> None:
    clock = Clock()
    bucket = Bucket(3, 2.0, clock)
    assert [bucket.take() for _ in range(5)] == [0, 0, 0, 2.0, 2.0]
    clock.now_s += 2
    assert [bucket.take(), bucket.take()] == [0, 2.0]


def test_a_bucket_that_nobody_used_for_long_is_full_and_no_fuller() -> None:
    clock = Clock()
    bucket = Bucket(2, 1.0, clock)
    bucket.take()
    clock.now_s += 3600
    assert [bucket.take() for _ in range(3)] == [0, 0, 1.0]


def test_a_refusal_says_how_many_whole_seconds_to_wait() -> None:
    limits = Limits(Clock())
    with pytest.raises(Refusal) as refused:
        for _ in range(1000):
            limits.viewing("guardian")
    assert (refused.value.code, refused.value.status) == ("slow_down", 429)
    assert refused.value.details == {"wait_s": 20}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a crowd wait for a moment only."""
    monkeypatch.setattr(limits_module, "CROWD_S", 0.001)


@pytest.mark.usefixtures("quick")
async def test_short_codes_of_a_crowd_wait_and_none_is_refused() -> None:
    limits = Limits(Clock())
    assert [await limits.code() for _ in range(25)] == [False] * 20 + [True] * 5


def test_who_books_has_a_turn_however_many_did() -> None:
    clock = Clock()
    bucket = Bucket(2, 1.5, clock)
    assert [bucket.book() for _ in range(4)] == [0, 0, 1.5, 3.0]
    clock.now_s += 4.5
    assert [bucket.book(), bucket.book()] == [0, 1.5]


async def test_a_crowd_of_one_network_waits_behind_itself_alone() -> None:
    turns = Turns(Buckets(1, 600.0, time.monotonic))
    order: list[str] = []

    async def come(remote: str) -> None:
        async with turns.take(remote):
            order.append(remote)

    crowd = [asyncio.create_task(come("192.0.2.1")) for _ in range(6)]
    async with asyncio.timeout(60):
        await come("192.0.2.2")
    assert order.count("192.0.2.1") <= 1
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)


async def test_too_many_of_one_network_are_turned_away_and_nobody_else() -> None:
    turns = Turns(Buckets(1, 60.0, time.monotonic))

    async def come(remote: str) -> None:
        async with turns.take(remote):
            pass

    await come("192.0.2.1")
    waiting = [asyncio.create_task(come("192.0.2.1")) for _ in range(8)]
    await asyncio.sleep(0)
    with pytest.raises(Refusal, match="slow_down"):
        await come("192.0.2.1")
    await come("192.0.2.2")
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert not turns._networks


def test_one_invitation_used_too_often_holds_up_no_other() -> None:
    limits = Limits(Clock())
    with pytest.raises(Refusal):
        for _ in range(1000):
            limits.invitation("one")
    limits.invitation("another")


@pytest.mark.usefixtures("quick")
async def test_polls_of_a_phone_that_never_came_to_the_door_are_guesses() -> None:
    limits = Limits(Clock())
    limits.begun("real")
    assert [await limits.poll(f"made-up-{number}") for number in range(65)] == [False] * 60 + [True] * 5
    assert not await limits.poll("real")


def test_memory_does_not_grow_with_made_up_names() -> None:
    limits = Limits(Clock())
    for number in range(10_000):
        limits.invitation(str(number))
    assert len(limits._invitations._buckets) == 4096


async def test_an_address_that_keeps_failing_waits_longer_and_no_other_does() -> None:
    limits = Limits()
    for _ in range(4):
        await limits.failed("192.0.2.1")
    order: list[str] = []

    async def fail(remote: str) -> None:
        await limits.failed(remote)
        order.append(remote)

    began = time.monotonic()
    await asyncio.gather(fail("192.0.2.1"), fail("192.0.2.2"))
    assert time.monotonic() - began > 0.35
    assert order == ["192.0.2.2", "192.0.2.1"]


async def test_all_addresses_of_one_ipv6_network_are_one() -> None:
    limits = Limits(Clock())
    async with asyncio.TaskGroup() as group:
        for end in range(3):
            group.create_task(limits.failed(f"2001:db8:1:2::{end:x}"))
    assert list(limits._failures) == ["2001:0db8:0001:0002"]
