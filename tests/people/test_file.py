"""The file itself: sealed, checked, never overwritten."""

from pathlib import Path
import sqlite3
import stat

import pytest

from kindergarten_engine.people import opening
from kindergarten_engine.people.errors import PeopleError
from kindergarten_engine.people.people import People
from kindergarten_engine.people.schema import STEPS

from .house import FIRST_DAY, House

NAMES = ("Айгерим Серікова", "Динара Серікова", "+77010000001", "Күншуақ", "iPhone 15 Aigerim")


def _filled(house: House) -> None:
    _, guardian = house.family(house.group())
    invitation = house.people.invite(guardian)
    house.people.redeem(invitation.id, invitation.secret, invitation.code, "nonce", NAMES[-1])
    house.close()


def _refused(house: House) -> str:
    with pytest.raises(PeopleError) as refused:
        _ = house.people
    return refused.value.code


def test_no_name_phone_or_label_is_readable_in_the_file(house: House) -> None:
    _filled(house)
    stored = house.bytes_on_disk()
    for name in NAMES:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert name.encode(encoding) not in stored


def test_only_the_owner_may_read_file_and_key(house: House) -> None:
    _filled(house)
    files = [*house.folder.iterdir(), *house.key.parent.iterdir()]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files}
    assert modes == {"people.db": 0o600, "people.key": 0o600}
    assert stat.S_IMODE(house.key.parent.stat().st_mode) == 0o700


def test_everything_is_there_after_a_restart(house: House) -> None:
    _filled(house)
    before = house.people.snapshot
    after = house.restart().snapshot
    assert after == before
    (guardian,) = after.guardians.values()
    assert (guardian.name, guardian.short_name, guardian.phone) == (NAMES[1], "Динара С.", NAMES[2])


def test_a_missing_key_is_told_and_loses_nothing(house: House) -> None:
    _filled(house)
    before, key = house.bytes_on_disk(), house.key.read_bytes()
    house.key.unlink()
    assert _refused(house) == "key_missing"
    assert not house.key.exists()
    assert house.bytes_on_disk() == before
    house.key.write_bytes(key)
    assert len(house.people.snapshot.children) == 1


def test_a_wrong_key_is_told_and_loses_nothing(house: House) -> None:
    _filled(house)
    before, key = house.bytes_on_disk(), house.key.read_bytes()
    house.key.write_bytes(b"ab" * 32 + b"\n")
    assert _refused(house) == "key_wrong"
    assert house.bytes_on_disk() == before
    house.key.write_bytes(key)
    assert len(house.people.snapshot.children) == 1


@pytest.mark.parametrize("content", [b"", b"short", b"zz" * 32, b"\xff" * 64])
def test_a_damaged_key_is_told(house: House, content: bytes) -> None:
    _filled(house)
    house.key.write_bytes(content)
    assert _refused(house) == "key_damaged"


def test_who_takes_the_folder_has_no_key(house: House) -> None:
    _filled(house)
    assert [path.name for path in house.folder.iterdir()] == ["people.db"]


def _key_beside(house: House) -> bytes:
    """Leave the key where earlier versions kept it: beside the file."""
    _filled(house)
    house.close()
    key = house.key.read_bytes()
    (house.folder / "people.key").write_bytes(key)
    return key


def test_a_key_beside_the_file_is_brought_to_its_place(house: House) -> None:
    key = _key_beside(house)
    house.key.unlink()
    house.key.parent.rmdir()
    assert len(house.people.snapshot.children) == 1
    assert house.key.read_bytes() == key
    assert stat.S_IMODE(house.key.stat().st_mode) == 0o600
    assert not (house.folder / "people.key").exists()
    assert len(house.restart().snapshot.children) == 1


def test_a_move_of_the_key_that_was_broken_off_is_finished(house: House) -> None:
    key = _key_beside(house)
    assert len(house.people.snapshot.children) == 1
    assert house.key.read_bytes() == key
    assert not (house.folder / "people.key").exists()


@pytest.mark.parametrize("other", [b"ab" * 32 + b"\n", b"short"])
def test_of_two_keys_the_one_that_opens_is_used_and_neither_is_lost(house: House, other: bytes) -> None:
    key = _key_beside(house)
    house.key.write_bytes(other)
    assert len(house.people.snapshot.children) == 1
    assert house.key.read_bytes() == other
    assert (house.folder / "people.key").read_bytes() == key


def test_a_key_beside_the_file_that_is_another_ones_stays_where_it_is(house: House) -> None:
    _key_beside(house)
    (house.folder / "people.key").write_bytes(b"ab" * 32 + b"\n")
    assert len(house.people.snapshot.children) == 1
    assert (house.folder / "people.key").exists()


@pytest.mark.parametrize("left", [0, 1, 99, 100, 512, 4096, 8192, 0.5, 0.9])
def test_a_cut_file_is_told_and_left_alone(house: House, left: float) -> None:
    _filled(house)
    content = house.file.read_bytes()
    cut = content[: round(left * len(content)) if isinstance(left, float) else left]
    house.file.write_bytes(cut)
    assert _refused(house) == "damaged"
    assert house.file.read_bytes() == cut
    house.file.write_bytes(content)
    assert len(house.people.snapshot.children) == 1


def test_garbage_is_told_and_left_alone(house: House) -> None:
    _filled(house)
    garbage = bytes(range(256)) * 64
    house.file.write_bytes(garbage)
    assert _refused(house) == "damaged"
    assert house.file.read_bytes() == garbage


