"""How soon a camera is tried again."""

from itertools import accumulate

from kindergarten_engine.recorder.waiting import Waiting

S = 1_000_000_000


def waits(waiting: Waiting, count: int, code: str = "closed", begin_s: float = 0.0) -> list[float]:
    """Return the waits after so many tries that come to nothing at once."""
    now_s, found = begin_s, []
    for _ in range(count):
        found.append(waiting.after(code, 0.0, round(now_s * S)))
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
