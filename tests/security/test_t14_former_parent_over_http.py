"""T14: a former parent keeps everything they ever had - cookie, token, links, codes, addresses - and tries all of it."""

from datetime import timedelta

from homeassistant.util import dt as dt_util
import pytest

from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.portal.gate import ROUTES
from tests.integration.fake_archive import FakeArchive
from tests.integration.fake_live import FakeCamera
from tests.portal.site import Browser, Family, Site, redemption

from .watching import watch

ENDS = ("block", "remove_guardian", "revoke_guardian", "forget")


async def _end(site: Site, family: Family, how: str) -> None:
    if how == "forget":
        await site.do(People.forget_family, family.child)
    else:
        await site.do(getattr(People, how), family.guardian)


@pytest.mark.parametrize("how", ENDS)
async def test_nothing_they_kept_opens_anything(
    site: Site, family: Family, camera: FakeCamera, archive: FakeArchive, how: str
) -> None:
    watching = await watch(family)
    phone, unused = watching.phone, await family.invitation()
    paths = [
        f"{watching.below}/live",
        await watching.init(),
        await watching.segment(),
        f"{watching.below}/still",
    ]
    code = (await phone.post("/handoff")).json["code"]
    await site.do(People.open_window, "staff")
    approved = (await site.browser().post("/pair")).json
    await site.do(People.approve, approved["id"], family.guardian, "staff")
    await _end(site, family, how)
    asked = len(archive.pictures)
    for route in ROUTES:
        if route.session:
            path = route.pattern.replace("{vid}", watching.id).replace("{id}", "A" * 22).replace("{n}", "1")
            answer = await phone.ask(route.method, path, {"visible": True, "active": True})
            assert (answer.status, answer.body) == (404, b"404: Not Found"), route.pattern
    for path in paths:
        assert (await phone.get(path)).status == 404, path
    stranger = site.browser()
    for way, body in (
        ("/invite/redeem", redemption(unused)),
        ("/handoff/redeem", {"code": code, "nonce": "n"}),
        ("/pair/poll", {"id": approved["id"], "key": approved["key"]}),
    ):
        answer = await stranger.post(way, body)
        assert answer.json.get("state") != "ok", way
        assert "Set-Cookie" not in answer.headers, way
    assert len(archive.pictures) == asked


async def test_a_family_that_left_sees_no_picture_and_asks_for_no_recording_of_later(
    site: Site, family: Family, camera: FakeCamera, archive: FakeArchive
) -> None:
    phone = await family.watcher()
    room = (await phone.get("/me")).json["rooms"][0]["id"]
    await site.do(People.leave, family.child, dt_util.now().date() - timedelta(days=1))
    assert (await phone.post("/viewings", {"room": room})).code == "access_ended"
    now_us = round(dt_util.now().timestamp() * 1e6)
    span = {"from_us": now_us - 1_800_000_000, "to_us": now_us - 600_000_000}
    assert (await phone.post("/requests", {"room": room, **span})).status in {404, 409}
    assert archive.held == []
    (told,) = (await phone.get("/me")).json["rooms"]
    assert (told["open"], told["reason"], "today" in told) == (False, "access_ended", False)


async def test_a_second_cookie_beside_ones_own_opens_nobodys_session(site: Site, family: Family) -> None:
    """A former parent plants their dead cookie, or a hostile one its own, beside a living one."""
    phone = await family.phone()
    ((name, value),) = phone.cookies.items()
    other = await (await site.family("Bolat Testov", "Dana", "Playroom")).phone()
    ((_, theirs),) = other.cookies.items()
    asked: list[Browser] = [site.browser() for _ in range(2)]
    for browser, pair in zip(asked, ((value, theirs), (theirs, value)), strict=True):
        answer = await browser.get("/me", Cookie="; ".join(f"{name}={each}" for each in pair))
        assert answer.status == 404
