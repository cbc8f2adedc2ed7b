"""The report reads well in three languages: real letters, searchable, nothing called better than it was measured."""

from dataclasses import replace
import json
from pathlib import Path
import string
import subprocess

from fpdf import FPDF
from PIL import Image
import pytest

from kindergarten_engine.legal import PROFILES
from kindergarten_engine.report import pdf, qr
from kindergarten_engine.report.heat import field
from kindergarten_engine.report.model import Day, Report, hand_over
from kindergarten_engine.report.words import LANGUAGES, Words

from .kit import FIRST_DAY, Key, Source, order, report

FINGERPRINT = "0123456789abcdef" * 4
KAZAKH = "әғқңөұүһі"


@pytest.fixture(scope="module")
def month() -> Report:
    """Return a report on 31 days of 8 cameras, as it is handed over."""
    source = Source(days=31, cameras=8, key=Key())
    return hand_over(report(source, order(source)))


def text_of(folder: Path, data: bytes) -> str:
    """Return what can be searched in a PDF, in reading order, lines joined."""
    from pypdf import PdfReader

    path = folder / "report.pdf"
    path.write_bytes(data)
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ["Бейнебақылау туралы есеп", "Бізге белгілі KZ 2026 профиліне САЙ ЕМЕС", "өлшенбеді", "Топ «Қарлығаш»"]),
        ("ru", ["Отчёт о видеонаблюдении", "НЕ СООТВЕТСТВУЕТ профилю KZ 2026", "не измерено"]),
        ("en", ["Report on video surveillance", "DOES NOT MEET profile KZ 2026, as we know it", "not measurable"]),
    ],
)  # fmt: skip
def test_the_text_can_be_searched(tmp_path: Path, month: Report, language: str, words: list[str]) -> None:
    text = text_of(tmp_path, pdf.render(month, language, FINGERPRINT))
    for word in words:
        assert word in text
    assert FINGERPRINT in text.replace(" ", "")
    assert "compliant" not in text.lower()
    if language == "kk":
        assert set(KAZAKH) <= set(text)


def test_what_could_not_be_measured_is_never_met(tmp_path: Path, month: Report) -> None:
    measured = replace(
        month,
        requirements=tuple(one for one in month.requirements if one.status in {"met", "not_measurable"}),
    )
    assert measured.verdict == "not_measurable"
    text = text_of(tmp_path, pdf.render(measured, "en", FINGERPRINT))
    assert "CANNOT BE TOLD" in text
    assert "MEETS profile" not in text
    assert field(Day(day=FIRST_DAY, recorded_s=None, wanted_s=86_400, gaps=0))[0] == "?"
    assert field(Day(day=FIRST_DAY, recorded_s=0, wanted_s=86_400, gaps=1))[0] == "0"
    assert field(Day(day=FIRST_DAY, recorded_s=86_300, wanted_s=86_400, gaps=1))[0] == "99"
    assert field(Day(day=FIRST_DAY, recorded_s=86_400, wanted_s=86_400, gaps=0))[0] == "✓"


def test_no_picture_and_no_persons_name_is_handed_over(tmp_path: Path, month: Report) -> None:
    data = pdf.render(month, "kk", FINGERPRINT)
    assert "Сәрсенбаева" not in text_of(tmp_path, data)
    assert b"/Subtype /Image" not in data


def test_a_full_report_has_both(tmp_path: Path) -> None:
    source = Source(key=Key())
    whole = report(source, order(source, mode="full"))
    Image.new("RGB", (320, 180), "grey").save(tmp_path / "still.jpg")
    still = (tmp_path / "still.jpg").read_bytes()
    whole = replace(whole, cameras=tuple(replace(camera, picture=still) for camera in whole.cameras))
    data = pdf.render(whole, "kk", FINGERPRINT)
    assert "Сәрсенбаева" in text_of(tmp_path, data)
    assert b"/Subtype /Image" in data


