"""Lists that owners paste: understood, shown, done once."""

import pytest

from kindergarten_engine.people.errors import PeopleError

from .house import FIRST_DAY, House

LIST = """Ребёнок;Группа;Родитель;Телефон;Язык
Серікова Айгерим;Күншуақ;Серікова Динара;8 701 123 45 67;каз
Серікова Айгерим;Күншуақ;Серіков Нұрлан;+7 (702) 123-45-67;қазақша
Иванов Пётр;Солнышко;Иванова Мария;7031234567;рус
"""


def _people(house: House) -> set[tuple[str, str, str, str, str]]:
    snapshot = house.people.snapshot
    return {
        (
            snapshot.children[membership.child_id].name,
            snapshot.groups[membership.group_id].name,
            snapshot.guardians[guardian].name,
            snapshot.guardians[guardian].phone,
            snapshot.guardians[guardian].language,
        )
        for membership in snapshot.memberships.values()
        for guardian in snapshot.guardians_of(membership.child_id)
    }


def test_a_list_is_shown_before_it_is_done(house: House) -> None:
    preview = house.people.preview(LIST, FIRST_DAY)
    assert [(row.line, row.wanted.phone, row.does) for row in preview.rows] == [
        (2, "+77011234567", "new"),
        (3, "+77021234567", "new"),
        (4, "+77031234567", "new"),
    ]
    assert preview.new_groups == ("Күншуақ", "Солнышко")
    assert preview.problems == ()
    assert not house.people.snapshot.children
    done = house.people.apply(preview, FIRST_DAY)
    assert (done.groups, done.children, done.guardians, done.problems) == (2, 2, 3, ())
    assert _people(house) == {
        ("Серікова Айгерим", "Күншуақ", "Серікова Динара", "+77011234567", "kk"),
        ("Серікова Айгерим", "Күншуақ", "Серіков Нұрлан", "+77021234567", "kk"),
        ("Иванов Пётр", "Солнышко", "Иванова Мария", "+77031234567", "ru"),
    }


def test_the_same_list_again_changes_nothing(house: House) -> None:
    house.people.apply(house.people.preview(LIST, FIRST_DAY), FIRST_DAY)
    house.restart()
    before = house.people.snapshot
    preview = house.people.preview(LIST, FIRST_DAY)
    assert {row.does for row in preview.rows} == {"same"}
    done = house.people.apply(preview, FIRST_DAY)
    assert (done.groups, done.children, done.guardians, done.changed) == (0, 0, 0, 0)
    assert house.people.snapshot is before


