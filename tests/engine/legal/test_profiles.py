"""The profiles as data: every value with its source, its date, and whether somebody has read the text."""

from dataclasses import fields
from datetime import date, timedelta
import json
from pathlib import Path

import pytest

from kindergarten_engine.legal import FOLDER, PROFILES, Duties, Rule, load, profile


def rules(key: str) -> list[Rule[object]]:
    law = PROFILES[key]
    technical = law.technical_minimum
    return [
        law.minimum_days,
        law.maximum_days,
        law.suggested_days,
        law.sound,
        technical.width,
        technical.height,
        technical.fps,
        *law.room_kinds.values(),
        *(getattr(law.duties, field.name) for field in fields(Duties)),
    ]


@pytest.mark.parametrize("key", list(PROFILES))
def test_every_value_has_a_source_and_a_date_of_the_past(key: str) -> None:
    for rule in rules(key):
        assert len(rule.source) > 20
        assert rule.date <= PROFILES[key].date
        assert isinstance(rule.confirmed, bool)


@pytest.mark.parametrize("key", list(PROFILES))
def test_every_source_is_used_and_every_value_is_read(key: str) -> None:
    stored = json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))
    used = {rule.source for rule in rules(key)}

    assert {source["text"] for source in stored["sources"].values()} == used
    assert set(stored["duties"]) == {field.name for field in fields(Duties)}


def test_kazakhstan_keeps_thirty_days_and_no_camera_where_children_wash() -> None:
    kz = profile("kz_2026")

    assert (kz.minimum_days.value, kz.maximum_days.value, kz.sound.value) == (30, 35, "off")
    assert [kind for kind in kz.room_kinds if kz.forbids(kind)] == ["washroom", "toilet", "medical"]
    assert kz.requires("group")
    assert not kz.requires("bedroom")


def test_what_nobody_has_read_is_not_called_confirmed() -> None:
    assert not profile("kz_2026").minimum_days.confirmed
    assert not profile("ru_2026").minimum_days.confirmed
    for key in ("kz_2026", "ru_2026"):
        law = profile(key)
        rooms = law.room_kinds.values()
        assert not [each for each in rooms if each.confirmed and not each.source.startswith("Decision")]


@pytest.mark.parametrize("key", list(PROFILES))
def test_profile_asks_to_be_looked_at_again_after_its_date(key: str) -> None:
    law = PROFILES[key]

    assert not law.outdated(law.valid_until)
    assert law.outdated(law.valid_until + timedelta(days=1))
    assert law.date < law.valid_until <= date(2028, 1, 1)


def test_value_without_a_source_is_no_profile(tmp_path: Path) -> None:
    stored = json.loads((FOLDER / "other.json").read_text(encoding="utf-8"))
    del stored["sources"]["no_law"]
    (tmp_path / "bad.json").write_text(json.dumps(stored), encoding="utf-8")

    with pytest.raises(KeyError):
        load(tmp_path / "bad.json")


def test_unknown_profile_is_the_one_without_a_law() -> None:
    assert profile("atlantis").key == "other"
