"""A run's time against a camera whose clock is wrong, for a month."""

import random

import pytest

from kindergarten_engine.recorder.timeline import Timeline

DAYS = 30
STEP_S = 5


@pytest.mark.parametrize("ppm", [200, -200])
def test_a_month_with_a_camera_that_drifts_stays_right_to_a_quarter_of_a_second(ppm: int) -> None:
    dice, timeline = random.Random(ppm), Timeline()
    step = STEP_S * 90_000
    true_us_of = 1_000_000 / 90_000 / (1 + ppm / 1e6)
    """Microseconds that really pass during a tick of this camera."""
    timeline.observe(0, 40_000)
    timeline.begin(0, 40_000)
    worst_us = 0.0
    for number in range(1, DAYS * 86_400 // STEP_S):
        taken_us = number * step * true_us_of
        # Networks deliver late, for an hour of each day very late, never early.
        busy = number * STEP_S % 86_400 < 3600
        timeline.observe(number * step, round(taken_us + dice.uniform(5_000, 400_000 if busy else 60_000)))
        _, end_us = timeline.advance(step)
        if number > 120:
            worst_us = max(worst_us, abs(end_us - taken_us))
    assert worst_us < 250_000
