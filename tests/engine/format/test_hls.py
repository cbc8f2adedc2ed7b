"""HLS playlists of stretches and of what is being recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
import itertools
from pathlib import Path

from kindergarten_engine.recorder.format.fragment import audio_time, patch_tfdt
from kindergarten_engine.recorder.format.hls import LivePlaylist, media_playlist, segments
from kindergarten_engine.recorder.format.index import FragmentEntry

from .clips import RATE, STEP, Clip, Recorded, Sound, decode, probe, record
from .conftest import Clips

START_US = 1_795_000_000_123_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """Fragments of a file, as the store hands them out."""

    recording: int
    run: int
    init_sha: str
    first: int
    entries: Sequence[FragmentEntry]
    times_us: Sequence[int]
    complete: bool = True


def part(
    keys: str,
    *,
    recording: int = 1,
    run: int = 1,
    init: str = "aa",
    start_us: int = START_US,
    complete: bool = True,
) -> Part:
    """Return a file of one-second fragments: `k` a key fragment, `-` another."""
    entries = [
        FragmentEntry(
            offset=1000 * index,
            size=1000,
            ticks=90_000 * index,
            duration=90_000,
            key=mark == "k",
            pictures=25,
        )
        for index, mark in enumerate(keys)
    ]
    times = [start_us + 1_000_000 * index for index in range(len(keys) + 1)]
    return Part(
        recording=recording,
        run=run,
        init_sha=init,
        first=0,
        entries=entries,
        times_us=times,
        complete=complete,
    )


def names(text: str) -> list[str]:
    """Return the addresses in a playlist."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_segments_go_from_key_frame_to_key_frame() -> None:
    found = segments([part("kkkkkkkkkk")])
    assert [(each.first, each.last) for each in found] == [(0, 3), (4, 7), (8, 9)]
    assert [(each.first, each.last) for each in segments([part("k--k--k--k")])] == [(0, 5), (6, 9)]
    assert [(each.first, each.last) for each in segments([part("k---------k")])] == [(0, 9), (10, 10)]


def test_segments_never_span_two_files() -> None:
    text = media_playlist([part("kk"), part("kk", recording=2, start_us=START_US + 2_000_000)])
    assert names(text) == ["media/1/0-1.m4s", "media/2/0-1.m4s"]
    assert "DISCONTINUITY" not in text
    assert text.count("EXT-X-MAP") == 1


def test_begin_without_key_frame_is_left_out() -> None:
    assert [(each.first, each.last) for each in segments([part("--k-")])] == [(2, 3)]


def test_new_run_is_a_discontinuity_with_its_time() -> None:
    later = part("k", recording=2, run=2, start_us=START_US + 60_000_000)
    lines = media_playlist([part("k"), later]).splitlines()
    at = lines.index("#EXT-X-DISCONTINUITY")
    assert lines[at + 1] == "#EXT-X-PROGRAM-DATE-TIME:2026-11-18T11:07:40.123Z"
    assert lines[at + 3] == "media/2/0-0.m4s"


def test_new_init_is_a_discontinuity_with_its_map() -> None:
    later = part("k", recording=2, init="bb", start_us=START_US + 1_000_000)
    lines = media_playlist([part("k"), later]).splitlines()
    at = lines.index("#EXT-X-DISCONTINUITY")
    assert lines[at + 1] == '#EXT-X-MAP:URI="init/bb.mp4"'


def test_missing_file_within_a_run_is_a_discontinuity() -> None:
    later = part("k", recording=3, start_us=START_US + 300_000_000)
    assert media_playlist([part("k"), later]).count("#EXT-X-DISCONTINUITY") == 1


def test_empty_stretch_is_a_playlist_all_the_same() -> None:
    text = media_playlist([])
    assert text.startswith("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n")
    assert text.endswith("#EXT-X-ENDLIST\n")


