"""The owner's panel asks over the websocket: who may, what comes back, and how it says no."""

import base64
import subprocess
from typing import Any

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.kindergarten.api import (
    websocket_consequences,
    websocket_door,
    websocket_footage,
    websocket_inspection,
    websocket_panel,
    websocket_people,
    websocket_watch,
)
from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.panel.files import HASH

from .panel_kit import LIST, Panel, by_name
from .texts import need

COMMANDS = {
    **websocket_consequences.COMMANDS,
    **websocket_door.COMMANDS,
    **websocket_footage.COMMANDS,
    **websocket_inspection.COMMANDS,
    **websocket_panel.COMMANDS,
    **websocket_people.COMMANDS,
    **websocket_watch.COMMANDS,
}


@pytest.fixture
async def panel(kindergarten: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return the panel of an administrator."""
    return Panel(await hass_ws_client(), kindergarten)


@pytest.fixture
async def listed(panel: Panel) -> Panel:
    """Return the panel of a kindergarten with two families."""
    await panel.ask("people/import/apply", text=LIST)
    return panel


async def test_nobody_but_administrators_is_answered(
    hass: HomeAssistant,
    kindergarten: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    client = await hass_ws_client(hass, hass_read_only_access_token)
    # Whatever Home Assistant has registered, so that a new command cannot be forgotten here.
    ours = sorted(kind for kind in hass.data[websocket_api.DOMAIN] if kind.startswith("kindergarten"))
    assert {f"kindergarten/{command}" for command in (*COMMANDS, "people/subscribe")} <= set(ours)
    answered = {}
    for kind in ours:
        await client.send_json_auto_id({"type": kind})
        answer = await client.receive_json()
        answered[kind] = answer["success"] or answer["error"]["code"]
    assert answered == dict.fromkeys(ours, "unauthorized")


async def test_administrator_who_was_demoted_hears_nothing_more(
    hass: HomeAssistant, listed: Panel, hass_admin_user: MockUser
) -> None:
    await listed.client.send_json_auto_id({"type": "kindergarten/people/subscribe"})
    assert (await listed.client.receive_json())["success"]
    await listed.client.receive_json()
    hass_admin_user.groups = []
    hass_admin_user.invalidate_cache()
    await listed.entry.runtime_data.families.do(People.add_child, "Secret")
    await hass.async_block_till_done()
    assert await listed.refused("people/consents") == "unauthorized"
    assert "Secret" not in str(listed.events)


async def test_pasted_list_is_shown_first_and_then_done(panel: Panel) -> None:
    preview = await panel.ask("people/import/preview", text=LIST)
    assert [(row["line"], row["child"], row["does"]) for row in preview["rows"]] == [
        (2, "Арман Жанаров", "new"),
        (3, "Дана Ким", "new"),
    ]
    assert preview["problems"] == [{"line": 4, "code": "name_missing", "field": "child"}]
    assert preview["new_groups"] == ["Күншуақ"]
    assert (await panel.table())["children"] == []

    applied = await panel.ask("people/import/apply", text=LIST)
    assert (applied["groups"], applied["children"], applied["guardians"]) == (1, 2, 2)
    guardians = await by_name(panel, "guardians")
    assert guardians["Әйгерім Жанарова"]["phone"] == "+77011234567"
    assert guardians["Ирина Ким"]["language"] == "ru"
    again = await panel.ask("people/import/preview", text=LIST)
    assert {row["does"] for row in again["rows"]} == {"same"}


async def test_table_says_which_version_of_the_panel_it_is_for(panel: Panel) -> None:
    assert (await panel.table())["panel"] == HASH


async def test_every_change_is_shown_to_whoever_listens(panel: Panel) -> None:
    await panel.client.send_json_auto_id({"type": "kindergarten/people/subscribe"})
    assert (await panel.client.receive_json())["success"]
    before = (await panel.client.receive_json())["event"]
    await panel.entry.runtime_data.families.do(People.add_group, "Sunflowers")
    while not (now := (await panel.client.receive_json())["event"])["groups"]:
        pass
    assert now["groups"][0]["name"] == "Sunflowers"
    assert now["generation"] >= before["generation"]


async def test_owner_reads_what_keeps_a_room_closed(hass: HomeAssistant, listed: Panel) -> None:
    group = (await by_name(listed, "groups"))["Күншуақ"]
    assert group["closed_because"] == ["no_room"]
    assert group["consents"] == {"given": 0, "needed": 2, "missing": group["consents"]["missing"]}
    await listed.ask(
        "people/group/save", group_id=group["id"], name="Күншуақ", room_id=listed.room("Playroom")
    )
    group = (await by_name(listed, "groups"))["Күншуақ"]
    assert "not_shown" in group["closed_because"]
    assert "consents" in group["closed_because"]

    await listed.ask("room/show", room_id=listed.room("Playroom"), shown=True)
    people = await listed.table()
    entries = [
        {"guardian_id": guardian["id"], "child_id": child}
        for guardian in people["guardians"]
        for child in guardian["children"]
    ]
    assert await listed.ask("people/consents/tick", entries=entries, purpose="parent_live") == {"count": 2}
    group = (await by_name(listed, "groups"))["Күншуақ"]
    assert group["consents"] == {"given": 2, "needed": 2, "missing": []}
    assert not {"not_shown", "consents"} & set(group["closed_because"])
    rows = await listed.ask("people/consents")
    assert {(row["how"], row["state"]) for row in rows} == {("paper", "given")}


async def test_room_that_the_law_hides_cannot_be_shown(hass: HomeAssistant, listed: Panel) -> None:
    bedroom = listed.entry.subentries[listed.room("Bedroom")]
    hass.config_entries.async_update_subentry(listed.entry, bedroom, data={**bedroom.data, "kind": "bedroom"})
    await hass.async_block_till_done()
    assert await listed.refused("room/show", room_id=listed.room("Bedroom"), shown=True) == "never_shown"
    assert await listed.refused("room/show", room_id="nowhere", shown=True) == "unknown_room"


async def test_links_need_an_open_portal_and_carry_their_secret_behind_the_hash(
    hass: HomeAssistant, listed: Panel
) -> None:
    guardian = (await by_name(listed, "guardians"))["Әйгерім Жанарова"]
    assert await listed.refused("ways/invite", guardian_ids=[guardian["id"]]) == "portal_off"
    await listed.portal(hass)
    (invitation,) = await listed.ask("ways/invite", guardian_ids=[guardian["id"]])
    address, _, secret = invitation["link"].partition("#i=")
    assert address == "https://cams.example.kz/api/kindergarten/portal/"
    assert len(secret) > 60
    assert invitation["link"] in invitation["message"]
    assert invitation["code"] not in invitation["message"]
    assert "балаңыздың" in invitation["message"]
    assert (await by_name(listed, "guardians"))["Әйгерім Жанарова"]["invited_until_us"]
    (known,) = await listed.ask("ways/invitations")
    assert known["state"] == "open"
    assert not {"secret", "code"} & set(known)
    await listed.ask("ways/cancel", invitation_id=known["id"])
    assert (await listed.ask("ways/invitations"))[0]["state"] == "revoked"


async def test_links_on_paper_can_be_scanned_and_their_codes_are_apart(
    hass: HomeAssistant, listed: Panel, tmp_path: Any
) -> None:
    await listed.portal(hass)
    guardians = [each["id"] for each in (await by_name(listed, "guardians")).values()]
    papers = await listed.ask("ways/invite_on_paper", guardian_ids=guardians)
    for name in ("links", "codes"):
        (tmp_path / f"{name}.pdf").write_bytes(base64.b64decode(papers[name]))

    def text(name: str) -> str:
        done = subprocess.run(["pdftotext", tmp_path / f"{name}.pdf", "-"], capture_output=True, check=True)
        return done.stdout.decode()

    links, codes = (
        await hass.async_add_executor_job(text, "links"),
        await hass.async_add_executor_job(text, "codes"),
    )
    assert "Әйгерім Жанарова" in links
    assert "Күн" not in codes
    said = [line.replace(" ", "") for line in codes.splitlines() if line.replace(" ", "").isdigit()]
    assert len([line for line in said if len(line) == 6]) == 2
    assert not any(code in links.replace(" ", "") for code in said if len(code) == 6)

    def scan() -> list[str]:
        picture = tmp_path / "page"
        subprocess.run(["pdftoppm", "-r", "150", "-png", tmp_path / "links.pdf", picture], check=True)
        found: list[str] = []
        for page in sorted(tmp_path.glob("page*.png")):
            done = subprocess.run(["zbarimg", "-q", "--raw", page], capture_output=True, check=True)
            found += done.stdout.decode().split()
        return found

    scanned = await hass.async_add_executor_job(scan)
    assert len(scanned) == 2
    assert all(each.startswith("https://cams.example.kz/api/kindergarten/portal/#i=") for each in scanned)


async def test_phone_at_the_door_is_approved_for_a_guardian(hass: HomeAssistant, listed: Panel) -> None:
    await listed.portal(hass)
    opened = await listed.ask("ways/pairing/open", minutes=30)
    assert opened["poster"] == "https://cams.example.kz/api/kindergarten/portal/#pair"
    families = listed.entry.runtime_data.families
    pairing = await families.do(People.begin, "Chrome, Android")
    door = await listed.ask("ways/pairing/pending")
    (waiting,) = door["pending"]
    assert (waiting["code"], waiting["label"]) == (pairing.code, "Chrome, Android")
    guardian = (await by_name(listed, "guardians"))["Ирина Ким"]
    await listed.ask("ways/pairing/approve", pairing_id=waiting["id"], guardian_id=guardian["id"])
    poll = await families.do(People.poll, pairing.id, pairing.key)
    assert poll.state == "approved"

    (device,) = await listed.ask("devices/list")
    assert (device["guardian_id"], device["alive"]) == (guardian["id"], True)
    assert "secret" not in str(device)
    await listed.ask("devices/revoke", device_id=device["id"])
    (device,) = await listed.ask("devices/list", guardian_id=guardian["id"])
    assert device["alive"] is False
    assert await listed.refused("ways/pairing/refuse", pairing_id="gone") == "unknown"
    await listed.ask("ways/pairing/close")
    assert (await listed.ask("ways/pairing/pending"))["until_us"] is None


async def test_preview_is_what_the_guardian_would_see(hass: HomeAssistant, listed: Panel) -> None:
    group = (await by_name(listed, "groups"))["Күншуақ"]
    await listed.ask(
        "people/group/save", group_id=group["id"], name="Күншуақ", room_id=listed.room("Playroom")
    )
    guardian = (await by_name(listed, "guardians"))["Ирина Ким"]
    seen = await listed.ask("preview", guardian_id=guardian["id"])
    (room,) = seen["rooms"]
    assert (room["name"], room["child"], room["open"], room["reason"]) == (
        "Playroom",
        "Дана Ким",
        False,
        "portal_off",
    )
    assert await listed.refused("preview", guardian_id="nobody") == "unknown"


async def test_family_is_forgotten_only_by_name(listed: Panel) -> None:
    child = (await by_name(listed, "children"))["Дана Ким"]
    forget = {"child_id": child["id"]}
    assert await listed.refused("people/family/forget", confirm="Dana", **forget) == "confirm_name"
    assert len((await listed.table())["children"]) == 2
    await listed.ask("people/family/forget", confirm="дана  ким", **forget)
    assert list(await by_name(listed, "children")) == ["Арман Жанаров"]
    assert list(await by_name(listed, "guardians")) == ["Әйгерім Жанарова"]


async def test_guardian_is_changed_and_leaves_a_child(listed: Panel) -> None:
    guardian = (await by_name(listed, "guardians"))["Ирина Ким"]
    saved = {"guardian_id": guardian["id"], "name": "Ирина Пак", "language": "en", "children": []}
    await listed.ask("people/guardian/save", phone="", **saved)
    changed = (await by_name(listed, "guardians"))["Ирина Пак"]
    assert (changed["language"], changed["children"], changed["phone"]) == ("en", [], "")
    await listed.ask("people/guardian/block", guardian_id=guardian["id"], blocked=True)
    assert (await by_name(listed, "guardians"))["Ирина Пак"]["blocked"] is True


@pytest.mark.parametrize(
    ("command", "fields", "code"),
    [
        ("people/group/save", {"name": " ", "room_id": None}, "name_missing"),
        ("people/group/save", {"name": "A", "room_id": "nowhere"}, "unknown"),
        ("people/child/save", {"name": "A", "group_id": "none", "from_day": "2026-09-01"}, "unknown"),
        ("people/guardian/save", {"name": "A", "phone": "abc", "language": "ru", "children": []}, "phone"),
        ("people/guardian/save", {"name": "A", "language": "xx", "children": []}, "bad_input"),
        ("people/guardian/save", {"name": "x" * 201, "language": "ru", "children": []}, "bad_input"),
        ("people/child/leave", {"child_id": "none", "last_day": "2026-02-30"}, "bad_input"),
        (
            "people/closures",
            {"closures": [{"from_day": "2026-06-02", "until_day": "2026-06-01"}]},
            "days_order",
        ),
        ("people/import/preview", {"text": "x" * 300_000}, "bad_input"),
        ("requests/decide", {"number": 7, "state": "granted"}, "unknown"),
        ("room/pause", {"room_id": "nowhere"}, "unknown_room"),
        ("devices/revoke", {"device_id": "none"}, "unknown"),
    ],
)
async def test_bad_input_is_refused_in_words(
    panel: Panel,
    caplog: pytest.LogCaptureFixture,
    command: str,
    fields: dict[str, Any],
    code: str,
) -> None:
    answer = await panel.raw(command, **fields)
    assert answer["success"] is False
    assert answer["error"]["code"] == code
    error = answer["error"]
    need(("exceptions", error["translation_key"], "message"), error["translation_placeholders"])
    assert "x" * 50 not in caplog.text


async def test_pause_from_the_panel_is_the_same_as_the_switch(hass: HomeAssistant, panel: Panel) -> None:
    await panel.ask("room/pause", room_id=panel.room("Playroom"), minutes=5)
    await hass.async_block_till_done()
    state = hass.states.get("switch.playroom_privacy_pause")
    assert state is not None
    assert state.state == "on"
    await panel.ask("room/resume", room_id=panel.room("Playroom"))


async def test_opening_the_portal_from_the_panel_has_to_be_confirmed(
    hass: HomeAssistant, panel: Panel
) -> None:
    now = await panel.ask("portal/get")
    assert (now["portal_enabled"], now["portal_origin"], now["address"]) == (False, "", None)
    assert {each["key"]: each["light"] for each in now["checks"]}["address"] == "red"
    wish = {"portal_enabled": True, "portal_origin": "https://cams.example.kz"}
    assert await panel.refused("portal/set", **wish) == "confirm_opening"
    assert await panel.refused("portal/set", portal_enabled=True, confirm=True) == "origin_missing"
    plain = {**wish, "portal_origin": "http://cams.example.kz", "confirm": True}
    assert await panel.refused("portal/set", **plain) == "origin_plain"
    assert (await panel.ask("portal/get"))["portal_enabled"] is False

    await panel.ask("portal/set", **wish, confirm=True)
    await hass.async_block_till_done()
    now = await panel.ask("portal/get")
    assert now["address"] == "https://cams.example.kz/api/kindergarten/portal/"
    await panel.ask("portal/set", portal_room_cap=9)
    assert panel.entry.options["portal_room_cap"] == 9
    assert panel.entry.options["retention_days"] == 32


@pytest.mark.parametrize("kind", ["caddy", "nginx", "cloudflare"])
async def test_recipes_let_nothing_but_the_parents_view_through(panel: Panel, kind: str) -> None:
    recipe = await panel.ask("portal/recipe", kind=kind, host="cams.example.kz")
    assert recipe["origin"] == "https://cams.example.kz"
    assert "/api/kindergarten/portal/" in recipe["text"]
    assert "404" in recipe["text"]
    assert not {"{host}", "{upstream}"} & set(recipe["text"].split())
    bad = "cams.example.kz/x {\n reverse_proxy evil }"
    assert await panel.refused("portal/recipe", kind=kind, host=bad) == "origin_invalid"
