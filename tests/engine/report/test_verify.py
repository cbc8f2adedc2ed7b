"""verify.py says what is true of a pack: on any Python an inspector may have."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

from kindergarten_engine.report.pack import Pack
from kindergarten_engine.report.verifier import FOLDER, verify

from .kit import DAY_US, HOUR_US, Key, Source, midnight_us, pack

KEY = Key()
FLIPPED = [
    "README.txt", "key.json", "ledger.jsonl", "manifest.json", "manifest.sig", "report-en.pdf", "report-kk.pdf",
    "report-ru.pdf", "seals/20261020.jsonl", "seals/20261021.jsonl", "seals/20261022.jsonl", "verify.html", "verify.py",
]  # fmt: skip


@pytest.fixture(scope="module")
def source() -> Source:
    return Source(key=KEY)


@pytest.fixture(scope="module")
def good(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return pack(tmp_path_factory.mktemp("packs"), source)


@pytest.fixture
def copy(good: Pack, tmp_path: Path) -> Path:
    """Return a copy of the good pack to spoil."""
    return Path(shutil.copytree(good.folder, tmp_path / "pack"))


def answer(path: Path | str, *options: str) -> tuple[int, str]:
    """Run the script itself."""
    done = subprocess.run(
        [sys.executable, "-I", str(FOLDER / "verify.py"), str(path), "--lang", "en", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


def outside(source: Source) -> tuple[str, ...]:
    """Return what an inspector knows from elsewhere."""
    return ("--key", KEY.fingerprint, "--head", f"{len(source.lines)}:{source.head}")


def flip(path: Path, at: float = 0.5) -> None:
    """Flip one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[int((len(data) - 1) * at)] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("what", ["folder", "zip"])
def test_green_needs_key_and_head_from_outside(good: Pack, source: Source, what: str) -> None:
    path = good.folder if what == "folder" else good.zip
    assert answer(path)[0] == 2
    assert answer(path, "--key", KEY.fingerprint)[0] == 2
    assert answer(path, "--head", source.head)[0] == 2
    status, text = answer(path, *outside(source))
    assert status == 0
    assert "GREEN" in text
    assert "144 recordings" in text


def test_the_twenty_digits_are_a_head_too(good: Pack, source: Source) -> None:
    digits = verify.code(source.head)
    grouped = " ".join(digits[at : at + 5] for at in range(0, 20, 5))
    assert answer(good.folder, "--key", KEY.fingerprint, "--head", grouped)[0] == 0


def test_the_fingerprint_on_paper_is_said(good: Pack) -> None:
    assert good.fingerprint in answer(good.folder)[1]


@pytest.mark.parametrize("name", FLIPPED)
def test_one_flipped_bit_is_red_and_the_file_is_named(copy: Path, name: str) -> None:
    flip(copy / name)
    status, text = answer(copy)
    assert status == 1
    named = {"manifest.json": "manifest", "manifest.sig": "manifest"}.get(name, name)
    assert named in text


def test_the_table_of_flipped_files_is_the_whole_pack(good: Pack) -> None:
    assert sorted(FLIPPED) == list(good.files)


def test_a_changed_seal_names_camera_and_hour(copy: Path) -> None:
    path = copy / "seals/20261021.jsonl"
    data = path.read_bytes()
    midnight = midnight_us(Source(key=KEY).days[1])
    line = next(
        part
        for part in data.split(b"\n")
        if b'"b' + b"b" * 31 in part and f'"t0":{midnight + 10 * HOUR_US}'.encode() in part
    )
    path.write_bytes(data.replace(line, line.replace(b'"bytes":1010', b'"bytes":1011')))
    text = answer(copy)[1]
    assert "Camera Кіреберіс, 2026-10-21 10:00" in text
    assert text.count("the list of recordings of this hour") == 1


@pytest.mark.parametrize(
    "name",
    ["seals/20261021.jsonl", "ledger.jsonl", "report-kk.pdf", "manifest.json", "manifest.sig", "key.json"],
)
def test_a_missing_file_is_red(copy: Path, name: str) -> None:
    (copy / name).unlink()
    assert answer(copy)[0] == 1


def test_an_injected_file_is_red(copy: Path) -> None:
    (copy / "seals/20261023.jsonl").write_bytes(b"")
    status, text = answer(copy)
    assert status == 1
    assert "Not part of the pack: seals/20261023.jsonl" in text


