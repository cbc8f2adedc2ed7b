"""The chain holds, tells what was done to it, and forgives only a torn end."""

from pathlib import Path

import pytest

from kindergarten_engine.filesystem import RealFileSystem
from kindergarten_engine.ledger.chain import Ledger, LedgerState, canonical, decode

MONTH_US = 31 * 86_400_000_000


def ledger(folder: Path) -> Ledger:
    opened = Ledger(RealFileSystem(), str(folder))
    opened.open()
    return opened


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Return a folder with three months of two records each."""
    chain = ledger(tmp_path)
    chain.begin(1, 0, {"archive": "a"})
    for month in range(3):
        for number in range(2):
            chain.append("gap", 1, month * MONTH_US, {"number": number, "text": "Ә é"})
    chain.close()
    return tmp_path


def test_records_come_back_in_order_from_monthly_files(written: Path) -> None:
    chain = ledger(written)
    assert chain.state is LedgerState.GOOD
    assert [record.number for record in chain.records()] == list(range(1, 8))
    assert [record.number for record in chain.records(5)] == [5, 6, 7]
    assert len(list(written.iterdir())) == 3
    assert chain.append("gap", 1, 2 * MONTH_US, {}).number == 8


def test_an_empty_folder_has_no_ledger(tmp_path: Path) -> None:
    assert ledger(tmp_path).state is LedgerState.MISSING


@pytest.mark.parametrize("keep", [1, 20, -1])
def test_a_torn_last_line_is_cut(written: Path, keep: int) -> None:
    last = max(written.iterdir())
    lines = last.read_bytes().splitlines(keepends=True)
    last.write_bytes(b"".join(lines[:-1]) + lines[-1][:keep])
    chain = ledger(written)
    assert (chain.state, chain.number) == (LedgerState.GOOD, 6)
    assert chain.cut > 0
    assert chain.append("gap", 1, 2 * MONTH_US, {}).number == 7
    assert ledger(written).state is LedgerState.GOOD


def test_zeroes_behind_the_last_line_are_cut(written: Path) -> None:
    last = max(written.iterdir())
    last.write_bytes(last.read_bytes() + bytes(500))
    assert ledger(written).number == 7


@pytest.mark.parametrize("what", ["edit", "drop line", "drop file", "swap", "insert"])
def test_anything_else_breaks_the_chain(written: Path, what: str) -> None:
    first, second, third = sorted(written.iterdir())
    lines = second.read_bytes().splitlines(keepends=True)
    if what == "edit":
        second.write_bytes(second.read_bytes().replace(b'"number":0', b'"number":9'))
    elif what == "drop line":
        second.write_bytes(lines[1])
    elif what == "drop file":
        second.unlink()
    elif what == "swap":
        second.write_bytes(lines[1] + lines[0])
    else:
        first.write_bytes(first.read_bytes() + third.read_bytes())
    assert ledger(written).state is LedgerState.BROKEN


def test_a_shorter_chain_is_seen_by_whoever_knows_the_head(written: Path) -> None:
    chain = ledger(written)
    number, head = chain.number, chain.head
    last = max(written.iterdir())
    last.write_bytes(b"".join(last.read_bytes().splitlines(keepends=True)[:-1]))
    again = ledger(written)
    before = again.state
    again.check_head(number, head)
    assert (before, again.state) == (LedgerState.GOOD, LedgerState.BROKEN)


def test_a_confirmed_break_stays_confirmed_and_a_new_one_counts(written: Path) -> None:
    second = sorted(written.iterdir())[1]
    second.write_bytes(second.read_bytes().replace(b'"number":0', b'"number":9'))
    chain = ledger(written)
    chain.confirm(1, 2 * MONTH_US)
    assert chain.state is LedgerState.GOOD
    chain.close()
    assert ledger(written).state is LedgerState.GOOD


def test_lines_are_canonical_and_garbage_is_no_record() -> None:
    assert canonical({"b": 1, "a": "e\u0301"}) == '{"a":"\u00e9","b":1}'.encode()
    for line in (b"", b"null", b"[]", b'{"h":"x"}', b"\xff\xfe", b"{" * 10_000, b'{"v":1,"h":1}'):
        assert decode(line) is None
