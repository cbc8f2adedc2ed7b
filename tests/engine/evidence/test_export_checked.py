"""Whatever is changed in an export is red, in the script as in the page, with the camera and the hour."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
from typing import Any

from playwright.async_api import Page
import pytest

from tests.engine.report.test_verify_page import both, lines, page, told, verdict

from .test_export import NOON, SECOND, made, order

__all__ = ["page"]


@pytest.fixture(scope="module")
def good(made_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an export of a quarter of an hour; nobody may change it."""
    out = tmp_path_factory.mktemp("exports")
    made(made_archive, out, order(NOON, NOON + 900 * SECOND))
    return out / "e1"


def the_run(folder: Path) -> dict[str, Any]:
    """Return the one run of an export."""
    (run,) = json.loads((folder / "manifest.json").read_text())["runs"]
    assert isinstance(run, dict)
    return run


def footage(folder: Path) -> Path:
    """Return the one recording in an export."""
    return folder / str(the_run(folder)["file"])


def flipped(at: Callable[[dict[str, Any]], int]) -> Callable[[Path], None]:
    """Return what changes one byte of the recording."""

    def change(folder: Path) -> None:
        data = bytearray(footage(folder).read_bytes())
        data[at(the_run(folder))] ^= 1
        footage(folder).write_bytes(data)

    return change


def cut_short(folder: Path) -> None:
    footage(folder).write_bytes(footage(folder).read_bytes()[:-1])


def made_longer(folder: Path) -> None:
    footage(folder).write_bytes(footage(folder).read_bytes() + b"\0")


def swapped(folder: Path) -> None:
    """Exchange two stretches of the same length."""
    data, leaves = bytearray(footage(folder).read_bytes()), the_run(folder)["fragments"]
    first, second = leaves[0], leaves[1]
    size = min(first["size"], second["size"])
    a, b = slice(first["at"], first["at"] + size), slice(second["at"], second["at"] + size)
    data[a], data[b] = data[b], data[a]
    footage(folder).write_bytes(data)


def rewritten(edit: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    """Return what changes the manifest, as whoever has no key could."""

    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text())
        edit(manifest)
        path.write_bytes(
            json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        )

    return change


def unlisted(manifest: dict[str, Any]) -> None:
    """Leave the last stretch out of what is checked."""
    manifest["runs"][0]["fragments"].pop()


def gap(manifest: dict[str, Any]) -> None:
    """Leave a stretch in the middle out of what is checked."""
    del manifest["runs"][0]["fragments"][3]


CHANGES: dict[str, Callable[[Path], None]] = {
    "first byte": flipped(lambda run: 0),
    "last of what is before the pictures": flipped(lambda run: run["init"]["size"] - 1),
    "first picture": flipped(lambda run: run["fragments"][0]["at"] + 200),
    "middle": flipped(lambda run: run["fragments"][7]["at"] + 9),
    "last byte": flipped(lambda run: -1),
    "cut short": cut_short,
    "made longer": made_longer,
    "swapped": swapped,
    "stretch not listed": rewritten(unlisted),
    "hole in the list": rewritten(gap),
    "no runs": rewritten(lambda manifest: manifest["runs"].clear()),
    "other root": rewritten(
        lambda manifest: manifest["files"][manifest["runs"][0]["file"]].update(root="0" * 64)
    ),
    "no hash": rewritten(lambda manifest: manifest["files"][manifest["runs"][0]["file"]].pop("root")),
}


def changed(good: Path, to: Path, change: str) -> Path:
    """Return a copy of an export to which something was done."""
    shutil.copytree(good, to)
    CHANGES[change](to)
    return to


def test_every_byte_of_a_recording_is_in_one_stretch(good: Path) -> None:
    run = the_run(good)
    at = run["init"]["size"]
    for leaf in run["fragments"]:
        assert leaf["at"] == at
        at += leaf["size"]
    assert at == footage(good).stat().st_size


@pytest.mark.parametrize("change", CHANGES)
def test_changed_export_is_red(good: Path, tmp_path: Path, change: str) -> None:
    assert both(good).verdict == "amber"
    assert both(changed(good, tmp_path / "e", change)).verdict == "red"


def test_changed_stretch_is_named_with_camera_and_hour(good: Path, tmp_path: Path) -> None:
    check = both(changed(good, tmp_path / "e", "middle"))
    (found,) = [values for _, what, values in check.found if what == "leaf"]
    assert found["file"] == the_run(good)["file"]
    assert found["time"] == check.local(NOON // (3600 * SECOND) * 3600 * SECOND)


@pytest.mark.browser
async def test_page_finds_what_the_script_finds(good: Path, tmp_path: Path, page: Page) -> None:
    assert await verdict(page, good) == "amber"
    assert await lines(page) == told(both(good))
    for number, change in enumerate(CHANGES):
        folder = changed(good, tmp_path / f"e{number}", change)
        assert await verdict(page, folder) == "red", change
        if change != "no hash":  # each says so in the words of its language
            assert await lines(page) == told(both(folder)), change
