"""T23: no secret and no name of a family stands in a log, a URL, diagnostics, a state or in clear on disk."""

import logging
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.diagnostics import async_get_config_entry_diagnostics
from custom_components.kindergarten.engine.people.opening import keys_of
from custom_components.kindergarten.engine.people.people import People
from tests.integration.fake_archive import FakeArchive
from tests.integration.on_disk import contents
from tests.portal.site import Family, Site, redemption, wrong_code

from .watching import watch


async def live_a_day(site: Site, family: Family) -> dict[str, str]:
    """Do everything a family does, wrongly and rightly; returns what must stand nowhere."""
    invitation = await family.invitation()
    browser = site.browser()
    await browser.post("/invite/redeem", redemption(invitation, code=wrong_code(invitation)))
    await browser.post("/invite/redeem", redemption(invitation, secret="secret-finch"))
    await browser.ask("POST", "/invite/redeem", b'{"id": "body-finch')
    await browser.post("/invite/redeem", redemption(invitation))
    await browser.sign_in()
    (cookie,) = browser.cookies.values()
    handoff = (await browser.post("/handoff")).json["code"]
    await browser.post("/handoff/redeem", {"code": "FNCH-FNCH", "nonce": "nonce-finch"})
    await site.do(People.open_window, "staff")
    pairing = (await site.browser().post("/pair")).json
    await site.browser().post("/pair/poll", {"id": pairing["id"], "key": "key-finch"})
    watching = await watch(family, browser)
    await watching.live()
    await browser.get(f"/v/{watching.id}/still")
    await browser.post("/me/logout")
    return {
        "name": "Canarova",
        "short name": "Aigerim",
        "child": "Arman",
        "phone": site.snapshot.guardians[family.guardian].phone,
        "secret": invitation.secret,
        "cookie": cookie,
        "token": browser.token or "?",
        "handoff": handoff,
        "key": pairing["key"],
        "wrong": "finch",
        "guardian": family.guardian,
    }


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return all that the house has logged; the test's own client and server are no part of it."""
    ours = [each for each in caplog.records if not each.name.startswith(("aiohttp.access", "asyncio"))]
    return "\n".join(f"{each.getMessage()} {each.exc_text or ''}" for each in ours)


def leaked(canaries: dict[str, str], text: str) -> set[str]:
    """Return what of a family stands in a text."""
    return {what for what, canary in canaries.items() if canary in text}


async def test_nothing_of_a_family_is_logged(
    site: Site, family: Family, camera: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    canaries = await live_a_day(site, family)
    assert leaked(canaries, logged(caplog)) == set()


async def test_the_test_of_the_log_would_find_each_of_them(
    site: Site, family: Family, camera: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody adds one careless line to a module of ours, at the lowest level, or lets an error carry it."""
    caplog.set_level(logging.DEBUG)
    canaries = await live_a_day(site, family)
    for at, (what, canary) in enumerate(canaries.items()):
        caplog.clear()
        careless = logging.getLogger("custom_components.kindergarten.portal.entry_views")
        if at % 2:
            careless.debug("Asked with %s", {"field": canary})
        else:
            try:
                raise ValueError(canary)
            except ValueError:
                careless.exception("Not understood")
        assert what in leaked(canaries, logged(caplog))


async def test_no_address_carries_a_secret(
    site: Site, family: Family, camera: object, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "aiohttp.access")
    canaries = await live_a_day(site, family)
    text = "\n".join(each.getMessage() for each in caplog.records if each.name == "aiohttp.access")
    assert "/invite/redeem" in text
    for what, canary in canaries.items():
        assert canary not in text, what


async def test_no_state_attribute_or_diagnostics_names_a_family(
    hass: HomeAssistant, site: Site, family: Family, camera: object
) -> None:
    canaries = await live_a_day(site, family)
    states = repr([state.as_dict() for state in hass.states.async_all()])
    diagnostics = repr(await async_get_config_entry_diagnostics(hass, site.entry))
    entry = repr(site.entry.as_dict())
    for what, canary in canaries.items():
        for place in (states, diagnostics, entry):
            assert canary not in place, what


async def test_nothing_of_a_family_is_in_clear_on_disk_or_in_the_archive(
    hass: HomeAssistant, site: Site, family: Family, camera: object, archive: FakeArchive
) -> None:
    canaries = await live_a_day(site, family)
    stored = b"".join(contents(Path(hass.config.path(".storage"))).values())
    told = repr((archive.records, archive.held))
    for what, canary in canaries.items():
        if what == "guardian":
            continue  # an id of ours, which says nothing
        assert canary.encode() not in stored, what
        assert canary not in told, what
    assert family.guardian not in told


async def test_the_families_files_are_for_home_assistant_alone(hass: HomeAssistant, site: Site) -> None:
    await site.quiet()
    folder = Path(hass.config.path(".storage", "kindergarten"))
    files = [*folder.glob("people*"), *keys_of(folder).iterdir()]
    assert {path.relative_to(folder.parent).as_posix() for path in files} >= {
        "kindergarten/people.db",
        "kindergarten_keys/people.key",
    }
    assert not (folder / "people.key").exists()
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
