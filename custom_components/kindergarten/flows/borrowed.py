"""Cameras that another integration brought into Home Assistant."""

import asyncio

from homeassistant.components.camera import async_get_stream_source
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..desired import ResolvedSource, split_login
from .names import FieldError

DEADLINE_S = 15


def own_entities(hass: HomeAssistant) -> list[str]:
    """Return our own camera entities: one of them would record itself."""
    registry = er.async_get(hass)
    return [
        entity.entity_id
        for entity in registry.entities.values()
        if entity.platform == DOMAIN and entity.domain == "camera"
    ]


async def async_borrow(hass: HomeAssistant, entity_id: str) -> ResolvedSource:
    """Return the stream of a camera entity.

    Raises FieldError: entity_own, entity_unavailable, entity_no_stream.
    """
    if entity_id in own_entities(hass):
        raise FieldError(CONF_ENTITY_ID, "entity_own")
    try:
        async with asyncio.timeout(DEADLINE_S):
            address = await async_get_stream_source(hass, entity_id)
    except (HomeAssistantError, TimeoutError) as err:
        raise FieldError(CONF_ENTITY_ID, "entity_unavailable") from err
    if not address:
        raise FieldError(CONF_ENTITY_ID, "entity_no_stream")
    return split_login(address)
