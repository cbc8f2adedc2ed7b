"""Schedules, old volumes and the forecast, as the process tells them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from .rig import EngineProcess, camera, config, uid, until

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


async def test_status_tells_of_schedules_volumes_and_the_forecast(
    running: EngineProcess, tmp_path: Path
) -> None:
    await running.answering()
    later = WEEK[(datetime.now(UTC) + timedelta(days=3)).weekday()]
    planned = camera(1, "rtsp://127.0.0.1:9/none", schedule={"days": {later: [["08:00", "10:00"]]}})
    first = tmp_path / "first"
    await running.ask("PUT", "config", config(first, planned, site={"time_zone": "UTC"}))
    status = await running.ask("GET", "status")
    assert (status["cameras"][uid(1)]["state"], status["cameras"][uid(1)]["cause"]) == ("off", "schedule")
    assert [(each["role"], each["state"]) for each in status["volumes"]] == [("active", "ok")]
    assert status["forecast"] == {
        "days": None, "bytes_per_day": None, "fills_at_us": None, "breaks_at_us": None, "per_camera": {},
        "enough": None, "sure": False, "advice": [],
    }  # fmt: skip
    old = {"path": str(first), "archive_id": status["archive"]["archive_id"], "role": "old"}
    away = {"path": str(tmp_path / "away"), "archive_id": "ab" * 16, "role": "old"}
    moved = config(tmp_path / "second", planned, site={"time_zone": "UTC"})
    moved["archive"]["volumes"] = [old, away]
    await running.ask("PUT", "config", moved)

    async def opened() -> bool:
        volumes = (await running.ask("GET", "status"))["volumes"]
        return [(Path(each["path"]).name, each["role"], each["state"]) for each in volumes] == [
            ("second", "active", "ok"),
            ("first", "old", "ok"),
            ("away", "old", "missing"),
        ]

    await until(opened)
    del moved["cameras"][0]["schedule"]
    await running.ask("PUT", "config", moved)

    async def tried() -> bool:
        state = (await running.ask("GET", "status"))["cameras"][uid(1)]["state"]
        return bool(state != "off")

    await until(tried)
