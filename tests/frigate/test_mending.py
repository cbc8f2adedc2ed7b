"""Having a server keep footage for longer: what its deletion really does afterwards is what counts."""

import pytest

from kindergarten_engine.frigate.mending import lengthen
from kindergarten_engine.frigate_api.errors import FrigateError
from tests.frigate_stand_in import Settings, StandIn

from .conftest import Connect


@pytest.mark.parametrize("version", ["0.16", "0.17", "0.18"])
async def test_the_thread_that_deletes_keeps_the_new_days(version: str, connect: Connect) -> None:
    with StandIn(Settings(version=version, cameras=2, days=2, keep_days=10)) as server:
        server.control.advance(3600)
        server.control.restart_takes(gap_s=1, away_s=0.05)
        assert server.control.deletion_days("cam1") == 10
        await lengthen(connect(server), ["cam1", "cam2"], 31)
        assert server.control.deletion_days("cam1") == 31
        assert server.control.deletion_days("cam2") == 31


async def test_a_camera_with_days_of_its_own_is_set_too(connect: Connect) -> None:
    with StandIn(Settings(version="0.17", cameras=2, days=2, keep_days=31, camera_days=5)) as server:
        server.control.advance(3600)
        server.control.restart_takes(gap_s=1, away_s=0.05)
        await lengthen(connect(server), ["cam1"], 31)
        assert server.control.deletion_days("cam1") == 31
        assert server.control.deletion_days("cam2") == 5


async def test_a_server_that_keeps_long_enough_is_not_restarted(connect: Connect) -> None:
    with StandIn(Settings(version="0.17", cameras=1, days=2, keep_days=31)) as server:
        await lengthen(connect(server), ["cam1"], 31)
        assert all(
            row["method"] in ("GET", "POST") and "restart" not in row["path"]
            for row in server.control.asked()
        )


async def test_a_setting_that_is_refused_changes_nothing(connect: Connect) -> None:
    with StandIn(Settings(version="0.17", cameras=1, days=2, keep_days=10)) as server:
        server.control.fault("/api/config/set", "status", status=500)
        with pytest.raises(FrigateError):
            await lengthen(connect(server), ["cam1"], 31)
        assert not [row for row in server.control.asked() if "restart" in row["path"]]
