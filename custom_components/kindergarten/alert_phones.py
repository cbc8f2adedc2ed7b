"""The automations that the panel offers: whom Home Assistant can tell, what is made, what became of it.

Nothing is written here but our own notes: the panel hands the automations to Home Assistant in the way
of its automation editor, with the administrator's login, and so it takes them away again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.components.notify import DOMAIN as NOTIFY
from homeassistant.config import AUTOMATION_CONFIG_PATH
from homeassistant.const import ATTR_FRIENDLY_NAME, CONF_ALIAS, CONF_ID, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.storage import Store
from homeassistant.util import slugify
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.yaml import load_yaml, load_yaml_dict

from .automations import SOURCE, BlueprintLanguage
from .const import DOMAIN

type AlertState = Literal["none", "made", "changed", "missing", "not_loaded"]

KINDS: Final[Mapping[str, bool]] = {
    "camera_stopped": True,
    "lens_covered": True,
    "retention_at_risk": True,
    "archive_trouble": True,
    "morning_report": False,
}
"""What is offered, by the blueprint's name, and whether it is ticked at first."""

APP: Final = "mobile_app"
_ACTION: Final = "action:"
_NO_TARGETS: Final = {"notify", "send_message", "persistent_notification"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Somebody who can be told: `id` is a notify entity, or `action:notify.x` for the older actions."""

    id: str
    name: str
    app: bool
    mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """An automation of ours as it is in Home Assistant now; `targets` are the ids of those it tells."""

    kind: str
    id: str
    state: AlertState
    on: bool
    targets: tuple[str, ...]


def id_of(kind: str) -> str:
    """Return the id of a kind's automation; there is one for all phones."""
    return f"{DOMAIN}_{kind}"


def targets(hass: HomeAssistant, user_id: str) -> list[Target]:
    """Return whom Home Assistant can tell, the user's own phones first."""
    registry = er.async_get(hass)
    found: list[Target] = []
    apps: set[str] = set()
    for entry in hass.config_entries.async_entries(APP):
        apps.add(f"{APP}_{slugify(str(entry.data.get('device_name', '')))}")
    for state in hass.states.async_all(NOTIFY):
        entity = registry.async_get(state.entity_id)
        owner = hass.config_entries.async_get_entry(entity.config_entry_id or "") if entity else None
        app = entity is not None and entity.platform == APP
        found.append(
            Target(
                id=state.entity_id,
                name=str(state.attributes.get(ATTR_FRIENDLY_NAME, state.entity_id)),
                app=app,
                mine=app and owner is not None and owner.data.get("user_id") == user_id,
            )
        )
    # The app's own actions reach the same phones as its entities.
    for action in hass.services.async_services_for_domain(NOTIFY):
        if action not in _NO_TARGETS | apps and action != APP:
            name = action.replace("_", " ")
            found.append(Target(id=f"{_ACTION}{NOTIFY}.{action}", name=name, app=False, mine=False))
    return sorted(found, key=lambda each: (not each.mine, not each.app, each.name.casefold()))


def automation(kind: str, told: Sequence[str], language: BlueprintLanguage) -> dict[str, Any]:
    """Return an automation as the editor would save it. Reads the blueprint's name from its file."""
    name = f"{kind}.ru.yaml" if language == "ru" else f"{kind}.yaml"
    alias = str(load_yaml_dict(str(SOURCE / name))["blueprint"]["name"])
    phones = [each for each in told if not each.startswith(_ACTION)]
    inputs: dict[str, Any] = {"phones": phones}
    if actions := [each.removeprefix(_ACTION) for each in told if each.startswith(_ACTION)]:
        inputs["more"] = [
            {"action": action, "data": {"title": "{{ title }}", "message": "{{ message }}"}}
            for action in actions
        ]
    use = {"path": f"{DOMAIN}/{name}", "input": inputs}
    return {CONF_ALIAS: alias, "description": "", "use_blueprint": use}


class AlertPhones:
    """What was made by the panel, and whether a test message arrived."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without having read anything."""
        self._hass = hass
        self._store = Store[dict[str, Any]](hass, 1, f"{DOMAIN}.alerts", private=True)
        self._kept: dict[str, Any] | None = None

    async def async_kept(self) -> dict[str, Any]:
        """Return our notes: `made` by kind, `arrived` by target, `later` when the owner does not want it now."""
        if self._kept is None:
            self._kept = {"made": {}, "arrived": {}, "later": False, **(await self._store.async_load() or {})}
        return self._kept

    async def async_keep(self) -> None:
        """Write our notes down."""
        await self._store.async_save(await self.async_kept())

    async def async_alerts(self) -> list[Alert]:
        """Return what became of every automation that is offered."""
        made = (await self.async_kept())["made"]
        path = Path(self._hass.config.path(AUTOMATION_CONFIG_PATH))
        written = await self._hass.async_add_executor_job(_written, path)
        return [self._alert(kind, written.get(id_of(kind)), made.get(kind)) for kind in KINDS]

    def _alert(self, kind: str, written: dict[str, Any] | None, made: dict[str, Any] | None) -> Alert:
        entity_id = er.async_get(self._hass).async_get_entity_id(AUTOMATION, AUTOMATION, id_of(kind))
        state = self._hass.states.get(entity_id) if entity_id else None
        found: AlertState
        if written is None:
            found = "missing" if made else "none"
        elif state is None or state.state == STATE_UNAVAILABLE:
            found = "not_loaded"
        else:
            found = "made" if written == made else "changed"
        return Alert(
            kind=kind,
            id=id_of(kind),
            state=found,
            on=state is not None and state.state == STATE_ON,
            targets=tuple(_told(written or {})),
        )


PHONES: Final = HassKey[AlertPhones](f"{DOMAIN}.alert_phones")


def _written(path: Path) -> dict[str, dict[str, Any]]:
    """Return the automations of the editor's file by their ids; one that cannot be read holds none."""
    try:
        found = load_yaml(str(path)) if path.is_file() else None
    except HomeAssistantError:
        return {}
    if not isinstance(found, list):
        return {}
    return {
        str(each[CONF_ID]): {key: value for key, value in each.items() if key != CONF_ID}
        for each in found
        if isinstance(each, dict) and CONF_ID in each
    }


def _told(written: Mapping[str, Any]) -> Iterable[str]:
    use = written.get("use_blueprint")
    inputs = use.get("input") if isinstance(use, dict) else None
    if not isinstance(inputs, dict):
        return
    phones, more = inputs.get("phones"), inputs.get("more")
    yield from (str(each) for each in phones if isinstance(each, str)) if isinstance(phones, list) else ()
    for each in more if isinstance(more, list) else ():
        if isinstance(each, dict) and str(each.get("action", "")).startswith(f"{NOTIFY}."):
            yield f"{_ACTION}{each['action']}"
