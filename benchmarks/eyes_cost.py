"""What looking through cameras costs: the decode worker's processor time, of real key frames."""

from dataclasses import replace
import io
import statistics
import time
from typing import Any

import av

from kindergarten_engine.eyes.eye import Eye
from kindergarten_engine.eyes.picture import of_fragment
from tests.cameras.clips import BENCH_MAIN, TEST_MAIN, ClipSpec, load_clip
from tests.rooms.life import LOOK_S

CAMERAS = 16
CLIPS = {
    "640x360": TEST_MAIN,
    "1920x1080": BENCH_MAIN,
    "2560x1440": replace(BENCH_MAIN, width=2560, height=1440, bitrate=6_000_000, loop_s=2),
    "1920x1080 h265": replace(BENCH_MAIN, codec="h265", loop_s=2),
}
_LOOKS = 60


def cost() -> dict[str, Any]:
    """Return, by the size of the main stream, ms of a look and the share (%) of a core for 16 cameras."""
    return {name: _of(spec) for name, spec in CLIPS.items()}


def _of(spec: ClipSpec) -> dict[str, float]:
    fragments = _fragments(spec)
    state, times = b"", []
    for number in range(_LOOKS):
        fragment = fragments[number % len(fragments)]
        start = time.process_time()
        eye = Eye.load(state)
        eye.look(of_fragment(b"", fragment), number * LOOK_S * 1_000_000)
        state = eye.dump()
        times.append((time.process_time() - start) * 1000)
    look_ms = statistics.median(times[_LOOKS // 2 :])
    return {
        "look_ms": round(look_ms, 1),
        "core_percent_16_cameras": round(look_ms * CAMERAS / LOOK_S / 10, 2),
    }


def _fragments(spec: ClipSpec) -> list[bytes]:
    """Return fragments of a second that begin with a key picture, each with its own init."""
    clip = load_clip(spec)
    per_second, found = int(spec.rate), []
    keys = [at for at, picture in enumerate(clip.pictures) if picture.key]
    for key in keys[:8]:
        pictures = clip.pictures[key : key + per_second]
        data = b"".join(
            _annexb(clip.sets if not at else ()) + _annexb(p.units) for at, p in enumerate(pictures)
        )
        out = io.BytesIO()
        with (
            av.open(io.BytesIO(data), mode="r", format="h264" if spec.codec == "h264" else "hevc") as read,
            av.open(out, "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov"}) as made,
        ):
            stream = made.add_stream_from_template(read.streams.video[0])
            for number, packet in enumerate(read.demux(video=0)):
                if packet.size:
                    packet.stream, packet.pts, packet.dts = stream, number, number
                    made.mux(packet)
        found.append(out.getvalue())
    return found


def _annexb(units: tuple[bytes, ...]) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)
