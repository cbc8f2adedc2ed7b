"""The door: whatever is not meant for the portal gets Home Assistant's own 404, byte for byte."""

from itertools import product

from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .raw import exchange
from .site import PREFIX, Family, Site

UNKNOWN = "/api/nothing_of_the_kind/portal"
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND")
PREFLIGHT = {"Origin": "https://cast.home-assistant.io", "Access-Control-Request-Method": "POST"}


async def same_as_unknown(site: Site, method: str, tail: str, **details: object) -> None:
    """Assert that an address answers what one answers that nobody ever heard of."""
    port = site.client.port
    assert port is not None
    asked = await exchange(port, method, PREFIX + tail, **details)  # type: ignore[arg-type]
    unknown = await exchange(port, method, UNKNOWN + tail, **details)  # type: ignore[arg-type]
    assert asked == unknown, (method, tail)
    assert asked.startswith(b"HTTP/1.1 404 ")


async def test_a_portal_that_is_off_is_not_there(site: Site) -> None:
    await site.set(portal_enabled=False)
    for method, tail in product(METHODS, ("/", "/me", "/pair", "")):
        await same_as_unknown(site, method, tail)


async def test_another_host_finds_no_portal(site: Site) -> None:
    for method, host in product(METHODS, ("home.example.kz", f"localhost:{site.client.port}")):
        await same_as_unknown(site, method, "/", host=host)


async def test_plain_http_finds_no_portal_that_is_for_https(site: Site) -> None:
    await site.set(portal_origin=f"https://127.0.0.1:{site.client.port}")
    await same_as_unknown(site, "GET", "/")


async def test_an_unknown_address_below_the_portal_is_unknown(site: Site) -> None:
    tails = ("/nothing", "/me/", "//", "/v/x", "x", "/%6de", "/me;x", "/a/app.0.js", "/me/devices/x/y")
    for method, tail in product(METHODS, tails):
        await same_as_unknown(site, method, tail)


async def test_another_method_at_the_page_is_unknown(site: Site) -> None:
    for method in METHODS:
        if method != "GET":
            await same_as_unknown(site, method, "/")


@pytest.mark.parametrize("tail", ["/me", "/me/devices", "/me/views", "/requests", "/v/abc/live"])
async def test_without_a_session_there_is_nothing_to_see(site: Site, tail: str) -> None:
    await same_as_unknown(site, "GET", tail)
    await same_as_unknown(site, "GET", tail, headers={"Cookie": "__Secure-kindergarten=" + "A" * 84})
    await same_as_unknown(site, "GET", tail, headers={"Cookie": "__Secure-kindergarten=%00"})


async def test_a_change_without_its_origin_is_unknown(site: Site) -> None:
    body = {"headers": {"Content-Type": "application/json"}, "body": b"{}"}
    await same_as_unknown(site, "POST", "/pair", **body)


async def test_no_preflight_of_another_site_is_answered(site: Site) -> None:
    for tail in ("/", "/me", "/pair"):
        await same_as_unknown(site, "OPTIONS", tail, headers=PREFLIGHT)
        await same_as_unknown(site, "GET", tail + "x", headers={"Origin": PREFLIGHT["Origin"]})


async def test_a_query_is_unknown_but_at_the_page(site: Site, family: Family) -> None:
    phone = await family.phone()
    assert (await phone.get("/?fbclid=abc")).status == 200
    await same_as_unknown(site, "GET", "/me?x=1")


async def test_an_address_in_absolute_form_is_unknown(site: Site) -> None:
    port = site.client.port
    assert port is not None
    asked = await exchange(port, "GET", f"{site.origin}{PREFIX}/")
    assert asked == await exchange(port, "GET", f"{site.origin}{UNKNOWN}/")


async def test_a_kindergarten_that_is_not_loaded_has_no_portal(site: Site, hass: HomeAssistant) -> None:
    await hass.config_entries.async_unload(site.entry.entry_id)
    await same_as_unknown(site, "GET", "/")


async def test_a_home_assistant_that_stops_has_no_portal(site: Site, hass: HomeAssistant) -> None:
    hass.set_state(CoreState.stopping)
    await same_as_unknown(site, "GET", "/")
    hass.set_state(CoreState.running)


async def test_an_origin_that_is_none_opens_nothing(site: Site) -> None:
    for origin in ("", "http://cameras.example.kz", "https://", None):
        await site.set(portal_origin=origin)
        await same_as_unknown(site, "GET", "/", host="cameras.example.kz")


async def test_a_new_kindergarten_has_no_portal(kindergarten: MockConfigEntry) -> None:
    assert kindergarten.runtime_data.portal.origin is None


async def test_https_behind_a_trusted_proxy_is_https(site: Site) -> None:
    """What the proxy says of scheme and host is Home Assistant's to believe, not ours."""
    browser = site.browser()
    forwarded = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    answer = await browser.get("/", **forwarded)
    assert answer.status == 400  # Home Assistant refuses: nobody is trusted here


async def test_the_page_is_served_at_the_origin(site: Site) -> None:
    answer = await site.browser().get("/")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"Little Sun" in answer.body


async def test_a_session_that_the_portal_switched_off_is_gone(site: Site, family: Family) -> None:
    phone = await family.phone()
    await site.set(portal_enabled=False)
    assert (await phone.get("/me")).status == 404
    await site.set(portal_enabled=True)
    assert (await phone.get("/me")).status == 200


async def test_a_body_that_is_no_object_is_refused(site: Site) -> None:
    browser = site.browser()
    for body in (b"[]", b"null", b"{", b"\xff", b"[" * 4000, b'"x"'):
        answer = await browser.ask("POST", "/invite/redeem", body)
        assert (answer.status, answer.code) == (400, "bad_request")


async def test_values_of_the_wrong_kind_are_refused(site: Site) -> None:
    browser = site.browser()
    good = {"id": "i", "secret": "s", "code": "c", "nonce": "n", "switch": False}
    for name in good:
        values: tuple[object, ...] = (7, None, [], {}, "x" * 5000, "")
        for value in values:
            answer = await browser.post("/invite/redeem", {**good, name: value})
            assert answer.status in {400, 413}, (name, value)
