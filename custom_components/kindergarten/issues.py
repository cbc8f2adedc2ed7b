"""What a person has to mend now, by what is known of the recorder and of the law."""

from collections.abc import Iterator
from datetime import date
import hashlib
from typing import Final

from homeassistant.helpers import issue_registry as ir

from .archive.protocol import Advice, ArchiveState, ArchiveStatus
from .camera_issues import camera_issues
from .coordinator import KindergartenConfigEntry
from .engine.legal.facts import GOOD_LEDGER
from .engine.legal.requirements import rooms_without_camera
from .flows import words
from .frigate_issues import frigate_issues, offer
from .grace import CONF_GRACE_RECORDING, seconds_of
from .issue import Issue
from .judgement import facts_of, margin_days, profile_of, retention_problem
from .people_issues import people_issues
from .portal_issues import portal_issues
from .snapshot import Snapshot

LEDGER_BROKEN: Final = "ledger_broken"
VOLUME_MISSING: Final = "volume_missing"
HOLDS_SHARE: Final = 0.5
"""From this share of the disk on holds are in the way of recording."""

_BROKEN_ARCHIVES: Final = {
    ArchiveState.MISSING,
    ArchiveState.FOREIGN,
    ArchiveState.READ_ONLY,
    ArchiveState.FULL,
    ArchiveState.BUSY,
    ArchiveState.ERROR,
}


def issues_of(entry: KindergartenConfigEntry, snapshot: Snapshot, say: words.Words) -> list[Issue]:
    """Return what is to be mended now; `say` puts together the ways out."""
    if snapshot.silent:
        return [Issue(issue_id="recorder_silent", key="recorder_silent"), *_house_issues(entry, say)]
    if (status := snapshot.status) is None:
        return [*_house_issues(entry, say)]
    return [
        *_archive_issues(status),
        *_volume_issues(entry, status),
        *_retention_issues(entry, snapshot, say),
        *_holds_issues(status),
        *_clock_issues(entry, status),
        *_evidence_issues(entry, snapshot),
        *_law_issues(entry, snapshot),
        *camera_issues(entry, snapshot, say),
        *frigate_issues(entry, snapshot),
        *_house_issues(entry, say),
    ]


def _house_issues(entry: KindergartenConfigEntry, say: words.Words) -> Iterator[Issue]:
    """Yield what has to be mended whatever the recorder says."""
    yield from people_issues(entry)
    yield from offer(entry)
    yield from portal_issues(entry, say)
    data = entry.runtime_data
    if data.restarts.costs_gap:
        yield Issue(
            issue_id="restart_costs_gap",
            key="restart_costs_gap",
            severity=ir.IssueSeverity.WARNING,
            placeholders={"way": say(f"restart_{data.restarts.installed_as}")},
        )


def _archive_issues(status: ArchiveStatus) -> Iterator[Issue]:
    if (state := status.volume.state) in _BROKEN_ARCHIVES:
        key = f"archive_{state}"
        yield Issue(issue_id=key, key=key, placeholders={"path": status.volume.path or "?"})


def _volume_issues(entry: KindergartenConfigEntry, status: ArchiveStatus) -> Iterator[Issue]:
    for volume in status.volumes:
        if volume.role == "old" and volume.state in _BROKEN_ARCHIVES:
            number = hashlib.sha256(volume.path.encode()).hexdigest()[:8]
            yield Issue(
                issue_id=f"{VOLUME_MISSING}_{number}",
                key=VOLUME_MISSING,
                placeholders={"path": volume.path},
                data={"entry_id": entry.entry_id, "path": volume.path},
            )


def _retention_issues(
    entry: KindergartenConfigEntry, snapshot: Snapshot, say: words.Words
) -> Iterator[Issue]:
    problem, status = retention_problem(entry, snapshot), snapshot.status
    if problem is None or status is None:
        return
    minimum, forecast = str(status.minimum_days), status.forecast
    if problem == "retention_broken":
        yield Issue(issue_id=problem, key=problem, placeholders={"minimum": minimum})
    elif forecast.days is not None:
        yield Issue(
            issue_id=problem,
            key=problem,
            severity=ir.IssueSeverity.WARNING,
            placeholders={
                "days": words.days(forecast.days),
                "minimum": minimum,
                "margin": str(margin_days(entry)),
                "ways": _ways(forecast.advice, say),
            },
        )


def _ways(advice: tuple[Advice, ...], say: words.Words) -> str:
    """Return a list of what would help, each by itself, in numbers."""
    shown = {
        "disk": lambda value: words.size(round(value)),
        "bitrate": lambda value: f"{value / 1e6:.1f}",
        "sub": words.days,
        "schedule": words.days,
    }
    known = [say(f"way_{way.kind}", value=shown[way.kind](way.value)) for way in advice if way.kind in shown]
    return "\n".join(f"- {way}" for way in known or [say("way_any")])


def _holds_issues(status: ArchiveStatus) -> Iterator[Issue]:
    holds = status.holds
    if holds is not None and holds.share is not None and holds.share >= HOLDS_SHARE:
        yield Issue(
            issue_id="holds_fill_disk",
            key="holds_fill_disk",
            severity=ir.IssueSeverity.WARNING,
            placeholders={"count": str(holds.count), "share": f"{holds.share * 100:.0f}"},
        )


def _clock_issues(entry: KindergartenConfigEntry, status: ArchiveStatus) -> Iterator[Issue]:
    # A machine that has just started may still be asking for the time.
    grace_us = seconds_of(entry, CONF_GRACE_RECORDING) * 1_000_000
    if status.clock and status.clock.trust == 0 and status.now_us - status.clock.utc0_us > grace_us:
        yield Issue(issue_id="clock_untrusted", key="clock_untrusted", severity=ir.IssueSeverity.WARNING)


def _evidence_issues(entry: KindergartenConfigEntry, snapshot: Snapshot) -> Iterator[Issue]:
    status, damage = snapshot.status, snapshot.damage
    broken = status and status.ledger and status.ledger.state != GOOD_LEDGER
    if broken or (status and status.volume.deletion == "ledger"):
        yield Issue(issue_id=LEDGER_BROKEN, key=LEDGER_BROKEN, data={"entry_id": entry.entry_id})
    if damage and damage.any:
        yield Issue(
            issue_id="archive_damaged",
            key="archive_damaged",
            placeholders={"bad": str(damage.bad), "missing": str(damage.missing)},
        )


def _law_issues(entry: KindergartenConfigEntry, snapshot: Snapshot) -> Iterator[Issue]:
    law, facts = profile_of(entry), facts_of(entry, snapshot)
    for room in rooms_without_camera(law, facts):
        yield Issue(
            issue_id=f"room_without_camera_{room.uid}",
            key="room_without_camera",
            severity=ir.IssueSeverity.WARNING,
            # A title is shown as it is, a description as Markdown.
            placeholders={"room": room.label, "room_text": words.plain(room.label)},
        )
    if law.outdated(facts.today):
        yield Issue(
            issue_id="profile_outdated",
            key="profile_outdated",
            severity=ir.IssueSeverity.WARNING,
            placeholders={"date": _date(law.date), "until": _date(law.valid_until)},
        )


def _date(day: date) -> str:
    return day.isoformat()
