"""T22: a clumsy parent, or a whole carrier's, never gets the owner's address banned."""

from homeassistant.components import persistent_notification
from homeassistant.components.http.ban import (
    KEY_BAN_MANAGER,
    KEY_FAILED_LOGIN_ATTEMPTS,
    KEY_LOGIN_THRESHOLD,
)
from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.portal import limits
from tests.portal.site import Family, Site, redemption, wrong_code


async def test_fifty_bad_logins_ban_nobody_and_tell_nobody(
    hass: HomeAssistant,
    site: Site,
    family: Family,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "LONGEST_S", 0.001)
    app = hass.http.app
    monkeypatch.setitem(app._state, KEY_LOGIN_THRESHOLD, 3)
    invitation = await family.invitation()
    browser = site.browser()
    browser.cookies = {"__Secure-kindergarten": "A" * 80}
    for number in range(50):
        await browser.post("/invite/redeem", redemption(invitation, code=wrong_code(invitation)))
        await browser.post("/invite/redeem", redemption(invitation, secret=f"{number:048}"))
        await browser.get("/me")
        await browser.post("/me/logout")
    assert not app[KEY_FAILED_LOGIN_ATTEMPTS]
    assert not app[KEY_BAN_MANAGER].ip_bans_lookup
    assert not persistent_notification._async_get_or_create_notifications(hass)
    assert "Login attempt" not in caplog.text
