"""Footage that will not last: told at once, again every day while it is so."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.kindergarten.archive.protocol import ArchiveState, Forecast
from tests.integration.fake_archive import PLAYROOM, FakeArchive, look, settle

from .conftest import PHONE, House

INPUTS = {"phones": [PHONE]}


@pytest.mark.parametrize(
    ("language", "title", "message"),
    [
        (
            "en",
            "Footage will be deleted too early",
            "The disk holds 21.5 days, the law asks for 30. Take a bigger disk, or lower the cameras' bitrate.",
        ),
        (
            "ru",
            "Записи будут удалены раньше срока",
            "На диск помещается дней: 21.5, закон требует: 30. Нужен диск побольше или меньший битрейт камер.",
        ),
    ],
)
async def test_disk_too_small_is_told_with_its_figures(
    house: House, archive: FakeArchive, language: str, title: str, message: str
) -> None:
    await house.automate("retention_at_risk", INPUTS, language)
    archive.happen("retention_at_risk", days=21.5, minimum_days=30)
    await settle(house.hass)

    assert house.told == [(title, message)]


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("retention_broken", {"cameras": [PLAYROOM], "files": 7}, "Cameras concerned: 1."),
        ("holds_fill_disk", {"share": 0.83, "days_left": 4.5}, "Held footage takes 83 % of the disk"),
    ],
)
async def test_every_danger_to_footage_is_told(
    house: House, archive: FakeArchive, kind: str, details: dict[str, Any], said: str
) -> None:
    await house.automate("retention_at_risk", INPUTS)
    archive.happen(kind, **details)
    await settle(house.hass)

    assert [said in message for _, message in house.told] == [True]


async def test_other_news_of_the_archive_is_not_told(house: House, archive: FakeArchive) -> None:
    await house.automate("retention_at_risk", INPUTS)
    archive.happen("hold_made", uid="hold0")
    await settle(house.hass)
    await house.at("2026-11-19 09:00:00")

    assert house.told == []


async def test_it_is_repeated_every_day_while_it_is_so(house: House, archive: FakeArchive) -> None:
    await house.automate("retention_at_risk", INPUTS)
    archive.show(forecast=Forecast(days=21.5, bytes_per_day=1, enough=False))
    await look(house.hass)
    await house.at("2026-11-19 09:00:00")
    archive.show(forecast=Forecast(days=41.5, bytes_per_day=1, enough=True))
    await look(house.hass)
    await house.at("2026-11-20 09:00:00")

    assert [title for title, _ in house.told] == ["Footage will be deleted too early"]
    assert house.told[0][1].startswith("It is still so.")


@pytest.mark.parametrize(
    ("language", "state", "title", "said"),
    [
        (
            "en",
            ArchiveState.MISSING,
            "The archive is in trouble",
            "The disk of the archive is not there, so nothing is recorded. Look at its cable and power. Since 18:00.",
        ),
        (
            "ru",
            ArchiveState.READ_ONLY,
            "Неполадка с архивом",
            "На диск архива нельзя писать, запись не идёт. Возможно, он выходит из строя: проверьте его скорее. С 18:00.",
        ),
        (
            "en",
            ArchiveState.ERROR,
            "The archive is in trouble",
            "The disk of the archive cannot be used, so nothing is recorded. Repairs say more. Since 18:00.",
        ),
    ],
)
async def test_disk_in_trouble_is_told(
    house: House, archive: FakeArchive, language: str, state: ArchiveState, title: str, said: str
) -> None:
    await house.automate("archive_trouble", INPUTS, language)
    archive.show(volume=replace(archive.now.volume, state=state))
    await house.look()
    await house.later(seconds=4)

    assert house.told == [(title, said)]


async def test_archive_in_trouble_is_repeated_until_the_all_clear(house: House, archive: FakeArchive) -> None:
    await house.automate("archive_trouble", {**INPUTS, "remind": {"minutes": 30}})
    await _disk(house, archive, ArchiveState.FULL)
    for _ in range(4):
        await house.later(minutes=10)
    await _disk(house, archive, ArchiveState.OK)

    assert [title for title, _ in house.told] == [
        "The archive is in trouble",
        "The archive is still in trouble",
        "The archive is well again",
    ]
    assert house.told[2][1] == "All clear. It lasted 40 min, from 18:00 on."


async def test_footage_that_will_not_last_is_no_trouble_with_the_disk(
    house: House, archive: FakeArchive
) -> None:
    await house.automate("archive_trouble", INPUTS)
    archive.show(forecast=Forecast(days=21.5, bytes_per_day=1, enough=False))
    await house.look()
    await house.later(seconds=4)
    assert house.told == []

    await _disk(house, archive, ArchiveState.MISSING)
    await _disk(house, archive, ArchiveState.OK)
    assert [title for title, _ in house.told] == ["The archive is in trouble", "The archive is well again"]


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [("verified", {"ok": False}, "Recordings were changed or are missing.")],
)
async def test_damage_is_told(
    house: House, archive: FakeArchive, kind: str, details: dict[str, Any], said: str
) -> None:
    await house.automate("archive_trouble", INPUTS)
    archive.happen(kind, **details)
    await settle(house.hass)

    ((title, message),) = house.told
    assert title == "The archive is damaged"
    assert message.startswith(said)


async def _disk(house: House, archive: FakeArchive, state: ArchiveState) -> None:
    archive.show(volume=replace(archive.now.volume, state=state))
    await house.look()
    await house.later(seconds=4)
