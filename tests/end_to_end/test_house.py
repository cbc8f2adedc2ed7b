"""A kindergarten from the first login to a pulled camera, in order: each test stands on the one before."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
import os
import re
import signal
import time

import pytest

from tests.cameras.check import PictureReport, check_files
from tests.instance.client import OWNER
from tests.instance.engines import engines
from tests.instance.hass import HassError
from tests.instance.kindergarten import NewCamera, decoded_pictures, playlist_seconds, wait_until_recorded
from tests.stopwatch import Stopwatch

from .browser import Dialog, Sight, go, log_in, look, onboard, visit
from .conftest import House

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PLAYER = "hui-dialog-web-browser-play-media"
DIGEST, PLAIN, GSTREAMER = "У окна", "У двери", "Вход"
LOADED = """
(image) => image.decode().then(() => image.naturalWidth > 0)
"""


def clock_error(sight: Sight, at: float) -> float:
    """Return how many seconds the clock in a picture is behind a time, −30 … 30."""
    return (at - sight.clock + 30) % 60 - 30


async def reported(house: House, title: str) -> PictureReport:
    """Check every recorded picture of a camera."""
    files = await house.files(title)
    return await asyncio.to_thread(check_files, files)


async def recorded_after(house: House, title: str, at_s: float) -> float:
    """Wait until pictures that a camera sent after a time are in its files; returns when the first one was sent."""
    async with asyncio.timeout(120):
        while True:
            with suppress(HassError):  # nobody can browse while the engine starts
                sent_s = [at / 1e6 for at in (await reported(house, title)).wall_us.values()]
                if sent_s and max(sent_s) > at_s + 2:
                    return min(each for each in sent_s if each >= at_s)
            await asyncio.sleep(1)


async def gaps(house: House, title: str) -> list[str]:
    """Return the titles of the camera's hours in the media browser that have holes."""
    uid = await house.camera_id(title)
    return [
        hour["title"]
        for day in await house.kindergarten.browse(uid)
        for hour in await house.kindergarten.browse(uid, day["media_content_id"].rpartition("/")[2])
    ]


async def well_into_the_hour() -> None:
    """Wait until the newest hour has footage to play for a while."""
    while (now := datetime.now(UTC)).minute == 0 and now.second < 30:
        await asyncio.sleep(1)


async def test_owner_adds_the_kindergarten_and_the_first_camera_in_the_browser(house: House) -> None:
    page, camera = house.page, house.fleet["digest"]
    await onboard(page, house.hass.url, OWNER)
    await log_in(page, house.hass.url, OWNER)
    confirm = page.get_by_role("button", name="OK")
    await visit(page, f"{house.hass.url}/config/integrations/dashboard/add?domain=kindergarten", confirm)
    await confirm.click()
    dialog = Dialog(page)
    await dialog.see("Your kindergarten")
    await house.show("1-kindergarten")
    await dialog.submit()
    await dialog.see("Where do recordings go?")
    await dialog.fill(path=str(house.archive))
    await house.show("2-folder")
    await dialog.submit()
    await dialog.see("Good to know")
    await house.show("3-notes")
    await dialog.choose("Use this folder")
    await dialog.see("How long is footage kept?")
    await dialog.submit()
    await dialog.see("Add a camera")
    await dialog.choose("By its address in the network")
    await dialog.fill(
        name=DIGEST, host=camera.url(), username="viewer", password="s3cret:pass", sub_path="sub"
    )
    await house.show("4-camera")
    await dialog.submit()
    await dialog.see("New room")
    await dialog.fill(name="Солнышко")
    await dialog.submit()
    await dialog.see("Save")
    still = page.locator("dialog-data-entry-flow img").first
    assert await still.evaluate(LOADED)
    await house.show("5-found")
    await dialog.choose("Save")
    await dialog.see("Finish")
    await dialog.close()


async def test_further_cameras_record_without_disturbing_the_first(house: House) -> None:
    await house.client.enter()
    await house.kindergarten.add_camera(
        NewCamera(name=PLAIN, room="Солнышко", kind="group", url=house.fleet["plain"].url())
    )
    await house.kindergarten.add_camera(
        NewCamera(name=GSTREAMER, room="Вход", kind="entrance", url=house.gstreamer.url)
    )
    recorded = await wait_until_recorded(house.kindergarten, seconds=8, deadline_s=240)
    assert set(recorded) == {DIGEST, PLAIN, GSTREAMER}
    assert await house.kindergarten.cameras_recording() == 3
    assert house.fleet["digest"].connects("main") == 2, "one look before saving, one recording session"
    assert (await reported(house, DIGEST)).whole


async def test_devices_are_site_room_and_camera(house: House) -> None:
    page = house.page
    camera = page.get_by_text(DIGEST).filter(visible=True)
    await visit(page, f"{house.hass.url}/config/integrations/integration/kindergarten", camera)
    await house.show("6-integration")
    devices = await house.client.command("config/device_registry/list")
    ours = {device["id"]: device for device in devices if device["name"] in (DIGEST, "Солнышко")}
    [device] = [device for device in ours.values() if device["name"] == DIGEST]
    room = next(each for each in devices if each["id"] == device["via_device_id"])
    site = next(each for each in devices if each["id"] == room["via_device_id"])
    assert (room["name"], site["via_device_id"]) == ("Солнышко", None)
    sensors = page.get_by_text("Coverage of 24 hours").filter(visible=True)
    await visit(page, f"{house.hass.url}/config/devices/device/{device['id']}", sensors)
    await house.show("6-device")


