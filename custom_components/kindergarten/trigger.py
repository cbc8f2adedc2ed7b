"""Triggers for automations: an alarm that begins, lasts or ends, and news of our event entities.

Both know our entities by themselves: a camera that is added later is heard as well, and nobody can
choose the wrong one. Alarms are told after a restart of Home Assistant as if there had been none.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, cast, override

from homeassistant.components.event import ATTR_EVENT_TYPE, DOMAIN as EVENT
from homeassistant.const import CONF_OPTIONS, EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr, entity_registry as er
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
import probatio

from .alarms import ABOUT, ALARMS, About, Stage, Trouble
from .const import DOMAIN
from .troubles import app_actions, describe

CONF_ABOUT: Final = "about"
CONF_DEVICES: Final = "devices"
CONF_REMIND: Final = "remind"
CONF_EVENT_TYPE: Final = "event_type"

TICK: Final = timedelta(minutes=1)
FRESH: Final = timedelta(minutes=1)
"""An event that is older was restored, not received."""

NEWS: Final = ("archive", "people", "picture", "recording")
"""Our event entities, by their translation keys."""

_LIST: Final = probatio.EnsureList()
ALARM_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_OPTIONS): {
            probatio.Required(CONF_ABOUT): probatio.All(_LIST, probatio.Length(min=1), [probatio.In(ABOUT)]),
            probatio.Optional(CONF_DEVICES, default=list): probatio.All(_LIST, [str]),
            probatio.Optional(CONF_REMIND): cv.positive_time_period,
        }
    }
)
NEWS_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_OPTIONS): {
            probatio.Required(CONF_ABOUT): probatio.In(NEWS),
            probatio.Required(CONF_EVENT_TYPE): probatio.All(_LIST, probatio.Length(min=1), [cv.string]),
        }
    }
)


class AlarmTrigger(Trigger):
    """Fires once for everything that gets into trouble together, again while it lasts, and when it is over."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", ALARM_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the options: of what, of which devices (of all when none is named), how often to remind."""
        super().__init__(hass, config)
        options: Mapping[str, Any] = config.options or {}
        self._about: list[About] = options[CONF_ABOUT]
        self._devices = set(options[CONF_DEVICES])
        self._remind: timedelta = options.get(CONF_REMIND) or timedelta(0)

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        if (alarms := self._hass.data.get(ALARMS)) is None:
            return lambda: None
        looked = dt_util.utcnow()

        @callback
        def hear(stage: Stage, about: About, troubles: tuple[Trouble, ...]) -> None:
            mine = [each for each in troubles if self._is_mine(each)] if about in self._about else []
            payload = describe(self._hass, stage, about, mine)
            if payload["troubles"]:
                run_action(payload, f"{about} {stage}: {payload['names']}")

        @callback
        def tick(now: datetime) -> None:
            nonlocal looked
            before, looked = looked, now
            for about in self._about:
                lasting = [each for each in alarms.on if each.about == about]
                hear("still", about, tuple(each for each in lasting if self._is_due(each, before, now)))

        stops = [alarms.async_listen(hear)]
        if self._remind:
            stops.append(async_track_time_interval(self._hass, tick, TICK, cancel_on_shutdown=True))

        @callback
        def stop() -> None:
            for each in stops:
                each()

        return stop

    def _is_mine(self, trouble: Trouble) -> bool:
        if not self._devices:
            return True
        entry = er.async_get(self._hass).entities.get_entry(trouble.sensor)
        return entry is not None and entry.device_id in self._devices

    def _is_due(self, trouble: Trouble, before: datetime, now: datetime) -> bool:
        return (now - trouble.since) // self._remind > max(0, (before - trouble.since) // self._remind)


class NewsTrigger(Trigger):
    """Fires when one of our event entities receives an event; a restored one is none."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast("ConfigType", NEWS_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the options: of which event entities, and which types of events."""
        super().__init__(hass, config)
        options: Mapping[str, Any] = config.options or {}
        self._about: str = options[CONF_ABOUT]
        self._types = set(options[CONF_EVENT_TYPE])

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def changed(event: Event[EventStateChangedData]) -> None:
            before, now = event.data["old_state"], event.data["new_state"]
            if now is None or (before and before.state == now.state) or not self._is_mine(now.entity_id):
                return
            at = dt_util.parse_datetime(now.state)
            kind = now.attributes.get(ATTR_EVENT_TYPE)
            if at is None or dt_util.utcnow() - at > FRESH or kind not in self._types:
                return
            device_id = getattr(er.async_get(self._hass).async_get(now.entity_id), "device_id", None)
            device = dr.async_get(self._hass).async_get(device_id) if device_id else None
            payload = {
                "entity_id": now.entity_id,
                "device_id": device_id,
                "name": (device.name_by_user or device.name or "") if device else "",
                "to_state": now,
                "app_actions": app_actions(self._hass),
            }
            run_action(payload, f"{kind} of {now.entity_id}", now.context)

        return self._hass.bus.async_listen(EVENT_STATE_CHANGED, changed, event_filter=_may_be_ours)

    def _is_mine(self, entity_id: str) -> bool:
        entry = er.async_get(self._hass).async_get(entity_id)
        return entry is not None and entry.platform == DOMAIN and entry.translation_key == self._about


@callback
def _may_be_ours(data: EventStateChangedData) -> bool:
    return data["entity_id"].startswith(f"{EVENT}.")


TRIGGERS: Final[dict[str, type[Trigger]]] = {"alarm": AlarmTrigger, "news": NewsTrigger}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers that automations may use as `kindergarten.<key>`."""
    return TRIGGERS
