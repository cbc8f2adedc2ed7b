"""Kindergarten Cameras: records the rooms of a kindergarten, and keeps the recordings."""

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.typing import ConfigType

from .alarms import ALARMS, Alarms
from .api.commands import async_register_commands
from .api.evidence import EvidenceView
from .api.playback import PlaybackView
from .assembly import async_assemble, async_forget_all
from .const import DOMAIN
from .coordinator import KindergartenConfigEntry
from .devices import async_sync_devices
from .entity import SIGNAL_CAMERAS_CHANGED
from .frigate import async_follow_servers
from .kiosk import KIOSK
from .panel import sidebar
from .portal.gate import PortalView
from .repairs import async_clear_issues, async_watch_issues
from .services import async_setup_services

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what can never be taken away again."""
    hass.http.register_view(PlaybackView())
    hass.http.register_view(EvidenceView())
    hass.http.register_view(PortalView())
    hass.http.register_view(sidebar.PanelView())
    async_setup_services(hass)
    async_register_commands(hass)
    # Outlives reloads of the entry: what is in trouble is not told again.
    hass.data[ALARMS] = alarms = Alarms(hass)
    await alarms.async_follow()
    return True


async def async_setup_entry(hass: HomeAssistant, entry: KindergartenConfigEntry) -> bool:
    """Set up the kindergarten; whatever is wrong with disks or cameras, the alarms must be there."""
    entry.runtime_data = await async_assemble(hass, entry)
    async_sync_devices(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    await async_watch_issues(hass, entry)
    await sidebar.async_show(hass)
    entry.async_on_unload(entry.add_update_listener(_async_entry_changed))
    async_follow_servers(entry)
    forgotten = hass.data[KIOSK].async_end_forgotten(entry.runtime_data.archive)
    entry.async_create_background_task(hass, forgotten, "kindergarten inspections")

    async def leave(event: Event) -> None:
        data = entry.runtime_data
        await data.restarts.leave(data.supervisor.hello)
        await entry.runtime_data.close()

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, leave))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: KindergartenConfigEntry) -> bool:
    """Let go of the engine, which goes on recording."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.close()
    if entry.disabled_by:
        sidebar.async_hide(hass)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: KindergartenConfigEntry) -> None:
    """End the engine, forget logins and keys, shut every phone out; recordings and the list of families stay."""
    async_clear_issues(hass)
    sidebar.async_hide(hass)
    await async_forget_all(hass)


async def async_migrate_entry(hass: HomeAssistant, entry: KindergartenConfigEntry) -> bool:
    """Refuse what a later version of us wrote; there is no earlier one."""
    return entry.version == 1


async def _async_entry_changed(hass: HomeAssistant, entry: KindergartenConfigEntry) -> None:
    """Bring devices, entities and the engine in line; nobody else is interrupted, so no reload."""
    async_sync_devices(hass, entry)
    async_dispatcher_send(hass, SIGNAL_CAMERAS_CHANGED)
    entry.runtime_data.portal.async_changed()
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_apply()
    await coordinator.async_request_refresh()
    # An option may change what is said of the same facts.
    coordinator.async_update_listeners()
