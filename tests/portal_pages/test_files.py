"""The portal's files: small, hashed, from here only, and without a way to make HTML out of words."""

import gzip
from html.parser import HTMLParser
import json
from pathlib import Path
import re

import pytest

from custom_components.kindergarten.portal.pages import ASSET_PREFIX, asset, asset_names, shell

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "custom_components/kindergarten/portal/pages"
SOURCES = sorted(path for path in PAGES.rglob("*.js") if "vendor" not in path.parts)
FIRST_VIEW_BYTES = 60_000
WITH_PLAYER_BYTES = 300_000
# Ways from words to markup or code. `innerHTML` and its like have no innocent use here.
FORBIDDEN = (
    r"\.innerHTML", r"\.outerHTML", r"insertAdjacentHTML", r"document\.write", r"\beval\(", r"new Function",
    r"createContextualFragment", r"DOMParser", r"setHTML", r"srcdoc", r"javascript:", r"\.style\s*=",
    r"setAttribute\(\s*[\"'](on|style)", r"\bon\w+\s*=\s*[\"']", r"cssText", r"insertRule", r"setTimeout\(\s*[\"']",
    r"https?://(?!www\.w3\.org/2000/svg)", r"WebSocket", r"RTCPeerConnection", r"serviceWorker", r"document\.cookie",
)  # fmt: skip


def _packed(source: str) -> int:
    found = asset(asset_names()[source])
    assert found is not None
    return len(found.packed)


def _first_view(language: str) -> int:
    """Return the bytes until the entry page stands there."""
    page = shell("«Күншуақ» балабақшасы").decode()
    names = set(re.findall(rf"{ASSET_PREFIX}([\w.-]+)", page)) - {
        asset_names()[name] for name in ("pages/too_old.js", "pages/icon-180.png", "pages/portal.webmanifest")
    }
    files = [asset(name) for name in names] + [asset(asset_names()[f"locales/{language}.json"])]
    return len(gzip.compress(page.encode())) + sum(len(file.packed) for file in files if file)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_first_view_is_small(language: str) -> None:
    assert _first_view(language) <= FIRST_VIEW_BYTES // 2  # half is left for headers and what comes later


def test_everything_with_the_player_is_within_its_budget() -> None:
    everything = sum(_packed(name) for name in asset_names() if not name.startswith("locales/"))
    assert (
        everything + max(_packed(f"locales/{language}.json") for language in ("kk", "ru", "en"))
        <= WITH_PLAYER_BYTES
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PAGES).as_posix())
def test_no_module_makes_markup_or_code_out_of_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [pattern for pattern in FORBIDDEN if re.search(pattern, text)]


def test_styles_take_nothing_from_elsewhere() -> None:
    for path in PAGES.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?:|//|@import|data:", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


class _Shell(HTMLParser):
    """Notes elements that could hold or fetch something."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in {"style", "iframe", "object", "base", "form"}:
            self.wrong.append(tag)
        if tag == "script" and not found.get("src"):
            self.wrong.append("inline script")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.wrong.append(name)
            if name in {"src", "href"}:
                self.names.append(value or "")


def test_shell_has_nothing_inline_and_only_hashed_files_of_ours() -> None:
    page = _Shell()
    page.feed(shell("Kindergarten").decode())
    assert not page.wrong
    assert len(page.names) > 10
    for name in page.names:
        assert name.startswith(ASSET_PREFIX)
        assert asset(name.removeprefix(ASSET_PREFIX)) is not None
        assert re.search(r"\.[0-9a-f]{16}\.\w+$", name)


def test_name_of_the_kindergarten_is_escaped_and_only_in_title_and_meta() -> None:
    name = "\"><script>alert(1)</script>&'{kindergarten}"
    page = shell(name).decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_an_asset_is_found_by_its_hashed_name_only() -> None:
    hashed = asset_names()["pages/app.js"]
    found = asset(hashed)
    assert found is not None
    assert found.content_type.startswith("text/javascript")
    assert gzip.decompress(found.packed) == found.body
    for name in ("app.js", "pages/app.js", f"../{hashed}", hashed.upper(), f"{hashed}.map", ""):
        assert asset(name) is None


def test_modules_name_each_other_by_hash_so_that_an_update_is_never_mixed() -> None:
    for source, name in asset_names().items():
        found = asset(name)
        if not source.endswith(".js") or found is None:
            continue
        for other in re.findall(r"""(?:from|import\(|URL\()\s*["'](\.[^"']+)""", found.body.decode()):
            assert asset(other.removeprefix("./")) is not None, f"{source}: {other}"


def test_manifest_of_the_home_screen_names_icons_that_are_there() -> None:
    found = asset(asset_names()["pages/portal.webmanifest"])
    assert found is not None
    manifest = json.loads(found.body)
    assert manifest["scope"] == manifest["start_url"] == "/api/kindergarten/portal/"
    assert all(asset(icon["src"].removeprefix("./")) for icon in manifest["icons"])


def test_every_module_says_what_it_is_for_and_stays_small() -> None:
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("// "), path
        assert len(lines) < 400, path
