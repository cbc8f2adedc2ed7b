"""Kindergarten Cameras: records the rooms of a kindergarten, and keeps the recordings."""

from functools import partial
from pathlib import Path

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.helpers.typing import ConfigType

from .api import websocket_door, websocket_panel, websocket_people, websocket_portal, websocket_watch
from .api.evidence import EvidenceView
from .api.playback import PlaybackSessions, PlaybackView
from .archive.supervisor import Supervisor
from .const import DOMAIN
from .coordinator import KindergartenConfigEntry, KindergartenCoordinator, KindergartenData
from .devices import async_sync_devices
from .entity import SIGNAL_CAMERAS_CHANGED
from .families import Families, async_shut_everybody_out
from .judgement import profile_of
from .panel import sidebar
from .people import People
from .portal.gate import PortalView
from .portal.portal import Portal
from .privacy import PrivacyPauses
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
    for commands in (websocket_door, websocket_panel, websocket_people, websocket_portal, websocket_watch):
        commands.async_register(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: KindergartenConfigEntry) -> bool:
    """Set up the kindergarten; whatever is wrong with disks or cameras, the alarms must be there."""
    supervisor = Supervisor(hass, state_folder(hass))
    people = await People.load(hass)
    entry.async_on_unload(people.follow())
    families = await Families.load(hass, state_folder(hass))
    pauses = PrivacyPauses(hass, families)
    entry.async_on_unload(pauses.follow())
    coordinator = KindergartenCoordinator(hass, entry, supervisor.archive)

    async def work() -> None:
        await supervisor.start()
        await coordinator.async_follow()

    log_days = profile_of(entry).duties.access_log_days.value
    mirror = families.async_follow(supervisor.archive, log_days)
    entry.runtime_data = KindergartenData(
        supervisor=supervisor,
        archive=supervisor.archive,
        coordinator=coordinator,
        playback=PlaybackSessions(),
        people=people,
        families=families,
        pauses=pauses,
        portal=Portal(hass, entry, families, coordinator),
        work=entry.async_create_background_task(hass, work(), "kindergarten recorder"),
        mirror=entry.async_create_background_task(hass, mirror, "kindergarten families"),
    )
    async_sync_devices(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    await async_watch_issues(hass, entry)
    await sidebar.async_show(hass)
    entry.async_on_unload(entry.add_update_listener(_async_entry_changed))

    async def leave(event: Event) -> None:
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
    folder = state_folder(hass)
    await async_shut_everybody_out(hass, folder)
    await Supervisor(hass, folder).stop("removed")
    for name in ("config.json", "live.json"):
        await hass.async_add_executor_job(partial((folder / name).unlink, missing_ok=True))


async def async_migrate_entry(hass: HomeAssistant, entry: KindergartenConfigEntry) -> bool:
    """Refuse what a later version of us wrote; there is no earlier one."""
    return entry.version == 1


def state_folder(hass: HomeAssistant) -> Path:
    """Return the private folder that the engine shares with us."""
    return Path(hass.config.path(STORAGE_DIR, DOMAIN))


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
