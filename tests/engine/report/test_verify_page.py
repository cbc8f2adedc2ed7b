"""verify.html says in a real browser, without a network, what verify.py says."""

from collections.abc import AsyncIterator
from pathlib import Path
import shutil

from playwright.async_api import Page
import pytest

from kindergarten_engine.report.pack import Pack
from kindergarten_engine.report.verifier import FOLDER, verify
from tests.end_to_end.browser import browser_page

from .kit import Key, Source, pack
from .test_verify import FLIPPED, KEY, flip, outside, resign

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def source() -> Source:
    return Source(key=KEY)


@pytest.fixture(scope="module")
def good(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return pack(tmp_path_factory.mktemp("packs"), source)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """Open the page offline; nothing may be asked for and nothing may fail."""
    async with browser_page() as opened:
        asked: list[str] = []
        complaints: list[str] = []
        await opened.context.set_offline(True)
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        await opened.goto((FOLDER / "verify.html").as_uri())
        yield opened
        assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
        assert complaints == []


async def verdict(page: Page, path: Path | str) -> str:
    """Give a pack to the page and return the answer's colour."""
    await page.locator("#verdict").evaluate_all("found => found.forEach(one => one.remove())")
    chooser = "#folder" if Path(path).is_dir() else "#zip"
    # The same path again would change nothing for the browser.
    await page.locator(chooser).evaluate("input => { input.value = '' }")
    await page.locator(chooser).set_input_files(path)
    return await colour(page)


async def colour(page: Page) -> str:
    """Return the colour that is shown."""
    shown = await page.locator("#verdict").get_attribute("class")
    assert shown
    return shown.removeprefix("verdict ")


def both(path: Path, *options: str) -> verify.Check:
    """Return what verify.py finds."""
    check = verify.Check(verify.Pack(str(path)), verify.TEXTS["en"])
    check.run(*(options or ("", "")))
    return check


async def lines(page: Page) -> list[str]:
    """Return what the page finds, without the signs in front."""
    return [text[2:] for text in await page.locator("#answer li").all_inner_texts()]


def told(check: verify.Check) -> list[str]:
    """Return what verify.py finds, in its words."""
    texts = verify.TEXTS["en"]
    return [
        texts[what].format(**values)
        for wanted in ("bad", "open", "ok")
        for level, what, values in check.found
        if level == wanted
    ]


async def test_green_needs_key_and_head_from_outside(page: Page, good: Pack, source: Source) -> None:
    assert await verdict(page, good.folder) == "amber"
    assert await lines(page) == told(both(Path(good.folder)))
    assert await verdict(page, good.zip) == "amber"
    _, key, _, head = outside(source)
    await page.locator("#key").fill(key)
    await page.locator("#head").fill(verify.code(source.head))
    assert await verdict(page, good.zip) == "green"
    await page.locator("#head").fill(head)
    assert await verdict(page, good.folder) == "green"
    assert await lines(page) == told(both(Path(good.folder), key, head))
    assert good.fingerprint in await page.locator("#answer").inner_text()
    await page.locator("#key").fill("0" * 64)
    assert await verdict(page, good.folder) == "red"


async def test_one_flipped_bit_in_any_file_is_red_with_the_words_of_the_script(
    page: Page, good: Pack, tmp_path: Path
) -> None:
    for name in FLIPPED:
        copy = Path(shutil.copytree(good.folder, tmp_path / name.replace("/", "-")))
        flip(copy / name)
        assert await verdict(page, copy) == "red", name
        if name != "manifest.json":  # what a broken JSON raises has other words in each language
            assert await lines(page) == told(both(copy)), name


async def test_what_the_key_holder_changes_is_red_too(page: Page, good: Pack, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(good.folder, tmp_path / "pack"))
    path = copy / "ledger.jsonl"
    parts = path.read_bytes().splitlines(keepends=True)
    del parts[30]
    path.write_bytes(b"".join(parts))
    resign(copy, KEY)
    assert await verdict(page, copy) == "red"
    assert await lines(page) == told(both(copy))


async def test_an_earlier_disk_is_checked_as_the_script_does(page: Page, tmp_path: Path) -> None:
    before = Source(key=Key(3), archive="f" * 32)
    folder = Path(pack(tmp_path, Source(key=KEY, before=before)).folder)
    await page.locator("#head").fill(verify.code(before.head))
    assert await verdict(page, folder) == "amber"
    assert await lines(page) == told(both(folder, "", verify.code(before.head)))
    path = folder / "older" / before.archive / "ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    resign(folder, KEY)
    assert await verdict(page, folder) == "red"
    assert await lines(page) == told(both(folder, "", verify.code(before.head)))


async def test_an_unsigned_pack_rests_on_the_key_of_its_heads(page: Page, tmp_path: Path) -> None:
    source = Source()
    folder = Path(pack(tmp_path, source).folder)
    for key, colour_shown in ((Key(9).fingerprint, "amber"), (KEY.fingerprint, "red")):
        await page.locator("#key").fill(key)
        assert await verdict(page, folder) == colour_shown
        assert await lines(page) == told(both(folder, key, ""))


async def test_a_browser_without_ed25519_gives_the_same_answers(
    page: Page, good: Pack, tmp_path: Path
) -> None:
    await page.evaluate(
        "() => { SubtleCrypto.prototype.importKey = () => Promise.reject(new Error('none')) }"
    )
    assert await verdict(page, good.folder) == "amber"
    copy = Path(shutil.copytree(good.folder, tmp_path / "pack"))
    flip(copy / "manifest.sig")
    assert await verdict(page, copy) == "red"


async def test_every_language_is_one_tap_away(page: Page, good: Pack) -> None:
    assert await verdict(page, good.zip) == "amber"
    for language, name in {"kk": "Қазақша", "ru": "Русский", "en": "English"}.items():
        await page.get_by_role("button", name=name).click()
        assert await page.locator("#verdict").inner_text() == verify.TEXTS[language]["amber"]
        assert await page.evaluate("document.documentElement.lang") == language


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b'{"files":{"a":1}}'])
async def test_rubbish_is_red(page: Page, tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(content)
    assert await verdict(page, folder) == "red"
