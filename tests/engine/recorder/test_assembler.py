"""What the assembler makes of pictures, without a camera."""

import itertools

from hypothesis import given, settings, strategies as st
import pytest

from kindergarten_engine.recorder.reader.interface import (
    AudioTrack,
    AudioUnit,
    StreamDescription,
    VideoTrack,
)

from .pictures import FRAME, RATE, SETS, Runs, assemble, assembler, steady, unit


def whole(runs: Runs, expected: list[int]) -> None:
    """Check what must be true of any recording."""
    assert runs.numbers == expected
    previous_end_us = 0
    for run in runs.all:
        times = run.dts
        assert times[0] == 0
        assert all(later > earlier for earlier, later in itertools.pairwise(times))
        assert run.fragments[0].key
        assert run.rel_start_us >= previous_end_us
        at_us, at = run.rel_start_us, 0
        for fragment in run.fragments:
            assert (fragment.rel_start_us, fragment.ticks) == (at_us, at)
            at_us, at = fragment.rel_end_us, at + fragment.duration
        assert run.end is not None
        assert run.end[0] == at_us
        previous_end_us = at_us


def test_nothing_of_a_steady_camera_is_lost_and_fragments_are_a_second() -> None:
    runs = assemble(steady(251))
    whole(runs, list(range(251)))
    (run,) = runs.all
    assert [fragment.duration for fragment in run.fragments] == [90_000] * 10 + [FRAME]
    assert [fragment.key for fragment in run.fragments] == [True, False] * 5 + [True]
    assert run.end == (110_040_000, "stall", "")


def test_pictures_before_the_first_key_frame_are_left_out() -> None:
    runs = assemble(steady(100)[10:])
    whole(runs, list(range(50, 100)))


def test_the_least_delayed_picture_says_when_a_run_began() -> None:
    units = steady(100)
    for each, delay_ms in zip(units, [300, 250, 400, 20, 90] * 20, strict=True):
        assert each.arrival_ns is not None
        each.arrival_ns += delay_ms * 1_000_000
    runs = assemble(units)
    assert runs.all[0].rel_start_us == 100_020_000


def test_a_burst_at_connect_does_not_move_the_beginning() -> None:
    units = steady(150)
    for each in units[:50]:  # two seconds that the camera had in store
        each.arrival_ns = 102_000_000_000
    runs = assemble(units)
    assert runs.all[0].rel_start_us == 100_000_000


def test_a_drifting_camera_is_followed_by_at_most_500_ppm() -> None:
    units = steady(25 * 120)
    for each in units:
        each.pts = each.pts * 1_001 // 1_000  # 1000 ppm fast
    (run,) = assemble(units).all
    lengths = [fragment.rel_end_us - fragment.rel_start_us for fragment in run.fragments]
    ticks = [fragment.duration for fragment in run.fragments]
    for length, duration in zip(lengths, ticks, strict=True):
        assert abs(length - duration * 100 / 9) <= duration / 9 * 0.05 + 1
    assert sum(lengths) < sum(ticks) * 100 / 9 - 30_000


