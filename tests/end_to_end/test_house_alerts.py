"""Every blueprint, imported by its link as a user does, made into an automation, and run by what really happens."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
import re
from typing import Any, Final

from aiohttp import web
import pytest
import pytest_asyncio

from tests.instance.hass import REPOSITORY
from tests.instance.kindergarten import OPTIONS_FLOWS
from tests.instance.phone import AppPhone

from .conftest import House
from .garden import ALMATY, away_from_midnight
from .test_house import PLAIN

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FOLDER: Final = REPOSITORY / "blueprints/automation/kindergarten"
WALL: Final = [{"trigger": "event", "event_type": "wall_button"}]
DOOR: Final = "binary_sensor.front_door"
EDITOR: Final = "/api/config/automation/config/"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shelf() -> AsyncIterator[str]:
    """Serve the blueprints as a web site does; returns its address."""
    app = web.Application()
    app.router.add_static("/", FOLDER)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def automate(house: House, phone: str, name: str, **inputs: Any) -> None:
    """Make an automation from an imported blueprint, as the editor saves it, and wait until it is on."""
    tell = {"phones": [phone]} if name != "privacy_pause_button.yaml" else {}
    use = {"path": f"imported/{name}", "input": {**tell, **inputs}}
    uid = f"e2e_{name.replace('.', '_')}"
    await house.client.request("POST", f"{EDITOR}{uid}", {"alias": uid, "use_blueprint": use})
    async with asyncio.timeout(60):
        while not any(
            each["attributes"].get("id") == uid and each["state"] == "on"
            for each in await house.client.request("GET", "/api/states")
        ):
            await asyncio.sleep(0.2)


async def heard(phone: AppPhone, beginning: str, deadline_s: float = 120) -> dict[str, Any]:
    """Wait until the phone was told something; returns it."""
    async with asyncio.timeout(deadline_s):
        while not (found := [each for each in phone.told if str(each["title"]).startswith(beginning)]):
            await asyncio.sleep(0.2)
    return found[-1]


async def device(house: House, name: str) -> str:
    """Return the id of a room or camera; the kindergarten itself may be called like a room."""
    devices = await house.client.command("config/device_registry/list")
    return next(str(each["id"]) for each in devices if each["name"] == name and each["via_device_id"])


async def fire(house: House, event: str) -> None:
    await house.client.request("POST", f"/api/events/{event}", {})


async def test_every_blueprint_is_imported_by_its_link(house: House, shelf: str) -> None:
    names = sorted(path.name for path in FOLDER.glob("*.yaml"))
    for name in names:
        found = await house.client.command("blueprint/import", url=f"{shelf}/{name}")
        assert found["validation_errors"] is None
        assert found["blueprint"]["metadata"]["source_url"].endswith(f"/{name}")
        await house.client.command(
            "blueprint/save",
            domain="automation",
            path=f"imported/{name}",
            yaml=found["raw_data"],
            source_url=found["blueprint"]["metadata"]["source_url"],
        )
    listed = await house.client.command("blueprint/list", domain="automation")
    assert {f"imported/{name}" for name in names} <= set(listed)
    assert not [path for path, each in listed.items() if "error" in each]


async def next_inspection(house: House) -> tuple[str, date]:
    """Return the sensor of the next inspection, and the day that it says."""
    begun = await house.client.request(
        "POST", OPTIONS_FLOWS, {"handler": await house.kindergarten.entry_id()}
    )
    flow = f"{OPTIONS_FLOWS}/{begun['flow_id']}"
    asked = await house.client.request("POST", flow, {"next_step_id": "keeping"})
    # The rest stays as it is.
    suggested = {
        field["name"]: field["description"]["suggested_value"]
        for field in asked["data_schema"]
        if (field.get("description") or {}).get("suggested_value") is not None
    }
    last = datetime.now(ALMATY).date() - timedelta(days=100)
    done = await house.client.request("POST", flow, {**suggested, "last_inspection": last.isoformat()})
    assert done["type"] == "create_entry", done
    async with asyncio.timeout(60):
        while True:
            [(sensor, state)] = (await house.kindergarten.states("next_inspection")).items()
            if state["state"] not in ("unknown", "unavailable"):
                return sensor, date.fromisoformat(state["state"])
            await asyncio.sleep(0.2)


async def come_by_the_clock(house: House, notify: str, seconds: int) -> None:
    """Make the automations that have a time of the day; it is so many seconds from now."""
    moment = datetime.now(ALMATY) + timedelta(seconds=seconds)
    at = moment.strftime("%H:%M:%S")
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    inspection, day = await next_inspection(house)
    days_before = [str((day - moment.date()).days)]
    await automate(house, notify, "morning_report.ru.yaml", at=at, days=days)
    await automate(house, notify, "head_out_of_house.yaml", at=at)
    inputs = {"inspection": inspection, "days_before": days_before}
    await automate(house, notify, "inspection_reminder.ru.yaml", at=at, **inputs)
    await automate(house, notify, "retention_at_risk.yaml", remind_at=at)


async def test_what_comes_by_itself_is_made(house: House, notify: str) -> None:
    await away_from_midnight()
    await come_by_the_clock(house, notify, 14)
    await automate(house, notify, "watched_out_of_hours.yaml", days=[])


async def test_buttons_and_doors_hold_and_tell(house: House, app: AppPhone, notify: str) -> None:
    room = await device(house, "Солнышко")
    registry = await house.client.command("config/entity_registry/list")
    pause = next(
        each["entity_id"]
        for each in registry
        if each["device_id"] == room and each["entity_id"].startswith("switch.")
    )
    cameras = [
        each["entity_id"]
        for each in registry
        if each["platform"] == "kindergarten" and each["entity_id"].startswith("camera.")
    ]
    await automate(house, notify, "incident_button.ru.yaml", pressed=WALL, rooms=[room])
    await automate(house, notify, "privacy_pause_button.yaml", pressed=WALL, rooms=[room])
    await automate(house, notify, "after_hours.yaml", sensors=[DOOR], cameras=cameras, days=[])
    await fire(house, "wall_button")
    incident = await heard(app, "Происшествие: Солнышко")
    assert "Записи до и после защищены от удаления" in incident["message"]
    await until(house, pause, "on")
    await house.client.request("POST", f"/api/states/{DOOR}", {"state": "off"})
    await house.client.request("POST", f"/api/states/{DOOR}", {"state": "on"})
    door = await heard(app, "After hours: ")
    assert "Held: 5 minutes before it and 15 after it." in door["message"]
    await house.client.request("POST", "/api/services/switch/turn_off", {"entity_id": pause})
    # Nobody is there to hold more while the other tests go on.
    for name in ("after_hours_yaml", "incident_button_ru_yaml", "privacy_pause_button_yaml"):
        await house.client.request("DELETE", f"{EDITOR}e2e_{name}")


async def until(house: House, entity_id: str, state: str) -> None:
    async with asyncio.timeout(60):
        while (await house.client.request("GET", f"/api/states/{entity_id}"))["state"] != state:
            await asyncio.sleep(0.2)


async def test_what_comes_by_the_clock_has_come(house: House, app: AppPhone, notify: str) -> None:
    # Before the archive goes away: then neither days nor code would be known.
    try:
        report = await heard(app, "Детский сад", 40)
    except TimeoutError:
        # A busy machine made them when their time was over.
        await come_by_the_clock(house, notify, 90)
        report = await heard(app, "Детский сад", 240)
    assert f"{PLAIN}: доказано дней" in report["message"]
    code = await heard(app, "Code of the kindergarten's record")
    assert "Keep this message." in code["message"]
    assert "Ожидается" in (await heard(app, "Ожидается проверка, осталось дней: "))["message"]


async def test_archive_that_is_gone_is_told_until_it_is_back(
    house: House, app: AppPhone, notify: str
) -> None:
    await automate(house, notify, "archive_trouble.ru.yaml")
    away = house.archive.with_name("archive-away")
    house.archive.rename(away)
    try:
        gone = await heard(app, "Неполадка с архивом")
        # A busy machine's recorder may be silent first.
        assert re.search("запись не идёт|Программа записи не отвечает", gone["message"])
        assert gone["data"]["url"] == "/config/repairs"
    finally:
        away.rename(house.archive)
    back = await heard(app, "Архив снова в порядке")
    assert back["message"].startswith("Отбой тревоги.")


async def test_nothing_of_it_troubled_home_assistant(house: House) -> None:
    assert house.hass.trouble() == []


@pytest.mark.long
async def test_all_clear_comes_also_when_home_assistant_was_restarted_meanwhile(
    house: House, app: AppPhone, notify: str
) -> None:
    await house.kindergarten.raise_alarms_after(0)
    plain = await device(house, PLAIN)
    await automate(house, notify, "camera_stopped.yaml", cameras=[plain])
    camera = house.fleet["plain"]
    await asyncio.to_thread(camera.offline)
    alarm = await heard(app, f"Not recorded: {PLAIN} (Солнышко)")
    assert "Nothing has been recorded since" in alarm["message"]
    assert alarm["data"]["url"] == f"/config/devices/device/{plain}"
    await house.hass.stop()
    await asyncio.to_thread(camera.online)
    await house.hass.start()
    await house.client.enter()
    clear = await heard(app, f"Recorded again: {PLAIN} (Солнышко)")
    assert "All clear. Nothing was recorded for" in clear["message"]
    assert clear["data"]["tag"] == alarm["data"]["tag"]
    await house.kindergarten.raise_alarms_after(600)
    async with asyncio.timeout(60):
        while await house.kindergarten.cameras_recording() != 3:
            await asyncio.sleep(0.5)
