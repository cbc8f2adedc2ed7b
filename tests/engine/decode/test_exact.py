"""An exact copy begins and ends where it was asked to, sound and picture together."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from kindergarten_engine.decode.exact import MARK, exact
from kindergarten_engine.errors import FormatError

RATE, PICTURES, SECONDS = 16_000, 10, 8


def film(path: Path, *, sound: bool) -> Path:
    """Make eight seconds: each second begins with a white picture and, when there is sound, a beep."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov"}) as container:
        video = container.add_stream("libx264", rate=PICTURES, options={"g": "20", "bf": "0"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("aac", rate=RATE, layout="mono") if sound else None
        time = np.arange(RATE // PICTURES) / RATE
        for number in range(SECONDS * PICTURES):
            first = number % PICTURES == 0
            picture = av.VideoFrame.from_ndarray(np.full((48, 64), 235 if first else 16, np.uint8), "gray8")
            picture.pts, picture.time_base = number, Fraction(1, PICTURES)
            container.mux(video.encode(picture.reformat(format="yuv420p")))
            if audio is not None:
                wave = (np.sin(2 * np.pi * 1000 * time) * (0.8 if first else 0)).astype(np.float32)
                tone = av.AudioFrame.from_ndarray(wave[None, :], format="fltp", layout="mono")
                tone.sample_rate, tone.pts = RATE, number * len(time)
                container.mux(audio.encode(tone))
        container.mux(video.encode(None))
        if audio is not None:
            container.mux(audio.encode(None))
    return path


def white(path: Path) -> list[float]:
    """Return when the white pictures are (seconds)."""
    with av.open(str(path)) as container:
        return [
            float(frame.time or 0)
            for frame in container.decode(video=0)
            if frame.to_ndarray(format="gray8").mean() > 128
        ]


def beeps(path: Path) -> list[float]:
    """Return when the beeps begin (seconds)."""
    with av.open(str(path)) as container:
        parts = [(float(frame.time or 0), frame.to_ndarray()[0]) for frame in container.decode(audio=0)]
    loud = [at + n / RATE for at, wave in parts for n in np.flatnonzero(np.abs(wave) > 0.3)]
    return [at for before, at in zip([-1.0, *loud], loud, strict=False) if at - before > 0.5]


def test_sound_and_pictures_stay_together(tmp_path: Path) -> None:
    source = film(tmp_path / "source.mp4", sound=True)
    target = tmp_path / "copy.mp4"
    assert exact(str(source), str(target), 2_300_000, 5_600_000) == 33
    wanted = [at - 2.3 for at in white(source) if 2.3 <= at < 5.6]
    assert white(target) == pytest.approx(wanted, abs=0.01)
    assert beeps(target) == pytest.approx(white(target), abs=0.1)
    with av.open(str(target)) as container:
        assert container.metadata["title"] == MARK
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(3.3, abs=0.1)


def test_film_without_sound_is_copied(tmp_path: Path) -> None:
    source = film(tmp_path / "source.mp4", sound=False)
    target = tmp_path / "copy.mp4"
    assert exact(str(source), str(target), 1_000_000, 3_000_000) == 20
    with av.open(str(target)) as container:
        assert not container.streams.audio


def test_stretch_without_a_picture_is_refused(tmp_path: Path) -> None:
    source = film(tmp_path / "source.mp4", sound=True)
    with pytest.raises(FormatError, match="no picture"):
        exact(str(source), str(tmp_path / "copy.mp4"), 60_000_000, 61_000_000)