def resign(
    folder: Path, key: Key, change: Callable[[dict[str, object]], None] = lambda manifest: None
) -> None:
    """Do what the owner of a key can: list the files anew and sign."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for name in manifest["files"]:
        data = (folder / name).read_bytes()
        manifest["files"][name] = {"bytes": len(data), "sha256": verify.sha(data)}
    change(manifest)
    data = verify.canonical(manifest)
    (folder / "manifest.json").write_bytes(data)
    digest = bytes.fromhex(verify.sha(data))
    (folder / "manifest.sig").write_text(key.sign(b"kindergarten-manifest-1\n" + digest))


@pytest.mark.parametrize("how", ["edited", "removed", "truncated"])
def test_even_the_owner_cannot_change_the_ledger_line_by_line(copy: Path, how: str) -> None:
    path = copy / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    if how == "edited":
        lines[30] = lines[30].replace(b"3600", b"3601")
    elif how == "removed":
        del lines[30]
    else:
        del lines[60:]
    path.write_bytes(b"".join(lines))
    resign(copy, KEY)
    status, text = answer(copy)
    assert status == 1
    assert "ledger" in text.lower()


def test_even_the_owner_cannot_change_a_seal(copy: Path) -> None:
    path = copy / "seals/20261021.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    resign(copy, KEY, lambda manifest: manifest.pop("hours"))  # type: ignore[arg-type]
    status, text = answer(copy)
    assert status == 1
    assert "Day 2026-10-21: this seal is not the one in the ledger" in text


def test_a_day_left_out_is_red(tmp_path: Path) -> None:
    source = Source(key=KEY)
    del source.sealed["20261021.jsonl"]
    status, text = answer(pack(tmp_path, source).folder)
    assert status == 1
    assert "Day 2026-10-21: the ledger has a seal, the pack does not" in text


def test_another_key_is_red_against_the_fingerprint_from_outside(tmp_path: Path) -> None:
    source = Source(key=Key(2))
    made = pack(tmp_path, source)
    assert answer(made.folder)[0] == 2
    assert answer(made.folder, "--key", KEY.fingerprint)[0] == 1


def test_a_ledger_written_anew_is_red_against_the_head_from_outside(tmp_path: Path, source: Source) -> None:
    other = Source(key=KEY, per_hour=2)
    made = pack(tmp_path, other)
    assert answer(made.folder)[0] == 2
    assert answer(made.folder, *outside(source))[0] == 1
    assert answer(made.folder, "--head", verify.code(source.head))[0] == 1


def test_a_head_beyond_the_ledger_proves_nothing(good: Pack, source: Source) -> None:
    status, text = answer(
        good.folder, "--key", KEY.fingerprint, "--head", f"{len(source.lines) + 5}:{'0' * 64}"
    )
    assert status == 2
    assert "proves nothing" in text


def test_a_key_vouched_for_by_the_old_one_is_trusted(tmp_path: Path) -> None:
    new, source = Key(2), Source(key=KEY)
    time_us = midnight_us(source.days[-1]) + DAY_US + HOUR_US
    source.add_key(new, time_us, old=KEY)
    source.add_head(source.days[-1], time_us, new)
    source.key = new
    made = pack(tmp_path, source)
    assert answer(made.folder, *outside(source))[0] == 0
    assert answer(made.folder, "--key", new.fingerprint, "--head", source.head)[0] == 0


def test_a_key_nobody_vouches_for_stays_open(tmp_path: Path) -> None:
    new, source = Key(2), Source(key=KEY)
    source.add_key(new, midnight_us(source.days[-1]) + DAY_US + HOUR_US)
    source.key = new
    made = pack(tmp_path, source)
    status, text = answer(made.folder, "--key", new.fingerprint, "--head", source.head)
    assert status == 2
    assert "a new key" in text
    assert answer(made.folder, *outside(source))[0] == 1


def test_a_pack_made_without_the_key_says_so(tmp_path: Path) -> None:
    source = Source()
    status, text = answer(pack(tmp_path, source).folder, "--head", source.head)
    assert status == 2
    assert (
        f"not signed (made without the recorder's key). Signed heads reach to record {len(source.lines) - 1}"
        in text
    )


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"files":{}}', b'{"files":{"a":1},"head":[]}', b"\xff", b"null"]
)
def test_rubbish_is_red_and_no_crash(copy: Path, content: bytes) -> None:
    (copy / "manifest.json").write_bytes(content)
    assert answer(copy)[0] == 1


def test_no_folder_is_red(tmp_path: Path) -> None:
    assert answer(tmp_path / "none")[0] == 1
    assert answer(tmp_path)[0] == 1


def test_recordings_on_a_disk_are_checked_against_the_seals(
    tmp_path: Path, good: Pack, source: Source
) -> None:
    text = answer(good.folder, "--archive", str(tmp_path))[1]
    assert "Archive: camera Кіреберіс, 2026-10-20 00:00: missing on the disk" in text


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ],
)  # fmt: skip
def test_signatures_of_rfc_8032_hold_and_no_others(public: str, message: str, signature: str) -> None:
    key, text, good = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify.signed(key, text, good)
    assert not verify.signed(key, text + b"x", good)
    for at in (0, 31, 32, 63):
        spoilt = bytearray(good)
        spoilt[at] ^= 1
        assert not verify.signed(key, text, bytes(spoilt))
    larger = int.from_bytes(good[32:], "little") + verify.ORDER
    assert not verify.signed(key, text, good[:32] + larger.to_bytes(32, "little"))
    assert not verify.signed(key, text, good[:-1])


def test_an_unsigned_pack_is_amber_with_the_key_of_its_heads_and_red_with_another(tmp_path: Path) -> None:
    """As `script/archive pack` makes it: nobody signed the manifest, the recorder signed the heads."""
    source = Source()
    made = pack(tmp_path, source)
    signer, head = Key(9).fingerprint, verify.code(source.head)
    status, text = answer(made.folder, "--key", signer, "--head", head)
    assert status == 2
    assert "The key is the one whose fingerprint you gave" in text
    assert signer in answer(made.folder)[1]
    assert answer(made.folder, "--key", KEY.fingerprint, "--head", head)[0] == 1


OLDER = "f" * 32


@pytest.fixture
def moved(tmp_path: Path) -> tuple[Path, Source]:
    """Return a pack of a kindergarten whose recordings went to another disk, and its source."""
    source = Source(key=KEY, before=Source(key=Key(3), archive=OLDER))
    return Path(pack(tmp_path, source).folder), source


def test_the_ledger_of_an_earlier_disk_is_checked_too(moved: tuple[Path, Source]) -> None:
    folder, source = moved
    status, text = answer(folder, *outside(source))
    assert status == 0, text
    assert f"Earlier disk {OLDER}: records 1 – {len(source.lines)}" in text


@pytest.mark.parametrize("how", ["edited", "removed", "seal"])
def test_even_the_owner_cannot_change_what_an_earlier_disk_tells(
    moved: tuple[Path, Source], how: str
) -> None:
    folder = moved[0]
    path = folder / "older" / OLDER / ("seals/20261021.jsonl" if how == "seal" else "ledger.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    if how == "edited":
        lines[30] = lines[30].replace(b"3600", b"3601")
    else:
        del lines[30]
    path.write_bytes(b"".join(lines))
    resign(folder, KEY)
    status, text = answer(folder, *outside(moved[1]))
    assert status == 1
    assert "Earlier disk" not in text


def test_a_head_of_an_earlier_disk_proves_that_disk_alone(moved: tuple[Path, Source]) -> None:
    folder, source = moved
    assert source.before is not None
    status, text = answer(folder, "--key", KEY.fingerprint, "--head", verify.code(source.before.head))
    assert status == 2
    assert "of an earlier disk" in text


def test_the_script_runs_on_python_3_8() -> None:
    import ast

    ast.parse((FOLDER / "verify.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_every_language_has_every_text_with_the_same_places() -> None:
    import string

    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english = verify.TEXTS["en"]
    for language in ("kk", "ru"):
        assert verify.TEXTS[language].keys() == english.keys()
        for name, text in verify.TEXTS[language].items():
            assert places(text) == places(english[name]), (language, name)


def test_both_files_are_what_the_script_writes() -> None:
    script = Path(__file__).parents[3] / "script/verifier"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    texts = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))
    assert texts == verify.TEXTS
    page = (FOLDER / "verify.html").read_text(encoding="utf-8")
    assert json.dumps(texts, ensure_ascii=False, sort_keys=True, indent=0) in page


@pytest.mark.parametrize("name", ["manifest.json", "seals/20261020.jsonl", "ledger.jsonl"])
def test_brackets_without_end_are_bad_and_stop_nobody(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b"[" * 300_000)
    assert answer(copy)[0] == 1
