"""The portal behind a proxy that speaks HTTPS for it, which is how parents reach it."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.integration.fake_archive import (
    BEDROOM,
    PLAYROOM,
    FakeSupervisor,
    camera,
    kindergarten_entry,
    load,
    room,
)
from tests.integration.noon import live_where_it_is_noon

from .site import ALWAYS, PREFIX, Browser, Site

ORIGIN = "https://cameras.example.kz"


@pytest.fixture
async def kindergarten(hass: HomeAssistant, supervisor: FakeSupervisor) -> MockConfigEntry:
    """Return a kindergarten in a Home Assistant that trusts its proxy."""
    await live_where_it_is_noon(hass)
    proxy = {"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}
    assert await async_setup_component(hass, "http", {"http": proxy})
    entry = kindergarten_entry(
        room("Playroom", opening=ALWAYS, shown=True),
        camera(PLAYROOM, "By the window"),
        room("Blue room", opening=ALWAYS, shown=True),
        camera(BEDROOM, "At the door"),
    )
    return await load(hass, entry)


@pytest.fixture
async def site(
    hass: HomeAssistant, kindergarten: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> Site:
    """Return the kindergarten with its portal open at a name of its own."""
    site = Site(hass, kindergarten, await hass_client_no_auth())
    site.origin = ORIGIN
    await site.open()
    return site


def through(**changes: str) -> dict[str, str | None]:
    """Return what the proxy adds."""
    sent: dict[str, str | None] = {"Host": "cameras.example.kz", "X-Forwarded-For": "192.0.2.7"}
    return {**sent, "X-Forwarded-Proto": "https", **changes}


async def test_the_portal_answers_through_the_proxy(site: Site) -> None:
    assert (await site.browser().get("/", **through())).status == 200


async def test_the_proxys_word_on_the_host_counts(site: Site) -> None:
    asked = through(Host="homeassistant.local:8123", **{"X-Forwarded-Host": "cameras.example.kz"})
    assert (await site.browser().get("/", **asked)).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"X-Forwarded-Proto": "http"},
        {"Host": "home.example.kz"},
        {"X-Forwarded-Host": "home.example.kz"},
        {"Host": "cameras.example.kz:8123"},
    ],
)
async def test_another_name_or_scheme_finds_nothing(site: Site, changes: dict[str, str]) -> None:
    answer = await site.browser().get("/", **through(**changes))
    assert (answer.status, answer.body) == (404, b"404: Not Found")


async def test_without_the_proxy_there_is_nothing(site: Site) -> None:
    direct: Browser = site.browser()
    assert (await direct.get("/", Host="cameras.example.kz")).status == 404
    assert (await direct.get("/")).status == 404


async def test_a_family_comes_in_through_the_proxy(site: Site) -> None:
    family = await site.family("Aigerim Canarova", "Arman", "Playroom")
    invitation = await family.invitation()
    browser = site.browser()
    sent = {"id": invitation.id, "secret": invitation.secret, "code": invitation.code, "nonce": "n"}
    assert (await browser.post("/invite/redeem", sent, **through())).status == 200
    assert (await browser.get("/me", **through())).json["name"]
    assert PREFIX not in browser.cookies
