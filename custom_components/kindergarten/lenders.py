"""Follows the cameras of other integrations that are recorded: when they come back, when they are renamed."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import TrackStates, async_track_state_change_filtered

from .const import SUBENTRY_CAMERA
from .coordinator import KindergartenCoordinator
from .desired import borrowed_entities


@callback
def async_follow_lenders(
    hass: HomeAssistant, entry: ConfigEntry[Any], coordinator: KindergartenCoordinator
) -> CALLBACK_TYPE:
    """Ask for a camera's address as soon as its entity is there (again), and keep to it under another name.

    An integration whose settings were changed takes its entities away and brings them back.
    """

    async def ask() -> None:
        await coordinator.async_apply()
        await coordinator.async_request_refresh()

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        came = _there(event.data["new_state"]) and not _there(event.data["old_state"])
        if came and event.data["entity_id"] in borrowed_entities(entry).values():
            entry.async_create_background_task(hass, ask(), "kindergarten borrowed camera")

    @callback
    def renamed(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data: Mapping[str, Any] = event.data
        if old := data.get("old_entity_id"):
            _rename(hass, entry, old, data["entity_id"])

    cameras = TrackStates(all_states=False, entities=set(), domains={"camera"})
    states = async_track_state_change_filtered(hass, cameras, changed)
    names = hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, renamed)

    @callback
    def stop() -> None:
        states.async_remove()
        names()

    return stop


def _there(state: State | None) -> bool:
    return state is not None and state.state != STATE_UNAVAILABLE


@callback
def _rename(hass: HomeAssistant, entry: ConfigEntry[Any], old: str, new: str) -> None:
    for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA):
        if subentry.data.get(CONF_ENTITY_ID) == old:
            hass.config_entries.async_update_subentry(
                entry, subentry, data={**subentry.data, CONF_ENTITY_ID: new}
            )