@pytest.mark.parametrize("codec", ["h264 small", "h265"])
def test_b_pictures_keep_their_times(codec: str) -> None:
    kind = codec.partition(" ")[0]
    order = [0]
    for anchor in range(3, 300, 3):
        order += [anchor, anchor - 2, anchor - 1]
    keys = set(range(0, 300, 48))
    units = [
        unit(number, shown * FRAME, "key" if shown in keys else "other", codec=kind, sets=codec if shown in keys else None, arrival_s=100 + number / RATE)
        for number, shown in enumerate(order)
    ]  # fmt: skip
    runs = assemble(units, kind)
    if kind == "h265":
        (run,) = runs.all
        whole(runs, list(range(len(order))))
        assert [time // FRAME for time in run.pts] == order
    else:  # an IDR picture before which others are shown later is a step of the clock
        assert len(runs.numbers) == len(order)


def test_b_pictures_after_idr_pictures_keep_their_times() -> None:
    units, number = [], 0
    for gop in range(6):
        for shown in [0, 3, 1, 2, 6, 4, 5, 9, 7, 8]:
            kind = "other" if shown else "key"
            sets = None if shown else "h264 small"
            pts = (gop * 10 + shown) * FRAME
            units.append(unit(number, pts, kind, sets=sets, arrival_s=100 + number / RATE))
            number += 1
    runs = assemble(units)
    whole(runs, list(range(60)))
    (run,) = runs.all
    assert run.pts == [each.pts for each in units]


def test_leading_pictures_of_the_first_cra_are_left_out() -> None:
    shown = [10, 8, 9, 13, 11, 12]
    kinds = ["key", "rasl", "rasl", "other", "other", "other"]
    units = [
        unit(number, at * FRAME, kind, codec="h265", arrival_s=100 + number / RATE)
        for number, (at, kind) in enumerate(zip(shown, kinds, strict=True))
    ]
    whole(assemble(units, "h265"), [0, 3, 4, 5])


def test_the_last_picture_is_written_with_the_duration_of_the_one_before() -> None:
    (run,) = assemble(steady(30)).all
    assert [sample.duration for sample in run.samples] == [FRAME] * 30


def test_one_picture_per_second_makes_one_fragment_each() -> None:
    units = [unit(n, n * 90_000, "other" if n % 10 else "key", arrival_s=100.0 + n) for n in range(30)]
    runs = assemble(units)
    whole(runs, list(range(30)))
    assert [fragment.duration for fragment in runs.all[0].fragments] == [90_000] * 30


def test_a_backward_step_of_the_clock_begins_a_new_run_at_the_next_key_frame() -> None:
    units = steady(150)
    for each in units[70:]:
        each.pts -= 5 * 90_000
    runs = assemble(units)
    whole(runs, list(range(150)))
    assert [run.numbers[0] for run in runs.all] == [0, 100]
    assert runs.all[0].end[1:] == ("clock_jump", "-4.960 s")
    assert runs.all[0].end[0] == 104_000_000
    assert runs.all[1].rel_start_us == 104_000_000


def test_a_forward_step_of_the_clock_is_not_time_that_passed() -> None:
    units = steady(150)
    for each in units[70:]:
        each.pts += 3600 * 90_000
    runs = assemble(units)
    whole(runs, list(range(150)))
    assert [run.end[1] for run in runs.all] == ["clock_jump", "stall"]
    assert runs.all[1].rel_start_us == 104_000_000


def test_time_that_passed_without_pictures_is_missing() -> None:
    units = steady(200)
    del units[70:110]
    runs = assemble(units)
    whole(runs, [*range(70), *range(150, 200)])
    assert runs.all[0].end == (102_800_000, "stall", "")
    assert runs.all[1].rel_start_us == 106_000_000


def test_a_burst_after_a_hold_is_no_break() -> None:
    units = steady(200)
    for each in units[60:160]:
        assert each.arrival_ns is not None
        each.arrival_ns = max(each.arrival_ns, 106_400_000_000)
    runs = assemble(units)
    whole(runs, list(range(200)))
    assert len(runs.all) == 1


def test_another_picture_size_at_a_key_frame_changes_the_init_segment() -> None:
    units = steady(100) + [
        unit(n, n * FRAME, "key" if n == 100 else "other", sets="h264 small" if n == 100 else None, arrival_s=100 + n / RATE)
        for n in range(100, 150)
    ]  # fmt: skip
    runs = assemble(units)
    whole(runs, list(range(150)))
    (run,) = runs.all
    assert [(init.video.width, init.video.height) for init in run.inits] == [(1280, 720), (640, 360)]


def test_another_picture_size_in_mid_gop_waits_for_the_next_key_frame() -> None:
    units = steady(100)
    units[60] = unit(60, 60 * FRAME, sets="h264 small", arrival_s=100 + 60 / RATE)
    units.append(unit(100, 100 * FRAME, "key", sets="h264 small", arrival_s=104))
    runs = assemble(units)
    whole(runs, [*range(60), 100])
    assert runs.all[0].end[1] == "param_change"


def test_flipping_parameter_sets_do_not_shred_the_recording() -> None:
    units = [
        unit(n, n * FRAME, "key" if n % 25 == 0 else "other", sets=["h264", "h264 small"][n // 25 % 2] if n % 25 == 0 else None, arrival_s=100 + n / RATE)
        for n in range(25 * 50)
    ]  # fmt: skip
    runs = assemble(units)
    whole(runs, list(range(25 * 50)))
    assert len(runs.all[0].inits) == 7


def test_sets_of_the_description_serve_when_none_are_in_band() -> None:
    runs = Runs()
    video = VideoTrack(codec="h264", parameter_sets=SETS["h264"])
    made = assembler(runs, description=StreamDescription(video=video))
    for each in steady(30):
        each.units = each.units[-1:]
        made.picture(each)
    made.finish("stall")
    whole(runs, list(range(30)))
    assert runs.all[0].init.video.width == 1280


def test_aac_lies_beside_the_pictures_it_belongs_to() -> None:
    runs = Runs()
    audio = AudioTrack(codec="aac", rate=16_000, channels=1, config=bytes.fromhex("1408"))
    description = StreamDescription(video=VideoTrack(codec="h264", parameter_sets=SETS["h264"]), audio=audio)
    made = assembler(runs, description=description)
    sounds = [AudioUnit(pts=n * 5760, data=b"%04d" % n) for n in range(200)]
    for each in steady(250, start=0):
        made.picture(each)
        while sounds and sounds[0].pts <= each.pts:
            made.sound(sounds.pop(0))
    made.finish("stall")
    (run,) = runs.all
    frames = [frame for fragment in run.fragments for frame in fragment.audio_data]
    assert frames == [b"%04d" % n for n in range(len(frames))]
    assert len(frames) >= 155
    for fragment in run.fragments[:-1]:
        start = fragment.audio_ticks / 16_000
        assert fragment.ticks / 90_000 <= start < fragment.ticks / 90_000 + 0.07
        assert all(frame.duration == 1024 for frame in fragment.audio)


times = st.one_of(
    st.integers(1, 20_000), st.sampled_from([0, 1, 90_000, 180_000, -1, -3600, -450_000, 1 << 31, -(1 << 31)])
)


@settings(max_examples=300)
@given(steps=st.lists(st.tuples(times, st.integers(0, 9)), min_size=1, max_size=200))
def test_whatever_the_clock_does_no_picture_is_lost(steps: list[tuple[int, int]]) -> None:
    units, pts = [unit(0, 0, "key")], 0
    for number, (step, chance) in enumerate(steps, start=1):
        pts += step
        units.append(unit(number, pts, "other" if chance else "key"))
    whole(assemble(units), list(range(len(units))))


@settings(max_examples=200)
@given(data=st.data())
def test_presentation_times_are_kept_whatever_the_order(data: st.DataObject) -> None:
    shown: list[int] = [0]
    for start in range(1, 60, 6):
        depth = data.draw(st.integers(1, 6))
        block = list(range(start, start + 6))
        head, rest = block[depth - 1], block[: depth - 1] + block[depth:]
        shown += [head, *data.draw(st.permutations(rest[: depth - 1])), *rest[depth - 1 :]]
    jitter = [at * FRAME + data.draw(st.integers(0, 1700)) for at in shown]
    kinds = ["idr" if not at else "key" if data.draw(st.integers(0, 9)) == 0 else "other" for at in shown]
    units = [
        unit(number, pts, kind, codec="h265", arrival_s=100 + number / RATE)
        for number, (pts, kind) in enumerate(zip(jitter, kinds, strict=True))
    ]
    runs = assemble(units, "h265")
    whole(runs, list(range(len(units))))
    (run,) = runs.all
    assert [pts - run.pts[0] for pts in run.pts] == [pts - jitter[0] for pts in jitter]
    assert all(fragment.duration <= 90_000 for fragment in run.fragments)
