"""T9: another site makes a parent's browser ask; every change wants origin, JSON and the page's token."""

import asyncio

import pytest

from custom_components.kindergarten.portal.gate import ROUTES
from custom_components.kindergarten.portal.routes import Route
from tests.portal.site import Family, Site

CHANGES = [route for route in ROUTES if route.changes]


def path_of(route: Route) -> str:
    """Return an address of a route."""
    return route.pattern.replace("{vid}", "A" * 22).replace("{id}", "A" * 22).replace("{n}", "1")


def test_whatever_changes_something_is_a_post_and_only_that() -> None:
    for route in ROUTES:
        assert route.changes == (route.method == "POST"), route.pattern


@pytest.mark.parametrize(
    "forged",
    [
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": None},
    ],
    ids=str,
)
async def test_a_forged_change_is_unknown(site: Site, family: Family, forged: dict[str, str | None]) -> None:
    phone = await family.phone()
    if "Content-Type" in forged:
        forged = {"Content-Type": forged["Content-Type"] or ""}
    for route in CHANGES:
        answer = await phone.post(path_of(route), {}, **forged)
        assert (answer.status, answer.body) == (404, b"404: Not Found"), route.pattern


async def test_no_change_is_made_with_a_cookie_alone(site: Site, family: Family) -> None:
    phone, other = await family.phone(), await family.phone()
    right = phone.token
    for route in CHANGES:
        if not route.session:
            continue
        for token in (None, "", "0" * 64, other.token, (right or "")[:-1], "é"):
            phone.token = token
            answer = await phone.post(path_of(route), {})
            assert (answer.status, answer.body) == (404, b"404: Not Found"), (route.pattern, token)
    phone.token = right
    assert (await phone.post("/me/rules", {"version": 1})).status == 200


async def test_a_form_of_another_site_logs_nobody_out(site: Site, family: Family) -> None:
    phone = await family.phone()
    forged = {"Origin": "https://evil.example", "Content-Type": "text/plain", "X-Kindergarten-Token": None}
    await asyncio.gather(*(phone.post("/me/logout", b"{}", **forged) for _ in range(3)))
    assert (await phone.get("/me")).status == 200
