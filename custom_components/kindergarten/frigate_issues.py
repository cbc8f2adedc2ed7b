"""What a person has to mend at a Frigate server, by what the recorder saw there."""

from collections.abc import Iterator
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers import issue_registry as ir

from .archive.protocol import ServerProblem, ServerStatus
from .const import CONF_CAMERA_ID, SUBENTRY_CAMERA, SUBENTRY_FRIGATE
from .coordinator import KindergartenConfigEntry
from .flows import words
from .flows.frigate import INTEGRATION, known_address
from .frigate import servers_of
from .issue import Issue
from .snapshot import Snapshot

FRIGATE_LOGIN: Final = "frigate_login"
FRIGATE_CERTIFICATE: Final = "frigate_certificate"
FRIGATE_RETENTION: Final = "frigate_retention_short"
FRIGATE_CAMERA_RETENTION: Final = "frigate_camera_retention_short"
FRIGATE_DISK: Final = "frigate_disk_short"
FRIGATE_OFFERED: Final = "frigate_offered"
TO_SERVER_FORM: Final = (FRIGATE_LOGIN, FRIGATE_CERTIFICATE)
"""What is mended in the server's form."""

SILENT_US: Final = 5 * 60 * 1_000_000
_STATES: Final = {
    "auth": FRIGATE_LOGIN,
    "forbidden": FRIGATE_LOGIN,
    "tls": FRIGATE_CERTIFICATE,
    "fingerprint": FRIGATE_CERTIFICATE,
    "too_old": "frigate_too_old",
}
_WARNINGS: Final = {
    "version_new": "frigate_version_new",
    "port_open": "frigate_port_open",
    "port_exposed": "frigate_port_exposed",
    "detect_off": "frigate_detect_off",
}
_ERRORS: Final = {
    "version_vulnerable": "frigate_version_vulnerable",
    "roles_leak": "frigate_roles_leak",
    "sync_recordings": "frigate_sync_recordings",
    "camera_gone": "frigate_camera_gone",
    "record_off": "frigate_record_off",
    "hold_failed": "frigate_hold_failed",
    "release_failed": "frigate_release_failed",
    "clock_off": "frigate_clock_off",
}
_OPEN_OPTIONS: Final = {
    "notification_proxy_enable": "frigate_notification_proxy",
    "media_browser_enable": "frigate_media_browser",
}
"""Options of that integration, by its own names."""


def frigate_issues(entry: KindergartenConfigEntry, snapshot: Snapshot) -> Iterator[Issue]:
    """Yield what is to be mended now."""
    status = snapshot.status
    if status is None:
        return
    for uid, subentry in servers_of(entry).items():
        if (server := status.servers.get(uid)) is None:
            continue
        if server.state not in ("ok", "starting"):
            yield from _away(entry, subentry, server, status.now_us)
            continue
        for problem in server.problems:
            yield from _problem(entry, subentry, problem, server, status.minimum_days or 0)
    if servers_of(entry):
        yield from _about_integration(entry)


def _about_integration(entry: KindergartenConfigEntry) -> Iterator[Issue]:
    """Yield what Home Assistant's own integration for Frigate shows to anybody; both are on when nothing is set."""
    for each in entry.runtime_data.coordinator.hass.config_entries.async_entries(
        INTEGRATION, include_ignore=False, include_disabled=False
    ):
        for option, key in _OPEN_OPTIONS.items():
            if each.options.get(option, True):
                yield Issue(
                    issue_id=f"{key}_{each.entry_id}",
                    key=key,
                    severity=ir.IssueSeverity.WARNING,
                    placeholders={"title": words.plain(each.title)},
                )


def offer(entry: KindergartenConfigEntry) -> Iterator[Issue]:
    """Yield the suggestion to add the server that Home Assistant knows already."""
    coordinator = entry.runtime_data.coordinator
    if entry.get_subentries_of_type(SUBENTRY_FRIGATE):
        return
    if (url := known_address(coordinator.hass)) is not None:
        yield Issue(
            issue_id=FRIGATE_OFFERED,
            key=FRIGATE_OFFERED,
            severity=ir.IssueSeverity.WARNING,
            placeholders={"url": words.plain(url)},
            data={"entry_id": entry.entry_id},
        )


def _away(
    entry: KindergartenConfigEntry, subentry: ConfigSubentry, server: ServerStatus, now_us: int
) -> Iterator[Issue]:
    key = _STATES.get(server.state, "frigate_silent")
    if key == "frigate_silent" and now_us - (server.since_us or now_us) < SILENT_US:
        return
    fixable = key in TO_SERVER_FORM
    yield Issue(
        issue_id=f"{key}_{subentry.subentry_id}",
        key=key,
        placeholders={"server": subentry.title},
        data={"entry_id": entry.entry_id, "subentry_id": subentry.subentry_id} if fixable else None,
    )


def _problem(
    entry: KindergartenConfigEntry,
    subentry: ConfigSubentry,
    problem: ServerProblem,
    server: ServerStatus,
    minimum_days: int,
) -> Iterator[Issue]:
    camera = next(
        (
            each
            for each in entry.get_subentries_of_type(SUBENTRY_CAMERA)
            if each.data[CONF_CAMERA_ID] == problem.camera
        ),
        None,
    )
    about = (
        {"server": subentry.title} if camera is None else {"server": subentry.title, "camera": camera.title}
    )
    where = subentry.subentry_id if camera is None else camera.subentry_id
    if problem.code == "retention_short":
        key = FRIGATE_RETENTION if camera is None else FRIGATE_CAMERA_RETENTION
        about |= {
            "days": words.days(problem.days or 0),
            "minimum": str(minimum_days),
            "least": str(minimum_days + 1),
        }
        data: dict[str, str | int | float | None]
        data = {"entry_id": entry.entry_id, "subentry_id": subentry.subentry_id}
        yield Issue(issue_id=f"{key}_{where}", key=key, placeholders=about, data=data)
    elif problem.code == "disk_short":
        about |= {
            "days": words.days(problem.days or 0),
            "least": str(minimum_days + 1),
            "a_day": str(round((server.day_bytes or 0) / 1e9)),
            "needed": str(round((server.day_bytes or 0) * (minimum_days + 1) / 1e9)),
        }
        yield Issue(issue_id=f"{FRIGATE_DISK}_{where}", key=FRIGATE_DISK, placeholders=about)
    elif key := _WARNINGS.get(problem.code, ""):
        severity = ir.IssueSeverity.WARNING
        yield Issue(issue_id=f"{key}_{where}", key=key, severity=severity, placeholders=about)
    elif key := _ERRORS.get(problem.code, ""):
        yield Issue(issue_id=f"{key}_{where}", key=key, placeholders=about)
