"""What a reader's process tells the engine: messages in the order in which a sink hears them.

A message is one byte of kind and four of length, then its bytes. Nothing that comes over this pipe
is believed: it is the word of a process that reads strangers' bytes with C code.
"""

from collections.abc import Callable
from dataclasses import asdict
import json
import struct
from typing import Any, BinaryIO, override

from ...errors import FormatError, SourceError
from .interface import AccessUnit, AudioTrack, AudioUnit, Sink, Source, StreamDescription, VideoTrack

_HEAD = struct.Struct(">cI")
_PICTURE = struct.Struct(">q?qH")
_TIME = struct.Struct(">q")
MAX_BYTES = 64 << 20
MAX_UNITS = 4096
_SETS, _CODECS, _SOUNDS = 64, ("h264", "h265"), ("aac", "pcm_alaw", "pcm_mulaw")
_MAX_TEXT = 500


class Teller(Sink):
    """A sink that writes down what it hears."""

    def __init__(self, out: BinaryIO) -> None:
        """Write to a pipe. A reader calls from one thread at a time."""
        self._out = out

    @override
    def described(self, description: StreamDescription) -> None:
        video, audio = description.video, description.audio
        self._say(b"D", json.dumps({
            "codec": video.codec,
            "sets": [each.hex() for each in video.parameter_sets],
            "audio": None if audio is None else asdict(audio) | {"config": audio.config.hex()},
        }).encode())  # fmt: skip

    @override
    def picture(self, unit: AccessUnit) -> None:
        known = unit.arrival_ns is not None
        head = _PICTURE.pack(unit.pts, known, unit.arrival_ns or 0, len(unit.units))
        sizes = struct.pack(f">{len(unit.units)}I", *map(len, unit.units))
        self._say(b"P", head, sizes, *unit.units)

    @override
    def sound(self, unit: AudioUnit) -> None:
        self._say(b"S", _TIME.pack(unit.pts), unit.data)

    @override
    def camera_clock(self, offset_us: int) -> None:
        self._say(b"C", _TIME.pack(offset_us))

    @override
    def ended(self, error: SourceError) -> None:
        body = {"code": error.code, "text": error.text, "field": error.field}
        self._say(b"E", json.dumps(body).encode())

    def _say(self, kind: bytes, *parts: bytes | memoryview) -> None:
        self._out.write(_HEAD.pack(kind, sum(map(len, parts))) + b"".join(parts))
        self._out.flush()


def pass_on(take: Callable[[int], bytes], sink: Sink) -> SourceError | None:
    """Have a sink hear the next message; returns why the session ended, None as long as it goes on.

    `take` returns exactly so many bytes. Raises FormatError for what no `Teller` says; what `take` raises passes through.
    """
    kind, size = _HEAD.unpack(take(_HEAD.size))
    if size > MAX_BYTES:
        raise FormatError("a reader's message is too long")
    body = take(size)
    try:
        match kind:
            case b"P":
                sink.picture(_picture(body))
            case b"S":
                sink.sound(AudioUnit(pts=_TIME.unpack_from(body)[0], data=body[_TIME.size :]))
            case b"C":
                sink.camera_clock(_TIME.unpack(body)[0])
            case b"D":
                sink.described(_description(json.loads(body)))
            case b"E":
                said = json.loads(body)
                field = None if said["field"] is None else str(said["field"])[:_MAX_TEXT]
                return SourceError(str(said["code"])[:_MAX_TEXT], str(said["text"])[:_MAX_TEXT], field)
            case _:
                raise FormatError("a reader says what nobody knows")
    except (struct.error, ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError("a reader's message is not what it should be") from error
    return None


def _picture(body: bytes) -> AccessUnit:
    pts, known, arrival_ns, count = _PICTURE.unpack_from(body)
    if not 0 < count <= MAX_UNITS:
        raise FormatError("a reader's picture has no units")
    sizes = struct.unpack_from(f">{count}I", body, _PICTURE.size)
    at = _PICTURE.size + 4 * count
    if at + sum(sizes) != len(body) or not all(sizes):
        raise FormatError("a reader's picture has other bytes than it says")
    view, units = memoryview(body), list[bytes | memoryview]()
    for size in sizes:
        units.append(view[at : at + size])
        at += size
    return AccessUnit(pts=pts, arrival_ns=arrival_ns if known else None, units=units)


def _description(said: dict[str, Any]) -> StreamDescription:
    audio = said["audio"]
    if said["codec"] not in _CODECS or len(said["sets"]) > _SETS:
        raise FormatError("a reader describes what cannot be")
    sets = tuple(bytes.fromhex(each) for each in said["sets"])
    video = VideoTrack(codec=str(said["codec"]), parameter_sets=sets)
    if audio is None:
        return StreamDescription(video=video)
    if audio["codec"] not in _SOUNDS:
        raise FormatError("a reader describes what cannot be")
    track = AudioTrack(
        codec=str(audio["codec"]),
        rate=int(audio["rate"]),
        channels=int(audio["channels"]),
        config=bytes.fromhex(audio["config"]),
    )
    return StreamDescription(video=video, audio=track)


def order(source: Source) -> bytes:
    """Return the line that tells a process what to read; the only way by which a login comes there."""
    return json.dumps(asdict(source)).encode() + b"\n"


def ordered(line: bytes) -> Source:
    """Read what `order` wrote."""
    return Source(**json.loads(line))
