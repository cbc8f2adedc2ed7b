"""Files of our own writer, as other programs read them."""

import io
from pathlib import Path

import av
import pytest

from kindergarten_engine.errors import FormatError
from kindergarten_engine.recorder.format.parameter_sets import audio_config, syntax

from .clips import RATE, STEP, Clip, Recorded, Sound, decode, encode, probe, record
from .conftest import Clips


def libavformat_file(clip: Clip) -> bytes:
    """Return the clip as libavformat's own muxer writes it."""
    raw = b"".join(picture.data for picture in clip.pictures)
    source = av.open(io.BytesIO(raw), "r", format={"h264": "h264", "h265": "hevc"}[clip.codec])
    target = io.BytesIO()
    out = av.open(target, "w", format="mp4")
    stream = out.add_stream_from_template(source.streams.video[0])
    stream.codec_context.codec_tag = "hvc1" if clip.codec == "h265" else "avc1"
    for number, packet in enumerate(source.demux(video=0)):
        if packet.size:
            packet.stream = stream
            packet.pts = packet.dts = number * (packet.duration or 0)
            out.mux(packet)
    out.close()
    return target.getvalue()


def box_of(data: bytes, kind: bytes) -> bytes:
    """Return the first box of a kind anywhere in `data`."""
    at = data.index(kind) - 4
    return data[at : at + int.from_bytes(data[at : at + 4])]


def test_configuration_record_is_the_one_libavformat_writes(clip: Clip) -> None:
    kind = b"hvcC" if clip.codec == "h265" else b"avcC"
    assert box_of(clip.config.sample_entry, kind) == box_of(libavformat_file(clip), kind)


def test_size_profile_and_codec_are_what_ffprobe_says(clip: Clip, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(record(clip).closed)
    stream = probe(path, "stream=codec_name,codec_tag_string,width,height,level,pix_fmt")["streams"][0]
    config = clip.config
    assert stream["codec_name"] == {"h264": "h264", "h265": "hevc"}[clip.codec]
    assert stream["codec_tag_string"] == {"h264": "avc1", "h265": "hvc1"}[clip.codec]
    assert (stream["width"], stream["height"]) == (config.width, config.height) == (160, 120)
    assert stream["level"] == config.shape[4]
    assert config.frame_rate == pytest.approx(25)


def test_every_picture_has_its_time_and_key_flag(clip: Clip, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(record(clip).closed)
    packets = probe(path, "packet=pts,dts,flags,duration")["packets"]
    # libavformat shifts presentation by the largest negative offset, for all pictures alike
    shift = packets[0]["pts"] - clip.pictures[0].pts
    assert shift in range(0, 3 * STEP, STEP)
    assert [packet["pts"] - shift for packet in packets] == [picture.pts for picture in clip.pictures]
    assert [packet["dts"] for packet in packets] == sorted(picture.pts for picture in clip.pictures)
    keys = [picture.key for picture in clip.pictures]
    assert [packet["flags"].startswith("K") for packet in packets] == keys


@pytest.mark.parametrize("finished", [True, False])
def test_length_is_right_whether_closed_or_not(recorded: Recorded, tmp_path: Path, finished: bool) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(recorded.closed if finished else recorded.open)
    length = float(probe(path, "format=duration")["format"]["duration"])
    assert length == pytest.approx(60 / 25, abs=0.15)


@pytest.mark.parametrize("finished", [True, False])
def test_everything_decodes_without_a_complaint(clip: Clip, tmp_path: Path, finished: bool) -> None:
    path = tmp_path / "a.mp4"
    written = record(clip)
    path.write_bytes(written.closed if finished else written.open)
    assert decode(path) == len(clip.pictures)


def test_sound_keeps_every_frame_and_its_time(recorded: Recorded, sound: Sound, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(recorded.closed)
    found = probe(path, "stream=codec_name,profile,sample_rate,channels", "packet=stream_index,pts,size")
    assert found["streams"][1] == {
        "codec_name": "aac", "profile": "LC", "sample_rate": str(RATE), "channels": 1
    }  # fmt: skip
    frames = [packet for packet in found["packets"] if packet["stream_index"] == 1]
    assert [packet["pts"] for packet in frames] == [1024 * number for number in range(len(frames))]
    assert [int(packet["size"]) for packet in frames] == [len(frame) for frame in sound.frames[: len(frames)]]
    assert len(frames) >= 2.4 * RATE / 1024


def test_closed_file_is_opened_without_a_walk_over_its_fragments(clips: Clips) -> None:
    written = record(encode("h264", pictures=200, gop=5))

    class Counted(io.BytesIO):
        places: set[int]

        def read(self, size: int | None = -1, /) -> bytes:
            self.places.add(self.tell() // 4096)
            return super().read(size)

    data = Counted(written.closed)
    data.places = set()
    with av.open(data, "r", buffer_size=4096) as container:
        assert container.duration == 8_000_000
        assert len(data.places) < len(written.entries)
        container.seek(7_000_000)
        packet = next(container.demux(video=0))
        assert packet.pts == 7 * 90_000


def test_odd_sizes_are_cropped(tmp_path: Path) -> None:
    for name in ("h264", "h265"):
        clip = encode(name, pictures=3, width=182, height=106)
        assert (clip.config.width, clip.config.height) == (182, 106)


def test_only_eight_bit_420_h264_is_for_every_browser() -> None:
    plain = encode("h264", pictures=2).config
    wide = encode("h264", pictures=2, pix_fmt="yuv422p").config
    deep = encode("h265", pictures=2, pix_fmt="yuv420p10le").config
    assert (plain.browser, wide.browser, deep.browser) == (True, False, False)
    assert wide.shape[5:] == (2, 8, 8)
    assert deep.shape[5:] == (1, 10, 10)
    assert plain.codecs == "avc1.42c00b"
    assert deep.codecs.startswith("hvc1.2.4.L")


def test_open_gops_are_recognised(clips: Clips) -> None:
    for name, kind in (("h264_open", "recovery"), ("h265_open", "cra")):
        clip = clips(name)
        units, inspect = syntax(clip.codec)
        infos = [inspect(units(picture.data)) for picture in clip.pictures]
        assert [info.key for info in infos] == [picture.key for picture in clip.pictures]
        assert {info.random_access for info in infos if info.key} == {"idr", kind} or name == "h265_open"
        assert any(info.random_access == kind for info in infos)
        assert any(info.rasl for info in infos) == (name == "h265_open")


def test_every_slice_is_counted(clips: Clips) -> None:
    units, inspect = syntax("h264")
    info = inspect(units(clips("h264_slices").pictures[0].data))
    assert (info.slices, info.first_slice, info.key) == (2, True, True)


def test_intra_picture_with_parameter_sets_is_a_key_picture(clips: Clips) -> None:
    units, inspect = syntax("h264")
    found = units(clips("h264").pictures[0].data)
    disguised = [bytes((unit[0] & 0xE0 | 1,)) + unit[1:] if unit[0] & 31 == 5 else unit for unit in found]
    assert inspect(disguised).random_access == "recovery"
    assert not inspect([unit for unit in disguised if unit[0] & 31 == 1]).key


@pytest.mark.parametrize("config", [b"", b"\x12", b"\xff\xff\xff", bytes(70), b"\x12\x14"])
def test_sound_that_is_not_aac_is_refused(config: bytes) -> None:
    with pytest.raises(FormatError):
        audio_config(1234, 1, config)


def test_sound_without_configuration_is_plain_aac() -> None:
    found = audio_config(8000, 1)
    assert (found.asc, found.rate, found.channels, found.codecs) == (b"\x15\x88", 8000, 1, "mp4a.40.2")
