"""A camera keeps to its schedule, and says so."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
import time
from zoneinfo import ZoneInfo

from kindergarten_engine.recorder.store.schedule import WEEKDAYS, Schedule, parse
from tests.cameras.camera import SimulatedCamera
from tests.cameras.clips import ClipSpec
from tests.cameras.fleet import Fleet

from .archive import config, recording, uid
from .rig import wait_for

CLIP = ClipSpec(loop_s=10, gop_s=1, width=320, height=180, bitrate=150_000)
ZONE = "Asia/Almaty"


def other_day() -> Schedule:
    """Return a schedule with nothing to record for a while."""
    day = (datetime.now(ZoneInfo(ZONE)) + timedelta(days=3)).weekday()
    return parse({WEEKDAYS[day]: [["08:00", "10:00"]]}, ZONE)


def test_outside_its_schedule_a_camera_is_left_alone(tmp_path: Path) -> None:
    camera = SimulatedCamera(name="hall", main=CLIP, sub=None)
    with Fleet([camera]), recording(tmp_path, [camera], schedule=other_day()) as archive:
        hall = archive.cameras["hall"]
        assert archive.state("hall") == "off"
        assert hall.status()["cause"] == "schedule"
        time.sleep(0.2)
        assert camera.connects("main") == 0
        hall.apply(replace(hall.config, schedule=None))
        wait_for(archive.records("hall"))
        wait_for(lambda: archive.timeline("hall").recordings)
        hall.apply(replace(hall.config, schedule=other_day()))
        assert archive.state("hall") == "off"
        hall.follow_schedule()
        assert archive.store.flush()
        gaps = archive.timeline("hall").gaps
        assert (gaps[0].cause, gaps[-1].cause, gaps[-1].end_us) == ("schedule", "schedule", None)
        assert archive.report("hall").whole


def test_what_an_administrator_paused_stays_paused(tmp_path: Path) -> None:
    camera = SimulatedCamera(name="hall", main=CLIP, sub=None)
    with Fleet([camera]), recording(tmp_path, [camera]) as archive:
        hall = archive.cameras["hall"]
        hall.pause("paused_by_admin")
        hall.follow_schedule()
        assert hall.status()["cause"] == "paused_by_admin"
        hall.apply(replace(config(camera), uid=uid("hall"), schedule=other_day()))
        assert hall.status()["cause"] == "paused_by_admin"
