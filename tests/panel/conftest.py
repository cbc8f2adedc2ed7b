"""One Home Assistant and one Chromium for all tests of the owner's panel."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.portal_pages.phone import open_browser

from .full import cameras, fill
from .house import House, Owner, open_house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house() -> AsyncIterator[House]:
    """A kindergarten without families."""
    async with open_browser() as browser, open_house(browser) as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def full(house: House) -> AsyncIterator[House]:
    """The same house in its second year; whoever was on the list before is gone."""
    with cameras() as fleet:
        await fill(house, fleet)
        yield house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sitting(house: House) -> AsyncIterator[Owner]:
    """The owner, who stays logged in through all tests."""
    async with house.owner() as owner:
        yield owner


@pytest_asyncio.fixture(loop_scope="session")
async def owner(sitting: Owner) -> AsyncIterator[Owner]:
    """The owner; nothing may go wrong in the browser."""
    sitting.wrong.clear()
    yield sitting
    assert await sitting.troubles() == []
