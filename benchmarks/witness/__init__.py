"""Writes down what a kindergarten tells, and when; loaded by a bench's own configuration, never shipped.

A phone that is told everything, and an ear for states and repairs: lines of JSON in `witness.jsonl`
below Home Assistant's folder, by a clock that never steps.
"""

import json
from pathlib import Path
import time
from typing import Any, override

from homeassistant.components.notify import DATA_COMPONENT, NotifyEntity
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr, entity_registry as er
from homeassistant.helpers.issue_registry import EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED
from homeassistant.helpers.typing import ConfigType

DOMAIN = "witness"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)
WATCHED = "kindergarten"


class Book:
    """The file that is written."""

    def __init__(self, path: Path) -> None:
        """Append to a file."""
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def note(self, kind: str, **facts: Any) -> None:
        """Write one line."""
        line = {"t": time.monotonic(), "kind": kind, **facts}
        self._file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


class Phone(NotifyEntity):
    """A phone that is told everything."""

    _attr_name = "Phone"
    _attr_unique_id = "witness_phone"
    entity_id = "notify.witness"

    def __init__(self, book: Book) -> None:
        """Write messages into a book."""
        self._book = book

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        self._book.note("message", title=title, message=message)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Listen for as long as Home Assistant runs."""
    book = await hass.async_add_executor_job(Book, Path(hass.config.path("witness.jsonl")))
    entities, devices = er.async_get(hass), dr.async_get(hass)

    @callback
    def hear_state(event: Event[EventStateChangedData]) -> None:
        state, entry = event.data["new_state"], entities.async_get(event.data["entity_id"])
        if state is None or entry is None or entry.platform != WATCHED:
            return
        device = devices.async_get(entry.device_id) if entry.device_id else None
        book.note(
            "state",
            entity_id=state.entity_id,
            key=entry.translation_key,
            device=device.name if device else None,
            state=state.state,
            attributes=dict(state.attributes),
        )

    @callback
    def hear_issue(event: Event[Any]) -> None:
        if event.data["domain"] == WATCHED:
            book.note("issue", action=event.data["action"], issue_id=event.data["issue_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, hear_state)
    hass.bus.async_listen(EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, hear_issue)
    await hass.data[DATA_COMPONENT].async_add_entities([Phone(book)])
    return True
