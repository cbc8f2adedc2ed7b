"""T8: a session is a secret that one browser keeps, that no script reads and that ends."""

from http.cookies import SimpleCookie

import pytest

from custom_components.kindergarten.engine.people.people import People
from tests.portal.site import PREFIX, Answer, Family, Site, redemption


async def let_in(site: Site, family: Family) -> Answer:
    """Return the answer that carries a new session."""
    return await site.browser().post("/invite/redeem", redemption(await family.invitation()))


@pytest.mark.parametrize(
    ("own_host", "name", "path"),
    [(False, "__Secure-kindergarten", PREFIX), (True, "__Host-kindergarten", "/")],
)
async def test_the_cookie_is_for_this_portal_alone(
    site: Site, family: Family, own_host: bool, name: str, path: str
) -> None:
    await site.set(portal_own_host=own_host)
    cookie = SimpleCookie((await let_in(site, family)).headers["Set-Cookie"])[name]
    assert (cookie["path"], cookie["samesite"]) == (path, "Strict")
    assert cookie["httponly"]
    assert cookie["secure"]
    assert not cookie["domain"]
    assert 0 < int(cookie["max-age"]) <= 90 * 24 * 3600


async def test_the_secret_is_in_no_body(site: Site, family: Family) -> None:
    answer = await let_in(site, family)
    assert answer.body == b'{"state":"ok"}'


async def test_every_way_in_makes_a_new_session_and_ends_the_old_one(site: Site, family: Family) -> None:
    phone = await family.phone()
    before = site.browser()
    before.cookies = dict(phone.cookies)
    await family.phone(phone)
    assert phone.cookies != before.cookies
    assert (await before.get("/me")).status == 404


@pytest.mark.parametrize("how", ["revoke_guardian", "block"])
async def test_all_sessions_of_a_guardian_end_at_once(site: Site, family: Family, how: str) -> None:
    phones = [await family.phone() for _ in range(3)]
    await site.do(getattr(People, how), family.guardian)
    assert [(await phone.get("/me")).status for phone in phones] == [404] * 3


async def test_the_name_of_the_other_kind_of_cookie_is_no_session(site: Site, family: Family) -> None:
    phone = await family.phone()
    phone.cookies = {"__Host-kindergarten": phone.cookies["__Secure-kindergarten"]}
    assert (await phone.get("/me")).status == 404


async def test_a_cookie_with_anything_added_is_no_session(site: Site, family: Family) -> None:
    phone = await family.phone()
    value = phone.cookies["__Secure-kindergarten"]
    for changed in (value + "A", value[:-1], value + "=", value.swapcase(), f'"{value}.x"'):
        phone.cookies = {"__Secure-kindergarten": changed}
        assert (await phone.get("/me")).status == 404, changed
