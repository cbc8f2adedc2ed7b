"""Every page, dialog and state in both languages, light and dark, at a desk and on a phone: accessible, nothing cut."""

from playwright.async_api import expect
import pytest

from .house import FIND, House
from .scenes import SCENES, tidy

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


@pytest.mark.parametrize(
    ("language", "dark", "size"),
    [
        ("ru", True, (390, 844)),
        pytest.param("en", False, (1280, 800), marks=pytest.mark.long),
        pytest.param("ru", False, (1280, 800), marks=pytest.mark.long),
        pytest.param("en", True, (320, 640), marks=pytest.mark.long),
    ],
    ids=["ru-phone", "en", "ru", "en-320"],
)
async def test_everything_is_accessible_and_nothing_is_cut(
    full: House, language: str, dark: bool, size: tuple[int, int]
) -> None:
    async with full.owner(language, dark=dark, size=size) as owner:
        await owner.open(SCENES[0].place)
        wrong = {}
        for scene in SCENES:
            await scene.show(full, owner)
            if found := await owner.accessible():
                wrong[scene.name] = found
        await tidy(full)
        assert wrong == {}
        assert await owner.troubles() == []


async def test_panel_is_dark_where_the_page_is_also_when_home_assistant_does_not_say_so(full: House) -> None:
    # As it is when the themes come before the configuration does.
    untold = """
      const panel = find(document);
      const { darkMode, ...themes } = panel.hass.themes;
      panel.hass = { ...panel.hass, themes };
      return panel.updateComplete;
    """
    for dark in (True, False):
        async with full.owner(dark=dark) as owner:
            await owner.open("requests")
            await owner.page.evaluate(f"() => {{ {FIND} {untold} }}")
            await expect(owner.panel.and_(owner.page.locator("[dark]"))).to_have_count(int(dark))
