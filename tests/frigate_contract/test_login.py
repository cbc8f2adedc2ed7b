"""Who may come in, and by which door."""

import jwt

from tests.frigate_stand_in import ADMIN, PASSWORD, Settings, StandIn

from .client import Server, ask, login


def _claims(server: Server) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(server.token, options={"verify_signature": False})
    return claims


def test_the_token_says_whose_it_is_and_when_it_ends(guarded: Server) -> None:
    """`sub` and `exp` always, `role` from 0.16, `iat` from 0.17."""
    claims = _claims(guarded)
    assert {"sub", "exp"} <= set(claims)
    assert ("role" in claims) == guarded.version.at_least(0, 16)
    assert ("iat" in claims) == guarded.version.at_least(0, 17)


def test_nothing_is_told_without_a_login(guarded: Server) -> None:
    """Not even the version; the refusal is a page, not JSON."""
    for path in (
        "/api/version",
        "/api/config",
        "/recordings/",
        "/vod/x/start/1/end/2/master.m3u8",
        "/exports/",
    ):
        refused = ask(guarded.url, path)
        assert refused.status == 401, path
        assert b"<html" in refused.body


def test_a_wrong_password_is_401_with_a_message(guarded: Server) -> None:
    refused = login(guarded.url, "nobody-of-this-name", "wrong")
    assert refused.status == 401
    assert refused.json() == {"message": "Login failed"}


def test_a_bearer_is_never_renewed(guarded: Server) -> None:
    assert guarded.get("/api/config").headers.get("Set-Cookie") in (None, "")


def test_a_foreign_origin_needs_a_csrf_header(server: Server) -> None:
    """Any value will do; a proxy that copies browsers' headers would stumble here."""
    path = "/api/login"
    body = {"user": "nobody-of-this-name", "password": "wrong"}
    without = server.ask(path, method="POST", body=body, Origin="https://elsewhere.example")
    assert (without.status, without.json()) == (401, {"success": False, "message": "Missing CSRF header"})
    with_header = server.ask(
        path, method="POST", body=body, Origin="https://elsewhere.example", X_CSRF_TOKEN="1"
    )
    assert with_header.json() == {"message": "Login failed"}


def test_the_inner_door_asks_nobody_and_makes_everybody_administrator(stand_in: StandIn) -> None:
    profile = ask(stand_in.internal_url, "/api/profile")
    assert profile.status == 200
    assert profile.json()["username"] == "anonymous"


def test_the_cookie_is_for_pages_and_is_renewed_near_its_end(stand_in: StandIn) -> None:
    """43200 s before it to 0.16, 1800 s from 0.17."""
    answer = login(stand_in.external_url, ADMIN, PASSWORD)
    assert answer.body == b""
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    cookie = {"Cookie": f"frigate_token={answer.cookie('frigate_token')}"}
    assert ask(stand_in.external_url, "/api/version", headers=cookie).cookie("frigate_token") is None
    stand_in.control.advance(86_400 - 1000)
    assert ask(stand_in.external_url, "/api/version", headers=cookie).cookie("frigate_token")
    stand_in.control.advance(2000)
    assert ask(stand_in.external_url, "/api/version", headers=cookie).status == 401


def test_a_token_ends_when_it_says_and_not_before_though_its_account_is_gone(stand_in: StandIn) -> None:
    """Deleting the user leaves the token working for up to a day (0.18)."""
    stand_in.control.add_user("guest", "guest-password-12")
    answer = login(stand_in.external_url, "guest", "guest-password-12")
    bearer = {"Authorization": f"Bearer {answer.cookie('frigate_token')}"}
    ask(stand_in.internal_url, "/api/users/guest", method="DELETE")
    assert login(stand_in.external_url, "guest", "guest-password-12").status == 401
    assert ask(stand_in.external_url, "/api/cam1/latest.jpg", headers=bearer).status == 200
    stand_in.control.advance(86_500)
    assert ask(stand_in.external_url, "/api/cam1/latest.jpg", headers=bearer).status == 401


def test_a_limit_on_logins_is_off_until_set_and_then_429(stand_in: StandIn) -> None:
    for _ in range(12):
        assert login(stand_in.external_url, ADMIN, "wrong").status == 401
    stand_in.control.set_rate_limit("1/second;3/minute")
    assert login(stand_in.external_url, ADMIN, PASSWORD).status == 429


def test_before_there_were_roles_any_login_could_list_users(pretended: Server, stand_in: StandIn) -> None:
    """0.15; administrators only from 0.16."""
    stand_in.control.add_user("guest", "guest-password-12")
    token = login(pretended.url, "guest", "guest-password-12").cookie("frigate_token")
    listed = ask(pretended.url, "/api/users", headers={"Authorization": f"Bearer {token}"})
    assert listed.status == (403 if pretended.version.at_least(0, 16) else 200)


def test_the_file_with_the_cameras_passwords_is_for_every_viewer_to_0_16(
    pretended: Server, stand_in: StandIn
) -> None:
    stand_in.control.add_user("guest", "guest-password-12")
    token = login(pretended.url, "guest", "guest-password-12").cookie("frigate_token")
    raw = ask(pretended.url, "/api/config/raw", headers={"Authorization": f"Bearer {token}"})
    if pretended.version.at_least(0, 17):
        assert raw.status == 403
    else:
        assert "secret-of-the-camera" in raw.json()


def test_with_logins_off_the_outer_door_makes_everybody_a_viewer() -> None:
    """So what needs an administrator has to come by the inner door."""
    with StandIn(Settings(login=False, tls=False)) as server:
        assert login(server.external_url, ADMIN, PASSWORD).status == 404
        assert ask(server.external_url, "/api/profile").json()["role"] == "viewer"
        assert ask(server.external_url, "/api/restart", method="POST").status == 403
