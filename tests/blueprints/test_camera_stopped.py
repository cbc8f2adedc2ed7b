"""A camera that is not recorded: alarm, reminder, all-clear; a flicker is nothing."""

from dataclasses import replace

import pytest

from custom_components.kindergarten.archive.protocol import ArchiveState, CameraState
from tests.integration.fake_archive import BEDROOM, PLAYROOM, FakeArchive, camera_status

from .conftest import PHONE, House

SENSORS = ["binary_sensor.by_the_window_recording", "binary_sensor.at_the_door_recording"]
INPUTS = {"sensors": SENSORS, "phones": [PHONE], "remind": {"hours": 1}}


async def stop(house: House, archive: FakeArchive, state: CameraState = CameraState.UNREACHABLE) -> None:
    archive.show(camera_status(PLAYROOM, state))
    await house.look()


async def resume(house: House, archive: FakeArchive) -> None:
    archive.show(camera_status(PLAYROOM))
    await house.look()


async def test_flicker_is_no_alarm(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS)
    await stop(house, archive)
    await house.later(minutes=4)
    await resume(house, archive)
    await house.later(minutes=10)

    assert house.told == []


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        (
            "en",
            "Not recorded: By the window",
            "Nothing has been recorded since 2026-11-18 18:00. The camera does not answer. Look at its power "
            "and its cable. Until then nothing that happens there is kept.",
        ),
        (
            "ru",
            "Нет записи: By the window",
            "С 18.11.2026 18:00 запись не идёт. Камера не отвечает. Проверьте питание и кабель. "
            "Пока это так, ничего из происходящего там не сохраняется.",
        ),
    ],
)
async def test_alarm_says_what_since_when_why_and_what_follows(
    house: House, archive: FakeArchive, language: str, title: str, message: str
) -> None:
    await house.automate("camera_stopped", INPUTS, language)
    await stop(house, archive)
    await house.later(minutes=5, seconds=1)

    assert house.told == [(title, message)]
    assert house.calls[0].data["entity_id"] == [PHONE]


async def test_alarm_is_repeated_until_the_all_clear(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS)
    await stop(house, archive)
    await house.later(minutes=5, seconds=1)
    await house.later(hours=1, seconds=1)
    await house.later(minutes=30)
    await resume(house, archive)
    await house.later(hours=3)

    assert [title for title, _ in house.told] == [
        "Not recorded: By the window",
        "Still not recorded: By the window",
        "Recorded again: By the window",
    ]
    assert house.told[1][1].startswith(
        "For 1 h 5 min now, since 2026-11-18 18:00. The camera does not answer."
    )
    assert house.told[2][1] == "All clear. It lasted 1 h 35 min, from 2026-11-18 18:00."


async def test_all_clear_and_reminder_are_in_russian_too(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS, "ru")
    await stop(house, archive, CameraState.AUTH)
    await house.later(minutes=5, seconds=1)
    await house.later(hours=1, seconds=1)
    await resume(house, archive)

    assert house.told[1:] == [
        (
            "Записи всё ещё нет: By the window",
            "Уже 1 ч 5 мин, с 18.11.2026 18:00. Камера не принимает пароль. "
            "Введите новый у камеры в Kindergarten Cameras.",
        ),
        (
            "Запись идёт снова: By the window",
            "Отбой тревоги. Это длилось 1 ч 5 мин, начиная с 18.11.2026 18:00.",
        ),
    ]


async def test_cameras_do_not_wait_for_each_other(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", INPUTS)
    archive.show(camera_status(PLAYROOM, CameraState.STALLED), camera_status(BEDROOM, CameraState.REFUSED))
    await house.look()
    await house.later(minutes=5, seconds=1)

    assert {title for title, _ in house.told} == {"Not recorded: By the window", "Not recorded: At the door"}


async def test_without_a_phone_home_assistant_itself_shows_it(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", {"sensors": SENSORS})
    await stop(house, archive)
    await house.later(minutes=5, seconds=1)

    shown = list(house.hass.data["persistent_notification"].values())
    assert [one["title"] for one in shown] == ["Not recorded: By the window"]
    assert "/kindergarten" in shown[0]["message"]


async def test_archive_in_trouble_is_told_as_well(house: House, archive: FakeArchive) -> None:
    await house.automate("camera_stopped", {**INPUTS, "sensors": ["binary_sensor.little_sun_archive"]})
    archive.show(volume=replace(archive.now.volume, state=ArchiveState.MISSING))
    await house.look()
    await house.later(minutes=5, seconds=1)

    ((title, message),) = house.told
    assert title == "Trouble: Little Sun"
    assert message.startswith('"Little Sun Archive" has been in trouble since')
