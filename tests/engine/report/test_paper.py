"""What hangs on doors: everything that has to be told, in real letters, in three languages, nothing cut."""

from dataclasses import replace
import io
from pathlib import Path
import re
import subprocess

from PIL import Image
from pypdf import PdfReader
import pytest

from kindergarten_engine.legal import PROFILES
from kindergarten_engine.report import paper
from kindergarten_engine.report.notice import LANGUAGES, Notice, Speech

KZ = PROFILES["kz_2026"]
NOTICE = Notice(
    name="Балабақша «Күншуақ»",
    operator="ЖШС «Күншуақ», директор Ә. Қ. Өтеғұлова",
    contact="+7 727 123 45 67, info@kunshuaq.example",
    days=32,
    sound=False,
    parents=True,
    no_cameras_where_forbidden=True,
    pause_minutes=15,
    minimum_days=KZ.minimum_days,
    staff_notice=KZ.duties.staff_notice,
    poster="https://cams.example.kz/api/kindergarten/portal/#pair",
    rooms=("Топ «Қарлығаш»", "Музыкальный зал"),
)
EVERY = ("kk", "ru", "en")
LONG = replace(
    NOTICE,
    name="Государственно-частное партнёрство «Ясли-сад „Балдырған-Өркен“ при Центре раннего развития» " * 2,
    operator="Товарищество с ограниченной ответственностью «Қазақстан балабақшалары» " * 4,
    contact="+7 727 123 45 67, mail-address-that-has-no-place-to-break-anywhere-at-all@kindergarten.example "
    * 2,
)


def texts(data: bytes) -> list[str]:
    """Return what can be searched on each page, lines joined."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


@pytest.mark.parametrize("language", EVERY)
def test_a_sign_tells_everything_without_the_portal(language: str) -> None:
    off = replace(NOTICE, parents=False, poster=None)
    (text,) = texts(paper.signs(off, ["Топ «Қарлығаш»"], EVERY))
    speech = Speech(off, language)
    for head, fact in speech.facts():
        assert head in text
        assert fact in text
    for word in ("Топ «Қарлығаш»", NOTICE.name, NOTICE.operator, NOTICE.contact, speech.minimum()):
        assert word in text
    assert speech("who_sees_parents") not in text
    assert speech("qr") not in text


def test_every_door_has_its_page_and_the_house_one_too() -> None:
    pages = texts(paper.signs(NOTICE, [None, "Ас үй", "Дәліз"], ("kk", "ru")))
    assert [
        word in page
        for word, page in zip(("Бүкіл ғимарат · Всё здание", "Ас үй", "Дәліз"), pages, strict=True)
    ] == [True] * 3
    assert all("Video surveillance" not in page for page in pages)


def test_a_rule_stands_with_its_source_and_that_nobody_has_read_it() -> None:
    (text,) = texts(paper.signs(NOTICE, [None], EVERY))
    assert "Приказ № 117 от 30 марта 2022 года" in text
    assert "не подтверждено: текста правила никто из нас не читал" in text
    assert "расталмаған" in text
    confirmed = replace(NOTICE, minimum_days=replace(KZ.minimum_days, confirmed=True))
    assert "не подтверждено" not in Speech(confirmed, "ru").minimum()


def test_sound_is_never_kept_quiet() -> None:
    (text,) = texts(paper.signs(replace(NOTICE, sound=True), [None], EVERY))
    for language in EVERY:
        assert LANGUAGES[language]["sound_on"] in text
        assert LANGUAGES[language]["sound_off"] not in text


@pytest.mark.parametrize("language", EVERY)
def test_staff_are_told_the_same_and_their_own_part(language: str) -> None:
    text = " ".join(texts(paper.staff_sheet(NOTICE, language)))
    speech = Speech(NOTICE, language)
    for head, fact in speech.for_staff():
        assert head in text
        assert fact in text
    for word in (speech("staff_lead"), speech("signature"), speech.staff_source(), "Топ «Қарлығаш»"):
        assert word in text


def test_the_poster_needs_a_way_in() -> None:
    (text,) = texts(paper.pairing_poster(NOTICE, EVERY))
    for language in EVERY:
        for number in (1, 2, 3):
            assert LANGUAGES[language][f"pairing_{number}"] in text
    with pytest.raises(ValueError, match="way in"):
        paper.pairing_poster(replace(NOTICE, poster=None), EVERY)


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("ru", 1, "1 день"),
        ("ru", 11, "11 дней"),
        ("ru", 30, "30 дней"),
        ("ru", 31, "31 день"),
        ("ru", 32, "32 дня"),
        ("ru", 112, "112 дней"),
        ("en", 1, "1 day"),
        ("en", 21, "21 days"),
        ("kk", 32, "32 күн"),
    ],
)
def test_days_are_counted_as_people_do(language: str, count: int, words: str) -> None:
    assert Speech(NOTICE, language).days(count) == words


def test_all_languages_have_the_same_texts_and_the_same_gaps() -> None:
    def gaps(text: str) -> list[str]:
        return sorted(re.findall(r"{(\w+)}", text))

    english = LANGUAGES["en"]
    for texts_of in LANGUAGES.values():
        assert {key: gaps(text) for key, text in texts_of.items()} == {
            key: gaps(text) for key, text in english.items()
        }
        assert all(texts_of.values())


@pytest.mark.parametrize("notice", [NOTICE, LONG], ids=["usual", "long"])
def test_nothing_is_cut_or_runs_off_the_page(tmp_path: Path, notice: Notice) -> None:
    papers = {
        "signs": paper.signs(notice, [None, "Помещение с очень длинным названием, " * 3], EVERY),
        "staff": paper.staff_sheet(notice, "ru"),
        "poster": paper.pairing_poster(notice, EVERY),
    }
    for name, data in papers.items():
        (tmp_path / "paper.pdf").write_bytes(data)
        subprocess.run(
            ["pdftoppm", "-r", "40", "-gray", "-png", str(tmp_path / "paper.pdf"), str(tmp_path / name)],
            check=True,
        )
        for path in tmp_path.glob(f"{name}-*.png"):
            with Image.open(path).convert("L") as picture:
                width, height = picture.size
                side = round(10 * width / 210)
                # The head of a sign is black to the edge.
                below = picture.crop((0, round(height * 0.17), width, height))
                for edge in ((0, 0, side, below.height), (width - side, 0, width, below.height)):
                    assert below.crop(edge).getextrema()[0] == 255, f"{path.name}: too wide"
                last = round(below.height - 6 * height / 297)
                assert below.crop((0, last, width, below.height)).getextrema()[0] == 255, (
                    f"{path.name}: too long"
                )