def test_another_programs_database_is_told_and_left_alone(house: House) -> None:
    _filled(house)
    house.file.unlink()
    with sqlite3.connect(house.file) as db:
        db.execute("CREATE TABLE meta(k, v)")
    db.close()
    assert _refused(house) == "damaged"


def test_a_file_of_a_later_version_is_refused_and_left_alone(house: House) -> None:
    _filled(house)
    with sqlite3.connect(house.file) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = house.file.read_bytes()
    assert _refused(house) == "newer"
    assert house.file.read_bytes() == before


def test_a_name_put_in_anothers_place_is_noticed(house: House) -> None:
    house.family(house.group())
    house.family(house.group("Ай"), "Б", "В", "")
    house.close()
    with sqlite3.connect(house.file) as db:
        (first, name), (second, _) = db.execute("SELECT id, name FROM children").fetchall()
        assert first != second
        db.execute("UPDATE children SET name = ? WHERE id = ?", (name, second))
    db.close()
    assert _refused(house) == "damaged"


def test_a_folder_or_link_in_place_of_the_file_is_told(house: House, tmp_path: Path) -> None:
    _filled(house)
    elsewhere = tmp_path / "elsewhere.db"
    house.file.rename(elsewhere)
    house.file.symlink_to(elsewhere)
    assert _refused(house) == "damaged"
    house.file.unlink()
    house.file.mkdir()
    assert _refused(house) == "damaged"


def test_only_one_may_have_the_file(house: House) -> None:
    house.family(house.group())
    with pytest.raises(PeopleError, match="locked"):
        People.open(house.folder, lambda: 0, house.tokens)
    assert len(house.people.snapshot.children) == 1


def test_a_half_made_file_is_made_anew(house: House) -> None:
    house.folder.mkdir(parents=True)
    (house.folder / "people.db.new").write_bytes(b"half")
    house.family(house.group())
    assert len(house.restart().snapshot.children) == 1


def test_a_change_is_whole_or_not_at_all(house: House) -> None:
    group = house.group()
    child, guardian = house.family(group)
    before = house.people.snapshot
    with pytest.raises(PeopleError, match="unknown"):
        house.people.tick_consents([(guardian, child), (guardian, "nobody")], "parent_live")
    assert house.people.snapshot is before
    assert house.restart().snapshot.consents == ()


def test_a_forgotten_family_is_gone_from_the_file(house: House) -> None:
    group = house.group()
    child, guardian = house.family(group)
    house.family(group, "Пётр Иванов", "Мария Иванова", "+7 701 000 00 02")
    phone = house.phone(guardian)
    viewing = house.people.begin_viewing(phone.device_id, "room-sun")
    house.people.end_viewing(viewing, "left")
    house.people.tick_consents([(guardian, child)], "parent_live")
    number = house.people.add_request(guardian, child, "room-sun", 1, 2)
    salt = house.people.snapshot.guardians[guardian].salt
    house.close()
    with sqlite3.connect(house.file) as db:
        sealed = [
            cell
            for query in (
                f"SELECT name FROM children WHERE id = '{child}'",
                f"SELECT name, phone FROM guardians WHERE id = '{guardian}'",
                f"SELECT label, secret_hash FROM devices WHERE guardian_id = '{guardian}'",
            )
            for row in db.execute(query)
            for cell in row
        ]
    db.close()
    known = [*sealed, salt, child.encode(), guardian.encode(), phone.device_id.encode()]
    assert all(cell in house.bytes_on_disk() for cell in known)

    house.people.forget_family(child)

    assert not [cell for cell in known if cell in house.bytes_on_disk()]
    assert [each.guardian_id for each in house.people.viewings()] == [""]
    assert [(each.number, each.child_id) for each in house.people.requests()] == [(number, "")]
    assert house.device(phone) is None
    assert len(house.people.snapshot.children) == 1


def test_a_guardian_of_a_brother_is_not_forgotten_with_the_sister(house: House) -> None:
    group = house.group()
    sister, guardian = house.family(group)
    brother = house.people.add_child("Арман Серіков")
    house.people.link(guardian, brother)
    house.people.forget_family(sister)
    assert house.people.snapshot.children_of(guardian) == (brother,)


def test_what_was_to_be_emptied_is_emptied_at_the_next_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    child, _ = house.family(house.group())

    def die(_: People) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(People, "_vacuum", die)
        with pytest.raises(KeyboardInterrupt):
            house.people.forget_family(child)
    pages = house.file.stat().st_size
    house.people.apply(house.people.preview("А;Б;В;;\n", FIRST_DAY), FIRST_DAY)
    house.restart()
    assert house.file.stat().st_size <= pages
    assert not house.people._meta.get("vacuum")


def test_an_older_file_is_brought_up_step_by_step(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(house)
    later = "ALTER TABLE groups ADD COLUMN colour TEXT;\n-- a word; about it\nCREATE TABLE more(x) STRICT;"
    monkeypatch.setattr(opening, "STEPS", (*STEPS, later.replace("x)", "x TEXT)")))
    assert len(house.people.snapshot.children) == 1
    house.close()
    with sqlite3.connect(house.file) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(STEPS) + 1,)
        assert db.execute("SELECT count(*) FROM more").fetchone() == (0,)
    db.close()


def test_a_step_that_fails_leaves_the_older_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _filled(house)
    with monkeypatch.context() as broken:
        broken.setattr(
            opening, "STEPS", (*STEPS, "CREATE TABLE more(x TEXT);\nINSERT INTO nowhere VALUES(1);")
        )
        assert _refused(house) == "damaged"
    assert len(house.people.snapshot.children) == 1
    house.close()
    with sqlite3.connect(house.file) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(STEPS),)
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'more'").fetchall()
    db.close()
