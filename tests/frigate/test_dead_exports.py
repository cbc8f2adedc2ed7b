"""Exports for holds that came to nothing at the server without a word of it."""

from pathlib import Path

import pytest

from kindergarten_engine.frigate import holding
from kindergarten_engine.recorder.store.elsewhere_rows import HOUR_US
from tests.frigate_stand_in import Settings

from .test_watch import asked_for, hold_minute, told, watching


@pytest.mark.parametrize("version", ["0.16", "0.18"])
async def test_an_export_that_died_with_the_server_is_made_anew(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "_DONE_S", 0.0)
    settings = Settings(version=version, cameras=1, days=1)
    async with watching(tmp_path / "archive", settings) as rig:
        await rig.written_down()
        rig.server.control.exports_take(3600)
        hold_minute(rig, rig.now_us() - 2 * HOUR_US)
        await rig.until(lambda: asked_for(rig, "/api/exports/cam1_"))
        (dead,) = rig.server.control.exports()
        await rig.watch.close()
        rig.server.control.restart(gap_s=0)
        rig.server.control.exports_take(0)
        await rig.restart()
        await rig.until(lambda: told(rig, "held"))
        (held,) = told(rig, "held")
        assert rig.server.control.exports() == [held["export"]]
        assert held["export"] != dead


@pytest.mark.parametrize(("version", "holds"), [("0.16", 1), ("0.18", 2)])
async def test_an_export_that_takes_its_time_is_not_made_anew_and_holds_no_other_up(
    tmp_path: Path, version: str, holds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "_DONE_S", 0.0)
    settings = Settings(version=version, cameras=1, days=1)
    async with watching(tmp_path / "archive", settings) as rig:
        await rig.written_down()
        rig.server.control.exports_take(3600)
        for number in range(holds):
            hold_minute(rig, rig.now_us() - (2 + number) * HOUR_US)
        await rig.until(lambda: len(rig.server.control.exports()) == holds)
        there = rig.server.control.exports()
        rig.server.control.forget_asked()
        await rig.until(lambda: all(asked_for(rig, f"/api/exports/{each}") > 3 for each in there))
        await rig.watch.close()
        rig.server.control.finish_exports()
        monkeypatch.setattr(holding, "_DONE_S", 60.0)
        await rig.restart()
        await rig.until(lambda: len(told(rig, "held")) == holds)
        assert sorted(str(each["export"]) for each in told(rig, "held")) == sorted(there)
        assert sorted(rig.server.control.exports()) == sorted(there)


@pytest.mark.parametrize("version", ["0.16", "0.18"])
async def test_an_export_whose_file_was_lost_is_made_anew(tmp_path: Path, version: str) -> None:
    settings = Settings(version=version, cameras=1, days=1)
    async with watching(tmp_path / "archive", settings) as rig:
        await rig.written_down()
        rig.server.control.fault("^/exports/", "status", status=502)
        hold_minute(rig, rig.now_us() - 2 * HOUR_US)
        await rig.until(lambda: asked_for(rig, "/exports/"))
        (lost,) = rig.server.control.exports()
        rig.server.control.lose_export_files()
        rig.server.control.heal()
        await rig.until(lambda: told(rig, "held"))
        (held,) = told(rig, "held")
        assert rig.server.control.exports() == [held["export"]]
        assert held["export"] != lost
