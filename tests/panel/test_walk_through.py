"""How long an owner needs: from a new Home Assistant to the first recorded camera, and to a recorder's eight channels.

The machine's share is measured in a real browser. A person's is added to it: so long to read each step, so long for each key.
Run with `-s` to see the figures.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
import json
from pathlib import Path
import shutil
import tempfile
import time
from typing import Final

from playwright.async_api import Locator, Page
import pytest
import pytest_asyncio

from tests.devices import Devices, SimulatedDevice
from tests.devices.playing import playing
from tests.end_to_end.browser import Dialog, browser_page, log_in, onboard, visit
from tests.instance.client import OWNER, Client
from tests.instance.engines import stop_engines
from tests.instance.hass import REPOSITORY, Hass
from tests.instance.kindergarten import Kindergarten

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser, pytest.mark.long]

READ_S: Final = 8.0
"""A person's time to understand a step and find the button."""
KEY_S: Final = 0.4
"""And for each key: two and a half a second is slow typing."""
FIRST_CAMERA_S: Final = 300.0
RECORDER_S: Final = 600.0
CHANNELS = 8
NAMES = (
    "Группа 1", "Группа 2", "Группа 3", "Вход", "Двор", "Столовая", "Спортзал", "Коридор",
)  # fmt: skip


@dataclass(kw_only=True)
class Hand:
    """Counts what a person would need beside the machine."""

    page: Page
    began_s: float = field(default_factory=time.monotonic)
    steps: int = 0
    keys: int = 0

    @property
    def dialog(self) -> Dialog:
        """Return the dialog of a flow, at a step that has to be read."""
        self.steps += 1
        return Dialog(self.page)

    def typed(self, *texts: str) -> None:
        """Count what was typed."""
        self.keys += sum(map(len, texts))

    def figures(self) -> dict[str, float]:
        """Return the machine's time, a person's and both (s)."""
        machine = time.monotonic() - self.began_s
        person = self.steps * READ_S + self.keys * KEY_S
        return {"machine_s": round(machine), "person_s": round(person), "all_s": round(machine + person)}


@dataclass(kw_only=True)
class New:
    """A new Home Assistant that nobody has opened yet."""

    hass: Hass
    page: Page
    archive: Path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def new() -> AsyncIterator[New]:
    """Start it."""
    (REPOSITORY / ".dev").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="walk-", dir=REPOSITORY / ".dev"))
    (folder / "archive").mkdir()
    hass = Hass(folder / "config")
    try:
        await hass.start()
        async with browser_page() as page:
            yield New(hass=hass, page=page, archive=folder / "archive")
    finally:
        await hass.stop()
        stop_engines(folder)
        shutil.rmtree(folder, ignore_errors=True)


async def recorded(client: Client, cameras: int) -> None:
    """Wait until so many cameras record."""
    kindergarten = Kindergarten(client)
    async with asyncio.timeout(240):
        while await kindergarten.cameras_recording() != cameras:
            await asyncio.sleep(0.5)


async def test_first_camera_is_recorded_within_five_minutes_of_the_first_look(new: New) -> None:
    page, device = new.page, SimulatedDevice(streams=playing(1))
    with Devices(device):
        hand = Hand(page=page)
        await onboard(page, new.hass.url, OWNER)
        hand.steps += 3
        hand.typed(*OWNER.values(), OWNER["password"])
        await log_in(page, new.hass.url, OWNER)
        confirm = page.get_by_role("button", name="OK")
        await visit(page, f"{new.hass.url}/config/integrations/dashboard/add?domain=kindergarten", confirm)
        hand.steps += 3  # settings, devices, add
        await confirm.click()
        await hand.dialog.see("Your kindergarten")
        await hand.dialog.submit()
        await hand.dialog.fill(path=str(new.archive))
        hand.typed("/media/archive")
        await Dialog(page).submit()
        await hand.dialog.choose("Use this folder")
        await hand.dialog.see("How long is footage kept?")
        await Dialog(page).submit()
        await find(page, hand, device)
        await hand.dialog.see("This camera was found")
        await put_into_room(page, hand, page.locator("dialog-data-entry-flow ha-selector-select"), "Sun")
        await Dialog(page).submit()
        await kinds(page, hand)
        async with Client(new.hass.url) as client:
            await client.enter()
            await recorded(client, 1)
        figures = hand.figures()
        await Dialog(page).close()
    print(json.dumps({"first camera": figures}))
    assert figures["all_s"] <= FIRST_CAMERA_S
    assert device.account.refused == 0


async def test_eight_channels_of_a_recorder_are_recorded_within_ten_minutes(new: New) -> None:
    page = new.page
    names = dict(enumerate(NAMES, 1))
    device = SimulatedDevice(channels=CHANNELS, names=names, streams=playing(CHANNELS))
    with Devices(device):
        hand = Hand(page=page)
        add = page.get_by_role("button", name="Add camera").first
        await visit(page, f"{new.hass.url}/config/integrations/integration/kindergarten", add)
        hand.steps += 3  # settings, devices, the integration
        await add.click()
        await find(page, hand, device)
        await hand.dialog.see("Which cameras shall be recorded?")
        await Dialog(page).submit()
        await assign(page, hand)
        async with Client(new.hass.url) as client:
            await client.enter()
            await recorded(client, CHANNELS)
        figures = hand.figures()
    print(json.dumps({"eight channels": figures}))
    assert figures["all_s"] <= RECORDER_S
    assert device.account.refused == 0


async def find(page: Page, hand: Hand, device: SimulatedDevice) -> None:
    """Let a device be found by what its owner knows: where it is, and its login."""
    await hand.dialog.choose("Find it by its address")
    address = f"http://127.0.0.1:{device.http_port}"
    dialog = hand.dialog
    await dialog.fill(host=address, username="admin", password="right-secret")
    await page.locator("dialog-data-entry-flow ha-selector-number input").first.fill(str(device.port))
    hand.typed(address, "admin", "right-secret")
    await dialog.submit()


async def put_into_room(page: Page, hand: Hand, field: Locator, name: str) -> None:
    """Type the name of a new room."""
    await field.click()
    search = page.locator("ha-picker-combo-box input").filter(visible=True).last
    await search.click()
    await search.press_sequentially(name)
    added = page.get_by_text("Add custom item").filter(visible=True)
    await added.wait_for()
    await page.keyboard.press("Enter")
    await added.wait_for(state="hidden")
    hand.typed(name)
    hand.steps += 1


async def assign(page: Page, hand: Hand) -> None:
    """Give each channel a room of its own, typed by its name; their kinds are guessed by it."""
    rooms = page.locator("dialog-data-entry-flow ha-selector-select")
    await rooms.nth(CHANNELS - 1).wait_for()
    for at, name in enumerate(NAMES):
        await put_into_room(page, hand, rooms.nth(at), name)
    await Dialog(page).submit()
    await kinds(page, hand)
    await Dialog(page).close()


async def kinds(page: Page, hand: Hand) -> None:
    """Take the kinds of the new rooms as they were guessed."""
    await hand.dialog.see("What are the new rooms for?")
    await Dialog(page).submit()
    await hand.dialog.see("Finish")
