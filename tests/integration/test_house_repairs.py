"""Repairs of the house: a restart that costs a gap, a parents' view that is reached in a wrong way."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import Hello
from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.portal.answers import HEADERS, NO_STORE
from custom_components.kindergarten.portal.outside import findings

from .fake_archive import FakeArchive, FakeSupervisor, camera, kindergarten_entry, load, look, room, settle
from .texts import TEXTS

STORE = "kindergarten.restarts"
HIDDEN = {"home": 404, "login": 404, "api": 404, "unknown": 404}
KEPT = {"csp": HEADERS["Content-Security-Policy"], "cache": NO_STORE}
PORTAL = {"portal_enabled": True, "portal_origin": "https://eyes.example.kz", "portal_own_host": True}


def raised(hass: HomeAssistant) -> dict[str, Mapping[str, str]]:
    """Return the repairs with their placeholders."""
    return {
        issue_id: issue.translation_placeholders or {}
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


def hello(started_us: int = 1, boot_id: str = "boot", version: str = "1") -> Hello:
    """Return a recorder that answers."""
    return Hello(
        proto=1,
        version=version,
        pid=1,
        boot_id=boot_id,
        epoch=1,
        started_us=started_us,
        live_port=1,
        archive_id=None,
    )


def left(costs_gap: bool = False, **about: Any) -> dict[str, Any]:
    """Return what is kept of an orderly end."""
    kept = {"boot_id": "boot", "version": "1", "started_us": 1, **about}
    return {"data": {"costs_gap": costs_gap, "left": kept}}


@pytest.mark.parametrize(
    ("kept", "found", "costs_gap"),
    [
        (left(), hello(started_us=2), True),
        (left(), hello(started_us=1), False),
        # A machine that was started anew, and an update: the recorder had to end.
        (left(), hello(started_us=2, boot_id="other"), False),
        (left(), hello(started_us=2, version="2"), False),
        (left(costs_gap=True), hello(started_us=2, boot_id="other"), True),
        (left(costs_gap=True), hello(started_us=1), False),
        # A power cut says nothing.
        ({"data": {"costs_gap": True, "left": None}}, hello(started_us=2), True),
        ({"data": None}, hello(), False),
    ],
)
async def test_restart_that_ended_the_recorder_is_raised_until_one_does_not(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    supervisor: FakeSupervisor,
    kept: dict[str, Any],
    found: Hello,
    costs_gap: bool,
) -> None:
    if kept["data"] is not None:
        hass_storage[STORE] = {"version": 1, "minor_version": 1, "key": STORE, "data": kept["data"]}
    supervisor.hello = found
    await load(hass, kindergarten_entry(room(), camera()))
    await look(hass)

    ways = {text for key, text in TEXTS["en"]["common"].items() if key.startswith("restart_")}
    assert {*raised(hass)} == ({"restart_costs_gap"} if costs_gap else set())
    assert {each["way"] for each in raised(hass).values()} <= ways


async def test_recorder_that_is_left_behind_is_noted_at_an_orderly_end(
    hass: HomeAssistant, hass_storage: dict[str, Any], supervisor: FakeSupervisor
) -> None:
    supervisor.hello = hello(started_us=7)
    await load(hass, kindergarten_entry(room(), camera()))
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert hass_storage[STORE]["data"]["left"] == {"boot_id": "boot", "version": "1", "started_us": 7}


async def test_what_was_noted_is_gone_with_the_integration(
    hass: HomeAssistant, hass_storage: dict[str, Any], kindergarten: MockConfigEntry
) -> None:
    hass_storage[STORE] = {"version": 1, "minor_version": 1, "key": STORE, **left()}
    await hass.config_entries.async_remove(kindergarten.entry_id)
    assert STORE not in hass_storage


async def half_a_minute(hass: HomeAssistant, archive: FakeArchive) -> None:
    """Let the recorder be asked again, later."""
    archive.show(now_us=archive.now.now_us + 30_000_000)
    await look(hass)


def looked_at(entry: MockConfigEntry, statuses: Mapping[str, int], headers: Mapping[str, str]) -> None:
    """Let a phone have looked from outside."""
    outside = entry.runtime_data.portal.outside
    assert outside.take(outside.start(), findings(statuses, headers, "8.8.8.8"))


@pytest.mark.parametrize(
    ("statuses", "headers", "reasons"),
    [
        (HIDDEN, KEPT, set()),
        ({**HIDDEN, "unknown": 200}, KEPT, {"exposed_unknown_seen"}),
        (HIDDEN, {}, {"exposed_headers_changed"}),
        ({**HIDDEN, "login": 200}, KEPT, {"exposed_house_seen"}),
    ],
)
async def test_what_a_phone_saw_from_outside_is_raised_until_it_is_right(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    archive: FakeArchive,
    statuses: Mapping[str, int],
    headers: Mapping[str, str],
    reasons: set[str],
) -> None:
    hass.config_entries.async_update_entry(kindergarten, options={"retention_days": 32, **PORTAL})
    await settle(hass)
    looked_at(kindergarten, statuses, headers)
    await half_a_minute(hass, archive)
    said = {f"- {TEXTS['en']['common'][key]}" for key in reasons}
    assert {line for each in raised(hass).values() for line in each["reasons"].splitlines()} == said

    looked_at(kindergarten, HIDDEN, KEPT)
    await half_a_minute(hass, archive)
    assert raised(hass) == {}


async def test_home_assistant_beside_the_portal_is_right_where_the_address_is_for_both(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    shared = {"retention_days": 32, **PORTAL, "portal_own_host": False}
    hass.config_entries.async_update_entry(kindergarten, options=shared)
    await settle(hass)
    looked_at(kindergarten, {**HIDDEN, "login": 200}, KEPT)
    await half_a_minute(hass, archive)
    assert raised(hass) == {}


async def test_address_that_is_said_to_be_the_parents_alone_and_is_not_is_raised(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    await hass.config.async_update(external_url="https://eyes.example.kz:8123")
    hass.config_entries.async_update_entry(kindergarten, options={"retention_days": 32, **PORTAL})
    await settle(hass)
    await half_a_minute(hass, archive)
    assert {*raised(hass)} == {"portal_exposed"}

    await hass.config.async_update(external_url="https://home.example.kz")
    await half_a_minute(hass, archive)
    assert raised(hass) == {}
