"""T5: nobody reaches what is another's by any address of the portal, whatever they put into it."""

import pytest

from custom_components.kindergarten.portal.gate import ROUTES
from custom_components.kindergarten.portal.routes import Route
from tests.portal.site import Browser, Family, Site

from .watching import watch

SESSION = [route for route in ROUTES if route.session]
WATCHING = [route for route in ROUTES if route.pattern.startswith("/v/")]


async def ask(phone: Browser, route: Route, **names: str) -> int:
    """Ask for a route with the names of somebody's things in it; returns the status."""
    path = route.pattern
    for name in ("vid", "id", "n"):
        path = path.replace(f"{{{name}}}", names.get(name, "1"))
    body = {key: value for key, value in names.items() if key in {"room", "child_id"}}
    return (await phone.ask(route.method, path, {**body, "visible": True, "active": True})).status


def test_every_address_of_a_family_wants_a_session() -> None:
    open_to_all = {route.pattern for route in ROUTES if not route.session}
    assert open_to_all == {
        "/",
        "/a/{name}.{hash}.{ext}",
        "/pair",
        "/pair/poll",
        "/invite/redeem",
        "/handoff/redeem",
        "/check",
    }


@pytest.mark.parametrize("route", WATCHING, ids=lambda route: f"{route.method} {route.pattern}")
async def test_anothers_viewing_is_unknown(site: Site, family: Family, camera: object, route: Route) -> None:
    theirs = await watch(family)
    other = await (await site.family("Bolat Testov", "Dana", "Blue room")).phone()
    second = await family.phone()
    for phone in (other, second, site.browser()):
        assert await ask(phone, route, vid=theirs.id) == 404
    assert (await theirs.live()).status == 200


async def test_without_a_session_no_address_of_a_family_is_there(site: Site, family: Family) -> None:
    room = (await (await family.phone()).get("/me")).json["rooms"][0]["id"]
    for route in SESSION:
        assert await ask(site.browser(), route, room=room) == 404, route.pattern


async def test_an_answer_names_nothing_of_another_family(site: Site, family: Family) -> None:
    await site.family("Bolat Testov", "Dana", "Playroom")
    await site.family("Gulnar Probova", "Timur", "Blue room")
    phone = await family.phone()
    for path in ("/me", "/me/devices", "/me/views", "/requests"):
        body = (await phone.get(path)).body.decode()
        for name in ("Bolat", "Dana", "Gulnar", "Timur", "Blue room", "camera", "192.168", "rtsp"):
            assert name not in body, (path, name)


async def test_an_id_of_another_phone_of_the_same_guardian_is_unknown(site: Site, family: Family) -> None:
    phone, second = await family.watcher(), await family.phone()
    room = (await second.get("/me")).json["rooms"][0]["id"]
    assert (await phone.post("/viewings", {"room": room})).status == 404
