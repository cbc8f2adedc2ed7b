"""Clips for the tests of the byte formats, encoded once."""

from collections.abc import Callable
from functools import cache

import pytest

from .clips import OPTIONS, Clip, Recorded, Sound, encode, encode_sound, record

type Clips = Callable[[str], Clip]


@pytest.fixture(scope="session")
def clips() -> Clips:
    """Return clips by name, each encoded once."""
    return cache(encode)


@pytest.fixture(params=sorted(OPTIONS))
def clip(request: pytest.FixtureRequest, clips: Clips) -> Clip:
    """Return each kind of clip in turn."""
    return clips(request.param)


@pytest.fixture(scope="session")
def sound() -> Sound:
    """Return three seconds of sound."""
    return encode_sound()


@pytest.fixture(scope="session")
def recorded(clips: Clips, sound: Sound) -> Recorded:
    """Return a file with sound and reordered pictures."""
    return record(clips("h264_b"), sound)
