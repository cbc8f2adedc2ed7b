"""What a new room is for is guessed from its name, in the language of the kindergarten."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.flows.words import async_likely_kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Двор", "yard"),
        ("Коридор 2 этажа", "corridor"),
        ("Медицинский кабинет", "medical"),
        ("Кабинет заведующей", "office"),
        ("Солнышко", "group"),
    ],
)
async def test_kind_is_guessed_from_the_name(
    hass: HomeAssistant, entry: MockConfigEntry, name: str, kind: str
) -> None:
    hass.config.language = "ru"
    assert await async_likely_kind(hass, name) == kind
