"""What a new room is for is guessed from its name."""

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
        ("Dining room 2", "dining"),
        ("Солнышко", "group"),
    ],
)
async def test_kind_is_guessed_from_the_name_in_every_language_that_we_speak(
    hass: HomeAssistant, entry: MockConfigEntry, name: str, kind: str
) -> None:
    assert await async_likely_kind(hass, name) == kind
