"""The repairs: raised while there is something to mend, gone when it is over, and how they are mended."""

from homeassistant.auth.models import User
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    SubentryFlowContext,
)
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.http import current_request

from .archive.protocol import ArchiveRefused, ArchiveUnavailable
from .camera_issues import TO_FORM
from .const import CONF_ARCHIVE_PATH, CONF_OLD_ARCHIVES, DOMAIN, SUBENTRY_CAMERA
from .coordinator import KindergartenConfigEntry
from .flows.words import async_words, plain
from .frigate_issues import FRIGATE_CAMERA_RETENTION, FRIGATE_OFFERED, FRIGATE_RETENTION, TO_SERVER_FORM
from .frigate_repairs import RetentionFlow, ServerFormFlow
from .issues import LEDGER_BROKEN, VOLUME_MISSING, issues_of


async def async_watch_issues(hass: HomeAssistant, entry: KindergartenConfigEntry) -> None:
    """Keep the list of repairs true as long as the entry is loaded."""
    coordinator = entry.runtime_data.coordinator
    say = await async_words(hass)

    @callback
    def review() -> None:
        if coordinator.data.status is None and not coordinator.data.silent:
            return
        issues = issues_of(entry, coordinator.data, say)
        for issue in issues:
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue.issue_id,
                is_fixable=issue.data is not None,
                is_persistent=False,
                severity=issue.severity,
                translation_key=issue.key,
                translation_placeholders=issue.placeholders,
                data=issue.data,
            )
        _clear(hass, keep={issue.issue_id for issue in issues})

    entry.async_on_unload(coordinator.async_add_listener(review))
    entry.async_on_unload(entry.runtime_data.families.async_listen(review))
    review()


@callback
def async_clear_issues(hass: HomeAssistant) -> None:
    """Take all our repairs off the list."""
    _clear(hass, keep=set())


def _clear(hass: HomeAssistant, keep: set[str]) -> None:
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id not in keep:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


class CameraFormFlow(RepairsFlow):
    """Goes on to the form of a camera that refuses the login, or that is gone."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain, then open the camera's form."""
        assert self.data is not None
        entry = self.hass.config_entries.async_get_entry(str(self.data["entry_id"]))
        camera = entry.subentries.get(str(self.data["subentry_id"])) if entry else None
        if entry is None or camera is None:
            return self.async_abort(reason="camera_removed")
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders={
                    "camera": camera.title,
                    **({"entity": camera.data[CONF_ENTITY_ID]} if CONF_ENTITY_ID in camera.data else {}),
                },
            )
        form = await self.hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_CAMERA),
            context=SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=camera.subentry_id),
        )
        return self.async_create_entry(data={}, next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]))


class VolumeMissingFlow(RepairsFlow):
    """Gives up a disk with older footage, once a person says that it will not come back."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain, then forget the disk."""
        assert self.data is not None
        path = str(self.data["path"])
        if user_input is None:
            return self.async_show_form(step_id="confirm", description_placeholders={"path": plain(path)})
        if entry := self.hass.config_entries.async_get_entry(str(self.data["entry_id"])):
            kept = [
                volume
                for volume in entry.data.get(CONF_OLD_ARCHIVES, ())
                if volume[CONF_ARCHIVE_PATH] != path
            ]
            self.hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_OLD_ARCHIVES: kept})
        return self.async_create_entry(data={})


class LedgerBrokenFlow(RepairsFlow):
    """Lets footage be deleted again although the record of what happened is broken."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin with the explanation."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain what is lost, then have the record carried on."""
        assert self.data is not None
        if user_input is None:
            return self.async_show_form(step_id="confirm")
        entry: KindergartenConfigEntry | None
        entry = self.hass.config_entries.async_get_entry(str(self.data["entry_id"]))
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="recorder_silent")
        request = current_request.get()
        user: User | None = request.get(KEY_HASS_USER) if request else None
        data = entry.runtime_data
        try:
            await data.archive.confirm_ledger(data.people.id_of(user.id if user else None))
        except ArchiveUnavailable, ArchiveRefused:
            return self.async_abort(reason="recorder_silent")
        await data.coordinator.async_request_refresh()
        return self.async_create_entry(data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    if issue_id.startswith(TO_FORM):
        return CameraFormFlow()
    if issue_id.startswith((FRIGATE_RETENTION, FRIGATE_CAMERA_RETENTION)):
        return RetentionFlow()
    if issue_id.startswith((*TO_SERVER_FORM, FRIGATE_OFFERED)):
        return ServerFormFlow()
    if issue_id.startswith(VOLUME_MISSING):
        return VolumeMissingFlow()
    if issue_id == LEDGER_BROKEN:
        return LedgerBrokenFlow()
    return ConfirmRepairFlow()
