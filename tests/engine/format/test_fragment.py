"""A fragment is the same whether its pictures come in pieces or out of another fragment."""

from kindergarten_engine.recorder.format import fragment
from kindergarten_engine.recorder.fragments import AudioSample, Samples, VideoSample
from kindergarten_engine.recorder.store.checksum import checked, intact

PICTURES = (b"\0\0\0\4Xkey", b"\0\0\0\2Xb", b"\0\0\0\3Xab")
SOUND = (b"one", b"another")


def _samples() -> Samples:
    sizes = [len(data) for data in PICTURES]
    return Samples(
        ticks=900,
        rel_start_us=0,
        rel_end_us=120_000,
        video=[
            VideoSample(size=size, duration=3600, composition=0, key=index == 0)
            for index, size in enumerate(sizes)
        ],
        video_data=[part for data in PICTURES for part in (data[:4], data[4:])],
        audio=[AudioSample(size=len(data), duration=1024) for data in SOUND],
        audio_data=list(SOUND),
    )


def test_what_is_written_serves_viewers_too() -> None:
    samples = _samples()
    before = fragment.build(samples, 1, 0, 48_000)
    written = checked(samples, 7, 0, 48_000)
    samples.video_data = [fragment.pictures(written, samples)]
    assert bytes(samples.video_data[0]) == b"".join(PICTURES)
    assert fragment.build(samples, 1, 0, 48_000) == before
    assert checked(samples, 7, 0, 48_000) == written
    assert intact(bytes(written))