def test_picture_that_says_it_is_larger_than_any_is_left_out(tmp_path: Path) -> None:
    source = Source(key=Key())
    whole = report(source, order(source, mode="full"))
    Image.new("RGB", (16, 16)).save(tmp_path / "still.jpg")
    still = bytearray((tmp_path / "still.jpg").read_bytes())
    size = still.index(b"\xff\xc0") + 5
    still[size : size + 4] = (60_000).to_bytes(2) * 2
    whole = replace(whole, cameras=tuple(replace(each, picture=bytes(still)) for each in whole.cameras))
    data = pdf.render(whole, "en", FINGERPRINT)
    assert whole.cameras[0].label in text_of(tmp_path, data)
    assert b"/Subtype /Image" not in data


def test_the_same_report_is_the_same_file(month: Report) -> None:
    assert pdf.render(month, "kk", FINGERPRINT) == pdf.render(month, "kk", FINGERPRINT)


def test_a_kindergarten_of_nothing_makes_a_report(tmp_path: Path, month: Report) -> None:
    empty = replace(
        month, rooms=(), cameras=(), requirements=(), gaps=(), volumes=(), challenges=(), forecast_days=None
    )
    text = text_of(tmp_path, pdf.render(empty, "en", FINGERPRINT))
    assert "CANNOT BE TOLD" in text


def test_every_language_has_every_text_with_the_same_places() -> None:
    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for texts in LANGUAGES.values():
        assert texts.keys() == LANGUAGES["en"].keys()
        for key, text in texts.items():
            assert places(text) == places(LANGUAGES["en"][key]), key


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_sources_that_name_a_law_are_translated(language: str) -> None:
    words = Words(language, 0)
    for profile in PROFILES.values():
        rules = (profile.minimum_days, profile.maximum_days, profile.sound, *profile.room_kinds.values())
        for rule in rules:
            if not rule.source.startswith("Decision of this project"):
                assert words.source(rule.source) != rule.source


def test_every_profile_and_kind_of_room_has_a_name() -> None:
    for texts in LANGUAGES.values():
        for profile in PROFILES.values():
            assert f"profile_{profile.key}" in texts
            assert all(f"kind_{kind}" in texts for kind in profile.room_kinds)


def test_texts_have_the_letters_of_the_font() -> None:
    from fontTools.ttLib import TTFont

    letters = set(json.dumps(dict(LANGUAGES), default=dict, ensure_ascii=False))
    for path in pdf.FONTS.glob("*.ttf"):
        assert {ord(letter) for letter in letters} <= TTFont(path).getBestCmap().keys()
    assert sum(path.stat().st_size for path in pdf.FONTS.iterdir()) < 400_000


@pytest.mark.parametrize("text", ["a", "kgpack:" + FINGERPRINT, "https://cameras.example.kz/#i=" + "5f" * 70])
def test_a_reader_of_qr_codes_reads_ours(tmp_path: Path, text: str) -> None:
    page = FPDF()
    page.add_page()
    qr.draw(page, text, 20, 30, 35)
    (tmp_path / "code.pdf").write_bytes(page.output())
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", tmp_path / "code.pdf", tmp_path / "code"], check=True
    )
    try:
        done = subprocess.run(
            ["zbarimg", "-q", "--raw", tmp_path / "code.png"], capture_output=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("zbarimg (zbar-tools) is not installed")
    assert done.stdout.decode().strip() == text


def test_none_seen_is_not_shown_as_none_there(tmp_path: Path, month: Report) -> None:
    """A bare disk knows neither rooms nor the kindergarten's name."""
    (one,) = (each for each in month.requirements if each.id == "required_rooms")
    for status, shown in (("met", "met 0 7"), ("not_measurable", "not measurable – 7")):
        told = replace(one, status=status, value=0, wanted=7, cameras=(), rooms=())  # type: ignore[arg-type]
        bare = replace(month, requirements=(told,), site=replace(month.site, name=""))
        text = text_of(tmp_path, pdf.render(bare, "en", FINGERPRINT))
        assert shown in text
        assert " · 0123" not in text
