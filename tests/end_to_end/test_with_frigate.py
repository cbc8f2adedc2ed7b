"""Frigate from its address to the inspector: added in the browser, proven, watched by a parent, held, handed out.

Comes last: it takes whatever kindergarten the house has. In order: each test stands on the one before.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest
import pytest_asyncio

from tests.frigate_stand_in import PASSWORD, Settings, StandIn
from tests.instance.client import OWNER
from tests.instance.hass import COMPONENT
from tests.instance.kindergarten import SUBENTRY_FLOWS, NewCamera

from .browser import Dialog, log_in, visit
from .conftest import PICTURES, House
from .garden import ALL_DAY, ALMATY
from .phones import RU, open_phone

pytestmark = [pytest.mark.long, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ROOM = "Одуванчик"
OURS = "Склад 1"
GUARDIAN, CHILD = "Жанна Ахметова", "Сауле Ахметова"
WITHIN_S = 120


@pytest.fixture(scope="module")
def frigate() -> Iterator[StandIn]:
    """Return a server with two cameras, one of them of the room's name, three days of footage and live pictures."""
    names = ("oduvanchik", "sklad")
    with StandIn(Settings(version="0.18", cameras=names, days=3, rtsp=True)) as server:
        server.control.set_friendly_name("oduvanchik", ROOM)
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ours(house: House) -> str:
    """Return a camera that we record ourselves, besides those of the server."""
    await house.client.enter()
    if await house.kindergarten.entry_id() is None:
        await house.kindergarten.install("Солнышко", house.archive)
    url = house.fleet["plain"].url()
    camera = NewCamera(name=OURS, room="Склад", kind="corridor", url=url)
    await house.kindergarten.add_camera(camera)
    return OURS


async def test_frigate_is_added_in_the_browser_and_its_days_are_proven(
    house: House, frigate: StandIn, ours: str
) -> None:
    handler = [await house.kindergarten.entry_id(), "room"]
    room = {
        "name": ROOM, "kind": "group", "recording": "always", "opening": dict(ALL_DAY), "quiet": {},
        "parents": {"shown": True},
    }  # fmt: skip
    answer = await house.client.flow(SUBENTRY_FLOWS, handler, {"room": room, "user": room})
    assert answer["type"] == "create_entry", answer
    page = house.page
    await log_in(page, house.hass.url, OWNER)
    button = page.get_by_role("button", name="Add Frigate server")
    await visit(page, f"{house.hass.url}/config/integrations/integration/kindergarten", button)
    await button.first.click()
    dialog = Dialog(page)
    await dialog.see("Frigate goes on recording by itself")
    await dialog.fill(url=frigate.external_url, username="admin", password=PASSWORD)
    await house.show("frigate-connection")
    await dialog.submit()
    await dialog.see("Is this the right server?")
    await house.show("frigate-certificate")
    await dialog.choose("Take this certificate and no other")
    await dialog.see("Which camera looks at which room?")
    await dialog.see(ROOM)
    await house.show("frigate-rooms")
    await dialog.submit()
    await dialog.see("Finish")
    await house.show("frigate-done")
    await dialog.close()
    async with asyncio.timeout(WITHIN_S):
        while not await _state(house, "recording"):
            await asyncio.sleep(0.5)
        while not await _state(house, "2"):
            await asyncio.sleep(0.5)
    await page.goto(f"{house.hass.url}/config/integrations/integration/kindergarten")
    await page.get_by_text(ROOM).first.wait_for()
    await house.show("frigate-added")


async def test_a_parent_watches_the_servers_camera_through_our_portal(house: House, frigate: StandIn) -> None:
    origin = f"http://localhost:{house.hass.port}"
    room_id = (await house.kindergarten.subentries("room"))[ROOM]

    async def command(kind: str, **fields: Any) -> Any:
        return await house.client.command(f"kindergarten/{kind}", **fields)

    await command("portal/set", portal_enabled=True, portal_origin=origin, confirm=True)
    group = (await command("people/group/save", name=ROOM, room_id=room_id))["id"]
    since = (datetime.now(ALMATY) - timedelta(days=30)).date().isoformat()
    child = (await command("people/child/save", name=CHILD, group_id=group, from_day=since))["id"]
    guardian = await command(
        "people/guardian/save", name=GUARDIAN, phone="+77015550404", language="ru", valid_from=since,
        children=[child],
    )  # fmt: skip
    [invitation] = await command("ways/invite", guardian_ids=[guardian["id"]])
    browser = house.page.context.browser
    assert browser
    async with open_phone(browser, origin) as phone:
        await phone.page.goto(invitation["link"])
        await phone.page.get_by_role("button", name=RU["welcome.start"]).wait_for()
        await phone.tap("welcome.start")
        await phone.page.locator("input.digits").press_sequentially(invitation["code"], delay=100)
        await phone.tap("continue")
        await phone.title("rules.title")
        await phone.tap("rules.agree")
        await phone.title("consent.title")
        for given in await phone.page.locator("input[value=given]").all():
            await given.check()
        await phone.tap("consent.send")
        await phone.page.locator(".room.open").wait_for()
        assert frigate.control.restream_sessions("oduvanchik_sub") <= 1
        await phone.watch()
        shown = await phone.seen(deadline_s=WITHIN_S)
        assert shown.shows == "video"
        await phone.show("frigate-live")
        assert frigate.control.restream_sessions("oduvanchik_sub") == 1
        assert frigate.control.restream_sessions("oduvanchik") == 0
        assert not await phone.troubles()


