"""Alerts to a phone: whom, what, a test message. The automations themselves are Home Assistant's to write."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.notify import DOMAIN as NOTIFY
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, TemplateError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import dump
import probatio

from ..alert_phones import KINDS, PHONES, AlertPhones, automation, id_of, targets
from ..automations import LANGUAGES, async_install
from ..const import DOMAIN
from .websocket_desk import TEXT, Command, Desk, Refused, register

_ACTION: Final = "action:"
_TEST: Final = {"title": "alert_test_title", "message": "alert_test_message"}
_LANGUAGE: Final = probatio.In(LANGUAGES)
_KINDS: Final = probatio.All([probatio.In(tuple(KINDS))], probatio.Length(max=len(KINDS)))
_TARGETS: Final = probatio.All([TEXT], probatio.Length(max=50))


async def _get(desk: Desk, message: dict[str, Any]) -> object:
    """Return whom Home Assistant can tell, and what became of what was made."""
    phones = desk.hass.data[PHONES]
    kept = await phones.async_kept()
    return {
        "targets": [asdict(each) for each in targets(desk.hass, desk.user.id)],
        "alerts": [asdict(each) for each in await phones.async_alerts()],
        "usual": [kind for kind, ticked in KINDS.items() if ticked],
        "arrived": kept["arrived"],
        "later": kept["later"],
        "automation": AUTOMATION in desk.hass.config.components,
    }


async def _prepare(desk: Desk, message: dict[str, Any]) -> object:
    """Install the blueprints; return the automations that the panel hands to Home Assistant, and their YAML."""
    told = _known(desk, message["targets"])
    await async_install(desk.hass, message["language"], overwrite=False)

    def make() -> dict[str, dict[str, Any]]:
        return {kind: automation(kind, told, message["language"]) for kind in message["kinds"]}

    made = await desk.hass.async_add_executor_job(make)
    phones = desk.hass.data[PHONES]
    (await phones.async_kept())["made"].update(made)
    await phones.async_keep()
    return {
        "automations": [{"kind": kind, "id": id_of(kind), "config": config} for kind, config in made.items()],
        "yaml": dump([{"id": id_of(kind), **config} for kind, config in made.items()]),
    }


async def _test(desk: Desk, message: dict[str, Any]) -> object:
    """Send a message at once; return who could not be reached, with what Home Assistant says of it."""
    texts = await async_get_translations(desk.hass, message["language"], "common", {DOMAIN})
    text = {field: texts[f"component.{DOMAIN}.common.{key}"] for field, key in _TEST.items()}
    failed = []
    for target in _known(desk, message["targets"]):
        try:
            await _send(desk, target, text)
        except (HomeAssistantError, TemplateError) as error:
            failed.append({"target": target, "reason": str(error)[:200]})
    return {"failed": failed}


async def _send(desk: Desk, target: str, text: dict[str, str]) -> None:
    context = Context(user_id=desk.user.id)
    if target.startswith(_ACTION):
        domain, _, action = target.removeprefix(_ACTION).partition(".")
        await desk.hass.services.async_call(domain, action, text, blocking=True, context=context)
        return
    whom = {"entity_id": target}
    await desk.hass.services.async_call(
        NOTIFY, "send_message", text, blocking=True, context=context, target=whom
    )


async def _arrived(desk: Desk, message: dict[str, Any]) -> object:
    """Note whether the test message arrived, as the owner says."""
    phones = desk.hass.data[PHONES]
    arrived = (await phones.async_kept())["arrived"]
    for target in message["targets"]:
        arrived[target] = {
            "arrived": message["arrived"],
            "at": dt_util.utcnow().isoformat(timespec="seconds"),
        }
    await phones.async_keep()
    return {}


async def _forget(desk: Desk, message: dict[str, Any]) -> object:
    """Forget that we made something: it was taken away."""
    phones = desk.hass.data[PHONES]
    made = (await phones.async_kept())["made"]
    for kind in message["kinds"]:
        made.pop(kind, None)
    await phones.async_keep()
    return {}


async def _later(desk: Desk, message: dict[str, Any]) -> object:
    """Offer it no more."""
    phones = desk.hass.data[PHONES]
    (await phones.async_kept())["later"] = True
    await phones.async_keep()
    return {}


def _known(desk: Desk, wanted: list[str]) -> list[str]:
    """Return the wanted targets; raises Refused when one is not there (any more)."""
    there = {each.id for each in targets(desk.hass, desk.user.id)}
    if not set(wanted) <= there:
        raise Refused("bad_input", field="targets")
    return wanted


COMMANDS: Final = {
    "alerts/get": Command(fields={}, answer=_get),
    "alerts/prepare": Command(
        fields={
            probatio.Required("targets"): _TARGETS,
            probatio.Required("kinds"): _KINDS,
            probatio.Required("language"): _LANGUAGE,
        },
        answer=_prepare,
    ),
    "alerts/test": Command(
        fields={probatio.Required("targets"): _TARGETS, probatio.Required("language"): _LANGUAGE},
        answer=_test,
    ),
    "alerts/arrived": Command(
        fields={probatio.Required("targets"): _TARGETS, probatio.Required("arrived"): bool}, answer=_arrived
    ),
    "alerts/forget": Command(fields={probatio.Required("kinds"): _KINDS}, answer=_forget),
    "alerts/later": Command(fields={}, answer=_later),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands about alerts."""
    hass.data[PHONES] = AlertPhones(hass)
    register(hass, COMMANDS)
