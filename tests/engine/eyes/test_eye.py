"""An eye in a drawn room: what it must notice, and what it must not take for a fault."""

from collections.abc import Iterator
import io

import av
import numpy as np
import pytest

from kindergarten_engine.eyes.eye import Eye, Verdict
from kindergarten_engine.eyes.judging import Sight
from kindergarten_engine.eyes.picture import HEIGHT, WIDTH, Picture, of_frame
from tests.rooms.faults import ALL, COVERED, TURNED, Fault
from tests.rooms.life import DOUBT_S, LOOK_S, Habitat, Life, Manner

ROOM = Habitat(name="group", windows=2, things=9, infrared=True)
BARE = Habitat(name="wall", windows=0, things=0, infrared=False)
TUESDAY_NOON_S = 5 * 86_400 + 10 * 3600
LEARNING_LOOKS = 40
BLIND = (*COVERED, *TURNED)


def _looks(
    eye: Eye, life: Life, count: int, start_s: int = TUESDAY_NOON_S, fault: Fault | None = None
) -> Iterator[Verdict]:
    time_s = start_s
    for _ in range(count):
        verdict = eye.look(life.picture(time_s, fault), time_s * 1_000_000)
        yield verdict
        time_s += DOUBT_S if verdict.doubtful else LOOK_S


@pytest.fixture(scope="module")
def learned() -> bytes:
    """Return an eye that has looked at its room a day before and half an hour just now."""
    eye = Eye()
    list(_looks(eye, Life(ROOM, Manner(name="before"), 5), 3, TUESDAY_NOON_S - 2 * 86_400))
    verdicts = list(
        _looks(
            eye,
            Life(ROOM, Manner(name="before"), 5),
            LEARNING_LOOKS,
            TUESDAY_NOON_S - LEARNING_LOOKS * LOOK_S,
        )
    )
    assert all(verdict.sight is Sight.OK for verdict in verdicts)
    assert verdicts[0].learning
    assert not verdicts[-1].learning
    return eye.dump()


def _fault(name: str) -> Fault:
    return next(fault for fault in ALL if fault.name == name)


@pytest.mark.parametrize("fault", BLIND, ids=[fault.name for fault in BLIND])
def test_a_covered_or_turned_camera_is_noticed_in_two_minutes(learned: bytes, fault: Fault) -> None:
    life = Life(ROOM, Manner(name="quiet", close_per_hour=0, children=2), 5, 1)
    *_, last = _looks(Eye.load(learned), life, 120 // DOUBT_S, fault=fault)
    assert last.sight is not Sight.OK


@pytest.mark.parametrize("name", ["paper", "turned_5", "defocus_4_px", "black", "frozen"])
def test_a_fault_gets_its_right_name_and_passes_with_its_cause(learned: bytes, name: str) -> None:
    eye, fault = Eye.load(learned), _fault(name)
    life = Life(ROOM, Manner(name="quiet", close_per_hour=0, children=2), 5, 1)
    *_, last = _looks(eye, life, 10, fault=fault)
    assert last.sight is fault.label
    assert TUESDAY_NOON_S <= last.since_us / 1e6 < TUESDAY_NOON_S + 3 * LOOK_S
    *_, last = _looks(eye, life, 4, TUESDAY_NOON_S + 10 * LOOK_S)
    assert last.sight is Sight.OK


def test_one_bad_look_is_no_fault(learned: bytes) -> None:
    eye = Eye.load(learned)
    life = Life(ROOM, Manner(name="quiet"), 5, 1)
    verdicts = [*_looks(eye, life, 2, fault=_fault("hand")), *_looks(eye, life, 6, TUESDAY_NOON_S + 90)]
    assert verdicts[0].look is not Sight.OK
    assert {verdict.sight for verdict in verdicts} == {Sight.OK}


def test_a_restart_forgets_nothing(learned: bytes) -> None:
    lived = Eye.load(learned)
    life = Life(ROOM, Manner(name="quiet"), 5, 1)
    for time_s in range(TUESDAY_NOON_S, TUESDAY_NOON_S + 6 * LOOK_S, LOOK_S):
        restarted = Eye.load(lived.dump())
        picture = life.picture(time_s, _fault("paper"))
        assert restarted.look(picture, time_s * 1_000_000) == lived.look(picture, time_s * 1_000_000)
    assert len(lived.dump()) < 200_000


@pytest.mark.parametrize("cut", [0, 3, 100, 5000, 100_000])
def test_what_is_damaged_is_learned_anew(learned: bytes, cut: int) -> None:
    (verdict,) = _looks(Eye.load(learned[:cut]), Life(ROOM, Manner(name="quiet"), 5), 1)
    assert verdict.learning
    assert verdict.sight is Sight.OK


def test_a_bare_wall_is_never_called_covered() -> None:
    life = Life(BARE, Manner(name="quiet", children=0), 1)
    verdicts = list(_looks(Eye(), life, 80))
    assert {verdict.sight for verdict in verdicts} == {Sight.OK}


def test_a_frozen_stream_is_noticed_through_a_real_encoder(learned: bytes) -> None:
    eye = Eye.load(learned)
    life = Life(ROOM, Manner(name="quiet", children=2), 5, 1)
    frozen = life.picture(TUESDAY_NOON_S).grey
    verdict = None
    for number in range(8):
        grey = frozen.copy()
        grey[6:16, 40 + number : 60 + number] = 235  # a clock goes on
        time_s = TUESDAY_NOON_S + number * LOOK_S
        verdict = eye.look(_through_h264(grey), time_s * 1_000_000)
    assert verdict is not None
    assert verdict.sight is Sight.FROZEN


def _through_h264(grey: np.ndarray) -> Picture:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 4 * WIDTH, 4 * HEIGHT, "yuvj420p"
    encoder.options = {"crf": "24", "preset": "ultrafast", "tune": "zerolatency"}
    large = np.full((6 * HEIGHT, 4 * WIDTH), 140, np.uint8)
    large[: 4 * HEIGHT] = grey.repeat(4, 0).repeat(4, 1)
    frame = av.VideoFrame.from_ndarray(large, format="yuvj420p")
    data = b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))
    with av.open(io.BytesIO(data), mode="r", format="h264") as container:
        return of_frame(next(container.decode(video=0)))


def test_a_light_that_shows_quite_another_picture_is_learned_as_well() -> None:
    eye, night = Eye(), Life(ROOM, Manner(name="quiet", close_per_hour=0, children=2), 5)
    monday_night_s = 4 * 86_400 + 2 * 3600
    list(_looks(eye, night, LEARNING_LOOKS, monday_night_s))
    other_room = Habitat(name="group", windows=3, things=14, infrared=True)
    day = Life(other_room, Manner(name="quiet", close_per_hour=0, children=2), 7)
    *_, last = _looks(eye, day, LEARNING_LOOKS, TUESDAY_NOON_S)
    assert last.sight is Sight.OK
    *_, last = _looks(eye, day, 120 // DOUBT_S, TUESDAY_NOON_S + 3600, fault=_fault("turned_20"))
    assert last.sight is Sight.TURNED
