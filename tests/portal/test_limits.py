"""How often something may be tried."""

import asyncio
import time

import pytest

from custom_components.kindergarten.portal.answers import Refusal
from custom_components.kindergarten.portal.limits import Bucket, Limits


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
            limits.code()
    assert (refused.value.code, refused.value.status) == ("slow_down", 429)
    assert refused.value.details == {"wait_s": 3}


def test_one_invitation_used_too_often_holds_up_no_other() -> None:
    limits = Limits(Clock())
    with pytest.raises(Refusal):
        for _ in range(1000):
            limits.invitation("one")
    limits.invitation("another")


def test_polls_of_a_phone_that_never_came_to_the_door_are_guesses() -> None:
    limits = Limits(Clock())
    limits.begun("real")
    with pytest.raises(Refusal):
        for number in range(1000):
            limits.poll(f"made-up-{number}")
    limits.poll("real")


def test_memory_does_not_grow_with_made_up_names() -> None:
    limits = Limits(Clock())
    for number in range(10_000):
        limits.invitation(str(number))
    assert len(limits._invitations._buckets) == 4096


async def test_an_address_that_keeps_failing_waits_longer_and_no_other_does() -> None:
    limits = Limits()
    took: list[float] = []
    for remote in (*["192.0.2.1"] * 5, "192.0.2.2"):
        began = time.monotonic()
        await limits.failed(remote)
        took.append(time.monotonic() - began)
    assert took[4] > 0.35
    assert took[5] < took[4]


async def test_all_addresses_of_one_ipv6_network_are_one() -> None:
    limits = Limits(Clock())
    async with asyncio.TaskGroup() as group:
        for end in range(3):
            group.create_task(limits.failed(f"2001:db8:1:2::{end:x}"))
    assert list(limits._failures) == ["2001:0db8:0001:0002"]
