"""Stills of picture events: bounded in number, bytes and time."""

from pathlib import Path

from kindergarten_engine.watch.pictures import MOST_BYTES, MOST_EVENTS, PictureEvents

UID, OTHER = "a" * 32, "b" * 32
NOW_US = 1_790_000_000_000_000
DAY_US = 86_400_000_000


def keep(pictures: PictureEvents, number: int, uid: str = UID, size: int = 10) -> None:
    t_us = NOW_US - number * 1_000_000
    pictures.keep(uid, t_us, "covered", "before", t_us - 5, b"b" * size)
    pictures.keep(uid, t_us, "covered", "after", t_us, b"a" * size)


def test_a_camera_that_is_covered_all_the_time_keeps_its_newest_and_no_other_loses_any(
    tmp_path: Path,
) -> None:
    pictures = PictureEvents(tmp_path / "pictures")
    keep(pictures, 500, OTHER)
    for number in range(MOST_EVENTS + 5):
        keep(pictures, number)
    pictures.tidy(NOW_US, 30)
    mine = pictures.of(UID)
    assert len(mine) == MOST_EVENTS
    assert mine[0].t_us == NOW_US
    assert pictures.read(UID, mine[0].id, "before") == b"b" * 10
    assert len(pictures.of(OTHER)) == 1


def test_stills_go_after_the_retention_time_but_not_while_nobody_knows_the_time(tmp_path: Path) -> None:
    pictures = PictureEvents(tmp_path / "pictures")
    keep(pictures, 0)
    pictures.tidy(None, 30)
    pictures.tidy(NOW_US + 29 * DAY_US, 30)
    assert pictures.of(UID)
    pictures.tidy(NOW_US + 31 * DAY_US, 30)
    assert pictures.of(UID) == []


def test_stills_never_fill_the_disk(tmp_path: Path) -> None:
    pictures = PictureEvents(tmp_path / "pictures")
    for number in range(6):
        keep(pictures, number, f"{number:032x}", MOST_BYTES // 8)
    pictures.tidy(NOW_US, 30)
    assert sum(path.stat().st_size for path in (tmp_path / "pictures").iterdir()) <= MOST_BYTES
    assert pictures.of(f"{0:032x}")


def test_what_is_no_still_of_ours_is_neither_shown_nor_deleted(tmp_path: Path) -> None:
    pictures = PictureEvents(tmp_path / "pictures")
    keep(pictures, 0)
    foreign = tmp_path / "pictures" / "notes.txt"
    foreign.write_bytes(b"mine")
    pictures.tidy(NOW_US + 99 * DAY_US, 30)
    assert foreign.exists()
    assert pictures.read(UID, "../notes", "txt") is None
