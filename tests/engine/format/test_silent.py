"""Taking the sound out of a fragment."""

import io
from pathlib import Path

import av

from kindergarten_engine.recorder.format import fragment
from kindergarten_engine.recorder.format.silent import silent_init, without_sound
from tests.cameras import TEST_SUB, Fleet, SimulatedCamera
from tests.engine.recorder.rig import reading, wait_for


def _pictures(data: bytes) -> tuple[int, int, list[int | None]]:
    """Return how many tracks there are, and sizes and times of the pictures."""
    with av.open(io.BytesIO(data), mode="r", format="mp4") as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        return len(container.streams), sum(packet.size for packet in packets), [p.pts for p in packets]


def test_pictures_stay_as_they_are_when_the_sound_goes(tmp_path: Path) -> None:
    camera = SimulatedCamera(name="one", main=TEST_SUB, sub=None, audio="aac")
    with Fleet([camera]), reading(camera, tmp_path, sound=True) as (_, output):
        wait_for(output.has(30))
        run = output.runs[0]
        init = run.inits[0]
        assert init.audio is not None
        sound = [
            fragment.build(each, n, 0, init.audio.rate) for n, each in enumerate(run.fragments[:3], start=1)
        ]
    silent = [without_sound(each) for each in sound]
    before = _pictures(init.data + b"".join(sound))
    after = _pictures(silent_init(init).data + b"".join(silent))
    assert (before[0], after[0]) == (2, 1)
    assert before[1:] == after[1:]
    assert [without_sound(each) for each in silent] == silent
