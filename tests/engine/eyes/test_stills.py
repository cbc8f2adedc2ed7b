"""What an eye sees in a JPEG, which is what a server shows instead of a stream."""

import av
import pytest

from kindergarten_engine.decode.still import jpeg
from kindergarten_engine.errors import FormatError
from kindergarten_engine.eyes.picture import HEIGHT, WIDTH, of_fragment, of_frame
from tests.rooms.life import Habitat, Life, Manner


def test_a_jpeg_shows_what_the_frame_showed() -> None:
    grey = Life(Habitat(name="group", windows=2, things=9, infrared=True), Manner(name="quiet"), 5).picture(
        5 * 86_400 + 36_000
    )
    frame = av.VideoFrame.from_ndarray(grey.grey, format="gray")
    seen, shown = of_frame(frame), of_fragment(b"", jpeg(frame))
    assert shown.grey.shape == (HEIGHT, WIDTH)
    assert abs(shown.grey.astype(int) - seen.grey).mean() < 6
    assert shown.colour < 1


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"no picture at all" * 100])
def test_what_is_no_jpeg_shows_nothing(data: bytes) -> None:
    with pytest.raises(FormatError):
        of_fragment(b"", data)
