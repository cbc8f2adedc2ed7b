"""What Home Assistant may ask for: rooms, schedules and old volumes are read, kept and read again."""

from typing import Any

import pytest

from kindergarten_engine import PROTOCOL
from kindergarten_engine.config import Config, VolumeConfig, dump, load, parse
from kindergarten_engine.errors import RequestError

UID = "ab" * 16
ROOM = {"uid": "r1", "kind": "group", "label": "Sunflowers"}


def desired(**changes: Any) -> dict[str, Any]:
    """Return a desired state with one camera."""
    return {
        "proto": PROTOCOL,
        "rev": 3,
        "archive": {"path": "/media/a", "archive_id": "aa11"},
        "retention": {"days": 30, "minimum_days": 30, "maximum_days": None},
        "site": {"time_zone": "Asia/Almaty"},
        "profile": {"key": "kz_2026"},
        "rooms": [ROOM],
        "holds": {"share": 0.4},
        "cameras": [
            {
                "uid": UID,
                "label": "Door",
                "main": {"url": "rtsp://camera/1"},
                "room": ROOM,
                "schedule": {"days": {"mon": [["07:00", "19:00"]]}},
            }
        ],
        **changes,
    }


def test_what_is_desired_is_kept_and_read_again() -> None:
    old = {"path": "/media/b", "archive_id": "bb22", "role": "old"}
    archive = {
        "path": "/media/a",
        "archive_id": "aa11",
        "volumes": [{"path": "/media/a", "archive_id": None, "role": "active"}, old],
    }
    config, complaints = parse(desired(archive=archive), Config())
    assert complaints == []
    assert config.old_volumes == (VolumeConfig(path="/media/b", archive_id="bb22"),)
    assert (config.archive_path, config.archive_id) == ("/media/a", "aa11")
    assert config.cameras[0].schedule is not None
    assert config.cameras[0].room is not None
    assert (config.profile, config.time_zone, config.holds_share) == ("kz_2026", "Asia/Almaty", 0.4)
    again, complaints = load(dump(config))
    assert complaints == []
    assert again == config


def test_the_active_volume_may_be_named_in_the_list_alone() -> None:
    archive = {"volumes": [{"path": "/media/a", "archive_id": "aa11", "role": "active"}]}
    config, _ = parse(desired(archive=archive), Config())
    assert (config.archive_path, config.archive_id, config.old_volumes) == ("/media/a", "aa11", ())


def test_a_camera_with_an_impossible_schedule_is_complained_about_alone() -> None:
    state = desired()
    state["cameras"].append(
        {**state["cameras"][0], "uid": "cd" * 16, "schedule": {"days": {"mon": [["19:00", "07:00"]]}}}
    )
    config, (complaint,) = parse(state, Config())
    assert (complaint.uid, complaint.code) == ("cd" * 16, "bad_schedule")
    assert [camera.uid for camera in config.cameras] == [UID]


def test_a_schedule_needs_a_time_zone() -> None:
    _, (complaint,) = parse(desired(site=None), Config())
    assert complaint.field == "site.time_zone"


@pytest.mark.parametrize(
    "volumes",
    [
        [{"path": "/media/b", "archive_id": None, "role": "old"}],
        [{"path": "/media/b", "archive_id": "bb22", "role": "active"}],
        [{"path": "/media/a", "archive_id": "aa11", "role": "old"}],
        [{"path": "relative", "archive_id": "bb22", "role": "old"}],
    ],
)
def test_impossible_volumes_are_refused(volumes: list[dict[str, Any]]) -> None:
    with pytest.raises(RequestError):
        parse(desired(archive={"path": "/media/a", "archive_id": "aa11", "volumes": volumes}), Config())
