"""Reading files back: whole, torn, damaged, foreign."""

from collections.abc import Callable
import contextlib
from dataclasses import replace
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from kindergarten_engine.errors import FormatError
from kindergarten_engine.recorder.format import identity as identities, recording_file
from kindergarten_engine.recorder.format.boxes import box, walk
from kindergarten_engine.recorder.format.fragment import patch_tfdt
from kindergarten_engine.recorder.format.h264 import parse_sps as parse_h264, units as h264_units
from kindergarten_engine.recorder.format.h265 import parse_sps as parse_h265
from kindergarten_engine.recorder.format.identity import MARK, Identity, identity_box, parse_identity
from kindergarten_engine.recorder.format.index import FragmentEntry, pack, unpack
from kindergarten_engine.recorder.format.mpegts import TsMuxer
from kindergarten_engine.recorder.format.parameter_sets import syntax, video_config
from kindergarten_engine.recorder.format.recording_file import closing, read_samples, scan

from .clips import IDENTITY, RATE, STEP, Clip, Recorded, Sound, record
from .conftest import Clips

MANY = settings(max_examples=300)


def reader(data: bytes) -> Callable[[int, int], bytes]:
    """Read from memory, refusing what no file could be asked."""

    def read(offset: int, size: int) -> bytes:
        assert offset >= 0
        assert size >= 0
        return data[offset : offset + size]

    return read


def test_closed_file_tells_all_about_itself(recorded: Recorded) -> None:
    data = recorded.closed
    found = scan(reader(data), len(data))
    assert found.identity == recorded.identity
    assert found.fragments == recorded.entries
    assert (found.init, found.begin) == (recorded.init.data, recorded.begin)
    assert (found.closed, found.foreign, found.init_intact) == (True, False, True)
    assert (found.pictures, found.duration) == (60, 60 * STEP)
    assert found.good_end == len(recorded.open)


def test_open_file_is_not_taken_for_closed(recorded: Recorded) -> None:
    found = scan(reader(recorded.open), len(recorded.open))
    assert not found.closed
    assert found.fragments == recorded.entries
    assert found.good_end == len(recorded.open)


def test_torn_tail_ends_at_the_last_whole_fragment(recorded: Recorded) -> None:
    for index, entry in enumerate(recorded.entries):
        for end in (entry.offset + 1, entry.offset + 100, entry.end - 1):
            found = scan(reader(recorded.open[:end]), end)
            assert found.fragments == recorded.entries[:index]
            assert found.good_end == (entry.offset if index else found.good_end)
            assert found.good_end <= entry.offset
            assert not found.closed


def test_zeros_behind_the_tail_are_torn(recorded: Recorded) -> None:
    data = recorded.open + bytes(10_000)
    found = scan(reader(data), len(data))
    assert (found.good_end, found.closed) == (len(recorded.open), False)


def test_half_written_end_can_be_written_again(recorded: Recorded) -> None:
    data = bytearray(recorded.closed[:-10])
    room = len(recorded.begin) - 4096
    data[room + 8 : room + 4096] = bytes(4088)
    found = scan(reader(bytes(data)), len(data))
    assert (found.fragments, found.closed) == (recorded.entries, False)
    del data[found.good_end :]
    end = closing(found.begin, found.fragments)
    data += end.mfra
    for offset, patch in end.patches:
        data[offset : offset + len(patch)] = patch
    assert data == recorded.closed


def test_damaged_moov_does_not_make_a_file_foreign(recorded: Recorded) -> None:
    data = bytearray(recorded.closed)
    data[40:60] = b"\xff" * 20
    found = scan(reader(bytes(data)), len(data))
    assert (found.foreign, found.init_intact) == (False, False)
    assert found.fragments == recorded.entries


@pytest.mark.parametrize("size", [0, 30, 5000, 1 << 31])
def test_damaged_size_of_the_header_box_loses_no_fragment(recorded: Recorded, size: int) -> None:
    data = bytearray(recorded.open)
    at = data.index(MARK)
    data[at - 4 : at] = size.to_bytes(4)
    found = scan(reader(bytes(data)), len(data))
    assert (found.fragments, found.good_end) == (recorded.entries, len(data))


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"abc" * 1000, bytes(100_000), box(b"ftyp", b"isom") + box(b"moov", bytes(50))],
    ids=["empty", "byte", "text", "zeros", "mp4"],
)
def test_foreign_file_is_told_apart(data: bytes) -> None:
    found = scan(reader(data), len(data))
    assert found.foreign
    assert (found.fragments, found.good_end) == ([], 0)


