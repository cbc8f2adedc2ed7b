"""Doors after hours, buttons on the wall, eyes when there should be none."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.news import SIGNAL_NEWS, News
from tests.integration.fake_archive import NOW_US, PLAYROOM, FakeArchive, settle, state_of

from .conftest import PHONE, House

DOOR = "binary_sensor.front_door"
WALL = [{"trigger": "event", "event_type": "wall_button"}]
TELL = {"phones": [PHONE], "more": []}
MINUTE_US = 60_000_000


async def open_door(house: House) -> None:
    house.hass.states.async_set(DOOR, "off", {"friendly_name": "Front door"})
    await house.calm()
    house.hass.states.async_set(DOOR, "on", {"friendly_name": "Front door"})
    await house.calm()


async def press(hass: HomeAssistant) -> None:
    hass.bus.async_fire("wall_button")
    await settle(hass)


AFTER_HOURS = {**TELL, "sensors": [DOOR], "cameras": ["camera.by_the_window"]}


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        ("en", "After hours: Front door", "At 23:10. Held: 5 minutes before it and 15 after it."),
        ("ru", "В нерабочее время: Front door", "В 23:10. Защищено от удаления: 5 мин до и 15 мин после."),
    ],
)
async def test_door_after_hours_holds_the_footage(
    house: House, archive: FakeArchive, language: str, title: str, said: str
) -> None:
    await house.automate("after_hours", AFTER_HOURS, language)
    await house.at("2026-11-18 23:10:00")
    await open_door(house)

    (hold,) = archive.held
    opened_us = round(house.clock().timestamp() * 1_000_000)
    assert (hold.cameras, hold.automation, hold.reason) == ((PLAYROOM,), True, title)
    assert abs(hold.t0_us - (opened_us - 5 * MINUTE_US)) < MINUTE_US
    assert abs(hold.t1_us - (opened_us + 18 * MINUTE_US)) < 4 * MINUTE_US
    assert [one for one, _ in house.told] == [title]
    assert house.told[0][1].startswith(said)


@pytest.mark.parametrize(
    ("moment", "held"),
    [
        ("2026-11-18 06:59:59", 1),
        ("2026-11-18 07:00:00", 0),
        ("2026-11-18 19:00:00", 1),
        ("2026-11-22 12:00:00", 1),
    ],
)
async def test_after_hours_is_before_after_and_on_free_days(
    house: House, archive: FakeArchive, moment: str, held: int
) -> None:
    await house.automate("after_hours", AFTER_HOURS)
    await house.at(moment)
    await open_door(house)

    assert len(archive.held) == held


async def test_hold_that_fails_is_told(house: House, archive: FakeArchive) -> None:
    await house.automate("after_hours", AFTER_HOURS)
    await house.at("2026-11-18 23:10:00")
    archive.refuse = "quota"
    await open_door(house)

    assert "could not be held" in house.told[0][1]


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_pause_from_the_wall_begins_anew_when_pressed_again(house: House, language: str) -> None:
    await house.automate(
        "privacy_pause_button", {"pressed": WALL, "rooms": [house.device("Playroom")]}, language
    )
    await press(house.hass)
    first = state_of(house.hass, "switch.playroom_privacy_pause")
    assert first.state == "on"

    await house.later(minutes=5)
    await press(house.hass)
    second = state_of(house.hass, "switch.playroom_privacy_pause")
    assert second.state == "on"
    assert second.attributes["until"] > first.attributes["until"]
    assert state_of(house.hass, "switch.bedroom_privacy_pause").state == "off"


async def test_pause_from_the_wall_ends_when_that_is_liked_better(house: House) -> None:
    inputs = {"pressed": WALL, "rooms": [house.device("Playroom")], "again": "end"}
    await house.automate("privacy_pause_button", inputs)
    await press(house.hass)
    await press(house.hass)

    assert state_of(house.hass, "switch.playroom_privacy_pause").state == "off"


def incident(house: House) -> dict[str, object]:
    return {**TELL, "pressed": WALL, "rooms": [house.device("Playroom")]}


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        ("en", "Incident: Playroom", "Pressed at 18:00. The footage before and after it is being held"),
        ("ru", "Происшествие: Playroom", "Кнопка нажата в 18:00. Записи до и после защищены от удаления"),
    ],
)
async def test_incident_from_the_wall_is_held_and_told(
    house: House, archive: FakeArchive, language: str, title: str, said: str
) -> None:
    await house.automate("incident_button", incident(house), language)
    await press(house.hass)

    (hold,) = archive.held
    assert (hold.cameras, hold.incident, hold.t0_us) == ((PLAYROOM,), True, NOW_US - 30 * MINUTE_US)
    assert [one for one, _ in house.told] == [title]
    assert house.told[0][1].startswith(said)


async def test_incident_that_could_not_be_held_is_told(house: House, archive: FakeArchive) -> None:
    await house.automate("incident_button", incident(house))
    archive.hang_up()
    await press(house.hass)

    assert "could not be held" in house.told[0][1]


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        ("en", "Watched out of hours: Playroom", "Somebody began to watch at 21:00."),
        ("ru", "Просмотр в неурочное время: Playroom", "Кто-то начал смотреть в 21:00."),
    ],
)
async def test_whoever_watches_out_of_hours_is_told(
    house: House, kindergarten: MockConfigEntry, language: str, title: str, said: str
) -> None:
    await house.automate("watched_out_of_hours", TELL, language)
    playroom = next(room.subentry_id for room in kindergarten.subentries.values() if room.title == "Playroom")
    for moment in ("2026-11-18 18:30:00", "2026-11-18 21:00:00"):
        await house.at(moment)
        async_dispatcher_send(
            house.hass, SIGNAL_NEWS, News(kind="watching_started", room_id=playroom, details={"viewers": 1})
        )
        await settle(house.hass)

    assert [one for one, _ in house.told] == [title]
    assert house.told[0][1].startswith(said)
