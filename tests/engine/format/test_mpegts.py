"""Transport streams, as libavformat reads them."""

import io
from pathlib import Path

import av
import pytest

from kindergarten_engine.errors import FormatError
from kindergarten_engine.recorder.format.mpegts import PACKET, TsMuxer
from kindergarten_engine.recorder.format.parameter_sets import syntax

from .clips import STEP, Clip, Picture, Recorded, Sound, decode, probe, record
from .conftest import Clips

WRAP = 1 << 33


def stream(written: Recorded, ticks: int = 0) -> bytes:
    """Return all fragments of a file as a transport stream."""
    muxer = TsMuxer(written.init.video, written.init.audio)
    data: bytes = muxer.header() + b"".join(
        muxer.fragment(written.fragment(index), ticks) for index in range(len(written.entries))
    )
    return data


def test_every_picture_arrives_with_its_time(clip: Clip, sound: Sound, tmp_path: Path) -> None:
    path = tmp_path / "a.ts"
    path.write_bytes(stream(record(clip, sound)))
    packets = probe(path, "packet=codec_type,pts,dts,flags")["packets"]
    pictures = [packet for packet in packets if packet["codec_type"] == "video"]
    first = min(packet["pts"] for packet in pictures)
    assert [packet["pts"] - first for packet in pictures] == [picture.pts for picture in clip.pictures]
    dts = [packet["dts"] for packet in pictures]
    assert dts == sorted(set(dts))
    assert all(packet["dts"] <= packet["pts"] for packet in pictures)
    assert decode(path) == len(clip.pictures)


def test_sound_arrives_whole_and_in_time(clips: Clips, sound: Sound, tmp_path: Path) -> None:
    path = tmp_path / "a.ts"
    path.write_bytes(stream(record(clips("h264"), sound)))
    found = probe(path, "stream=codec_name,sample_rate,channels", "packet=codec_type,pts,size")
    assert {"codec_name": "aac", "sample_rate": "16000", "channels": 1} in found["streams"]
    frames = [packet for packet in found["packets"] if packet["codec_type"] == "audio"]
    pictures = [packet for packet in found["packets"] if packet["codec_type"] == "video"]
    assert [int(packet["size"]) - 7 for packet in frames] == [
        len(frame) for frame in sound.frames[: len(frames)]
    ]
    assert abs(frames[0]["pts"] - pictures[0]["pts"]) < 90
    assert abs(frames[-1]["pts"] - frames[0]["pts"] - (len(frames) - 1) * 5760) < 90


def test_times_wrap_without_a_jump(clips: Clips) -> None:
    with av.open(io.BytesIO(stream(record(clips("h264")), WRAP - 126_000 - 30 * STEP)), "r") as container:
        times = [packet.pts for packet in container.demux(video=0) if packet.pts is not None]
    assert [later - times[0] for later in times] == [STEP * number for number in range(60)]


def test_counters_never_jump(clips: Clips, sound: Sound) -> None:
    data = stream(record(clips("h264_b"), sound))
    assert len(data) % PACKET == 0
    counters: dict[int, int] = {}
    for at in range(0, len(data), PACKET):
        assert data[at] == 0x47
        pid = int.from_bytes(data[at + 1 : at + 3]) & 0x1FFF
        counter = data[at + 3] & 15
        assert counters.get(pid, (counter - 1) & 15) == (counter - 1) & 15
        counters[pid] = counter
    assert set(counters) == {0, 0x1000, 0x100, 0x101}


def test_sets_are_in_front_of_every_key_picture(clips: Clips) -> None:
    for name in ("h264", "h265"):
        clip = clips(name)
        units, inspect = syntax(clip.codec)
        bare = []
        for picture in clip.pictures:
            kept = [unit for unit in units(picture.data) if not inspect([unit]).parameter_sets]
            data = b"".join(b"\0\0\1" + bytes(unit) for unit in kept)
            bare.append(Picture(pts=picture.pts, data=data, key=picture.key))
        extradata = b"".join(b"\0\0\1" + unit for unit in clip.config.parameter_sets)
        data = stream(record(Clip(codec=clip.codec, pictures=bare, extradata=extradata)))
        with av.open(io.BytesIO(data), "r") as container:
            found = [inspect(units(bytes(packet))) for packet in container.demux(video=0) if packet.size]
        assert sum(info.key for info in found) == 3
        assert all(len(info.parameter_sets) >= 2 for info in found if info.key)


def test_anything_but_a_fragment_is_refused(clips: Clips) -> None:
    muxer = TsMuxer(clips("h264").config)
    for data in (b"", b"abcdefgh" * 4, b"\0\0\0\x08moof"):
        with pytest.raises(FormatError):
            muxer.fragment(data)
