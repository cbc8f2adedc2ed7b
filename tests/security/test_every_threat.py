"""Every threat of the model has a test that is named after it, or a check by hand that is written down; some have both."""

from pathlib import Path
import re

HERE = Path(__file__).parent
CHECKS = (HERE.parents[1] / "docs/security-checks.md").read_text(encoding="utf-8")
THREATS = {f"T{number}" for number in range(1, 33)}


def tested() -> set[str]:
    """Return the threats that a file of tests is named after."""
    names = [path.stem for path in HERE.glob("test_t[0-9][0-9]_*.py")]
    return {f"T{int(number)}" for name in names for number in re.findall(r"(?<=_)t(\d\d)(?=_)", name)}


def by_hand() -> dict[str, str]:
    """Return the checks by number, each with its text."""
    parts = re.split(r"^### ", CHECKS, flags=re.MULTILINE)[1:]
    return {part.partition(" ")[0]: part for part in parts}


def test_no_threat_has_neither_test_nor_check() -> None:
    checked = {
        threat for part in by_hand().values() for threat in re.findall(r"\((T\d+)\)", part.partition("\n")[0])
    }
    assert tested() | checked == THREATS


def test_a_file_that_is_named_after_a_threat_says_so() -> None:
    for path in HERE.glob("test_t[0-9][0-9]_*.py"):
        said = path.read_text(encoding="utf-8").partition("\n")[0]
        named = {f"T{int(number)}" for number in re.findall(r"(?<=_)t(\d\d)(?=_)", path.stem)}
        assert named & set(re.findall(r"T\d+", said)), path.name


def test_checks_are_numbered_and_say_when_how_and_what_is_right() -> None:
    checks = by_hand()
    assert list(checks) == [f"M{number}" for number in range(1, len(checks) + 1)]
    for number, text in checks.items():
        assert "**When:**" in text, number
        assert "**Expected:**" in text, number
        assert re.findall(r"^(\d)\. ", text, flags=re.MULTILINE)[:1] == ["1"], number