def test_live_playlist_holds_back_the_growing_gop() -> None:
    live = LivePlaylist()
    live.update([part("k-k-k", complete=False)])
    assert names(live.text()) == ["media/1/0-1.m4s", "media/1/2-3.m4s"]
    live.update([part("k-k-k-", complete=True)])
    assert names(live.text())[-1] == "media/1/4-5.m4s"
    assert "ENDLIST" not in live.text()


def test_live_numbers_rise_with_what_is_dropped() -> None:
    live = LivePlaylist(window_ticks=5 * 90_000)
    live.update([part("kkkkk")])
    before = names(live.text())
    assert "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-DISCONTINUITY-SEQUENCE:0" in live.text()
    live.update([part("kkkkk"), part("kkk", recording=2, run=2, start_us=START_US + 9_000_000)])
    assert "#EXT-X-MEDIA-SEQUENCE:3\n#EXT-X-DISCONTINUITY-SEQUENCE:0" in live.text()
    assert names(live.text())[:2] == before[3:]
    later = part("kkkkkkkk", recording=2, run=2, start_us=START_US + 9_000_000)
    live.update([later])
    assert "#EXT-X-MEDIA-SEQUENCE:8\n#EXT-X-DISCONTINUITY-SEQUENCE:1" in live.text()
    assert "#EXT-X-DISCONTINUITY\n" not in live.text()
    live.update([later])
    assert names(live.text()) == [f"media/2/{number}-{number}.m4s" for number in range(3, 8)]


def test_corrected_clock_repeats_nothing_in_the_live_playlist() -> None:
    live = LivePlaylist()
    live.update([part("kkk")])
    live.update([part("kkkk", start_us=START_US + 30_000_000)])
    assert names(live.text()) == [f"media/1/{number}-{number}.m4s" for number in range(4)]


def stretch(folder: Path, written: Recorded, recording: int, run: int, start_us: int) -> Part:
    """Lay out a file's segments the way the engine serves them and return its part."""
    ticks = [entry.ticks for entry in written.entries]
    ticks.append(ticks[-1] + written.entries[-1].duration)
    found = Part(
        recording=recording,
        run=run,
        init_sha=written.init.sha256,
        first=0,
        entries=written.entries,
        times_us=[start_us + tick * 100 // 9 for tick in ticks],
    )
    (folder / "init").mkdir(exist_ok=True)
    (folder / f"init/{written.init.sha256}.mp4").write_bytes(written.init.data)
    for segment in segments([found]):
        path = folder / segment.uri
        path.parent.mkdir(parents=True, exist_ok=True)
        data = bytearray(b"".join(map(written.fragment, range(segment.first, segment.last + 1))))
        patch_tfdt(data, written.identity.ticks0, audio_time(written.identity.ticks0, RATE))
        path.write_bytes(data)
    return found


def test_files_of_a_run_play_as_one(clips: Clips, sound: Sound, tmp_path: Path) -> None:
    clip: Clip = clips("h264_b")
    length = 60 * STEP
    parts = [
        stretch(
            tmp_path,
            record(clip, sound, ticks0=number * length),
            number,
            1,
            START_US + number * length * 100 // 9,
        )
        for number in range(3)
    ]
    playlist = tmp_path / "play.m3u8"
    playlist.write_text(media_playlist(parts))
    assert decode(playlist) == 180
    found = probe(playlist, "packet=stream_index,pts", "format=duration")
    times = sorted(packet["pts"] for packet in found["packets"] if packet["stream_index"] == 0)
    assert {later - earlier for earlier, later in itertools.pairwise(times)} == {STEP}
    assert abs(float(found["format"]["duration"]) - 7.2) < 0.1


def test_slices_may_begin_inside_a_file() -> None:
    whole = part("kkkkkk")
    later = replace(whole, first=3, entries=whole.entries[3:], times_us=whole.times_us[3:])
    assert names(media_playlist([later])) == ["media/1/3-5.m4s"]
