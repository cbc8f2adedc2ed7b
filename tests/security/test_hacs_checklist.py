"""The checklist of HACS' reviewers (2026), as far as software can prove it."""

import ast
from collections.abc import Iterator
from pathlib import Path
import re

from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import HomeAssistantView
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components.kindergarten
from custom_components.kindergarten.portal.gate import ROUTES
from tests.portal.site import Family, Site

FOLDER = Path(custom_components.kindergarten.__file__).parent
README = FOLDER.parent.parent / "README.md"
FORWARDED = re.compile(r"X-Forwarded|X-Real-IP|CF-Connecting-IP|Forwarded\"|True-Client-IP", re.IGNORECASE)


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Yield every file of ours that runs inside Home Assistant."""
    for path in sorted(FOLDER.rglob("*.py")):
        if "engine" not in path.relative_to(FOLDER).parts:
            yield path, ast.parse(path.read_text())


def views() -> list[type[HomeAssistantView]]:
    """Return our views."""
    found = [HomeAssistantView]
    for each in found:
        found.extend(each.__subclasses__())
    return [each for each in found if each.__module__.startswith("custom_components.kindergarten")]


def test_every_open_endpoint_stands_in_the_readme() -> None:
    """1: what needs no login of Home Assistant is written down, with what is asked for instead."""
    text = README.read_text()
    assert "## Network endpoints and token model" in text
    chapter = text.partition("## Network endpoints and token model")[2].partition("\n## ")[0]
    for view in views():
        if not view.requires_auth:
            assert view.url is not None
            assert view.url.partition("{")[0].rstrip("/") in chapter, view.__name__


async def test_a_fresh_installation_has_no_open_portal(kindergarten: MockConfigEntry) -> None:
    """2: off until somebody switches it on and says where."""
    assert kindergarten.runtime_data.portal.origin is None
    kindergarten.runtime_data.portal.async_changed()
    assert not kindergarten.runtime_data.portal.house().enabled


@pytest.mark.parametrize("value", [None, 1, "true", "on", [True]])
async def test_only_a_clear_yes_opens_the_portal(site: Site, value: object) -> None:
    """2: a gate that is not configured is closed."""
    await site.set(portal_enabled=False)
    await site.set(portal_enabled=value)
    assert (await site.browser().get("/")).status == 404


async def test_whatever_is_missing_closes(site: Site, family: Family) -> None:
    """3: no user, no session, no room, no people: denied."""
    phone = await family.watcher()
    assert (await site.browser().get("/me")).status == 404
    room = (await phone.get("/me")).json["rooms"][0]["id"]
    site.hass.config_entries.async_remove_subentry(site.entry, family.room)
    await site.hass.async_block_till_done()
    assert (await phone.post("/viewings", {"room": room})).status == 404
    await site.families.close()
    assert (await phone.post("/handoff")).status in {404, 409, 503}
    assert (await phone.get("/me")).status in {404, 503}


def test_no_header_says_who_or_where_somebody_is() -> None:
    """4: the address is the one Home Assistant has resolved."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not FORWARDED.search(node.value), path


def test_no_media_has_a_name_that_can_be_guessed() -> None:
    """5: only random ids, only with a session."""
    for route in ROUTES:
        if route.pattern.startswith("/v/"):
            assert route.session
            assert "{vid}" in route.pattern


def test_all_addresses_are_views_and_nobody_touches_the_router() -> None:
    """6: the only calls of the router are in views' own `register`, whose reason stands beside it."""
    router = {"add_route", "add_routes", "add_get", "add_post", "add_static", "add_subapp", "router"}
    calls = {(path.name, node) for path, tree in sources() for node in attributes(tree, router)}
    reasoned = {
        (path.name, node)
        for path, tree in sources()
        for view in ast.walk(tree)
        if isinstance(view, ast.ClassDef)
        for method in view.body
        if isinstance(method, ast.FunctionDef)
        and method.name == "register"
        and "CORS" in f"{ast.get_docstring(view)} {ast.get_docstring(method)}"
        for node in attributes(method, router)
    }
    assert calls == reasoned
    assert {name for name, _ in calls} == {"gate.py", "unseen.py"}


def attributes(tree: ast.AST, names: set[str]) -> list[tuple[int, int]]:
    """Return where such attributes stand."""
    return [
        (node.lineno, node.col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in names
    ]


def test_every_action_weighs_who_calls_it() -> None:
    """7: actions that change or hand out something are for administrators."""
    assert "await async_require_administrator(" in (FOLDER / "services.py").read_text()
    assert "not user.is_admin" in (FOLDER / "administrators.py").read_text()


def test_nothing_that_was_sent_is_logged_or_sent_back() -> None:
    """8: the portal logs errors of ours, never a value of a request."""
    allowed = {"error", "error.code", "self.error", "type(error).__name__"}
    for path, tree in sources():
        if "portal" not in path.parts:
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"debug", "info", "warning", "error", "exception"}
            ):
                assert {ast.unparse(each) for each in node.args[1:]} <= allowed, path


def test_nothing_of_others_is_rebound() -> None:
    """9: no assignment to an attribute of a module of Home Assistant."""
    for path, tree in sources():
        foreign = {
            alias.asname or alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name.startswith(("homeassistant", "aiohttp"))
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    root = target
                    while isinstance(root, ast.Attribute):
                        root = root.value
                    bound = isinstance(target, ast.Attribute) and isinstance(root, ast.Name)
                    assert not (bound and isinstance(root, ast.Name) and root.id in foreign), path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "setattr", path


async def test_no_page_holds_a_token_of_home_assistant(
    hass: HomeAssistant, site: Site, family: Family
) -> None:
    """10: neither the page nor an answer knows one."""
    tokens = [
        token.token for user in await hass.auth.async_get_users() for token in user.refresh_tokens.values()
    ]
    phone = await family.phone()
    for path in ("/", "/me"):
        body = (await phone.get(path)).body.decode()
        assert not any(token in body for token in tokens)
        assert not re.search(r"eyJ[A-Za-z0-9_-]{10,}\.", body)
        assert "hassTokens" not in body
