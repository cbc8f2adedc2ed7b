"""The navigation: every section is in sight on every page, and its pages while it is open."""

from playwright.async_api import expect
import pytest

from .house import FIND, PLACES, SECTIONS, House, Owner

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


@pytest.mark.parametrize(
    ("language", "size"),
    [("en", (1280, 800)), ("en", (390, 844)), ("ru", (390, 844))],
    ids=["desk", "phone", "ru-phone"],
)
async def test_inspection_and_the_open_page_are_in_sight_on_every_page(
    house: House, language: str, size: tuple[int, int]
) -> None:
    async with house.owner(language, size=size) as owner:
        await owner.open("today")
        for place in PLACES:
            await owner.page.evaluate(f"(place) => {{ {FIND} find(document)._go(place) }}", place)
            await owner.panel.locator(f"main kg-{place} h1").wait_for()
            here = owner.panel.locator(f'nav [aria-current="page"][href$="/{place}"]')
            await expect(here).to_be_in_viewport(ratio=0.99)
            inspection = owner.panel.locator('nav > a[href$="/inspection"]')
            await expect(inspection).to_be_in_viewport(ratio=0.99)


async def test_tap_on_a_section_opens_its_first_page_and_shows_the_pages_of_no_other(owner: Owner) -> None:
    await owner.open("today")
    for first, *others in SECTIONS:
        await owner.go(first)
        await owner.panel.locator(f"main kg-{first} h1").wait_for()
        pages = [first, *others] if others else []
        links = owner.panel.locator("nav .pages a")
        await expect(links).to_have_count(len(pages))
        for link, place in zip(await links.all(), pages, strict=True):
            await expect(link).to_have_attribute("href", f"/kindergarten/{place}")
