"""What every test inside Home Assistant needs."""

import asyncio
from collections.abc import Callable, Iterator
from contextvars import Context
import threading
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import (
    ConfigEntriesFlowManager,
    ConfigSubentryFlowManager,
    OptionsFlowManager,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowHandler, FlowManager
from homeassistant.helpers.issue_registry import IssueRegistry
from homeassistant.util import executor
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import pytest_socket

# Imported before `hass` starts: Home Assistant would bind its own test package of this name.
import custom_components.kindergarten  # noqa: F401

from .fake_archive import (
    BEDROOM,
    PLAYROOM,
    FakeArchive,
    FakeSupervisor,
    camera,
    kindergarten_entry,
    load,
    room,
)
from .noon import live_where_it_is_noon
from .texts import check_result, need

# An idle worker that is interrupted as it hears that it may go does not pass that on, and the others wait for
# ever. On a busy machine none goes within the tenth of a second that it is given: give them more.
executor.EXECUTOR_SHUTDOWN_TIMEOUT = 120


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Check which thread asks, as asyncio's debug mode does.

    Without the rest of that mode: the stack that it takes for each future is half of a test's time.
    """
    loop = asyncio.get_running_loop()
    owner, call_soon = threading.get_ident(), loop.call_soon

    def checked(
        callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        assert threading.get_ident() == owner, f"{callback!r} is asked for from another thread"
        return call_soon(callback, *args, context=context)

    loop.call_soon = checked  # type: ignore[method-assign, assignment]


@pytest.fixture(autouse=True)
def our_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant load what lies in `custom_components`."""


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> Iterator[None]:
    """Allow sockets of this machine: the engine's, cameras' and the web server's."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def everything_shown_has_a_text() -> Iterator[None]:
    """Check each step of our flows, and each repair, against all translations."""
    handle, report = FlowManager._async_handle_step, IssueRegistry.async_get_or_create

    async def checked_step(
        manager: FlowManager[Any, Any, Any], flow: FlowHandler[Any, Any, Any], *args: Any
    ) -> Any:
        result = await handle(manager, flow, *args)
        if isinstance(flow.handler, tuple) and isinstance(manager, ConfigSubentryFlowManager):
            check_result(("config_subentries", flow.handler[1]), result)
        elif isinstance(manager, ConfigEntriesFlowManager) and flow.handler == "kindergarten":
            check_result(("config",), result)
        elif isinstance(manager, OptionsFlowManager):
            check_result(("options",), result)
        return result

    def checked_issue(registry: IssueRegistry, domain: str, issue_id: str, **details: Any) -> Any:
        if domain == "kindergarten":
            given, issue = details["translation_placeholders"], ("issues", details["translation_key"])
            need((*issue, "title"), given)
            if not details["is_fixable"]:
                need((*issue, "description"), given)
        return report(registry, domain, issue_id, **details)

    with (
        patch.object(FlowManager, "_async_handle_step", checked_step),
        patch.object(IssueRegistry, "async_get_or_create", checked_issue),
    ):
        yield


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test a private storage of its own: the families' file in it is a real one."""
    return hass_tmp_config_dir


@pytest.fixture
def archive() -> FakeArchive:
    """Return an archive in memory."""
    return FakeArchive()


@pytest.fixture
def supervisor(archive: FakeArchive) -> Iterator[FakeSupervisor]:
    """Let the integration find that archive instead of an engine's process."""
    fake = FakeSupervisor(archive)
    with patch("custom_components.kindergarten.assembly.Supervisor", fake):
        yield fake


@pytest.fixture
async def kindergarten(hass: HomeAssistant, supervisor: FakeSupervisor) -> MockConfigEntry:
    """Return a loaded kindergarten with two cameras in two rooms."""
    await live_where_it_is_noon(hass)
    entry = kindergarten_entry(
        room("Playroom"), camera(PLAYROOM, "By the window"), room("Bedroom"), camera(BEDROOM, "At the door")
    )
    return await load(hass, entry)