def test_every_sample_is_found_in_its_fragment(clip: Clip, sound: Sound) -> None:
    written = record(clip, sound)
    units, _ = syntax(clip.codec)
    pictures, frames, times = [], [], []
    for entry in written.entries:
        samples = read_samples(reader(written.open), entry)
        for sample in samples.video:
            times.append(sample.ticks + sample.composition)
            pictures.append((written.open[sample.offset :][: sample.size], sample.key))
        frames += [written.open[sample.offset :][: sample.size] for sample in samples.audio]
    assert times == [picture.pts for picture in clip.pictures]
    expected = [
        (b"".join(len(unit).to_bytes(4) + bytes(unit) for unit in units(picture.data)), picture.key)
        for picture in clip.pictures
    ]
    assert pictures == expected
    assert frames == sound.frames[: len(frames)]
    assert frames


def test_served_fragments_are_timed_from_the_run(clips: Clips, sound: Sound) -> None:
    first, later = record(clips("h264"), sound), record(clips("h264"), sound, ticks0=60 * STEP)
    assert [entry.ticks for entry in first.entries] == [entry.ticks for entry in later.entries]
    data = bytearray(b"".join(later.fragment(index) for index in range(len(later.entries))))
    patch_tfdt(data, 60 * STEP, 60 * STEP * RATE // 90_000)
    start = later.entries[0].offset
    for entry in later.entries:
        moved = read_samples(reader(bytes(data)), entry._replace(offset=entry.offset - start))
        assert moved.video[0].ticks == entry.ticks + 60 * STEP
        own = read_samples(reader(later.open), entry)
        assert moved.audio[0].ticks == own.audio[0].ticks + 60 * STEP * RATE // 90_000


@MANY
@given(data=st.data())
def test_any_damage_is_survived(recorded: Recorded, data: st.DataObject) -> None:
    damaged = bytearray(recorded.closed)
    places = st.integers(0, len(damaged) - 1) | st.integers(0, 6000)
    moofs = st.sampled_from([entry.offset for entry in recorded.entries])
    near = st.builds(int.__add__, moofs, st.integers(0, 300))
    for at, value in data.draw(st.lists(st.tuples(places | near, st.integers(0, 255)), max_size=8)):
        damaged[at] = value
    length = data.draw(st.integers(0, len(damaged)) | st.just(len(damaged)))
    kept = bytes(damaged[:length])
    found = scan(reader(kept), length)
    assert found.good_end <= length
    for entry in found.fragments:
        samples = read_samples(reader(kept), entry)
        assert all(
            entry.offset < each.offset <= each.offset + each.size <= entry.end for each in samples.video
        )
        with contextlib.suppress(FormatError):
            TsMuxer(recorded.init.video).fragment(kept[entry.offset : entry.end])
        patch_tfdt(bytearray(kept[entry.offset : entry.end]), 1 << 62, -5)
    for entry in recorded.entries:
        with contextlib.suppress(FormatError):
            read_samples(reader(kept), entry)


@MANY
@given(kept=st.binary(max_size=400))
def test_any_bytes_are_survived(kept: bytes) -> None:
    assert scan(reader(kept), len(kept)).foreign
    assert sum(each.size for each in walk(reader(kept), 0, len(kept))) <= len(kept)
    patch_tfdt(bytearray(kept), 5)
    for codec in ("h264", "h265"):
        units, inspect = syntax(codec)
        info = inspect(units(kept) + units(b"\0\0\1" + kept))
        with contextlib.suppress(FormatError):
            video_config(codec, info.parameter_sets)
    for parse in (unpack, parse_identity, parse_h264, parse_h265):
        with contextlib.suppress(FormatError):
            parse(kept)


@MANY
@given(data=st.data())
def test_damaged_parameter_sets_are_refused_or_read(clips: Clips, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["h264", "h265", "h265_b"]))
    clip = clips(name)
    sets = []
    for unit in clip.config.parameter_sets:
        bad = bytearray(unit)
        for at, value in data.draw(
            st.lists(st.tuples(st.integers(2, len(bad) - 1), st.integers(0, 255)), max_size=4)
        ):
            bad[at] = value
        sets.append(bytes(bad[: data.draw(st.integers(3, len(bad)) | st.just(len(bad)))]))
    try:
        config = video_config(clip.codec, sets)
    except FormatError:
        return
    assert 16 <= config.width <= 16384
    assert 16 <= config.height <= 16384


