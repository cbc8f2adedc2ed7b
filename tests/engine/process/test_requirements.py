"""How the kindergarten stands by its profile, asked through the engine's socket."""

from pathlib import Path

from .rig import EngineProcess, camera, config, uid

ROOMS = [
    {"uid": "1", "kind": "group", "label": "Sunflowers"},
    {"uid": "2", "kind": "sports", "label": "Hall"},
]


async def test_engine_judges_rooms_cameras_and_disk(engine: EngineProcess, tmp_path: Path) -> None:
    await engine.start()
    (tmp_path / "archive").mkdir()
    seen = camera(1, "rtsp://127.0.0.1:9/main", room=ROOMS[0], sound=True)
    site = {"site": {"time_zone": "Asia/Almaty"}, "profile": {"key": "kz_2026"}, "rooms": ROOMS}
    await engine.ask("PUT", "config", config(tmp_path / "archive", seen, rev=1, **site))

    found = {each["id"]: each for each in await engine.ask("GET", "requirements")}
    assert found["required_rooms"]["status"] == "not_met"
    assert "2" in found["required_rooms"]["rooms"]
    assert (found["sound_off"]["status"], found["sound_off"]["cameras"]) == ("not_met", [uid(1)])
    assert found["picture_size"]["status"] == "not_measurable"
    assert found["retention_minimum"]["status"] != "met"
    assert found["retention_minimum"]["source"].startswith("Order 117")


async def test_engine_without_an_archive_meets_nothing_that_must_be_measured(engine: EngineProcess) -> None:
    await engine.start()
    await engine.ask("PUT", "config", config(None, rev=1, profile={"key": "kz_2026"}))

    found = {each["id"]: each["status"] for each in await engine.ask("GET", "requirements")}
    assert found["retention_minimum"] == "not_measurable"
    assert found["forecast"] == "not_measurable"
    assert found["ledger"] == "not_measurable"