async def test_footage_of_the_server_is_played_held_and_handed_out_with_ours(
    house: House, frigate: StandIn, tmp_path: Path
) -> None:
    theirs = await house.camera_id(ROOM)
    mine = await house.camera_id(OURS)
    async with asyncio.timeout(WITHIN_S):
        while not await house.files(OURS):
            await asyncio.sleep(0.5)
    end = datetime.now(UTC)
    start = end - timedelta(minutes=10)
    kept = start - timedelta(hours=2)
    stretch = {"start": kept.isoformat(), "end": (kept + timedelta(minutes=5)).isoformat()}
    held = await _action(house, "hold", cameras=[theirs], reason="падение", **stretch)
    async with asyncio.timeout(WITHIN_S):
        while not await asyncio.to_thread(frigate.control.exports):
            await asyncio.sleep(0.5)
    assert held["hold"] in [each["hold"] for each in (await _action(house, "list_holds"))["holds"]]
    exported = await _action(
        house, "export", cameras=[theirs, mine], start=start.isoformat(), end=end.isoformat(),
        purpose="проверка", recipient="инспектор",
    )  # fmt: skip
    folder = await _received(house, exported["files"], tmp_path / "export")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    kinds = {run["camera"]: "kept" in run for run in manifest["runs"]}
    assert kinds == {theirs: True, mine: False}
    assert manifest["signed"]
    assert await asyncio.to_thread(_verified, folder, manifest) == 0
    assert len(await asyncio.to_thread(frigate.control.exports)) == 1, "only what is held stays there"


async def test_a_pack_covers_both_kinds_of_cameras(house: House, frigate: StandIn, tmp_path: Path) -> None:
    end = datetime.now(UTC)
    packed = await _action(
        house, "create_inspection_pack", start=(end - timedelta(days=3)).isoformat(), end=end.isoformat(),
        languages=["ru"], mode="hand_over",
    )  # fmt: skip
    files = [each for each in packed["files"] if not each["name"].endswith(".zip")]
    folder = await _received(house, files, tmp_path / "pack")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    cameras = {each["label"]: each.get("kept") for each in manifest["cameras"]}
    assert (cameras[ROOM], cameras[OURS]) == ("elsewhere", None)
    assert await asyncio.to_thread(_verified, folder, manifest) == 0
    await house.page.goto((folder / "verify.html").as_uri())
    await house.page.locator("#folder").set_input_files(folder)
    await house.page.locator("#verdict").wait_for()
    await house.page.get_by_text("Frigate").first.wait_for()
    await house.show("frigate-pack-checked")
    (PICTURES / "frigate-pack.pdf").write_bytes((folder / "report-ru.pdf").read_bytes())


async def _action(house: House, name: str, **data: Any) -> Any:
    """Call one of our actions as the owner and return its answer."""
    answer = await house.client.request("POST", f"/api/services/kindergarten/{name}?return_response", data)
    return answer["service_response"]


async def _received(house: House, files: list[dict[str, Any]], folder: Path) -> Path:
    """Fetch files by their links."""
    for each in files:
        status, data = await house.client.fetch(each["url"])
        assert status == 200, each
        (folder / each["name"]).parent.mkdir(parents=True, exist_ok=True)
        (folder / each["name"]).write_bytes(data)
    return folder


def _verified(folder: Path, manifest: dict[str, Any]) -> int:
    """Return what the published verifier says to somebody who knows key and head."""
    head = f"{manifest['head']['n']}:{manifest['head']['h']}"
    command = [
        sys.executable,
        str(COMPONENT / "engine/report/verifier/verify.py"),
        str(folder),
        "--head",
        head,
    ]
    return subprocess.run(
        [*command, "--key", manifest["signer"]], check=False, capture_output=True
    ).returncode


async def _state(house: House, state: str) -> bool:
    """Tell whether an entity of the room's camera is in a state."""
    states = await house.client.request("GET", "/api/states")
    return any(
        each["state"] == state and ROOM in str(each["attributes"].get("friendly_name")) for each in states
    )
