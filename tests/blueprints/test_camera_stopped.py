"""A camera that is not recorded: alarm, reminder, all-clear; a flicker is nothing."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import CameraState
from custom_components.kindergarten.coordinator import PATIENCE_S
from tests.integration.fake_archive import BEDROOM, PLAYROOM, FakeArchive, camera_status, settle

from .conftest import PHONE, House

INPUTS = {"phones": [PHONE], "remind": {"hours": 1}}
MINUTE_US = 60_000_000


async def stop(
    house: House,
    archive: FakeArchive,
    state: CameraState = CameraState.UNREACHABLE,
    cameras: tuple[str, ...] = (PLAYROOM,),
    minutes: int = 15,
) -> None:
    """Let cameras have been in trouble for some minutes."""
    now_us = round(house.clock().timestamp() * 1_000_000)
    since_us = now_us - minutes * MINUTE_US
    stopped = (camera_status(uid, state, since_us=since_us, newest_us=since_us) for uid in cameras)
    archive.show(*stopped, now_us=now_us)
    await house.look()
    await house.later(seconds=4)


async def resume(house: House, archive: FakeArchive, *cameras: str) -> None:
    archive.show(*(camera_status(uid) for uid in cameras or (PLAYROOM,)))
    await house.look()
    await house.later(seconds=4)


async def test_flicker_is_no_alarm(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS)
    await stop(house, archive, minutes=9)
    await resume(house, archive)
    await house.later(minutes=10)

    assert house.told == []


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        (
            "en",
            "Not recorded: By the window (Playroom)",
            "Nothing has been recorded since 17:45. The camera does not answer. Look at its power "
            "and its cable. Until it is mended, nothing that happens there is kept.",
        ),
        (
            "ru",
            "Нет записи: By the window (Playroom)",
            "С 17:45 запись не идёт. Камера не отвечает. Проверьте питание и кабель. "
            "Пока это так, ничего из происходящего там не сохраняется.",
        ),
    ],
)
async def test_alarm_says_what_since_when_why_and_what_follows(
    house: House, archive: FakeArchive, language: str, title: str, message: str
) -> None:
    await house.automate("camera_stopped", INPUTS, language)
    await stop(house, archive)

    assert house.told == [(title, message)]
    assert house.calls[0].data["entity_id"] == [PHONE]


async def test_alarm_is_repeated_until_the_all_clear(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS)
    await stop(house, archive)
    for _ in range(5):
        await house.later(minutes=10)
    await resume(house, archive)
    for _ in range(12):
        await house.later(minutes=10)

    assert [title for title, _ in house.told] == [
        "Not recorded: By the window (Playroom)",
        "Still not recorded: By the window (Playroom)",
        "Recorded again: By the window (Playroom)",
    ]
    assert house.told[1][1].startswith("For 1 h 5 min now, since 17:45. The camera does not answer.")
    assert house.told[2][1].startswith("All clear. Nothing was recorded for 1 h 5 min, from 17:45 on")


async def test_camera_that_is_taken_away_is_not_told_of_for_ever(
    house: House, archive: FakeArchive, kindergarten: MockConfigEntry
) -> None:
    await house.automate("camera_stopped", INPUTS)
    await stop(house, archive)
    camera = next(each for each in kindergarten.subentries.values() if each.title == "By the window")
    house.hass.config_entries.async_remove_subentry(kindergarten, camera.subentry_id)
    await settle(house.hass)
    for _ in range(12):
        await house.later(minutes=10)

    assert [title for title, _ in house.told] == ["Not recorded: By the window (Playroom)"]


async def test_reason_is_that_of_now(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS, "ru")
    await stop(house, archive)
    await stop(house, archive, CameraState.AUTH)
    await house.later(minutes=46)

    assert house.told[1] == (
        "Записи всё ещё нет: By the window (Playroom)",
        "Уже 1 ч 1 мин, с 17:45. Камера не принимает пароль. Введите новый: к нему ведут исправления "
        "в Home Assistant.",
    )


async def test_cameras_that_stop_together_are_one_message(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS)
    await stop(house, archive, CameraState.STALLED, (PLAYROOM, BEDROOM))

    ((title, message),) = house.told
    assert title == "Not recorded: By the window (Playroom), At the door (Bedroom)"
    assert message.startswith(
        "By the window (Playroom), since 17:45. The camera is there but sends no pictures. "
        "Turn its power off and on.\nAt the door (Bedroom), since 17:45."
    )
    assert message.endswith("look first at what they share: power, the network switch.")


async def test_cameras_do_not_wait_for_each_other(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS)
    await stop(house, archive)
    await stop(house, archive, cameras=(BEDROOM,))
    await resume(house, archive)

    assert [title for title, _ in house.told] == [
        "Not recorded: By the window (Playroom)",
        "Not recorded: At the door (Bedroom)",
        "Recorded again: By the window (Playroom)",
    ]


async def test_only_cameras_that_were_chosen_are_told(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", {**INPUTS, "cameras": [house.device("At the door")]})
    await stop(house, archive)
    assert house.told == []
    await stop(house, archive, cameras=(BEDROOM,))
    assert [title for title, _ in house.told] == ["Not recorded: At the door (Bedroom)"]


async def test_recorder_that_does_not_answer_is_told_once(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS)
    await house.look()
    archive.hang_up()
    await settle(house.hass)
    await house.look()
    await house.later(seconds=PATIENCE_S + 30)
    await settle(house.hass)
    await house.later(seconds=4)

    ((title, message),) = house.told
    assert title == "Not recorded: By the window (Playroom), At the door (Bedroom)"
    assert "The recorder does not answer." in message
    assert "network switch" not in message


async def test_without_a_phone_home_assistant_itself_shows_it(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", {})
    await stop(house, archive)

    shown = list(house.hass.data["persistent_notification"].values())
    assert [one["title"] for one in shown] == ["Not recorded: By the window (Playroom)"]
    assert f"](/config/devices/device/{house.device('By the window')})" in shown[0]["message"]


async def test_app_opens_the_place_and_the_all_clear_replaces_the_alarm(
    house: House, archive: FakeArchive
) -> None:
    phone, pushed = house.take_phone("Айгуль iPhone")
    await house.automate("camera_stopped", {**INPUTS, "phones": [PHONE, phone]})
    await stop(house, archive, CameraState.AUTH)
    await resume(house, archive)

    assert [call.data["title"] for call in pushed] == [title for title, _ in house.told]
    first, second = (call.data["data"] for call in pushed)
    assert (first["url"], first["clickAction"]) == ("/config/repairs", "/config/repairs")
    assert first["tag"] == second["tag"]


async def test_app_without_its_action_is_told_by_its_entity(house: House, archive: FakeArchive) -> None:
    phone, _ = house.take_phone("Phone", action=False)
    await house.automate("camera_stopped", {**INPUTS, "phones": [phone]})
    await stop(house, archive)

    assert [call.data["entity_id"] for call in house.calls] == [[phone]]
