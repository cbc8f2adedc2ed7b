"""How soon a camera is tried again."""

from itertools import accumulate

import pytest

from kindergarten_engine.recorder.waiting import Waiting

S = 1_000_000_000


def waits(waiting: Waiting, count: int, code: str = "closed", spent_s: float = 0.0) -> list[float]:
    """Return the waits after so many tries that come to nothing, each in so many seconds."""
    now_s, found = 0.0, []
    for _ in range(count):
        now_s += spent_s
        found.append(waiting.after(code, 0.0, round(now_s * S), spent_s))
        now_s += found[-1]
    return found


def test_a_camera_that_was_good_a_minute_ago_is_tried_every_second_and_a_half() -> None:
    tries = waits(Waiting(0), 40)
    assert tries[:4] == [0.25, 0.5, 1.0, 1.5]
    hurried = [wait for wait, at in zip(tries, [0, *accumulate(tries)], strict=False) if at < 60]
    assert max(hurried) == 1.5


def test_a_camera_that_stays_away_is_left_alone_for_longer() -> None:
    assert waits(Waiting(0), 60)[-3:] == [15.0] * 3


def test_a_camera_that_hangs_up_every_few_seconds_is_called_again_at_once() -> None:
    waiting = Waiting(0)
    assert [waiting.after("closed", 5.0, minute * 60 * S) for minute in range(30)] == [0.25] * 30


def test_a_camera_that_always_hangs_up_at_once_is_left_alone_for_longer() -> None:
    waiting = Waiting(0)
    assert [waiting.after("closed", 0.5, minute * 60 * S) for minute in range(30)][-1] == 15.0


def test_a_try_that_was_long_in_vain_is_followed_by_the_next_one_soon() -> None:
    waiting = Waiting(0)
    for _ in range(9):
        wait_s = waiting.after("timeout", 0.0, 600 * S, spent_s=5.0)
    assert wait_s == 0.25


@pytest.mark.parametrize(
    "code", ["no_video", "unsupported_codec", "not_found", "tls", "bad_address", "auth", "something new"]
)
def test_what_another_try_does_not_mend_is_tried_seldom_from_the_beginning(code: str) -> None:
    tries = waits(Waiting(0), 40, code, spent_s=1.5)
    assert tries[:7] == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0]
    assert sum(at < 60 for at in accumulate(wait + 1.5 for wait in tries)) < 10


@pytest.mark.parametrize("code", ["closed", "unreachable", "refused", "timeout", "stall"])
def test_a_camera_that_starts_anew_is_never_waited_for_longer_than_a_second_and_a_half(code: str) -> None:
    assert max(waits(Waiting(0), 15, code, spent_s=1.5)) <= 1.5


def test_a_camera_that_is_back_and_answers_badly_at_first_is_tried_again_soon() -> None:
    waiting = Waiting(0)
    assert waits(waiting, 60, "refused")[-1] == 15.0
    assert waits(waiting, 3, "not_found") == [0.25, 0.5, 1.0]


def test_a_camera_that_fails_in_turns_is_left_alone_for_longer_all_the_same() -> None:
    waiting = Waiting(0)
    found = [waiting.after(code, 0.0, 600 * S) for _ in range(10) for code in ("closed", "no_video")]
    assert found[-2:] == [15.0, 15.0]
