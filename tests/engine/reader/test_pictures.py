"""Pictures out of packets: how cameras cut them, and what is missing."""

import time

import pytest

from kindergarten_engine.recorder.reader.interface import NotUnderstoodError
from tests.stopwatch import Stopwatch

from .scripted import (
    PPS,
    SDP,
    SOUND,
    SPS,
    Scripted,
    answer,
    framed,
    key,
    other,
    read,
    reading,
    report,
    rtp,
    until,
)


def fu(
    unit: bytes, number: int, *, pieces: int = 3, ticks: int, marker: bool = True, end: bool = True
) -> list[bytes]:
    """Return the packets of a unit in pieces (FU-A)."""
    body, size = unit[1:], -(-len(unit[1:]) // pieces)
    packets = []
    for index in range(pieces):
        first, last = index == 0, index == pieces - 1
        head = bytes((unit[0] & 0xE0 | 28, (first << 7) | ((last and end) << 6) | unit[0] & 31))
        payload = head + body[index * size : (index + 1) * size]
        packets.append(rtp(payload, number + index, ticks=ticks, marker=marker and last))
    return packets


def stream(*packets: bytes, channel: int = 0) -> bytes:
    return b"".join([framed(packet, channel) for packet in packets])


def test_units_come_single_aggregated_and_in_pieces() -> None:
    sets = b"\x78" + b"".join(len(unit).to_bytes(2) + unit for unit in (SPS, PPS))
    large = key(b"large" * 100)
    data = stream(
        rtp(sets, 0, ticks=0, marker=False), *fu(large, 1, ticks=0), rtp(other(b"small"), 4, ticks=3600)
    )
    heard = read(data, 2)
    assert [bytes(unit) for unit in heard.pictures[0].units] == [SPS, PPS, large]
    assert heard.names[1] == b"small"
    assert [unit.pts for unit in heard.pictures] == [0, 3600]
    assert heard.losses == ["no", "no"]


def test_a_lost_piece_costs_its_picture_and_marks_the_next() -> None:
    first, whole = fu(key(b"a" * 90), 0, ticks=0), fu(other(b"b" * 90), 3, ticks=3600)
    data = stream(*first, whole[0], whole[2], rtp(other(b"c"), 6), rtp(other(b"d"), 7))
    heard = read(data, 3)
    assert [name[:1] for name in heard.names] == [b"a", b"c", b"d"]
    assert heard.losses == ["no", "yes", "no"]


def test_the_last_packets_of_a_picture_and_the_first_of_the_next_may_be_lost_together() -> None:
    one, two = fu(other(b"b" * 90), 1, ticks=3600), fu(other(b"c" * 90), 4, ticks=7200)
    heard = read(stream(rtp(key(b"a"), 0), *one[:2], *two[1:], rtp(other(b"d"), 7)), 2)
    assert heard.names == [b"a", b"d"]
    assert heard.losses == ["no", "yes"]


def test_a_whole_picture_that_never_came_is_seen() -> None:
    heard = read(stream(rtp(key(b"a"), 0), rtp(other(b"c"), 2)), 2)
    assert heard.losses == ["no", "yes"]


def test_whole_slices_of_a_damaged_picture_are_kept_and_marked() -> None:
    slices = [rtp(other(b"b"), 1, ticks=3600, marker=False), rtp(b"\x41\x05c", 3, ticks=3600)]
    heard = read(stream(rtp(key(b"a"), 0), *slices), 2)
    assert heard.names == [b"a", b"c"]
    assert heard.losses == ["no", "yes"]


def test_a_packet_that_comes_twice_is_taken_once() -> None:
    heard = read(stream(rtp(key(b"a"), 0), rtp(key(b"a"), 0), rtp(other(b"b"), 1)), 2)
    assert heard.names == [b"a", b"b"]
    assert heard.losses == ["no", "no"]


def test_a_camera_that_does_not_number_its_packets_is_for_the_other_reader() -> None:
    with reading(Scripted(stream(*[rtp(key(), 0, ticks=n * 3600) for n in range(200)]))) as heard:
        assert heard.over.wait(150)
    assert isinstance(heard.error, NotUnderstoodError)


def test_numbers_and_times_go_on_where_they_wrap() -> None:
    start = (1 << 32) - 3600
    packets = [rtp(key(), 65535, ticks=start), rtp(other(), 0, ticks=0), rtp(other(), 1, ticks=3600)]
    heard = read(stream(*packets), 3)
    assert [unit.pts - start for unit in heard.pictures] == [0, 3600, 7200]
    assert heard.losses == ["no"] * 3


def test_a_stream_is_joined_at_its_first_whole_picture() -> None:
    late = fu(other(b"x" * 90), 0, ticks=0)[1:]
    heard = read(stream(*late, rtp(b"\x41\x05second slice", 3, ticks=3600), rtp(key(b"a"), 4)), 1)
    assert heard.names == [b"a"]
    assert heard.losses == ["no"]


def test_a_camera_may_forget_the_marker() -> None:
    heard = read(stream(*[rtp(key(bytes([65 + n])), n, marker=False) for n in range(4)]), 3)
    assert heard.names == [b"A", b"B", b"C"]
    assert heard.losses == ["no"] * 3


def test_a_camera_may_mark_every_slice() -> None:
    packets = []
    for n in range(6):
        packets += [rtp(key(b"1"), 2 * n, ticks=n * 3600), rtp(b"\x65\x052", 2 * n + 1, ticks=n * 3600)]
    heard = read(stream(*packets), 4)
    assert all(len(unit.units) == 2 for unit in heard.pictures[1:])
    assert heard.losses[2:] == ["no"] * (len(heard.losses) - 2)


def test_a_camera_may_forget_to_say_that_a_unit_ends() -> None:
    packets = [*fu(key(b"a" * 30), 0, ticks=0, end=False), *fu(key(b"b" * 30), 3, ticks=3600, end=False)]
    heard = read(stream(*packets), 2)
    assert [len(name) for name in heard.names] == [30, 30]
    assert heard.losses == ["no", "no"]


def test_units_of_a_byte_stream_in_one_packet_are_taken_apart() -> None:
    data = SPS + b"\0\0\0\1" + PPS + b"\0\0\1" + key(b"a")
    heard = read(stream(rtp(data, 0)), 1)
    assert [bytes(unit) for unit in heard.pictures[0].units] == [SPS, PPS, key(b"a")]


def test_delimiters_are_left_out() -> None:
    heard = read(stream(rtp(b"\x09\xf0", 0, ticks=0, marker=False), rtp(key(b"a"), 1, ticks=0)), 1)
    assert [bytes(unit) for unit in heard.pictures[0].units] == [key(b"a")]


def test_packets_of_an_older_session_are_not_ours() -> None:
    packets = [rtp(key(b"a"), 0)]
    for n in range(1, 40):
        packets += [rtp(other(b"old"), 500 + n, ssrc=99), rtp(other(b"new"), n)]
    heard = read(stream(*packets), 40)
    assert set(heard.names) == {b"a", b"new"}
    assert set(heard.losses) == {"no"}


def test_a_camera_that_begins_anew_with_another_source_is_followed() -> None:
    packets = [rtp(key(b"a"), n) for n in range(3)] + [rtp(key(b"b"), n, ssrc=8) for n in range(60)]
    heard = read(stream(*packets), 10)
    assert heard.names[:3] == [b"a"] * 3
    assert heard.names[4] == b"b"
    assert heard.losses[3] == "yes"


def test_extensions_contributors_and_padding_are_no_payload() -> None:
    packet = bytearray(rtp(b"", 0))
    packet[0] = 0x80 | 0x20 | 0x10 | 1
    packet += b"csrc" + b"\xbe\xde\0\1extn" + key(b"a") + b"\0\0\3"
    heard = read(stream(bytes(packet)), 1)
    assert heard.names == [b"a"]


def test_what_comes_before_the_answer_to_play_counts() -> None:
    data = stream(rtp(key(b"a"), 0))
    play = lambda asked: data + answer(asked) + stream(rtp(other(b"b"), 1))  # noqa: E731
    with reading(Scripted(PLAY=play)) as heard:
        until(lambda: len(heard.pictures) == 2)
    assert heard.names == [b"a", b"b"]
    assert all(unit.arrival_ns for unit in heard.pictures)


def test_an_unfinished_packet_costs_no_more_than_itself() -> None:
    torn = framed(rtp(other(b"torn" * 100), 1))[:60]
    data = stream(rtp(key(b"a"), 0)) + torn + stream(*[rtp(other(b"%d" % n), n) for n in range(2, 42)])
    heard = read(data, 40)
    assert heard.names[0] == b"a"
    assert heard.names[-39:] == [b"%d" % n for n in range(3, 42)]
    assert "yes" in heard.losses


@pytest.mark.parametrize("junk", [b"\r\n\r\n", b"\0" * 40, b"\xff\xd8 picture", b"$$$$"])
def test_junk_between_packets_is_skipped(junk: bytes) -> None:
    data = stream(rtp(key(b"a"), 0)) + junk + stream(*[rtp(other(b"%d" % n), n) for n in range(1, 9)])
    assert read(data, 6).names[-1] in {b"%d" % n for n in range(5, 9)}


def test_h265_comes_in_all_three_kinds() -> None:
    sdp = SDP.replace("H264", "H265")
    sets = [bytes([kind << 1, 1]) + b"x%d" % kind for kind in (32, 33, 34)]
    aggregated = bytes([48 << 1, 1]) + b"".join(len(unit).to_bytes(2) + unit for unit in sets)
    unit = bytes([19 << 1, 1, 0x80]) + b"k" * 60
    pieces = [
        bytes([49 << 1, 1, flags | 19]) + part
        for flags, part in ((0x80, unit[2:20]), (0, unit[20:40]), (0x40, unit[40:]))
    ]
    packets = [rtp(aggregated, 0, ticks=0, marker=False)]
    packets += [rtp(piece, 1 + n, ticks=0, marker=n == 2) for n, piece in enumerate(pieces)]
    heard = read(stream(*packets, rtp(bytes([2, 1, 0x80]) + b"p", 4, ticks=3600)), 2, sdp=sdp)
    assert [bytes(each) for each in heard.pictures[0].units] == [*sets, unit]
    assert heard.descriptions[0].video.codec == "h265"


def test_sound_is_put_beside_the_pictures_by_the_sender_reports() -> None:
    data = stream(rtp(key(b"a"), 0, ticks=90_000)) + framed(report(1000.0, 90_000), 1)
    first = framed(rtp(b"\xd5" * 160, 0, ticks=8_000, kind=8, ssrc=5), 2)
    data += first + framed(report(1000.5, 8_000, ssrc=5), 3)
    data += framed(rtp(b"\xd5" * 160, 1, ticks=8_160, kind=8, ssrc=5), 2) + stream(rtp(other(b"b"), 1))
    heard = read(data, 2, sdp=SDP + SOUND, sound=True)
    assert heard.descriptions[0].audio.codec == "pcm_alaw"
    assert heard.sounds[0].pts == 90_000
    assert heard.sounds[1].pts == 90_000 + 45_000 + 1_800


def test_aac_frames_come_several_in_a_packet_and_one_in_several() -> None:
    sdp = SDP + (
        "m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/16000/1\na=control:t2\n"
        "a=fmtp:97 streamtype=5;mode=AAC-hbr;config=1408;sizeLength=13;indexLength=3;indexDeltaLength=3\n"
    )
    two = (32).to_bytes(2) + (3 << 3).to_bytes(2) + (2 << 3).to_bytes(2) + b"abcde"
    half = (16).to_bytes(2) + (6 << 3).to_bytes(2)
    data = stream(rtp(key(), 0, ticks=0))
    for n, payload in enumerate((two, half + b"xyz", half + b"XYZ")):
        data += framed(rtp(payload, n, ticks=2048 * min(n, 1), kind=97, ssrc=5), 2)
    heard = read(data + stream(rtp(other(), 1)), 2, sdp=sdp, sound=True)
    assert [unit.data for unit in heard.sounds] == [b"abc", b"de", b"xyzXYZ"]
    assert heard.sounds[1].pts - heard.sounds[0].pts == 5_760


def test_the_camera_clock_is_compared_with_ours() -> None:
    camera = Scripted(stream(rtp(key(), 0, ticks=0)))
    with reading(camera) as heard:
        until(lambda: heard.pictures)
        stopwatch = Stopwatch()
        at = heard.pictures[0].arrival_ns / 1e9 - time.monotonic() + time.time()
        camera.send(framed(report(at + 3.2, 0), 1))
        until(lambda: heard.offsets)
        # Between two looks at two clocks a busy machine may do something else.
        owed_us = stopwatch.owed_s * 1e6
    assert abs(heard.offsets[0] - 3_200_000) < 20_000 + owed_us
