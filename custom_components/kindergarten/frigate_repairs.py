"""How what is wrong with a Frigate server is mended."""

import asyncio

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    SubentryFlowContext,
)
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from .archive.protocol import ArchiveRefused, ArchiveUnavailable
from .const import DOMAIN, SUBENTRY_FRIGATE
from .coordinator import KindergartenConfigEntry
from .frigate import CONF_SERVER_ID

_KNOWN = frozenset({"not_kept", "version_new", "timeout", "unreachable", "auth", "forbidden"})


class RetentionFlow(RepairsFlow):
    """Has a server keep footage for long enough, once the owner agrees to its restart."""

    def __init__(self) -> None:
        """Begin without having asked."""
        self._mending: asyncio.Task[str] | None = None

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain what it costs."""
        if user_input is not None:
            return await self.async_step_mend()
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_form(
            step_id="confirm", description_placeholders=issue.translation_placeholders if issue else None
        )

    async def async_step_mend(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Set it, and wait until the server is back."""
        if self._mending is None:
            self._mending = self.hass.async_create_task(self._async_mend(), eager_start=False)
        if not self._mending.done():
            return self.async_show_progress(
                step_id="mend", progress_action="mend", progress_task=self._mending
            )
        return self.async_show_progress_done(next_step_id="done")

    async def async_step_done(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say what came of it."""
        assert self._mending is not None
        if reason := self._mending.result():
            return self.async_abort(reason=reason)
        return self.async_create_entry(data={})

    async def _async_mend(self) -> str:
        """Return why it did not work, "" when it did."""
        assert self.data is not None
        entry: KindergartenConfigEntry | None
        entry = self.hass.config_entries.async_get_entry(str(self.data["entry_id"]))
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return "recorder_silent"
        if (server := entry.subentries.get(str(self.data["subentry_id"]))) is None:
            return "server_removed"
        try:
            await entry.runtime_data.archive.lengthen(server.data[CONF_SERVER_ID])
        except ArchiveUnavailable:
            return "recorder_silent"
        except ArchiveRefused as error:
            return error.code if error.code in _KNOWN else "failed"
        await entry.runtime_data.coordinator.async_request_refresh()
        return ""


class ServerFormFlow(RepairsFlow):
    """Goes on to the form of a server that refuses us, or to that of one that is not added yet."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain, then open the server's form."""
        assert self.data is not None
        entry = self.hass.config_entries.async_get_entry(str(self.data["entry_id"]))
        known = self.data.get("subentry_id")
        server = entry.subentries.get(str(known)) if entry and known else None
        if entry is None or (known and server is None):
            return self.async_abort(reason="server_removed")
        if user_input is None:
            issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
            return self.async_show_form(
                step_id="confirm", description_placeholders=issue.translation_placeholders if issue else None
            )
        context = SubentryFlowContext(source=SOURCE_USER)
        if server is not None:
            context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=server.subentry_id)
        form = await self.hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_FRIGATE), context=context
        )
        if form["type"] is FlowResultType.ABORT:
            return self.async_abort(reason=form["reason"])
        return self.async_create_entry(data={}, next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]))
