"""What is in trouble and since when, remembered while Home Assistant restarts; triggers tell of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR
from homeassistant.const import EVENT_STATE_CHANGED, STATE_OFF, STATE_ON
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    Event,
    EventStateChangedData,
    HassJob,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

type About = Literal["recording", "picture", "archive", "retention", "clock"]
type Stage = Literal["began", "still", "ended"]

SENSORS: Final[Mapping[str, tuple[About, ...]]] = {
    "recording_problem": ("recording",),
    "picture_problem": ("picture",),
    "archive_problem": ("archive", "retention"),
    "clock_problem": ("clock",),
}
"""What our problem sensors are about, by their translation keys."""
ABOUT: Final[tuple[About, ...]] = tuple(each for about in SENSORS.values() for each in about)

RETENTION: Final = frozenset({"retention_at_risk", "retention_broken"})
"""What is wrong with the archive when footage is written but will not stay."""
ATTR_PROBLEM: Final = "problem"

TOGETHER_S: Final = 3.0
"""A switch that fails takes many cameras with it: what comes within this is told at once."""
SETTLED_S: Final = 10.0
"""After a start of Home Assistant automations are made ready first, and the recorder is asked."""

ATTR_SINCE: Final = "since"
ATTR_CAUSE: Final = "cause"
ATTR_WAS: Final = "was"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """An alarm that is on: of which sensor (its id in the entity registry), and since when (UTC).

    `was` is everything that a picture has suffered from since then, the first cause first.
    """

    about: About
    sensor: str
    since: datetime
    was: tuple[str, ...] = ()


type Hear = Callable[[Stage, About, tuple[Trouble, ...]], None]


class Alarms:
    """Follows our problem sensors; an alarm ends when its sensor says so, not when nobody knows."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without an alarm."""
        self._hass = hass
        self._store = Store[list[dict[str, Any]]](hass, 1, f"{DOMAIN}.alarms", private=True)
        self._on: dict[tuple[str, About], Trouble] = {}
        self._listeners: list[Hear] = []
        self._news: dict[tuple[Stage, About], list[Trouble]] = {}
        self._settled = False

    @property
    def on(self) -> tuple[Trouble, ...]:
        """Return the alarms that are on; one whose sensor is away just now is nobody's news."""
        return tuple(trouble for trouble in self._on.values() if self._is_told(trouble))

    def _is_told(self, trouble: Trouble) -> bool:
        entry = er.async_get(self._hass).entities.get_entry(trouble.sensor)
        state = self._hass.states.get(entry.entity_id) if entry else None
        return _answer(trouble.about, state) is True

    async def async_follow(self) -> None:
        """Take up what was before the restart, and follow the sensors from now on."""
        for kept in await self._store.async_load() or []:
            since = dt_util.parse_datetime(kept[ATTR_SINCE], raise_on_error=True)
            was = tuple(kept.get(ATTR_WAS, ()))
            trouble = Trouble(about=kept["about"], sensor=kept["sensor"], since=since, was=was)
            self._on[trouble.sensor, trouble.about] = trouble
        self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._changed, event_filter=_may_be_ours)
        if self._hass.state is CoreState.running:
            self._settle()
        else:
            async_at_started(self._hass, self._settle_later)

    @callback
    def async_listen(self, hear: Hear) -> CALLBACK_TYPE:
        """Tell somebody of alarms that begin and end."""
        self._listeners.append(hear)
        return lambda: self._listeners.remove(hear)

    @callback
    def _settle_later(self, hass: HomeAssistant) -> None:
        async_call_later(hass, SETTLED_S, HassJob(self._settle, cancel_on_shutdown=True))

    @callback
    def _settle(self, now: datetime | None = None) -> None:
        """Look at every sensor: what is as it was before the restart is no news."""
        self._settled = True
        registry = er.async_get(self._hass)
        ours = {entry.id: entry for entry in registry.entities.values() if _about(entry)}
        for key in [key for key in self._on if key[0] not in ours]:
            del self._on[key]
        for entry in ours.values():
            self._look(entry, self._hass.states.get(entry.entity_id))

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        entry = er.async_get(self._hass).async_get(event.data["entity_id"])
        if self._settled and entry and _about(entry):
            self._look(entry, event.data["new_state"])

    @callback
    def _look(self, entry: er.RegistryEntry, state: State | None) -> None:
        for about in _about(entry):
            key, answer = (entry.id, about), _answer(about, state)
            known = self._on.get(key)
            if answer is True and state:
                before = known or Trouble(about=about, sensor=entry.id, since=_since(state))
                self._on[key] = trouble = _with_cause(before, state)
                if known is None:
                    self._tell("began", trouble)
                elif trouble != known:
                    self._keep()
            elif answer is False and known:
                self._tell("ended", self._on.pop(key))

    @callback
    def _tell(self, stage: Stage, trouble: Trouble) -> None:
        self._keep()
        if not self._news:
            async_call_later(self._hass, TOGETHER_S, HassJob(self._speak, cancel_on_shutdown=True))
        self._news.setdefault((stage, trouble.about), []).append(trouble)

    @callback
    def _speak(self, now: datetime) -> None:
        news, self._news = self._news, {}
        for (stage, about), troubles in news.items():
            for hear in tuple(self._listeners):
                hear(stage, about, tuple(troubles))

    @callback
    def _keep(self) -> None:
        kept = [
            {
                "about": trouble.about,
                "sensor": trouble.sensor,
                ATTR_SINCE: trouble.since.isoformat(),
                ATTR_WAS: list(trouble.was),
            }
            for trouble in self._on.values()
        ]
        self._hass.async_create_task(self._store.async_save(kept), "kindergarten alarms")


ALARMS: Final = HassKey[Alarms](f"{DOMAIN}.alarms")


@callback
def _may_be_ours(data: EventStateChangedData) -> bool:
    return data["entity_id"].startswith(f"{BINARY_SENSOR}.")


def _about(entry: er.RegistryEntry) -> tuple[About, ...]:
    if entry.platform != DOMAIN or entry.domain != BINARY_SENSOR:
        return ()
    return SENSORS.get(entry.translation_key or "", ())


def _answer(about: About, state: State | None) -> bool | None:
    """Return whether a sensor tells of this trouble; `None` while nobody knows."""
    if state is None or state.state not in {STATE_ON, STATE_OFF}:
        return None
    if state.state == STATE_OFF or about not in {"archive", "retention"}:
        return state.state == STATE_ON
    lasting = state.attributes.get(ATTR_PROBLEM) in RETENTION
    # While the disk is gone, nobody knows how long footage would stay.
    return (lasting or None) if about == "retention" else not lasting


def _with_cause(trouble: Trouble, state: State) -> Trouble:
    """Return an alarm that remembers what a picture suffers from now: once it is over nobody knows."""
    cause = state.attributes.get(ATTR_CAUSE)
    if trouble.about != "picture" or cause is None or cause in trouble.was:
        return trouble
    return replace(trouble, was=(*trouble.was, str(cause)))


def _since(state: State) -> datetime:
    """Return since when; the recorder knows it better than Home Assistant, which was told later."""
    told = state.attributes.get(ATTR_SINCE)
    return (dt_util.parse_datetime(str(told)) if told else None) or state.last_changed
