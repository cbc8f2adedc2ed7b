"""Pictures without a camera: access units with real parameter sets and numbered slices."""

from collections.abc import Iterable
from dataclasses import dataclass, field
import struct
from typing import Any

from kindergarten_engine.recorder.assembler import Assembler
from kindergarten_engine.recorder.reader.interface import AccessUnit, StreamDescription, VideoTrack

SETS = {
    "h264": (
        bytes.fromhex("6764001facb402802dd80880000003008000001907 8c1950"),
        bytes.fromhex("68ef3cb0"),
    ),
    "h264 small": (
        bytes.fromhex("6764001eacd940a02ff97011000003000100000300320f162d96"),
        bytes.fromhex("68efbcb0"),
    ),
    "h265": (
        bytes.fromhex("40010c01ffff01600000030090000003000003003f959409"),
        bytes.fromhex(
            "42010101600000030090000003000003003fa005020171f2e595952930bc05a020000003002000000303 21"
        ),
        bytes.fromhex("4401c073c189"),
    ),
}
"""x264 1280x720 without B pictures, x264 640x360 with them, x265 640x360."""

HEADS = {
    "h264": {"key": b"\x65\x88", "other": b"\x41\x9a"},
    "h265": {
        "key": b"\x2a\x01\xac",
        "other": b"\x02\x01\xd0",
        "rasl": b"\x10\x01\xe0",
        "idr": b"\x26\x01\xac",
    },
}
"""First bytes of a slice by kind; H.265's "key" is a CRA picture."""

FRAME = 3600
RATE = 25
SECOND_NS = 1_000_000_000


def unit(
    number: int,
    pts: int,
    kind: str = "other",
    *,
    codec: str = "h264",
    sets: str | None = None,
    arrival_s: float | None = None,
) -> AccessUnit:
    """Return a picture that carries its number; key pictures carry parameter sets too."""
    name = sets or (codec if kind in {"key", "idr"} else None)
    return AccessUnit(
        pts=pts,
        arrival_ns=None if arrival_s is None else round(arrival_s * SECOND_NS),
        units=[*(SETS[name] if name else ()), HEADS[codec][kind] + struct.pack(">I", number + 0x01010101)],
    )


def steady(count: int, *, gop: int = 50, start: int = 0, first: int = 0) -> list[AccessUnit]:
    """Return pictures of a well-behaved camera: 25 a second, each here when it was taken."""
    return [
        unit(
            first + index,
            start + index * FRAME,
            "other" if index % gop else "key",
            arrival_s=100 + (first + index) / RATE,
        )
        for index in range(count)
    ]


@dataclass
class Run:
    """What the assembler said of one run."""

    init: Any
    rel_start_us: int
    fragments: list[Any] = field(default_factory=list)
    inits: list[Any] = field(default_factory=list)
    end: Any = None  # (rel_us, cause, detail)

    @property
    def samples(self) -> list[Any]:
        return [sample for fragment in self.fragments for sample in fragment.video]

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of the pictures, in decoding order."""
        data = b"".join(bytes(chunk) for fragment in self.fragments for chunk in fragment.video_data)
        numbers, at = [], 0
        for sample in self.samples:
            numbers.append(struct.unpack(">I", data[at + sample.size - 4 : at + sample.size])[0] - 0x01010101)
            at += sample.size
        return numbers

    @property
    def dts(self) -> list[int]:
        """Return the decoding times as a player computes them: from each fragment's start."""
        times = []
        for fragment in self.fragments:
            at = fragment.ticks
            for sample in fragment.video:
                times.append(at)
                at += sample.duration
        return times

    @property
    def pts(self) -> list[int]:
        return [time + sample.composition for time, sample in zip(self.dts, self.samples, strict=True)]


class Runs:
    """An output that remembers."""

    def __init__(self) -> None:
        self.all: list[Run] = []

    def begin(self, init: Any, rel_start_us: int) -> None:
        assert not self.all or self.all[-1].end is not None
        self.all.append(Run(init, rel_start_us, inits=[init]))

    def change_init(self, init: Any) -> None:
        self.all[-1].inits.append(init)

    def add(self, samples: Any) -> None:
        assert self.all[-1].end is None
        self.all[-1].fragments.append(samples)

    def end(self, rel_end_us: int, cause: str, detail: str) -> None:
        self.all[-1].end = (rel_end_us, cause, detail)

    @property
    def numbers(self) -> list[int]:
        return [number for run in self.all for number in run.numbers]


NOW_NS = 1_000 * SECOND_NS


def assembler(runs: Runs, codec: str = "h264", **kwargs: Any) -> Assembler:
    description = kwargs.pop("description", None) or StreamDescription(video=VideoTrack(codec=codec))
    return Assembler(description, runs, lambda ns: (NOW_NS if ns is None else ns) // 1000, **kwargs)


def assemble(units: Iterable[AccessUnit], codec: str = "h264") -> Runs:
    """Return the runs of a session that ends after `units`."""
    runs = Runs()
    made = assembler(runs, codec)
    for each in units:
        made.picture(each)
    made.finish("stall")
    return runs
