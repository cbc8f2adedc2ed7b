"""Every page in both languages, light and dark, at a desk and on a phone: accessible, nothing cut."""

import pytest

from .house import PLACES, House

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


@pytest.mark.parametrize(
    ("language", "dark", "size"),
    [
        ("en", False, (1280, 800)),
        ("ru", True, (390, 844)),
        pytest.param("ru", False, (1280, 800), marks=pytest.mark.long),
        pytest.param("en", True, (320, 640), marks=pytest.mark.long),
    ],
)
async def test_every_page_is_accessible_and_nothing_is_cut(
    house: House, language: str, dark: bool, size: tuple[int, int]
) -> None:
    async with house.owner(language, dark=dark, size=size) as owner:
        wrong = {}
        for place in PLACES:
            if place == PLACES[0]:
                await owner.open(place)
            else:
                await owner.panel.locator(f'nav a[href$="/{place}"]').click()
                await owner.panel.locator(f"main kg-{place} h1").wait_for()
            if found := await owner.accessible():
                wrong[place] = found
        assert wrong == {}
        assert owner.wrong == []
