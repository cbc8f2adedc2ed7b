"""A camera that records and sees nothing: what it is, what to do, and the all-clear."""

import pytest

from custom_components.kindergarten.archive.protocol import SEES_WELL, PictureStatus
from tests.integration.fake_archive import PLAYROOM, FakeArchive, camera_status

from .conftest import PHONE, House

TELL = {"phones": [PHONE], "more": []}
GRACE_US = 180_000_000


async def sight(house: House, archive: FakeArchive, cause: str | None) -> None:
    """Let the eyes have found something for as long as the grace is, or all well again."""
    now_us = round(house.clock().timestamp() * 1_000_000)
    since_us = now_us - GRACE_US
    picture = PictureStatus(
        sight=cause if cause and cause != "clock_wrong" else SEES_WELL,
        since_us=since_us,
        learning=False,
        looked_us=now_us,
        clock_wrong_since_us=since_us if cause == "clock_wrong" else None,
        time_zone_wrong=False,
    )
    archive.show(camera_status(PLAYROOM, picture=picture), now_us=now_us)
    await house.look()
    await house.later(seconds=4)


@pytest.mark.parametrize(
    ("language", "cause", "title", "message"),
    [
        (
            "en",
            "covered",
            "Sees nothing: By the window (Playroom)",
            "Since 17:57. The lens is covered. Take away what hangs or stands before it. "
            "Recording goes on, but it will not show what happens there.",
        ),
        (
            "ru",
            "turned",
            "Ничего не видит: By the window (Playroom)",
            "С 17:57. Камера смотрит не туда, куда раньше. Поверните её обратно; если так и задумано, нажмите у "
            "камеры «Запомнить изображение заново». "
            "Запись идёт, но происходящее там на ней не видно.",
        ),
        (
            "en",
            "clock_wrong",
            "Clock wrong: By the window (Playroom)",
            "Since 17:57. The camera's clock is wrong. Set its time and time zone. "
            "Recording goes on, but the time that the camera writes into its picture may be wrong.",
        ),
    ],
)
async def test_lens_is_told_with_what_follows(
    house: House, archive: FakeArchive, language: str, cause: str, title: str, message: str
) -> None:
    await house.automate("lens_covered", TELL, language)
    await sight(house, archive, cause)

    assert house.told == [(title, message)]


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("blurred", "Wipe the lens"),
        ("dark", "The picture is black."),
        ("frozen", "The picture stands still."),
        ("something new", "The camera sees nothing of use."),
    ],
)
async def test_every_cause_has_its_words(house: House, archive: FakeArchive, cause: str, said: str) -> None:
    await house.automate("lens_covered", TELL)
    await sight(house, archive, cause)

    assert [said in message for _, message in house.told] == [True]


async def test_it_is_repeated_until_the_camera_sees_again(house: House, archive: FakeArchive) -> None:
    await house.automate("lens_covered", {**TELL, "remind": {"minutes": 30}}, "ru")
    await sight(house, archive, "covered")
    for _ in range(4):
        await house.later(minutes=10)
    await sight(house, archive, None)

    assert [title for title, _ in house.told] == [
        "Ничего не видит: By the window (Playroom)",
        "Всё ещё ничего не видит: By the window (Playroom)",
        "Снова видит: By the window (Playroom)",
    ]
    assert house.told[2][1] == "Отбой тревоги. Это длилось 43 мин, начиная с 17:57."


@pytest.mark.parametrize(
    ("language", "causes", "title"),
    [
        ("en", ["clock_wrong"], "Clock right again: By the window (Playroom)"),
        ("ru", ["clock_wrong"], "Часы снова верны: By the window (Playroom)"),
        ("en", ["clock_wrong", "covered"], "Sees again: By the window (Playroom)"),
        ("en", ["covered", "clock_wrong"], "Sees again: By the window (Playroom)"),
    ],
)
async def test_all_clear_says_what_is_well_again(
    house: House, archive: FakeArchive, language: str, causes: list[str], title: str
) -> None:
    await house.automate("lens_covered", TELL, language)
    for cause in causes:
        await sight(house, archive, cause)
    await sight(house, archive, None)

    assert len(house.told) == 2
    assert house.told[1][0] == title


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        (
            "en",
            "No longer watched: By the window (Playroom)",
            "Watching the picture was switched off during the alarm; nobody knows whether the camera sees. "
            "The alarm lasted 3 min, from 17:57 on.",
        ),
        (
            "ru",
            "За изображением больше не следят: By the window (Playroom)",
            "Слежение за изображением выключили во время тревоги; видит ли камера, неизвестно. "
            "Тревога длилась 3 мин, начиная с 17:57.",
        ),
    ],
)
async def test_alarm_that_ends_because_nobody_watches_any_more_is_no_all_clear(
    house: House, archive: FakeArchive, language: str, title: str, message: str
) -> None:
    await house.automate("lens_covered", TELL, language)
    await sight(house, archive, "covered")
    switch = {"entity_id": "switch.by_the_window_watch_the_picture"}
    await house.hass.services.async_call(
        "switch", "turn_off", switch, blocking=True, context=house.administrator
    )
    archive.show(camera_status(PLAYROOM), now_us=round(house.clock().timestamp() * 1_000_000))
    await house.look()
    await house.later(seconds=4)

    assert house.told[1:] == [(title, message)]


@pytest.mark.parametrize("picture", [True, False])
async def test_picture_is_sent_to_the_app_only_when_wanted(
    house: House, archive: FakeArchive, *, picture: bool
) -> None:
    phone, pushed = house.take_phone("Phone")
    await house.automate("lens_covered", {**TELL, "phones": [phone], "picture": picture})
    await sight(house, archive, "covered")

    (call,) = pushed
    assert call.data["data"].get("image") == ("/api/camera_proxy/camera.by_the_window" if picture else None)
    assert call.data["data"]["url"] == f"/config/devices/device/{house.device('By the window')}"