async def test_live_picture_plays_and_is_fresh(house: House) -> None:
    registry = await house.client.command("config/entity_registry/list")
    entity = next(
        item["entity_id"]
        for item in registry
        if item["platform"] == "kindergarten" and item["entity_id"].startswith("camera.")
    )
    await go(house.page, f"{house.hass.url}/config/integrations?more-info-entity-id={entity}")
    stopwatch = Stopwatch()
    first = await look(house.page, "ha-more-info-dialog")
    second = await look(house.page, "ha-more-info-dialog", after_s=first.position_s + 2)
    owed_s = stopwatch.owed_s
    await house.show("7-live")
    assert 0 <= clock_error(second, second.at) <= min(29, 15 + owed_s)


async def test_media_browser_plays_the_recording_with_the_right_clock(house: House) -> None:
    page = house.page
    await well_into_the_hour()
    source = page.get_by_text("Kindergarten Cameras").filter(visible=True).first
    await visit(page, f"{house.hass.url}/media-browser/browser", source)
    await source.click()
    await page.get_by_text(DIGEST).filter(visible=True).first.click()
    await house.show("8-days")
    uid = await house.camera_id(DIGEST)
    day = (await house.kindergarten.browse(uid))[0]
    await page.get_by_text(day["title"]).filter(visible=True).first.click()
    hour = (await house.kindergarten.browse(uid, day["media_content_id"].rpartition("/")[2]))[-1]
    async with page.expect_response(re.compile(r"/api/kindergarten/playback/.*play\.m3u8")) as response:
        await page.get_by_text(hour["title"][:5]).filter(visible=True).last.click()
    playlist = await (await response.value).text()
    first = await look(page, PLAYER)
    await look(page, PLAYER, after_s=first.position_s + 2)
    # While it plays the picture may be older than the position that is told with it.
    await page.locator(f"{PLAYER} video").first.evaluate("video => video.pause()")
    second = await look(page, PLAYER)
    await house.show("9-recording")
    begin = re.search(r"#EXT-X-PROGRAM-DATE-TIME:(\S+)", playlist)
    assert begin
    shown = datetime.fromisoformat(begin[1]).astimezone(UTC).timestamp() + second.position_s
    assert abs(clock_error(second, shown)) <= 1.5


async def test_restart_of_home_assistant_loses_no_picture(house: House) -> None:
    running = engines(house.hass.folder)
    await house.hass.stop()
    await house.hass.start()
    await house.client.enter()
    assert engines(house.hass.folder) == running
    async with asyncio.timeout(120):
        while await house.kindergarten.cameras_recording() != 3:
            await asyncio.sleep(0.5)
    for title in (DIGEST, PLAIN, GSTREAMER):
        report = await reported(house, title)
        assert report.whole, (title, report)


async def test_killed_engine_is_back_and_loses_two_seconds_at_most(house: House) -> None:
    [engine] = engines(house.hass.folder)
    stopwatch = Stopwatch()
    killed = stopwatch.began
    os.kill(engine, signal.SIGKILL)
    async with asyncio.timeout(120):
        while engines(house.hass.folder) in ([], [engine]):
            await asyncio.sleep(0.1)
    assert stopwatch.seconds < 4
    for title in (DIGEST, PLAIN):
        await recorded_after(house, title, time.time())
    for title, camera in ((DIGEST, house.fleet["digest"]), (PLAIN, house.fleet["plain"])):
        report = await reported(house, title)
        assert len(report.missing) == 1, (title, report.missing)
        assert not report.repeated
        assert not report.damaged
        assert not report.errors
        lost = [
            sent
            for sent in camera.sent()
            if sent.wall_us / 1e6 <= killed and report.missing[0][0] <= sent.number <= report.missing[0][1]
        ]
        assert (killed - lost[0].wall_us / 1e6 if lost else 0) <= 2 + stopwatch.owed_s


async def test_everything_recorded_is_still_playable(house: House) -> None:
    for camera in await house.kindergarten.browse():
        hour = await house.kindergarten.newest_hour(camera["media_content_id"])
        assert hour is not None
        path = await house.kindergarten.play(hour)
        playlist = await house.kindergarten.playlist(path)
        length = playlist_seconds(playlist)
        pictures = decoded_pictures(await house.kindergarten.footage(path, playlist, seconds=10_000))
        assert pictures > 0
        assert length > 0


async def test_camera_off_and_on_is_a_gap_with_its_cause(house: House) -> None:
    camera = house.fleet["plain"]
    await house.kindergarten.raise_alarms_after(0)
    await asyncio.to_thread(camera.offline)
    async with asyncio.timeout(120):
        while await _state(house, PLAIN) != "on":
            await asyncio.sleep(0.2)
    stopwatch = Stopwatch()
    online = stopwatch.began
    await asyncio.to_thread(camera.online)
    resumed = await recorded_after(house, PLAIN, online)
    assert resumed - online <= 2 + camera.main.gop_s + stopwatch.owed_s
    async with asyncio.timeout(120):
        while await _state(house, PLAIN) != "off":
            await asyncio.sleep(0.2)
    async with asyncio.timeout(120):
        while not {"refused", "closed_by_camera"} & await _causes(house):
            await asyncio.sleep(0.2)


async def _causes(house: House) -> set[str]:
    """Return why the gaps were that were closed last."""
    told = [each["attributes"] for each in (await house.kindergarten.states("recording")).values()]
    return {str(each["cause"]) for each in told if each.get("event_type") == "gap_closed"}


async def _state(house: House, title: str) -> str:
    states = await house.kindergarten.states("recording_problem")
    return next(
        str(state["state"]) for state in states.values() if title in state["attributes"]["friendly_name"]
    )


async def test_nothing_of_it_troubled_home_assistant(house: House) -> None:
    assert house.hass.trouble() == []
