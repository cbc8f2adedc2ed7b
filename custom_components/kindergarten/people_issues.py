"""What a person has to mend about the families' list and the parents' view."""

from collections.abc import Iterator
from typing import Final

from homeassistant.components.backup import DATA_MANAGER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .coordinator import KindergartenConfigEntry
from .issue import Issue

_UNUSABLE: Final = {
    "key_missing": "people_key_missing",
    "key_wrong": "people_key_missing",
    "key_damaged": "people_key_missing",
    "newer": "people_newer",
}
"""What the file's errors are to the owner; every other one is damage."""


def people_issues(entry: KindergartenConfigEntry) -> Iterator[Issue]:
    """Yield what is to be mended now."""
    families = entry.runtime_data.families
    if families.error is not None:
        key = _UNUSABLE.get(families.error, "people_unusable")
        yield Issue(issue_id=key, key=key, placeholders={"code": families.error})
        return
    if families.restored:
        yield Issue(issue_id="people_restored", key="people_restored", severity=ir.IssueSeverity.WARNING)
    if families.snapshot.guardians and backups_unprotected(families.hass):
        yield Issue(
            issue_id="backups_unprotected", key="backups_unprotected", severity=ir.IssueSeverity.WARNING
        )


def backups_unprotected(hass: HomeAssistant) -> bool:
    """Return whether automatic backups carry the families' list away without a password."""
    if (manager := hass.data.get(DATA_MANAGER)) is None:
        return False
    wanted = manager.config.data.create_backup
    return bool(wanted.agent_ids) and wanted.password is None
