"""T11, T12: no answer can be framed, run another's script or be kept by anybody."""

from collections.abc import Mapping

import pytest

from custom_components.kindergarten.portal.gate import ROUTES
from custom_components.kindergarten.portal.pages import asset_names
from tests.portal.site import Answer, Family, Site

from .watching import begin

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob:",
    "media-src": "blob:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}


def check(answer: Answer, what: str, kept: bool = False) -> None:
    """Assert that an answer carries everything that protects it."""
    headers: Mapping[str, str] = answer.headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == CSP, what
    assert headers["X-Frame-Options"] == "DENY", what
    assert headers["X-Content-Type-Options"] == "nosniff", what
    assert headers["Referrer-Policy"] == "no-referrer", what
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", what
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin", what
    assert "camera=()" in headers["Permissions-Policy"], what
    assert not headers["Server"], what
    assert "Access-Control-Allow-Origin" not in headers, what
    if kept:
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable", what
        assert "Set-Cookie" not in headers, what
    else:
        assert headers["Cache-Control"] == "no-store, private", what
        assert headers["Vary"] == "Cookie", what


async def test_every_answer_to_a_family_is_protected(site: Site, family: Family, camera: object) -> None:
    phone = await family.watcher()
    begun = await begin(phone)
    check(begun, "/viewings")
    viewing = begun.json["id"]
    seen = set()
    for route in ROUTES:
        path = route.pattern.replace("{vid}", viewing).replace("{id}", "A" * 22).replace("{n}", "1")
        if route.pattern in {"/me/logout", "/v/{vid}/end"} or "{name}" in path:
            continue
        answer = await phone.ask(route.method, path, {})
        if answer.status != 404:
            check(answer, route.pattern)
            seen.add(route.pattern)
    for path in ("end", "beat"):
        check(await phone.post(f"/v/{viewing}/{path}", {"visible": True, "active": True}), path)
    check(await phone.post("/me/logout"), "logout")
    assert {"/", "/me", "/requests", "/v/{vid}/live", "/v/{vid}/still", "/handoff"} <= seen


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/invite/redeem", b"[]", 400),
        ("/invite/redeem", b"x" * 5000, 413),
        ("/pair", b"{}", 409),
        ("/invite/redeem", b'{"id":"x","secret":"x","code":"1","nonce":"1"}', 409),
    ],
)
async def test_every_no_is_protected(site: Site, path: str, body: bytes, status: int) -> None:
    answer = await site.browser().ask("POST", path, body)
    assert answer.status == status
    check(answer, path)


async def test_only_files_that_never_change_are_kept(site: Site) -> None:
    for name in asset_names().values():
        answer = await site.browser().get(f"/a/{name}")
        assert answer.status == 200, name
        check(answer, name, kept=True)


async def test_a_new_session_is_kept_by_no_cache(site: Site, family: Family) -> None:
    """What sets a cookie must not be given to the next one who asks."""
    await family.phone()
    answer = await site.browser().get("/")
    assert "Set-Cookie" not in answer.headers