@pytest.mark.parametrize("separator", ["\t", ";", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_usual_separator_is_understood(house: House, separator: str, end: str) -> None:
    text = LIST.replace(";", separator).replace("\n", end)
    house.people.apply(house.people.preview(f"\ufeff{text}", FIRST_DAY), FIRST_DAY)
    assert len(_people(house)) == 3


def test_headings_may_be_missing_or_in_another_order(house: House) -> None:
    bare = "\n".join(LIST.splitlines()[1:])
    assert [row.line for row in house.people.preview(bare, FIRST_DAY).rows] == [1, 2, 3]
    turned = "№\tТобы\tБаланың аты-жөні\tАта-анасы\n1\tКүншуақ\tАйгерим\tДинара\n"
    (row,) = house.people.preview(turned, FIRST_DAY).rows
    assert (row.wanted.child, row.wanted.group, row.wanted.guardian) == ("Айгерим", "Күншуақ", "Динара")
    assert row.wanted.phone == ""


def test_a_family_that_looks_like_headings_is_a_family(house: House) -> None:
    (row,) = house.people.preview("Балауса;Группа 1;Мама Анна;;\n", FIRST_DAY).rows
    assert row.wanted.child == "Балауса"


def test_a_line_with_a_phone_number_is_no_headings(house: House) -> None:
    (row,) = house.people.preview("Child One;Group 1;Mother One;87011234567;en\n", FIRST_DAY).rows
    assert row.wanted.child == "Child One"


def test_each_line_says_what_is_wrong_with_it(house: House) -> None:
    text = (
        "Айгерим;Күншуақ;Динара;8 701 123 45 67;каз\n"
        ";Күншуақ;Динара;;\n"
        "\n"
        "Пётр;Солнышко;;;\n"
        "Пётр;;Мария;;\n"
        "Пётр;Солнышко;Мария;сто;\n"
        "Пётр;Солнышко;Мария;;немецкий\n"
        f"{'П' * 61};Солнышко;Мария;;\n"
        "Пётр;Солнышко;Мария;+7 701 123 45 67;\n"
        "=1+1;Солнышко\n"
    )
    preview = house.people.preview(text, FIRST_DAY)
    assert [(each.line, each.code, each.field) for each in preview.problems] == [
        (2, "name_missing", "child"),
        (4, "name_missing", "guardian"),
        (5, "name_missing", "group"),
        (6, "phone", "phone"),
        (7, "language", "language"),
        (8, "name_too_long", "child"),
        (9, "phone_taken", "phone"),
        (10, "name_missing", "guardian"),
    ]
    assert [row.line for row in preview.rows] == [1]


def test_an_open_quote_does_not_swallow_the_lines_after_it(house: House) -> None:
    preview = house.people.preview('Айгерим;"Күншуақ;Динара;;\nПётр;Солнышко;Мария;;\n', FIRST_DAY)
    assert [row.line for row in preview.rows] == [2]
    assert [each.line for each in preview.problems] == [1]


def test_brothers_and_sisters_share_a_guardian_by_phone(house: House) -> None:
    text = "Айгерим;Күншуақ;Динара Ким;87011234567;\nАрман;Солнышко;Динара Ким;87011234567;\n"
    house.people.apply(house.people.preview(text, FIRST_DAY), FIRST_DAY)
    assert len(house.people.snapshot.guardians) == 1


def test_namesakes_without_a_phone_are_two_people(house: House) -> None:
    text = "Айгерим;Күншуақ;Динара Ким;;\nАрман;Солнышко;Динара Ким;;\n"
    house.people.apply(house.people.preview(text, FIRST_DAY), FIRST_DAY)
    snapshot = house.people.snapshot
    assert len(snapshot.guardians) == 2
    assert all(len(snapshot.children_of(each)) == 1 for each in snapshot.guardians)
    assert {row.does for row in house.people.preview(text, FIRST_DAY).rows} == {"same"}


def test_a_child_in_another_group_is_not_moved_by_a_list(house: House) -> None:
    house.people.apply(house.people.preview(LIST, FIRST_DAY), FIRST_DAY)
    preview = house.people.preview("Иванов Пётр;Күншуақ;Иванова Мария;87031234567;рус\n", FIRST_DAY)
    assert [(each.code, each.field) for each in preview.problems] == [("other_group", "group")]


def test_a_new_phone_of_a_known_guardian_is_a_change(house: House) -> None:
    house.people.apply(house.people.preview(LIST, FIRST_DAY), FIRST_DAY)
    preview = house.people.preview("Иванов Петр;солнышко;Иванова Мария;87770000000;\n", FIRST_DAY)
    assert [row.does for row in preview.rows] == ["changed"]
    house.people.apply(preview, FIRST_DAY)
    assert "+77770000000" in {each.phone for each in house.people.snapshot.guardians.values()}
    assert len(house.people.snapshot.guardians) == 3


def test_what_was_done_meanwhile_is_not_done_twice(house: House) -> None:
    preview = house.people.preview(LIST, FIRST_DAY)
    house.people.apply(preview, FIRST_DAY)
    assert house.people.apply(preview, FIRST_DAY).children == 0
    assert len(house.people.snapshot.children) == 2


def test_a_list_of_the_wrong_kind_is_refused(house: House) -> None:
    with pytest.raises(PeopleError, match="too_large"):
        house.people.preview("a;b;c\n" * 2001, FIRST_DAY)
    with pytest.raises(PeopleError, match="too_large"):
        house.people.preview("x" * 300_000, FIRST_DAY)
    assert house.people.preview("", FIRST_DAY).rows == ()


def test_a_written_list_obeys_no_spreadsheet_and_reads_back_the_same(house: House) -> None:
    house.people.apply(house.people.preview(LIST, FIRST_DAY), FIRST_DAY)
    written = house.people.export(FIRST_DAY)
    cells = [cell for line in written.splitlines() for cell in line.strip('"').split('";"')]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t"]
    assert "'+77011234567" in cells
    assert {row.does for row in house.people.preview(written, FIRST_DAY).rows} == {"same"}


@pytest.mark.parametrize("payload", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "'=1"])
def test_a_name_never_begins_a_formula(house: House, payload: str) -> None:
    child = house.people.add_child(payload + " Я")
    assert house.people.snapshot.children[child].name[0] not in "=+-@\t'"
