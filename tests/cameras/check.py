"""Proves from recorded files that no picture was lost, repeated or damaged.

`python -m tests.cameras.check FILE…` prints the report as JSON; the files are one stream's, in order.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
import json
import os
from pathlib import Path
import sys

import av

from .clips import split_annexb
from .numbering import Stamp, is_slice, read_stamp, slice_checksum

type PathLike = str | os.PathLike[str]


@dataclass(kw_only=True)
class PictureReport:
    """What is in the files, by the cameras' running numbers.

    `missing` are inclusive ranges between `first` and `last`; `repeated` and `disordered` (came
    after a higher number) are numbers; `damaged` are numbers whose slices do not match the
    checksum; `unnumbered` counts pictures without a number. `sources` are the (camera, "main" or
    "sub") seen. `errors` says which files could not be read to their end.
    """

    pictures: int = 0
    first: int | None = None
    last: int | None = None
    missing: list[tuple[int, int]] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    disordered: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    unnumbered: int = 0
    sources: list[tuple[int, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    wall_us: dict[int, int] = field(default_factory=dict, repr=False)
    """When the camera sent each picture, by its number."""

    @property
    def missing_count(self) -> int:
        """Return how many pictures are missing between the first and the last."""
        return sum(last - first + 1 for first, last in self.missing)

    @property
    def whole(self) -> bool:
        """Tell whether nothing at all is wrong."""
        faults = (self.missing, self.repeated, self.disordered, self.damaged, self.unnumbered, self.errors)
        return self.pictures > 0 and not any(faults) and len(self.sources) == 1

    def lost(self, sent: Iterable[int]) -> list[int]:
        """Return those of the numbers that are not in the files."""
        return [number for number in sent if number not in self.wall_us]

    def as_json(self) -> str:
        """Return the report without the times of the pictures."""
        values = {name: value for name, value in vars(self).items() if name != "wall_us"}
        return json.dumps(values | {"missing_count": self.missing_count, "whole": self.whole})


def check_files(paths: Sequence[PathLike]) -> PictureReport:
    """Read the pictures of one stream from files (MP4, MPEG-TS, Matroska) in order, without decoding."""
    report = PictureReport()
    sources: set[tuple[int, str]] = set()
    highest = -1
    for path in paths:
        for stamp, whole in _pictures(path, report.errors):
            report.pictures += 1
            if stamp is None:
                report.unnumbered += 1
                continue
            sources.add((stamp.camera, "sub" if stamp.sub else "main"))
            if stamp.number in report.wall_us:
                report.repeated.append(stamp.number)
            elif stamp.number < highest:
                report.disordered.append(stamp.number)
            highest = max(highest, stamp.number)
            report.wall_us[stamp.number] = stamp.wall_us
            if not whole:
                report.damaged.append(stamp.number)
    report.sources = sorted(sources)
    numbers = sorted(report.wall_us)
    if numbers:
        report.first, report.last = numbers[0], numbers[-1]
        report.missing = [(left + 1, right - 1) for left, right in pairwise(numbers) if right - left > 1]
    return report


def _pictures(path: PathLike, errors: list[str]) -> Iterator[tuple[Stamp | None, bool]]:
    """Yield the stamp of each picture, None without one, and whether its slices are whole."""
    try:
        with av.open(os.fspath(path), options={"ignore_editlist": "1"}) as container:
            stream = container.streams.video[0]
            codec = "h264" if stream.codec_context.name == "h264" else "h265"
            prefixed = (stream.codec_context.extradata or b"\0")[0] == 1
            for packet in container.demux(stream):
                data = bytes(packet)
                if data:
                    yield from _stamped(codec, _prefixed_units(data) if prefixed else split_annexb(data))
    except (av.FFmpegError, IndexError) as error:
        errors.append(f"{Path(path).name}: {error}")


def _stamped(codec: str, units: Iterable[bytes]) -> Iterator[tuple[Stamp | None, bool]]:
    """Yield the pictures of one sample; a reader that lost a packet may have joined two."""
    stamp: Stamp | None = None
    slices: list[bytes] = []
    for unit in units:
        if not unit:
            continue
        if found := read_stamp(codec, unit):
            if stamp or slices:
                yield stamp, stamp is not None and slice_checksum(slices) == stamp.checksum
            stamp, slices = found, []
        elif is_slice(codec, unit):
            slices.append(unit.rstrip(b"\0"))  # libavformat's hvc1 writer leaves trailing_zero_8bits in
    yield stamp, stamp is not None and slice_checksum(slices) == stamp.checksum


def _prefixed_units(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 4 <= len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4])
        yield data[at + 4 : end]
        at = end


if __name__ == "__main__":
    print(check_files(sys.argv[1:]).as_json())
