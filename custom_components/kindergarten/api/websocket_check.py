"""The set-up check and the owner's own answers in it; for administrators alone."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
import probatio

from ..checklist import QUESTIONS
from ..setup_check import async_check, zone_of
from .websocket_desk import Command, Desk, register


async def _check(desk: Desk, message: dict[str, Any]) -> object:
    lines = await async_check(desk.hass, desk.entry, desk.data.checklist)
    return {"lines": [asdict(line) for line in lines], "zone": desk.hass.config.time_zone}


async def _say(desk: Desk, message: dict[str, Any]) -> object:
    question = message["question"]
    await desk.data.checklist.answer(question, message["yes"], zone_of(desk.hass, question))
    return {}


COMMANDS: Final = {
    "check": Command(fields={}, answer=_check),
    "check/say": Command(
        fields={
            probatio.Required("question"): probatio.In(QUESTIONS),
            probatio.Required("yes"): probatio.Any(None, bool),
        },
        answer=_say,
    ),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands of the set-up check."""
    register(hass, COMMANDS)
