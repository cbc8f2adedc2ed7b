"""Going live: the owner's phone looks from outside, and the panel's own files are public and for ever."""

import time

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.kindergarten.panel.files import FILES
from custom_components.kindergarten.panel.sidebar import ADDRESS, OFFER
from custom_components.kindergarten.portal.answers import HEADERS, NO_STORE
from custom_components.kindergarten.portal.outside import findings

from .panel_kit import Panel

SEEN = {"home": 404, "login": 404, "api": 404, "unknown": 200}
KEPT = {"csp": HEADERS["Content-Security-Policy"], "cache": NO_STORE}


@pytest.fixture
async def panel(kindergarten: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return the panel of an administrator."""
    return Panel(await hass_ws_client(), kindergarten)


async def test_look_from_outside_waits_for_an_open_portal(panel: Panel) -> None:
    assert await panel.refused("portal/test/start") == "portal_off"
    assert await panel.ask("portal/test/result") == {"state": "ended", "findings": []}


async def test_what_the_phone_saw_is_told_once_it_looked(hass: HomeAssistant, panel: Panel) -> None:
    await panel.portal(hass)
    begun = await panel.ask("portal/test/start")
    address, _, token = begun["link"].partition("#check=")
    assert address == "https://cams.example.kz/api/kindergarten/portal/"
    assert 0 < begun["until_us"] / 1e6 - time.time() <= 900
    assert await panel.ask("portal/test/result") == {"state": "waiting", "findings": []}
    outside = panel.entry.runtime_data.portal.outside
    assert outside.take(token, findings(SEEN, KEPT, "8.8.8.8"))
    result = await panel.ask("portal/test/result")
    assert result["state"] == "done"
    assert {"key": "unknown_seen", "light": "red"} in result["findings"]


async def test_panels_files_are_handed_out_under_their_own_version_alone(
    kindergarten: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> None:
    client = await hass_client_no_auth()
    for wrong in (f"{ADDRESS}/{'0' * 16}/app.js", OFFER.replace("offer", "other"), f"{ADDRESS}/x"):
        assert (await client.get(wrong)).status == 404
    answer = await client.get(OFFER)
    assert await answer.read() == FILES["dashboard/offer.js"].body
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "gzip"), ("identity", None)])
async def test_panels_files_are_packed_for_browsers_that_unpack(
    kindergarten: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    accepted: str,
    encoding: str | None,
) -> None:
    client, file = await hass_client_no_auth(), FILES["dashboard/offer.js"]
    answer = await client.get(OFFER, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.content_length == len(file.packed if encoding else file.body)
    assert await answer.read() == file.body
