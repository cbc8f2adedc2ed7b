"""Going live: the parents' address, what keeps it safe, and what a stranger sees; for administrators alone."""

from collections.abc import Iterator
from pathlib import Path
import time
from typing import Any, Final, Literal

from homeassistant.core import HomeAssistant, callback
import probatio

from ..const import (
    CONF_PORTAL_DAILY_SOFT_MIN,
    CONF_PORTAL_ENABLED,
    CONF_PORTAL_ORIGIN,
    CONF_PORTAL_OWN_HOST,
    CONF_PORTAL_ROOM_CAP,
    CONF_PORTAL_SITE_CAP,
)
from ..flows.names import FieldError
from ..flows.parents import CONF_LIMITS, read_portal, suggested_portal
from ..people_issues import backups_unprotected
from ..portal.agreement import agreed
from ..portal.origin import Origin
from ..portal.outside import LIFE_S
from ..portal.routes import PREFIX
from .websocket_desk import TEXT, Command, Desk, Refused, register

type Light = Literal["green", "yellow", "red"]

RECIPES: Final = ("nabu_casa", "caddy", "nginx", "cloudflare")
_FOLDER: Final = Path(__file__).parents[1] / "portal" / "recipes"
# Read while the module is imported, which Home Assistant does outside of its event loop.
_TEXTS: Final = {path.stem: path.read_text(encoding="utf-8") for path in _FOLDER.glob("*.txt")}


async def _get(desk: Desk, message: dict[str, Any]) -> object:
    stored = suggested_portal(desk.entry.options)
    return {
        CONF_PORTAL_ENABLED: stored[CONF_PORTAL_ENABLED],
        CONF_PORTAL_ORIGIN: stored[CONF_PORTAL_ORIGIN],
        CONF_PORTAL_OWN_HOST: stored[CONF_PORTAL_OWN_HOST],
        **stored[CONF_LIMITS],
        "address": f"{stored[CONF_PORTAL_ORIGIN]}{PREFIX}/" if stored[CONF_PORTAL_ORIGIN] else None,
        "checks": [{"key": key, "light": light, "count": count} for key, light, count in _checks(desk)],
    }


async def _set(desk: Desk, message: dict[str, Any]) -> object:
    """Change the parents' view; opening it for the first time has to be confirmed."""
    limits = (CONF_PORTAL_SITE_CAP, CONF_PORTAL_ROOM_CAP, CONF_PORTAL_DAILY_SOFT_MIN)
    stored = suggested_portal(desk.entry.options)
    typed = {**stored, **{name: value for name, value in message.items() if name not in limits}}
    typed[CONF_LIMITS] = {
        **stored[CONF_LIMITS],
        **{name: message[name] for name in limits if name in message},
    }
    try:
        options = read_portal(typed)
    except FieldError as error:
        raise Refused(error.code) from None
    if options[CONF_PORTAL_ENABLED] and not stored[CONF_PORTAL_ENABLED] and not message["confirm"]:
        raise Refused("confirm_opening")
    desk.hass.config_entries.async_update_entry(desk.entry, options={**desk.entry.options, **options})
    return options


async def _recipe(desk: Desk, message: dict[str, Any]) -> object:
    """Return what to put into a proxy so that only the parents' view is let through."""
    kind, origin = message["kind"], Origin.parse(f"https://{message['host']}")
    if origin is None:
        raise Refused("origin_invalid")
    host = origin.text.removeprefix("https://")
    port = desk.hass.http.server_port
    text = _TEXTS.get(kind, "").replace("{host}", host)
    return {"origin": origin.text, "text": text.replace("{upstream}", f"homeassistant.local:{port}")}


async def _start(desk: Desk, message: dict[str, Any]) -> object:
    portal = desk.data.portal
    if portal.origin is None:
        raise Refused("portal_off")
    token = portal.outside.start()
    return {
        "link": f"{portal.origin.text}{PREFIX}/#check={token}",
        "until_us": round((time.time() + LIFE_S) * 1_000_000),
    }


async def _result(desk: Desk, message: dict[str, Any]) -> object:
    outside = desk.data.portal.outside
    if outside.findings is None:
        return {"state": "waiting" if outside.waiting else "ended", "findings": []}
    return {
        "state": "done",
        "findings": [{"key": each.key, "light": each.light} for each in outside.findings],
    }


def _checks(desk: Desk) -> Iterator[tuple[str, Light, int]]:
    """Yield what should be right before parents come in, each with a light and a number."""
    options, people, house = desk.entry.options, desk.snapshot, desk.data.portal.house()
    origin = Origin.parse(options.get(CONF_PORTAL_ORIGIN) or "")
    yield "address", "green" if origin else "red", 0
    own_host = options.get(CONF_PORTAL_OWN_HOST) is True
    yield "own_host", "green" if own_host else "yellow", 0
    yield "backups", "red" if backups_unprotected(desk.hass) else "green", 0
    shown = [room for room in house.rooms.values() if room.shown and not room.never_shown]
    yield "rooms", "green" if shown else "yellow", len(shown)
    without_sub = sum(room.camera is not None and not room.has_sub for room in shown)
    yield "sub_streams", "yellow" if without_sub else "green", without_sub
    without_hours = sum(room.opening is None and room.schedule is None for room in shown)
    yield "hours", "red" if without_hours else "green", without_hours
    missing = sum(
        not agreed(people, house.consent_rule, house.text_version, child_id, desk.today)
        for room in shown
        for group in people.groups_in(room.id)
        for child_id in people.enrolled(group.id, desk.today)
    )
    yield "consents", "yellow" if missing else "green", missing
    yield "clock", "green" if house.clock_trusted else "red", 0


COMMANDS: Final = {
    "portal/get": Command(fields={}, answer=_get),
    "portal/set": Command(
        fields={
            probatio.Optional(CONF_PORTAL_ENABLED): bool,
            probatio.Optional(CONF_PORTAL_ORIGIN): probatio.All(str, probatio.Length(max=300)),
            probatio.Optional(CONF_PORTAL_OWN_HOST): bool,
            probatio.Optional(CONF_PORTAL_SITE_CAP): probatio.All(int, probatio.Range(min=1, max=500)),
            probatio.Optional(CONF_PORTAL_ROOM_CAP): probatio.All(int, probatio.Range(min=1, max=200)),
            probatio.Optional(CONF_PORTAL_DAILY_SOFT_MIN): probatio.All(int, probatio.Range(min=1, max=1440)),
            probatio.Optional("confirm", default=False): bool,
        },
        answer=_set,
    ),
    "portal/recipe": Command(
        fields={probatio.Required("kind"): probatio.In(RECIPES), probatio.Required("host"): TEXT},
        answer=_recipe,
    ),
    "portal/test/start": Command(fields={}, answer=_start),
    "portal/test/result": Command(fields={}, answer=_result),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands of going live."""
    register(hass, COMMANDS)
