"""A camera's pictures for the live page: a minute of a playroom with a clock, as fragments of a second."""

from collections.abc import Iterator
from dataclasses import dataclass
import functools
import hashlib
import io
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

from tests.cameras.picture import Painter

CACHE = Path(__file__).parents[2] / ".cache" / "portal_media"
WIDTH, HEIGHT, FPS, LOOP_S = 640, 360, 5, 60
SCALE = 90_000
_WALL, _FLOOR, _WINDOW, _RUG = "#f1e6d2", "#c99f6d", "#bfe3f4", "#d97b66"


def _room() -> Image.Image:
    """Draw a playroom without anybody in it."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _WALL)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 225, WIDTH, HEIGHT), fill=_FLOOR)
    for left in (380, 500):
        draw.rectangle((left, 40, left + 96, 150), fill="#ffffff")
        draw.rectangle((left + 7, 47, left + 89, 143), fill=_WINDOW)
    draw.ellipse((170, 250, 520, 350), fill=_RUG)
    draw.ellipse((210, 265, 480, 338), fill="#e9a08e")
    draw.rectangle((40, 130, 190, 250), fill="#8d6b45")
    for row in range(2):
        for column, colour in enumerate(("#2e7da6", "#f2a33a", "#7bc0a3")):
            draw.rectangle((52 + column * 45, 142 + row * 54, 88 + column * 45, 186 + row * 54), fill=colour)
    for at, colour in ((560, "#f2a33a"), (590, "#2e7da6"), (575, "#7bc0a3")):
        draw.rectangle((at, 270 - (at == 575) * 28, at + 27, 297 - (at == 575) * 28), fill=colour)
    return image


def picture(second: int, part: float) -> Image.Image:
    """Return what the camera sees at a second of the minute: the room, a ball that rolls, the clock."""
    image = _room_once().copy()
    clock = Image.fromarray(_painter().paint(second, part))
    image.paste(clock.crop((0, 0, WIDTH // 2, HEIGHT // 6)), (0, 0))
    x = 215 + 230 * abs(((second + part) / 4) % 2 - 1)
    ImageDraw.Draw(image).ellipse((x, 270, x + 44, 314), fill="#16384c")
    ImageDraw.Draw(image).ellipse((x + 9, 276, x + 21, 288), fill="#5fb3d9")
    return image


@functools.cache
def _room_once() -> Image.Image:
    return _room()


@functools.cache
def _painter() -> Painter:
    return Painter(WIDTH, HEIGHT, "")


def still(second: int, lines: tuple[str, ...]) -> bytes:
    """Return a JPEG with the viewer's lines in it."""
    image = picture(second, 0)
    ImageDraw.Draw(image).text(
        (330, 200), "\n".join(lines), fill="#ffffff", stroke_width=2, stroke_fill="#000000"
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        yield data[at + 4 : at + 8], at, at + size
        at += size


def _encode() -> bytes:
    out = io.BytesIO()
    flags = "frag_keyframe+empty_moov+default_base_moof"
    with av.open(
        out, "w", format="mp4", options={"movflags": flags, "video_track_timescale": str(SCALE)}
    ) as film:
        stream = film.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = FPS
        stream.options = {
            "preset": "veryfast",
            "crf": "30",
            "profile": "main",
            "tune": "zerolatency",
            "x264-params": f"keyint={FPS}:min-keyint={FPS}:scenecut=0:bframes=0",
        }
        for number in range(FPS * LOOP_S):
            image = picture(number // FPS, number % FPS / FPS)
            frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
            frame.pts = number
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return out.getvalue()


@dataclass(frozen=True, kw_only=True)
class Film:
    """`init` and a fragment for each second of the minute."""

    init: bytes
    fragments: tuple[bytes, ...]

    def fragment(self, number: int) -> bytes:
        """Return the fragment of any second since the film began, with the decode time of that second."""
        data = bytearray(self.fragments[number % LOOP_S])
        at = data.index(b"tfdt")
        if data[at + 4]:
            data[at + 8 : at + 16] = (number * SCALE).to_bytes(8)
        else:
            data[at + 8 : at + 12] = (number * SCALE & 0xFFFFFFFF).to_bytes(4)
        return bytes(data)


@functools.cache
def film() -> Film:
    """Return the minute, encoded once and kept."""
    CACHE.mkdir(parents=True, exist_ok=True)
    kept = CACHE / f"{hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]}.mp4"
    if not kept.exists():
        part = kept.with_suffix(".part")
        part.write_bytes(_encode())
        part.replace(kept)
    data = kept.read_bytes()
    init, fragments, moof = b"", [], 0
    for kind, start, end in _boxes(data):
        if kind in {b"ftyp", b"moov"}:
            init += data[start:end]
        elif kind == b"moof":
            moof = start
        elif kind == b"mdat":
            fragments.append(data[moof:end])
    assert len(fragments) == LOOP_S
    return Film(init=init, fragments=tuple(fragments))
