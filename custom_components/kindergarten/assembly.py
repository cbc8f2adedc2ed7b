"""Puts together what lives as long as the entry is loaded, and takes it apart for good."""

from contextlib import suppress
from functools import partial
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from .api.playback import PlaybackSessions
from .archive.supervisor import Supervisor
from .checklist import Checklist
from .const import DOMAIN
from .coordinator import KindergartenConfigEntry, KindergartenCoordinator, KindergartenData
from .families import Families, async_shut_everybody_out
from .judgement import profile_of
from .lenders import async_follow_lenders
from .people import People
from .portal.portal import Portal
from .privacy import PrivacyPauses
from .restarts import Restarts


def state_folder(hass: HomeAssistant) -> Path:
    """Return the private folder that the engine shares with us."""
    return Path(hass.config.path(STORAGE_DIR, DOMAIN))


async def async_assemble(hass: HomeAssistant, entry: KindergartenConfigEntry) -> KindergartenData:
    """Return everything, at work; `close` lets go of it."""
    supervisor = Supervisor(hass, state_folder(hass))
    restarts = await Restarts.load(hass)
    people = await People.load(hass)
    entry.async_on_unload(people.follow())
    families = await Families.load(hass, state_folder(hass))
    pauses = PrivacyPauses(hass, families)
    entry.async_on_unload(pauses.follow())
    coordinator = KindergartenCoordinator(hass, entry, supervisor.archive)
    entry.async_on_unload(async_follow_lenders(hass, entry, coordinator))

    async def work() -> None:
        await supervisor.start()
        restarts.met(supervisor.hello)
        await coordinator.async_follow()

    log_days = profile_of(entry).duties.access_log_days.value
    mirror = families.async_follow(supervisor.archive, log_days)
    return KindergartenData(
        supervisor=supervisor,
        archive=supervisor.archive,
        coordinator=coordinator,
        playback=PlaybackSessions(),
        people=people,
        restarts=restarts,
        families=families,
        pauses=pauses,
        portal=Portal(hass, entry, families, coordinator),
        checklist=await Checklist.load(hass),
        work=entry.async_create_background_task(hass, work(), "kindergarten recorder"),
        mirror=entry.async_create_background_task(hass, mirror, "kindergarten families"),
    )


async def async_forget_all(hass: HomeAssistant) -> None:
    """End the engine, forget logins and keys, shut every phone out; recordings and the list of families stay."""
    folder = state_folder(hass)
    await async_shut_everybody_out(hass, folder)
    # A newer engine may wait for the place of this one: it must find nothing to record.
    with suppress(OSError):  # raised below, when the engine has ended
        await _forget(hass, folder, "config.json")
    await Supervisor(hass, folder).stop("removed")
    await Restarts.forget(hass)
    await Checklist.forget(hass)
    await _forget(hass, folder, "config.json", "live.json")


async def _forget(hass: HomeAssistant, folder: Path, *names: str) -> None:
    for name in names:
        await hass.async_add_executor_job(partial((folder / name).unlink, missing_ok=True))
