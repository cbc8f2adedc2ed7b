"""T1: an invitation's link is fetched by the previews of messengers before a parent taps it."""

from pathlib import Path

import pytest

from tests.portal.site import Browser, Family, Site, redemption

BOTS = (
    "WhatsApp/2.24 A",
    "TelegramBot (like TwitterBot)",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
    "ms-office; MSOffice 16",
)


def people_file(site: Site) -> bytes:
    """Return everything that is stored of people."""
    folder = Path(site.hass.config.path(".storage", "kindergarten"))
    return b"".join(path.read_bytes() for path in sorted(folder.glob("people.db*")))


async def quiet(site: Site) -> bytes:
    """Wait until the ledger has heard of what the test changed, and return what is stored then."""
    await site.quiet()
    return people_file(site)


async def test_fifty_fetches_of_a_link_leave_it_as_it_was(site: Site, family: Family) -> None:
    invitation = await family.invitation()
    before = await quiet(site)
    for number in range(50):
        browser = Browser(site, agent=BOTS[number % len(BOTS)])
        for method in ("GET", "HEAD"):
            await browser.ask(method, "/")
            await browser.ask(method, "/invite/redeem")
            await browser.ask(method, f"/?i={invitation.id}")
    assert people_file(site) == before
    assert (await site.browser().post("/invite/redeem", redemption(invitation))).status == 200


async def test_a_second_tap_of_the_same_link_is_refused(site: Site, family: Family) -> None:
    invitation = await family.invitation()
    assert (await site.browser().post("/invite/redeem", redemption(invitation))).status == 200
    second = await site.browser().post("/invite/redeem", redemption(invitation, nonce="later"))
    assert (second.status, second.code) == (409, "not_valid")


async def test_the_page_is_the_same_for_every_link(site: Site, family: Family) -> None:
    bodies = {(await site.browser().get(path)).body for path in ("/", "/?i=x", "/?fbclid=y")}
    assert len(bodies) == 1


@pytest.mark.parametrize("path", ["/me", "/me/devices", "/me/views", "/requests", "/"])
async def test_looking_changes_nothing(site: Site, family: Family, path: str) -> None:
    phone = await family.phone()
    before = await quiet(site)
    for _ in range(3):
        assert (await phone.get(path)).status == 200
    await site.hass.async_block_till_done()
    assert people_file(site) == before
