"""What the tests of camera flows share."""

from collections.abc import Mapping
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

BORROW = "custom_components.kindergarten.flows.borrowed.async_get_stream_source"

WINDOW: dict[str, Any] = {
    "name": "Window",
    "room": "sunflowers",
    "host": "192.168.1.30",
    "port": 554,
    "path": "stream1",
    "username": "viewer",
    "password": "p@ss/word",
    "sub_path": "/stream2",
}


def offered(result: Mapping[str, Any], field: str) -> list[Any]:
    """Return what a field of a form lets choose from."""
    selector = next(chosen for key, chosen in result["data_schema"].schema.items() if key == field)
    options: list[Any] = selector.config["options"]
    return options


def saved_as(entry: MockConfigEntry, title: str) -> dict[str, Any]:
    """Return what is kept of a camera."""
    return dict(next(one for one in entry.subentries.values() if one.title == title).data)
