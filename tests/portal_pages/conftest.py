"""One Chromium for all tests of the parents' pages, a new kindergarten and phone for each."""

from collections.abc import AsyncIterator

from playwright.async_api import Browser
import pytest_asyncio

from .mock import Kindergarten, open_portal
from .phone import Phone, open_browser, take_phone


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium."""
    async with open_browser() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def kindergarten() -> AsyncIterator[Kindergarten]:
    """A kindergarten that says what the test wants."""
    async with open_portal() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, kindergarten: Kindergarten) -> AsyncIterator[Phone]:
    """A signed-in mother's phone; nothing may go wrong on it."""
    async with take_phone(browser, kindergarten) as taken:
        yield taken
        assert await taken.troubles() == []
