"""T31: what we take from others is little, pinned and kept here; no page fetches from anywhere else.

That the pages work with the network blocked is shown by every browser test: `tests/portal_pages` has no other host.
"""

import json
from pathlib import Path
import re
import subprocess
import sys

import custom_components.kindergarten
from tests.portal.site import Site

FOLDER = Path(custom_components.kindergarten.__file__).parent
ROOT = FOLDER.parent.parent
REQUIREMENTS = {"fpdf2", "segno"}
"""Whatever is added here runs inside of every kindergarten's Home Assistant."""
SERVED = {".js", ".css", ".html", ".mjs", ".svg", ".json", ".webmanifest"}
FETCHED = re.compile(
    r"""(?:from|import\(|fetch\(|src=|href=|url\(|@import)\s*["'(]?\s*(?:https?:)?//[\w.-]+"""
)


def test_what_is_installed_is_little_and_of_one_version() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    pinned = [re.fullmatch(r"([\w-]+)==([\d.]+)", each) for each in manifest["requirements"]]
    assert all(pinned)
    assert {each[1] for each in pinned if each} == REQUIREMENTS


def test_what_tests_install_is_of_one_version() -> None:
    lines = (ROOT / "requirements_test.txt").read_text().splitlines()
    wanted = [line.partition("#")[0].strip() for line in lines]
    assert not [line for line in wanted if line and "==" not in line and not line.startswith("-")]


def test_what_is_vendored_is_what_was_released_with_its_licence() -> None:
    check = [sys.executable, str(ROOT / "script/vendor"), "--check"]
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    packages = json.loads((ROOT / "script/vendor.json").read_text(encoding="utf-8"))
    targets = [target for package in packages for target, _ in package["files"].values()]
    kept = [
        path
        for part in ("portal", "panel")
        for path in (FOLDER / part).rglob("vendor/**/*")
        if path.is_file()
    ]
    assert {path.relative_to(ROOT).as_posix() for path in kept} <= set(targets)
    assert all(any("LICENSE" in target for target, _ in each["files"].values()) for each in packages)


def test_no_file_that_is_served_names_another_host() -> None:
    served = [
        path for part in ("portal", "panel") for path in (FOLDER / part).rglob("*") if path.suffix in SERVED
    ]
    assert len(served) > 50
    assert not [path for path in served if FETCHED.search(path.read_text(encoding="utf-8"))]


async def test_a_browser_may_fetch_from_the_portal_alone(site: Site) -> None:
    policy = (await site.browser().get("/")).headers["Content-Security-Policy"]
    sources = {word for part in policy.split(";") for word in part.split()[1:]}
    assert sources == {"'none'", "'self'", "blob:"}


def test_nothing_is_built_or_fetched_by_node() -> None:
    assert not [
        path for path in ROOT.iterdir() if path.name in {"package.json", "node_modules", "package-lock.json"}
    ]
