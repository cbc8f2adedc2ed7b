"""The set-up check and the owner's own answers in it; for administrators alone."""

from dataclasses import asdict
import time
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
import probatio

from ..checklist import QUESTIONS
from ..const import CONF_CAMERA_ID, SUBENTRY_CAMERA
from ..setup_check import async_check, zone_of
from .websocket_desk import Command, Desk, register


async def _check(desk: Desk, message: dict[str, Any]) -> object:
    lines = await async_check(desk.hass, desk.entry, desk.data.checklist)
    return {
        "lines": [asdict(line) for line in lines],
        "now_us": time.time_ns() // 1000,
        "camera": _shown(desk),
    }


def _shown(desk: Desk) -> dict[str, str] | None:
    """Return a camera whose picture can be held beside the clock."""
    snapshot = desk.data.coordinator.data
    for each in desk.entry.get_subentries_of_type(SUBENTRY_CAMERA):
        camera = snapshot.camera(each.data[CONF_CAMERA_ID])
        if camera and camera.recording and not snapshot.silent:
            return {"uid": camera.uid, "name": each.title}
    return None


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
