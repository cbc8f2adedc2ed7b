"""Paper for doors and folders: what the owner types comes out, and nothing half said is printed."""

import base64
import io
from typing import Any

from homeassistant.core import HomeAssistant
from pypdf import PdfReader
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .panel_kit import Panel

TYPED: dict[str, Any] = {
    "name": "Балабақша «Күншуақ»",
    "operator": "ЖШС «Күншуақ»",
    "phone": "+7 727 123 45 67",
    "email": "",
    "days": 32,
    "sound": False,
    "languages": ["kk", "ru", "en"],
}


@pytest.fixture
async def panel(kindergarten: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return the panel of an administrator."""
    return Panel(await hass_ws_client(), kindergarten)


def pages(printed: dict[str, str]) -> list[str]:
    """Return the text of each page."""
    reader = PdfReader(io.BytesIO(base64.b64decode(printed["pdf"])))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


async def test_what_was_typed_is_printed_and_remembered(panel: Panel) -> None:
    known = await panel.ask("paper/get")
    assert (known["name"], known["operator"]) == (panel.entry.title, "")
    room = known["rooms"][0]
    printed = await panel.ask("paper/print", paper="signs", house=True, rooms=[room["id"]], **TYPED)
    house, door = pages(printed)
    assert "Whole house" in house
    assert room["name"] in door
    assert all("ЖШС «Күншуақ»" in page and "+7 727 123 45 67" in page for page in (house, door))
    again = await panel.ask("paper/get")
    assert (again["name"], again["operator"]) == (TYPED["name"], TYPED["operator"])
    said = await panel.ask("paper/preview", **TYPED)
    assert [each["language"] for each in said] == ["kk", "ru", "en"]
    for each in said:
        assert all(fact["text"] in house for fact in each["facts"])


async def test_notice_that_names_nobody_is_not_printed(panel: Panel) -> None:
    for nobody in ({"operator": " \t"}, {"phone": ""}):
        fields = {**TYPED, **nobody, "paper": "signs", "house": True}
        assert await panel.refused("paper/print", **fields) == "paper_incomplete"
    assert await panel.refused("paper/print", paper="signs", **TYPED) == "bad_input"
    unknown = {**TYPED, "paper": "signs", "rooms": ["gone"]}
    assert await panel.refused("paper/print", **unknown) == "unknown_room"
    wrongs: list[dict[str, Any]] = [{"days": 0}, {"days": 401}, {"languages": []}, {"languages": ["de"]}]
    for wrong in (*wrongs, {"name": "x" * 201}):
        assert await panel.refused("paper/preview", **{**TYPED, **wrong}) == "bad_input"
    assert "paper" not in panel.entry.options


async def test_poster_waits_for_the_parents_view(hass: HomeAssistant, panel: Panel) -> None:
    assert await panel.refused("paper/print", paper="pairing", **TYPED) == "portal_off"
    before = " ".join(pages(await panel.ask("paper/print", paper="staff", **{**TYPED, "languages": ["en"]})))
    assert "Privacy pause" not in before
    await panel.portal(hass)
    poster = pages(await panel.ask("paper/print", paper="pairing", **TYPED))
    assert "https://cams.example.kz/api/kindergarten/portal/#pair" in poster[0]
    after = " ".join(pages(await panel.ask("paper/print", paper="staff", **{**TYPED, "languages": ["en"]})))
    assert "Privacy pause" in after


async def test_lines_and_signs_that_nobody_sees_do_not_get_onto_paper(panel: Panel) -> None:
    typed = {**TYPED, "operator": "ЖШС\n\u202e«Күншуақ»\x00"}
    said = await panel.ask("paper/preview", **typed)
    assert said[0]["facts"][0]["text"] == "ЖШС «Күншуақ»"
