"""Repairs about the families' list: what makes it unusable, old backups, backups in the open."""

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

from homeassistant.components.backup import DATA_MANAGER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.const import DOMAIN
from custom_components.kindergarten.engine.people.opening import keys_of
from custom_components.kindergarten.engine.people.people import People

from .fake_archive import FakeArchive, look, settle


def raised(hass: HomeAssistant) -> set[str]:
    return {issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN}


def folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(".storage", "kindergarten"))


@pytest.fixture
def reload(
    hass: HomeAssistant, kindergarten: MockConfigEntry
) -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Return what unloads the kindergarten, changes its files, and loads it again."""

    async def change(what: Callable[[], object]) -> None:
        await hass.config_entries.async_unload(kindergarten.entry_id)
        await hass.async_add_executor_job(what)
        await hass.config_entries.async_setup(kindergarten.entry_id)
        await settle(hass)
        await look(hass)

    return change


async def test_lost_key_is_told_and_nothing_is_lost(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    reload: Callable[[Callable[[], object]], Awaitable[None]],
) -> None:
    families = kindergarten.runtime_data.families
    await families.do(People.add_child, "Arman")
    key, kept = keys_of(folder(hass)) / "people.key", folder(hass) / "kept"
    await reload(lambda: key.rename(kept))
    assert raised(hass) == {"people_key_missing"}
    assert hass.states.get("switch.playroom_privacy_pause").state == "unavailable"  # type: ignore[union-attr]

    await reload(lambda: kept.rename(key))
    assert raised(hass) == set()
    (child,) = kindergarten.runtime_data.families.snapshot.children.values()
    assert child.name == "Arman"


async def test_damaged_list_is_told_and_recording_does_not_care(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    reload: Callable[[Callable[[], object]], Awaitable[None]],
) -> None:
    await reload(lambda: (folder(hass) / "people.db").write_bytes(b"garbage" * 5000))
    assert raised(hass) == {"people_unusable"}
    assert kindergarten.state.recoverable
    assert hass.states.get("camera.by_the_window") is not None


async def test_restored_backup_is_told(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    kindergarten.runtime_data.families.restored = True
    await look(hass)
    assert raised(hass) == {"people_restored"}


async def test_backups_in_the_open_are_told_once_there_are_families(
    hass: HomeAssistant, kindergarten: MockConfigEntry, archive: FakeArchive
) -> None:
    assert await async_setup_component(hass, "backup", {})
    wanted = hass.data[DATA_MANAGER].config.data.create_backup
    wanted.agent_ids = ["backup.local"]
    await look(hass)
    assert raised(hass) == set()

    families = kindergarten.runtime_data.families
    await families.do(People.add_guardian, "Aigerim Canarova", "", "kk", date(2020, 1, 1))
    await look(hass)
    assert raised(hass) == {"backups_unprotected"}
    wanted.password = "kept-by-the-owner"
    archive.show(now_us=archive.now.now_us + 30_000_000)
    await look(hass)
    assert raised(hass) == set()
