"""T13: a session that somebody else prepared is never the one that a parent ends up with."""

from base64 import urlsafe_b64encode

from tests.portal.site import Family, Site, redemption

NAME = "__Secure-kindergarten"


async def test_a_planted_cookie_does_not_become_a_session(site: Site, family: Family) -> None:
    planted = urlsafe_b64encode(bytes(16) + b"s" * 43).decode().rstrip("=")
    browser = site.browser()
    browser.cookies = {NAME: planted}
    await family.phone(browser)
    assert browser.cookies[NAME] != planted
    thief = site.browser()
    thief.cookies = {NAME: planted}
    assert (await thief.get("/me")).status == 404


async def test_a_strangers_session_planted_on_a_phone_is_asked_about(site: Site, family: Family) -> None:
    """Whoever plants their own session sees nothing: the way in wants to know before it switches."""
    thief = await (await site.family("Bolat Testov", "Dana", "Blue room")).phone()
    browser = site.browser()
    browser.cookies = dict(thief.cookies)
    sent = redemption(await family.invitation())
    assert (await browser.post("/invite/redeem", sent)).code == "other_guardian"
    assert (await browser.post("/invite/redeem", {**sent, "switch": True})).status == 200
    assert browser.cookies != thief.cookies
    assert (await thief.get("/me")).status == 404


async def test_of_two_cookies_neither_counts(site: Site, family: Family) -> None:
    """A neighbouring host can plant a second cookie of the name, but not take ours away."""
    phone, thief = await family.phone(), await family.phone()
    both = f"{NAME}={phone.cookies[NAME]}; {NAME}={thief.cookies[NAME]}"
    assert (await site.browser().get("/me", Cookie=both)).status == 404


async def test_an_id_chosen_by_the_page_is_no_pairing(site: Site) -> None:
    answer = await site.browser().post("/pair/poll", {"id": "0" * 32, "key": "0" * 64})
    assert answer.json == {"state": "ended"}
    assert "Set-Cookie" not in answer.headers