def test_bits_behind_the_parameters_do_no_harm(clips: Clips) -> None:
    for name in ("h264", "h265"):
        clip = clips(name)
        sps = clip.config.parameter_sets[{"h264": 0, "h265": 1}[name]]
        padded = [unit + b"\xff\x80" if unit is sps else unit for unit in clip.config.parameter_sets]
        assert video_config(name, padded).shape == clip.config.shape


def test_several_parameter_sets_are_kept(clips: Clips) -> None:
    sets = clips("h264").config.parameter_sets
    # picture parameter set 1: the id's one bit "1" becomes the three bits "010"
    more = bytes((sets[1][0],)) + (
        int.from_bytes(b"\0" + sets[1][1:]) & ((1 << (8 * len(sets[1]) - 9)) - 1)
        | 0b010 << (8 * len(sets[1]) - 9)
    ).to_bytes(len(sets[1]))
    config = video_config("h264", [*sets, more, sets[1]])
    assert config.parameter_sets == (*sets, more)


def test_missing_parameter_sets_are_an_error(clips: Clips) -> None:
    for name in ("h264", "h265"):
        for unit in clips(name).config.parameter_sets:
            with pytest.raises(FormatError):
                video_config(name, [unit])


entries = st.builds(
    FragmentEntry,
    offset=st.integers(0, 1 << 40),
    size=st.integers(8, 1 << 31),
    ticks=st.integers(0, 1 << 40),
    duration=st.integers(0, 1 << 32),
    key=st.booleans(),
    pictures=st.integers(0, 5000),
)


@settings(max_examples=200)
@given(st.lists(entries, max_size=30))
def test_index_is_unpacked_as_it_was_packed(found: list[FragmentEntry]) -> None:
    placed, offset = [], 0
    for entry in found:
        placed.append(entry._replace(offset=offset + entry.offset % 3 * 4096))
        offset = placed[-1].end
    assert unpack(pack(placed)) == placed


def test_index_needs_less_than_ten_bytes_for_a_fragment(recorded: Recorded) -> None:
    assert len(pack(recorded.entries)) < 10 * len(recorded.entries) + 4


def test_header_box_is_read_as_it_was_written() -> None:
    box = identity_box(IDENTITY)
    assert parse_identity(box[8:] + b"what follows") == (IDENTITY, len(box) - 8)


@pytest.mark.parametrize("at", range(24, 320, 7))
def test_damaged_header_box_is_refused(at: int) -> None:
    body = bytearray(identity_box(IDENTITY)[8:])
    at = min(at, len(body) - 1)
    body[at] ^= 4
    with pytest.raises(FormatError):
        parse_identity(bytes(body))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("camera", "../x"),
        ("stream", "third"),
        ("run", -1),
        ("init_sha", "XY"),
        ("seq", 1 << 70),
        ("epoch", "1"),
    ],
)
def test_impossible_identity_is_refused(name: str, value: Any) -> None:
    with pytest.raises(FormatError):
        identity_box(replace(IDENTITY, **{name: value}))


def test_fields_of_a_later_version_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    later = {**{name: getattr(IDENTITY, name) for name in Identity.__slots__}, "zone": 5}
    monkeypatch.setattr(identities, "asdict", lambda identity: later)
    assert parse_identity(identity_box(IDENTITY)[8:])[0] == IDENTITY


def test_start_codes_of_both_lengths_split_units() -> None:
    data = b"\xff\0\0\1\x67ab\0\0\0\1\x68c\0\0\0\0\0\1\x09\xf0\0\0\1\x65dd\0\0"
    assert [bytes(unit) for unit in h264_units(data)] == [b"\x67ab", b"\x68c", b"\x65dd"]
    assert recording_file.RESERVED == 4096
