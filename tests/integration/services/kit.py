"""What the actions are called with."""

from typing import Any

from homeassistant.core import Context, HomeAssistant

from custom_components.kindergarten.archive.protocol import Job
from custom_components.kindergarten.const import DOMAIN

CAMERA = "camera.by_the_window"
RANGE = {"start": "2026-11-18 10:00:00", "end": "2026-11-18 11:00:00"}
GIVEN: dict[str, dict[str, Any]] = {
    "hold": {"cameras": [CAMERA], **RANGE, "reason": "a fall"},
    "list_holds": {},
    "ask_lift": {"hold": "hold0"},
    "cancel_lift": {"hold": "hold0"},
    "export": {"cameras": [CAMERA], **RANGE, "purpose": "request 7", "recipient": "police"},
    "create_inspection_pack": {},
    "verify_archive": {},
    "list_tasks": {},
    "cancel_task": {"task": "ab12"},
    "challenge": {"camera": CAMERA, "at": "2026-11-01 09:30:00"},
    "install_blueprints": {},
}


async def act(hass: HomeAssistant, name: str, context: Context | None = None, **changes: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN, name, {**GIVEN[name], **changes}, blocking=True, return_response=True, context=context
    )


def finished(**result: object) -> Job:
    return Job(id="j1", kind="", state="done", done=1.0, detail="", result=result)
