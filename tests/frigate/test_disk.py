"""How long a server's disk really lasts, and doors without a lock: looked for each hour, told while it is so."""

from pathlib import Path

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.frigate.disk import room
from kindergarten_engine.frigate.probe import is_open
from kindergarten_engine.frigate_api.parsing import rtsp_port, used
from kindergarten_engine.frigate_api.server import Server
from tests.frigate_stand_in import Settings, StandIn

from .conftest import Connect
from .test_watch import watching

DAY_S = 86_400


def test_days_are_what_the_disk_holds_of_what_is_written_with_an_hour_left_free() -> None:
    found = room(25 * 3600 * 1000, [600.0, 400.0])
    assert found is not None
    assert (found.days, found.day_bytes) == (1.0, DAY_S * 1000)
    assert room(10**12, [0.0]) is None
    full = room(0, [1.0])
    assert full is not None
    assert full.days == 0


@pytest.mark.parametrize(
    ("listen", "port"),
    [(":8554", 8554), ("0.0.0.0:18554", 18554), ("[::]:554", 554), ("", None), (None, None), (":0", None), ("x", None)],
)  # fmt: skip
def test_where_live_pictures_are_is_read_from_what_the_server_says(listen: object, port: int | None) -> None:
    assert rtsp_port(listen) == port


def test_a_camera_without_footage_takes_no_room() -> None:
    assert used({"a": {"usage": 2.0}, "b": {"usage": None}, "c": {}, "d": 5}) == 2 << 20


@pytest.mark.parametrize("version", ["0.16", "0.18"])
async def test_a_disk_that_is_too_small_is_told_with_its_days_and_others_cameras_count(
    tmp_path: Path, version: str
) -> None:
    async with watching(tmp_path / "archive", Settings(version=version, cameras=2, days=1)) as rig:
        await rig.until(lambda: rig.watch.view()["disk_days"])
        large = rig.watch.view()["disk_days"]
        assert isinstance(large, float)
        assert large > 31
        assert "disk_short" not in [each["code"] for each in rig.watch.view()["problems"]]
        rig.server.control.set_segment_size("cam2", 20_000)  # a camera that is none of ours
        await rig.restart()
        await rig.until(lambda: "disk_short" in [each["code"] for each in rig.watch.view()["problems"]])
        (told,) = [each for each in rig.watch.view()["problems"] if each["code"] == "disk_short"]
        assert told["days"] == rig.watch.view()["disk_days"] < 31


async def test_a_door_without_a_login_is_found_beside_the_one_that_is_used(connect: Connect) -> None:
    with StandIn(Settings(version="0.17", cameras=1, days=1)) as server:
        ours = Server(url=server.external_url, user="admin", secret="x", trust="any")
        open_port, closed = (
            int(url.rpartition(":")[2]) for url in (server.internal_url, server.external_url)
        )
        assert await is_open(RealEnv(), ours, open_port)
        assert not await is_open(RealEnv(), ours, closed)
        assert not await is_open(RealEnv(), Server(url=server.internal_url), open_port)
