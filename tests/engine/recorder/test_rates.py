"""How far apart key pictures are: told of a camera, and not of a network that loses one of them."""

from typing import cast

from kindergarten_engine.recorder.live import LiveStream
from kindergarten_engine.recorder.pipeline import Pipeline
from kindergarten_engine.recorder.store.store import Store

from .pictures import FRAME, Runs, assembler, unit

NO_STORE = cast("Store", None)
"""A stream that is only watched has nothing to do with the archive."""


def _watched(runs: Runs) -> Pipeline:
    pipeline = Pipeline(NO_STORE, "a" * 32, "sub", LiveStream(), recorded=False, changed=lambda: None)
    pipeline.begin(runs.all[0].init, 0)
    for samples in runs.all[0].fragments:
        pipeline.add(samples)
    return pipeline


def _gop_s(seconds: int, keys: set[int]) -> float | None:
    """Return what is told of a camera with key pictures at these seconds."""
    runs = Runs()
    made = assembler(runs)
    for n in range(seconds * 25 + 1):
        kind = "key" if n % 25 == 0 and n // 25 in keys else "other"
        made.picture(unit(n, n * FRAME, kind, arrival_s=100 + n / 25))
    made.finish("stall")
    rates = _watched(runs).rates()
    assert rates
    return rates.gop_s


def test_interval_of_key_pictures_is_told_once_there_were_four() -> None:
    assert _gop_s(40, {0, 10, 20}) is None
    assert _gop_s(40, {0, 10, 20, 30}) == 10.0


def test_key_picture_lost_on_the_way_makes_no_camera_slow() -> None:
    assert _gop_s(20, {0, 4, 8, 16}) == 4.0


def test_stream_that_is_down_has_no_rates() -> None:
    runs = Runs()
    made = assembler(runs)
    for n in range(251):
        made.picture(unit(n, n * FRAME, "other" if n % 50 else "key", arrival_s=100 + n / 25))
    made.finish("stall")
    pipeline = _watched(runs)
    pipeline.down(10_000_000, "stall", "")
    assert pipeline.rates() is None
