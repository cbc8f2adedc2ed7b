"""Changing retention through the API, and how Frigate lies about it until it restarts."""

import time
from typing import Any

from tests.frigate_stand_in import StandIn

from .client import PATIENCE_S, Answer, Server, ask


def _key(server: Server) -> str:
    return "continuous" if server.version.at_least(0, 17) else "retain"


def _set(server: Server, query: str, body: object) -> Answer:
    return server.ask(f"/api/config/set?{query}", method="PUT", body=body)


def _days(server: Server, camera: str = "cam1") -> Any:
    return server.get("/api/config").json()["cameras"][camera]["record"][_key(server)]["days"]


def test_without_a_body_it_is_an_error(writable: Server) -> None:
    """`{}` is the least (0.15 to 0.17)."""
    answer = writable.ask("/api/config/set?record.enabled=True", method="PUT")
    assert answer.status == 422


def test_what_is_not_valid_is_refused_and_changes_nothing(writable: Server) -> None:
    before = writable.get("/api/config/raw").json()
    old = "retain" if writable.version.at_least(0, 17) else "continuous"
    for query in (f"record.{old}.days=31", "record.no_such_key=1", f"record.{_key(writable)}.days=many"):
        answer = _set(writable, query, {"requires_restart": 1})
        assert (answer.status, answer.json()["success"]) == (400, False)
    assert writable.get("/api/config/raw").json() == before


def test_the_body_form_is_ignored_with_success_to_0_16(pretended: Server) -> None:
    tree = {"record": {_key(pretended): {"days": 40}}}
    answer = _set(pretended, "", {"requires_restart": 0, "config_data": tree})
    assert answer.json()["success"] is True
    assert (_days(pretended) == 40) == pretended.version.at_least(0, 17)


def test_a_live_change_is_shown_at_once_and_not_told_to_the_deletion(
    stand_in: StandIn, pretended: Server
) -> None:
    """So `/api/config` says 31 while footage is still deleted after 5."""
    now, day = stand_in.control.now(), 86_400
    stand_in.control.set_config({f"record.{_key(pretended)}.days": 5})
    stand_in.control.restart(away_s=0)
    assert _set(pretended, f"record.{_key(pretended)}.days=31", {"requires_restart": 0}).status == 200
    assert _days(pretended) == 31
    assert stand_in.control.deletion_days("cam1") == 5
    stand_in.control.pass_of_retention()
    assert pretended.rows("cam1", now - 7 * day, now - 6 * day) == []
    assert pretended.rows("cam1", now - 4 * day, now - 4 * day + 60)
    stand_in.control.restart(away_s=0)
    assert stand_in.control.deletion_days("cam1") == 31


def test_a_change_for_the_next_restart_is_only_in_the_file_until_then(
    stand_in: StandIn, pretended: Server
) -> None:
    """The only honest sequence: set, restart, wait, compare."""
    stand_in.control.restart_takes(gap_s=60, away_s=0.3)
    assert _set(pretended, f"record.{_key(pretended)}.days=45", {"requires_restart": 1}).status == 200
    assert "days: 45" in pretended.get("/api/config/raw").json()
    assert _days(pretended) == 31
    assert pretended.ask("/api/restart", method="POST").json()["success"] is True
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            if _days(pretended) == 45:
                break
        except OSError, ValueError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert stand_in.control.deletion_days("cam1") == 45


def test_a_toggle_off_is_told_until_a_live_change_and_hidden_after_it_to_0_17(
    stand_in: StandIn, pretended: Server
) -> None:
    """Correct from 0.18 on. Only fresh segments prove recording."""

    def enabled() -> bool:
        return bool(pretended.get("/api/config").json()["cameras"]["cam1"]["record"]["enabled"])

    stand_in.control.toggle_recording("cam1", on=False)
    assert not enabled()
    _set(pretended, f"record.{_key(pretended)}.days=32", {"requires_restart": 0})
    assert enabled() == (not pretended.version.at_least(0, 18))
    stand_in.control.advance(300)
    now = stand_in.control.now()
    assert pretended.rows("cam1", now - 120, now) == []
    assert pretended.rows("cam2", now - 120, now)


def test_a_toggle_is_forgotten_by_a_restart_to_0_17_and_kept_from_0_18(
    stand_in: StandIn, pretended: Server
) -> None:
    stand_in.control.toggle_recording("cam1", on=False)
    stand_in.control.restart(gap_s=60, away_s=0)
    stand_in.control.advance(300)
    now = stand_in.control.now()
    assert bool(pretended.rows("cam1", now - 120, now)) == (not pretended.version.at_least(0, 18))


def test_on_is_refused_when_the_configuration_has_it_off(stand_in: StandIn) -> None:
    stand_in.control.set_config({"cameras.cam1.record.enabled": False})
    stand_in.control.restart(away_s=0)
    assert stand_in.control.toggle_recording("cam1", on=True) is False


def test_recording_is_switched_by_rest_from_0_18(writable: Server) -> None:
    camera = writable.cameras[0]
    answer = writable.ask(f"/api/camera/{camera}/set/recordings", method="PUT", body={"value": "ON"})
    assert answer.status == (200 if writable.version.at_least(0, 18) else 404)


def test_a_viewer_may_not_change_the_configuration_from_0_16(stand_in: StandIn, pretended: Server) -> None:
    """On 0.15 any login may."""
    from .client import login

    stand_in.control.add_user("guest", "guest-password-12")
    token = login(pretended.url, "guest", "guest-password-12").cookie("frigate_token")
    bearer = {"Authorization": f"Bearer {token}"}
    path = "/api/config/set?record.enabled=True"
    answer = ask(pretended.url, path, method="PUT", body={}, headers=bearer)
    assert answer.status == (403 if pretended.version.at_least(0, 16) else 200)
