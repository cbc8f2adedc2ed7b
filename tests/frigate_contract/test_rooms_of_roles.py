"""What a role that is limited to one camera gets of the others (0.17 and 0.18)."""

from collections.abc import Iterator
import time

import pytest

from tests.frigate_stand_in import PASSWORD, Settings, StandIn

from .client import Answer, ask, login


@pytest.fixture(params=["0.17.1", "0.17", "0.18"])
def limited(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    """A server with the account "mother", who may see cam1."""
    with StandIn(Settings(version=request.param)) as server:
        server.control.set_role("group_one", ["cam1"])
        server.control.add_user("mother", PASSWORD, "group_one")
        yield server


def _as_mother(server: StandIn, path: str) -> Answer:
    token = login(server.external_url, "mother", PASSWORD).cookie("frigate_token")
    return ask(server.external_url, path, headers={"Authorization": f"Bearer {token}"})


def test_the_api_refuses_foreign_cameras(limited: StandIn) -> None:
    assert _as_mother(limited, "/api/cam1/latest.jpg").status == 200
    assert _as_mother(limited, "/api/cam2/latest.jpg").status == 403
    assert _as_mother(limited, "/api/cam2/recordings?after=1&before=2").status == 403
    assert _as_mother(limited, "/api/profile").json()["allowed_cameras"] == ["cam1"]


def test_the_configuration_of_all_cameras_is_told_to_everybody(limited: StandIn) -> None:
    assert set(_as_mother(limited, "/api/config").json()["cameras"]) == {"cam1", "cam2"}


def test_files_of_foreign_rooms_are_open_to_any_login_before_0_18(limited: StandIn) -> None:
    row = limited.control.newest("cam2")
    assert row
    listing = f"{ask(limited.internal_url, f'/api/vod/cam2/start/{row}/end/{row + 5}').json()['sequences'][0]['clips'][0]['path']}"
    path = listing.removeprefix("/media/frigate")
    sealed = limited.settings.version == "0.18"
    assert _as_mother(limited, path).status == (403 if sealed else 200)
    assert _as_mother(limited, path.rpartition("/")[0] + "/").status == (403 if sealed else 200)
    assert _as_mother(limited, "/recordings/").status == 200


def test_storage_is_for_administrators_from_0_18(limited: StandIn) -> None:
    sealed = limited.settings.version == "0.18"
    assert _as_mother(limited, "/api/recordings/storage").status == (403 if sealed else 200)


def test_an_administrators_cached_answer_is_given_to_anybody_until_0_17_1(limited: StandIn) -> None:
    """#23261, mended in 0.17.2; and the cache is five seconds long unless it is passed by."""
    path = "/api/cam2/recordings?after=1&before=2"
    token = login(limited.external_url, "admin", PASSWORD).cookie("frigate_token")
    admin = {"Authorization": f"Bearer {token}"}
    expected = 200 if limited.settings.version == "0.17.1" else 403
    deadline = time.monotonic() + 60
    while True:
        assert ask(limited.external_url, path, headers=admin).status == 200
        if _as_mother(limited, path).status == expected:
            return
        assert time.monotonic() < deadline


def test_any_viewer_switches_a_rooms_recording_off_until_0_17_1(limited: StandIn) -> None:
    """By the web socket (#22710)."""
    from .sockets import Socket

    token = login(limited.external_url, "mother", PASSWORD).cookie("frigate_token")
    with Socket(limited.external_url, token) as socket:
        socket.send("cam2/recordings/set", "OFF")
        socket.send("onConnect", "")
        socket.wait_for("camera_activity")
    off = limited.settings.version == "0.17.1"
    limited.control.advance(120)
    newest = limited.control.newest("cam2")
    assert newest
    assert (limited.control.now() - newest > 100) == off
