"""Small clips as a camera sends them, and files of them written with our own writer."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
import io
from itertools import pairwise
import json
from pathlib import Path
import subprocess
from typing import Any

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
import numpy as np

from kindergarten_engine.recorder.format import annexb, fragment
from kindergarten_engine.recorder.format.identity import Identity
from kindergarten_engine.recorder.format.index import FragmentEntry
from kindergarten_engine.recorder.format.init import Init, make_init
from kindergarten_engine.recorder.format.parameter_sets import (
    AudioConfig,
    VideoConfig,
    audio_config,
    syntax,
    video_config,
)
from kindergarten_engine.recorder.format.recording_file import closing, head
from kindergarten_engine.recorder.fragments import AudioSample, Samples, VideoSample

FPS = 25
STEP = 90_000 // FPS
RATE = 16_000
OPTIONS: dict[str, dict[str, object]] = {
    "h264": {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "sliced-threads=0"},
    "h264_b": {"preset": "veryfast", "x264-params": "bframes=2:b-adapt=0:scenecut=0"},
    "h264_open": {"preset": "veryfast", "x264-params": "bframes=2:b-adapt=0:open-gop=1:scenecut=0"},
    "h264_slices": {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "slices=2"},
    "h265": {"preset": "ultrafast", "x265-params": "log-level=none:bframes=0:info=0:pools=none"},
    "h265_b": {
        "preset": "ultrafast",
        "x265-params": "log-level=none:bframes=2:b-adapt=0:open-gop=0:info=0:pools=none",
    },
    "h265_open": {
        "preset": "ultrafast",
        "x265-params": "log-level=none:bframes=2:b-adapt=0:open-gop=1:info=0:pools=none",
    },
}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One coded picture, Annex B."""

    pts: int
    data: bytes
    key: bool


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What a camera would send."""

    codec: str
    pictures: list[Picture]
    extradata: bytes

    @property
    def config(self) -> VideoConfig:
        """Return the track of the clip."""
        units, inspect = syntax(self.codec)
        both = units(self.extradata) + units(self.pictures[0].data)
        return video_config(self.codec, inspect(both).parameter_sets)


@dataclass(frozen=True, kw_only=True)
class Sound:
    """AAC frames of 1024 samples at RATE."""

    frames: list[bytes]
    config: AudioConfig


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A file of a clip, in memory."""

    init: Init
    identity: Identity
    entries: list[FragmentEntry]
    open: bytes
    pts: list[int] = field(repr=False)

    @property
    def begin(self) -> bytes:
        """Return what the file begins with."""
        return self.open[: self.entries[0].offset]

    @property
    def closed(self) -> bytes:
        """Return the finished file."""
        end = closing(self.begin, self.entries)
        data = bytearray(self.open + end.mfra)
        for offset, patch in end.patches:
            data[offset : offset + len(patch)] = patch
        return bytes(data)

    def fragment(self, index: int) -> bytes:
        """Return one fragment."""
        entry = self.entries[index]
        return self.open[entry.offset : entry.end]


def encode(
    name: str,
    pictures: int = 60,
    width: int = 160,
    height: int = 120,
    gop: int = 20,
    pix_fmt: str = "yuv420p",
) -> Clip:
    """Encode a moving pattern."""
    codec = name.partition("_")[0]
    out = av.open(io.BytesIO(), "w", format={"h264": "h264", "h265": "hevc"}[codec])
    stream = out.add_stream({"h264": "libx264", "h265": "libx265"}[codec], rate=FPS)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
    stream.gop_size = gop
    stream.options = OPTIONS[name]
    stream.codec_context.time_base = Fraction(1, FPS)
    packets = []
    for number in range(pictures):
        picture = np.zeros((height, width, 3), np.uint8)
        picture[:, :, 0] = (np.arange(width) * 2 + number * 5) % 256
        picture[:, number % width, 1] = 255
        frame = av.VideoFrame.from_ndarray(picture, "rgb24")
        frame.pts = number
        frame.time_base = Fraction(1, FPS)
        packets += stream.encode(frame)
    packets += stream.encode(None)
    first = min(packet.pts or 0 for packet in packets)
    return Clip(
        codec=codec,
        pictures=[
            Picture(pts=((packet.pts or 0) - first) * STEP, data=bytes(packet), key=packet.is_keyframe)
            for packet in packets
        ],
        extradata=bytes(stream.codec_context.extradata or b""),
    )


