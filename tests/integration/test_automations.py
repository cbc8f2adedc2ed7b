"""Installing blueprints where the folder resists, and where automations run already."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.kindergarten.automations import TARGET, async_install, blueprints_of

from .texts import need


async def test_a_folder_that_cannot_be_written_is_said_and_nothing_counts_as_installed(
    hass: HomeAssistant,
) -> None:
    in_the_way = Path(hass.config.path("blueprints"))
    in_the_way.write_text("no folder")
    with pytest.raises(HomeAssistantError) as refused:
        await async_install(hass, "en", overwrite=False)
    error = refused.value
    need(("exceptions", str(error.translation_key), "message"), error.translation_placeholders)
    assert error.translation_key == "blueprints_not_written"
    in_the_way.unlink()
    done = await async_install(hass, "en", overwrite=False)
    assert len(done.added) == len(blueprints_of("en"))


async def test_automations_are_read_again_once_a_blueprint_was_replaced(hass: HomeAssistant) -> None:
    reloads = async_mock_service(hass, "automation", "reload")
    first = await async_install(hass, "en", overwrite=False)
    await async_install(hass, "en", overwrite=False)
    assert reloads == []
    changed = Path(hass.config.path(TARGET), first.added[0])
    changed.write_text("the owner's own")
    assert (await async_install(hass, "en", overwrite=False)).kept == (changed.name,)
    assert reloads == []
    assert (await async_install(hass, "en", overwrite=True)).updated == (changed.name,)
    assert len(reloads) == 1
