"""Asking a Frigate server: every answer has its limits in bytes and seconds, and leads nowhere else."""

import time
from typing import override

import pytest

from kindergarten_engine.env import RealEnv
from kindergarten_engine.frigate_api import client as client_module
from kindergarten_engine.frigate_api.errors import FrigateError
from tests.frigate_stand_in import Settings, StandIn
from tests.frigate_stand_in.faults import Kind

from .conftest import Connect

HOUR_US = 3_600_000_000


class Ahead(RealEnv):
    """A machine whose clock the test moves."""

    ahead_s = 0

    @override
    def realtime_ns(self) -> int:
        return super().realtime_ns() + self.ahead_s * 1_000_000_000


def now_us() -> int:
    return time.time_ns() // 1000


async def test_version_role_cameras_and_retention_are_read_from_every_version(
    server: StandIn, connect: Connect
) -> None:
    client = connect(server)
    assert (await client.version())[:2] >= (0, 16)
    assert await client.role() == "admin"
    config = await client.config()
    assert sorted(config.cameras) == ["cam1", "cam2"]
    assert config.cameras["cam1"].keeping.continuous == 31
    assert config.cameras["cam1"].streams == ("cam1", "cam1_sub")


async def test_summary_segments_and_files_tell_the_same_hour(server: StandIn, connect: Connect) -> None:
    client = connect(server, user="")
    sums = {each.hour: each.seconds for each in await client.summary("cam1")}
    hour = now_us() // HOUR_US - 5
    assert 3590 <= sums[hour] <= 3610
    segments = await client.segments("cam1", hour * HOUR_US, (hour + 1) * HOUR_US)
    files = await client.files("cam1", hour)
    inside = [each for each in segments if each.start_us // HOUR_US == hour]
    assert [each.start_us // 1_000_000 % 3600 for each in inside] == [each.start_s for each in files]


async def test_the_default_window_and_the_freezing_call_are_never_asked(
    server: StandIn, connect: Connect
) -> None:
    client = connect(server)
    await client.segments("cam1", now_us() - HOUR_US, now_us())
    await client.summary("cam1")
    for asked in server.control.asked():
        assert "unavailable" not in asked["path"]
        if asked["path"].endswith("/recordings"):
            assert "after=" in asked["query"]
            assert "before=" in asked["query"]


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("redirect", {"not_frigate"}),
        ("bytes", {"bad_answer"}),
        ("html", {"bad_answer"}),
        ("shape", {"bad_answer"}),
        ("deep", {"bad_answer"}),
        ("nan", {"bad_answer"}),
        ("empty", {"bad_answer"}),
        ("cut", {"bad_answer", "failed"}),
        ("huge", {"too_large"}),
        ("status", {"failed", "busy", "bad_answer"}),
    ],
)
async def test_garbage_is_an_error_with_a_name(kind: Kind, codes: set[str], connect: Connect) -> None:
    with StandIn(Settings(version="0.17", cameras=1, days=2)) as server:
        client = connect(server)
        await client.version()
        server.control.fault("/api/cam1/recordings", kind)
        with pytest.raises(FrigateError) as raised:
            await client.segments("cam1", now_us() - HOUR_US, now_us())
        assert raised.value.code in codes
        server.control.heal()
        assert await client.segments("cam1", now_us() - HOUR_US, now_us())


async def test_a_server_that_falls_silent_costs_seconds_and_not_for_ever(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StandIn(Settings(version="0.17", cameras=1, days=1)) as server:
        client = connect(server)
        await client.version()
        server.control.fault("/api/version", "hang", seconds=600)
        assert client_module._SHORT_S < 10
        monkeypatch.setattr(client_module, "_SHORT_S", 0.3)
        with pytest.raises(FrigateError) as raised:
            await client.version()
        assert raised.value.code == "timeout"


async def test_a_token_that_is_refused_is_asked_for_anew(connect: Connect) -> None:
    with StandIn(Settings(version="0.17", cameras=1, days=1)) as server:
        client = connect(server)
        await client.version()
        server.control.forget_tokens()
        assert await client.config()
        assert sum(each["path"] == "/api/login" for each in server.control.asked()) == 2


async def test_a_token_is_renewed_before_it_ends(connect: Connect) -> None:
    with StandIn(Settings(version="0.17", cameras=1, days=1)) as server:
        env = Ahead()
        client = connect(server, env=env)
        await client.version()
        env.ahead_s = 86_400 - 300
        server.control.advance(env.ahead_s)
        await client.version()
        assert sum(each["path"] == "/api/login" for each in server.control.asked()) == 2
        assert all(each["status"] != 401 for each in server.control.asked())


async def test_a_wrong_login_an_unknown_and_another_certificate_have_their_names(connect: Connect) -> None:
    with StandIn(Settings(version="0.17", cameras=1, days=1)) as server:
        found = {}
        wrong: dict[str, dict[str, str | None]] = {
            "login": {"secret": "wrong"},
            "unknown": {"trust": "verify", "fingerprint": None},
            "other": {"fingerprint": "0" * 64},
            "nobody": {"url": "http://127.0.0.1:9"},
        }
        for name, changes in wrong.items():
            with pytest.raises(FrigateError) as raised:
                await connect(server, **changes).version()
            found[name] = raised.value.code
        assert found == {"login": "auth", "unknown": "tls", "other": "fingerprint", "nobody": "unreachable"}


async def test_a_name_that_is_no_camera_never_reaches_a_path(server: StandIn, connect: Connect) -> None:
    client = connect(server)
    for name in ("../cam1", "cam1/../../x", "", "cam%31", "кам"):
        with pytest.raises(FrigateError):
            await client.summary(name)
    assert server.control.asked() == []


async def test_an_older_version_is_refused(connect: Connect) -> None:
    with StandIn(Settings(version="0.15", cameras=1, days=1)) as server:
        with pytest.raises(FrigateError) as raised:
            await connect(server).config()
        assert raised.value.code == "too_old"
