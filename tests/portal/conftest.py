"""A kindergarten whose portal is open, real families in it, and browsers that ask."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.integration.conftest import (  # noqa: F401
    archive,
    enable_event_loop_debug,
    our_integration,
    real_sockets,
    supervisor,
)
from tests.integration.fake_archive import (
    BEDROOM,
    PLAYROOM,
    FakeSupervisor,
    camera,
    kindergarten_entry,
    load,
    room,
)
from tests.integration.noon import live_where_it_is_noon

from .site import ALWAYS, Family, Site


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test a private storage of its own: the people's file is a real one."""
    return hass_tmp_config_dir


@pytest.fixture
async def kindergarten(hass: HomeAssistant, supervisor: FakeSupervisor) -> MockConfigEntry:  # noqa: F811
    """Return a loaded kindergarten with two group rooms, open around the clock, its portal off."""
    await live_where_it_is_noon(hass)
    entry = kindergarten_entry(
        room("Playroom", opening=ALWAYS, shown=True),
        camera(PLAYROOM, "By the window"),
        room("Blue room", opening=ALWAYS, shown=True),
        camera(BEDROOM, "At the door"),
    )
    return await load(hass, entry)


@pytest.fixture
async def site(
    hass: HomeAssistant, kindergarten: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> Site:
    """Return the kindergarten with its portal open at the address of the test's web server."""
    site = Site(hass, kindergarten, await hass_client_no_auth())
    await site.open()
    return site


@pytest.fixture
async def family(site: Site) -> Family:
    """Return Aigerim and her son Arman of the playroom; everybody there agrees."""
    return await site.family("Aigerim Canarova", "Arman", "Playroom")
