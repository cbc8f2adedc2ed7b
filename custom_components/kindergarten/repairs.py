"""What a person has to mend, and how: raised while it is so, gone when it is over."""

from dataclasses import dataclass, field
from typing import Final

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowContext
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .archive.protocol import ArchiveState, ArchiveStatus, CameraState
from .const import CONF_CAMERA_ID, DOMAIN, SUBENTRY_CAMERA
from .coordinator import KindergartenConfigEntry
from .snapshot import Snapshot

LOGIN_REFUSED: Final = "login_refused"
CLOCK_GRACE_US: Final = 10 * 60 * 1_000_000
"""A machine that has just started may still be asking for the time."""

RETENTION_MEMORY_US: Final = 24 * 3600 * 1_000_000
"""A day without footage deleted too early, and it is over."""

_BROKEN_ARCHIVES: Final = {
    ArchiveState.MISSING,
    ArchiveState.FOREIGN,
    ArchiveState.READ_ONLY,
    ArchiveState.FULL,
    ArchiveState.ERROR,
}


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One thing to mend; `data` leads its fix to where it is mended."""

    issue_id: str
    key: str
    severity: ir.IssueSeverity = ir.IssueSeverity.ERROR
    placeholders: dict[str, str] = field(default_factory=dict)
    data: dict[str, str | int | float | None] | None = None


def issues_of(entry: KindergartenConfigEntry, snapshot: Snapshot) -> list[Issue]:
    """Return what is to be mended now."""
    if snapshot.silent:
        return [Issue(issue_id="recorder_silent", key="recorder_silent")]
    if (status := snapshot.status) is None:
        return []
    found = [*_archive_issues(status), *_retention_issues(status, snapshot.retention_broken_us)]
    if status.clock and status.clock.trust == 0 and status.now_us - status.clock.utc0_us > CLOCK_GRACE_US:
        found.append(
            Issue(issue_id="clock_untrusted", key="clock_untrusted", severity=ir.IssueSeverity.WARNING)
        )
    for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA):
        camera = snapshot.camera(subentry.data[CONF_CAMERA_ID])
        if camera and camera.state is CameraState.AUTH:
            found.append(
                Issue(
                    issue_id=f"{LOGIN_REFUSED}_{subentry.subentry_id}",
                    key=LOGIN_REFUSED,
                    placeholders={"camera": subentry.title},
                    data={"entry_id": entry.entry_id, "subentry_id": subentry.subentry_id},
                )
            )
    return found


def _archive_issues(status: ArchiveStatus) -> list[Issue]:
    state = status.volume.state
    if state not in _BROKEN_ARCHIVES:
        return []
    key = f"archive_{state}"
    return [Issue(issue_id=key, key=key, placeholders={"path": status.volume.path or "?"})]


def _retention_issues(status: ArchiveStatus, broken_us: int | None) -> list[Issue]:
    minimum, days = str(status.minimum_days), status.forecast.days
    if broken_us is not None and status.now_us - broken_us < RETENTION_MEMORY_US:
        return [Issue(issue_id="retention_broken", key="retention_broken", placeholders={"minimum": minimum})]
    if not status.minimum_days or days is None or days >= status.minimum_days:
        return []
    return [
        Issue(
            issue_id="retention_at_risk",
            key="retention_at_risk",
            severity=ir.IssueSeverity.WARNING,
            placeholders={"days": f"{days:.0f}", "minimum": minimum},
        )
    ]


@callback
def async_watch_issues(hass: HomeAssistant, entry: KindergartenConfigEntry) -> None:
    """Keep the list of repairs true as long as the entry is loaded."""
    coordinator = entry.runtime_data.coordinator

    @callback
    def review() -> None:
        if coordinator.data.status is None and not coordinator.data.silent:
            return
        issues = issues_of(entry, coordinator.data)
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


@callback
def async_clear_issues(hass: HomeAssistant) -> None:
    """Take all our repairs off the list."""
    _clear(hass, keep=set())


def _clear(hass: HomeAssistant, keep: set[str]) -> None:
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id not in keep:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


class LoginRefusedFlow(RepairsFlow):
    """Goes on to the form of the camera whose login is refused."""

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
                description_placeholders={"camera": camera.title},
            )
        form = await self.hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_CAMERA),
            context=SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=camera.subentry_id),
        )
        return self.async_create_entry(data={}, next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]))


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that mends an issue."""
    if issue_id.startswith(LOGIN_REFUSED):
        return LoginRefusedFlow()
    return ConfirmRepairFlow()