def encode_sound(seconds: float = 3) -> Sound:
    """Encode a tone."""
    out = av.open(io.BytesIO(), "w", format="mp4")
    stream = out.add_stream("aac", rate=RATE, layout="mono")
    assert isinstance(stream, AudioStream)
    frames = []
    for number in range(int(seconds * RATE / 1024)):
        wave = np.sin(np.arange(number * 1024, number * 1024 + 1024) * 2 * np.pi * 440 / RATE) * 0.3
        frame = av.AudioFrame.from_ndarray(wave.astype(np.float32)[None], "fltp", "mono")
        frame.sample_rate, frame.pts = RATE, number * 1024
        frames += [bytes(packet) for packet in stream.encode(frame)]
    config = audio_config(RATE, 1, bytes(stream.codec_context.extradata or b""))
    return Sound(frames=frames, config=config)


def cuts(clip: Clip, most: int) -> Iterator[tuple[int, int]]:
    """Yield the pictures of each fragment: cut at key pictures and after `most`, where order allows."""
    pts = [picture.pts for picture in clip.pictures]
    marks = [0]
    for index in range(1, len(pts)):
        wanted = clip.pictures[index].key or index - marks[-1] >= most
        if wanted and max(pts[:index]) < min(pts[index:]):
            marks.append(index)
    yield from pairwise([*marks, len(pts)])


def assemble(clip: Clip, sound: Sound | None = None, most: int = 15, ticks0: int = 0) -> list[Samples]:
    """Do what the assembler does: decoding times are the sorted presentation times."""
    units, _ = syntax(clip.codec)
    times = sorted(picture.pts for picture in clip.pictures)
    times.append(times[-1] + STEP)
    found = []
    heard = 0
    for begin, end in cuts(clip, most):
        samples = Samples(ticks=ticks0 + times[begin], rel_start_us=0, rel_end_us=0)
        for index in range(begin, end):
            picture = clip.pictures[index]
            chunks, size = annexb.length_prefixed(units(picture.data))
            samples.video_data += chunks
            duration = times[index + 1] - times[index]
            late = picture.pts - times[index]
            samples.video.append(VideoSample(size=size, duration=duration, composition=late, key=picture.key))
        if sound:
            samples.audio_ticks = heard * 1024 + fragment.audio_time(ticks0, RATE)
            while heard < len(sound.frames) and heard * 1024 * 90_000 < times[end] * RATE:
                samples.audio.append(AudioSample(size=len(sound.frames[heard]), duration=1024))
                samples.audio_data.append(sound.frames[heard])
                heard += 1
        found.append(samples)
    return found


def record(clip: Clip, sound: Sound | None = None, ticks0: int = 0, most: int = 15) -> Recorded:
    """Write a clip as the store does; the file begins `ticks0` after its run."""
    init = make_init(clip.config, sound.config if sound else None)
    identity = replace(IDENTITY, init_sha=init.sha256, ticks0=ticks0)
    data = bytearray(head(init, identity))
    entries = []
    for sequence, samples in enumerate(assemble(clip, sound, most, ticks0), 1):
        built = fragment.build(samples, sequence, ticks0, RATE)
        entries.append(
            FragmentEntry(
                offset=len(data),
                size=len(built),
                ticks=samples.ticks - ticks0,
                duration=samples.duration,
                key=samples.key,
                pictures=len(samples.video),
            )
        )
        data += built
    pts = [picture.pts for picture in clip.pictures]
    return Recorded(init=init, identity=identity, entries=entries, open=bytes(data), pts=pts)


IDENTITY = Identity(
    archive_id="7c1f9a52",
    camera="0123456789abcdef0123456789abcdef",
    stream="main",
    run=41,
    seq=3,
    epoch=2,
    boot_id="3f1c2b7e-0000-4000-8000-000000000001",
    mono_ns=123_456_789_012,
    utc_us=1_795_000_000_000_000,
    rel_start_us=5_000_000,
    ticks0=0,
    init_sha="00",
    ledger_n=7,
    ledger_h="ab" * 32,
)


def probe(path: Path, *entries: str) -> Any:
    """Return what ffprobe says; a warning fails the test."""
    wanted = [word for entry in entries for word in ("-show_entries", entry)]
    done = subprocess.run(
        ["ffprobe", "-v", "warning", *wanted, "-of", "json", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


def decode(path: Path) -> int:
    """Decode everything with ffmpeg and return the number of pictures; a complaint fails the test."""
    done = subprocess.run(
        [
            "ffmpeg",
            "-v",
            "warning",
            "-xerror",
            "-i",
            str(path),
            "-map",
            "0:v",
            "-fps_mode",
            "passthrough",
            "-f",
            "framecrc",
            "-",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return sum(1 for line in done.stdout.splitlines() if line.startswith("0,"))
