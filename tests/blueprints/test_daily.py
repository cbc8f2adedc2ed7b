"""What comes every day by itself: the report, the reminder, the code that leaves the house."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.evidence import CameraProof
from custom_components.kindergarten.archive.protocol import CameraState, Head, HoldsInAll
from tests.integration.fake_archive import BEDROOM, NOW_US, PLAYROOM, FakeArchive, camera_status, look, settle

from .conftest import PHONE, House

TELL = {"phones": [PHONE], "more": []}


@pytest.fixture
async def proven(house: House, archive: FakeArchive, kindergarten: MockConfigEntry) -> None:
    """Let the files of one camera prove something; nothing is known of the other."""
    proof = CameraProof(days_proven=31, longest_gap_s=90.0, longest_gap_at_us=NOW_US)
    archive.prove(NOW_US, **{PLAYROOM: proof})
    archive.show(
        camera_status(BEDROOM, coverage_24h=None),
        holds=HoldsInAll(count=2, bytes=10, share=0.125),
        head=Head(n=17, h="ab", code="01234567890123456789", day="20261117"),
    )
    await kindergarten.runtime_data.coordinator.async_look_at_proof()
    await house.later(minutes=6)
    await look(house.hass)
    await settle(house.hass)


@pytest.mark.usefixtures("proven")
async def test_report_tells_of_every_camera_and_says_what_is_not_known(house: House) -> None:
    await house.automate("morning_report", TELL)
    await house.at("2026-11-19 07:30:00")

    assert house.told == [
        (
            "Kindergarten: all is well",
            "At the door: days proven unknown, last 24 h unknown, longest gap unknown\n"
            "By the window: days proven 31, last 24 h 99.9 %, longest gap 1.5 min\n"
            "Held stretches: 2\n"
            "Code of the record: 01234 56789 01234 56789",
        )
    ]


@pytest.mark.usefixtures("proven")
async def test_report_in_russian_says_what_is_in_trouble(house: House, archive: FakeArchive) -> None:
    await house.automate("morning_report", TELL, "ru")
    archive.show(camera_status(BEDROOM, CameraState.UNREACHABLE))
    await look(house.hass)
    await house.at("2026-11-19 07:30:00")

    ((title, message),) = house.told
    assert title == "Детский сад, неполадок: 1"
    assert "By the window: доказано дней 31, за сутки 99.9 %, самый долгий пропуск 1.5 мин\n" in message
    assert message.endswith("Защищённых отрезков: 2\nКод журнала: 01234 56789 01234 56789")


@pytest.mark.usefixtures("proven")
async def test_report_calls_nothing_well_that_nobody_knows(
    house: House, kindergarten: MockConfigEntry
) -> None:
    await house.automate("morning_report", TELL)
    assert await house.hass.config_entries.async_unload(kindergarten.entry_id)
    await house.at("2026-11-19 07:30:00")

    assert [title for title, _ in house.told] == ["Kindergarten: nobody knows how it is"]


@pytest.mark.usefixtures("proven")
async def test_no_report_on_a_sunday(house: House) -> None:
    await house.automate("morning_report", TELL)
    await house.at("2026-11-22 07:30:00")

    assert house.told == []


@pytest.mark.usefixtures("proven")
@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        (
            "en",
            "Code of the kindergarten's record, 2026-11-19",
            "01234 56789 01234 56789 (entry 17, last day sealed: 20261117). Keep this message.",
        ),
        (
            "ru",
            "Код журнала детского сада, 19.11.2026",
            "01234 56789 01234 56789 (запись 17, последний запечатанный день: 20261117). Сохраните это сообщение.",
        ),
    ],
)
async def test_code_leaves_the_house(house: House, language: str, title: str, message: str) -> None:
    await house.automate("head_out_of_house", TELL, language)
    await house.at("2026-11-19 06:00:00")

    assert house.told == [(title, message)]


async def test_unknown_code_is_said_to_be_unknown(house: House) -> None:
    await house.automate("head_out_of_house", TELL)
    await house.at("2026-11-19 06:00:00")

    assert [message for _, message in house.told] == [
        "The code is not known today: the recorder does not answer."
    ]


@pytest.mark.parametrize(
    ("language", "title", "said"),
    [
        ("en", "Inspection expected, days left: 7", "To be expected on 2026-12-18."),
        ("ru", "Ожидается проверка, осталось дней: 7", "Ожидается 18.12.2026."),
    ],
)
async def test_inspection_is_announced_some_days_before(
    house: House, language: str, title: str, said: str
) -> None:
    inputs = {**TELL, "inspection": "sensor.little_sun_next_inspection"}
    await house.automate("inspection_reminder", inputs, language)
    await house.at("2026-12-10 09:00:00")
    assert house.told == []

    await house.at("2026-12-11 09:00:00")
    assert [one for one, _ in house.told] == [title]
    assert house.told[0][1].startswith(said)
