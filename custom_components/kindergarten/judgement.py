"""How the kindergarten stands by its legal profile, from what the entry says and what was measured."""

from datetime import date
from typing import Any, Final, Literal

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.util import dt as dt_util

from .archive.protocol import CameraStatus, as_utc
from .const import (
    CONF_CAMERA_ID,
    CONF_KIND,
    CONF_LAST_INSPECTION,
    CONF_MARGIN_DAYS,
    CONF_PROFILE,
    CONF_ROOM,
    CONF_SOUND,
    SUBENTRY_CAMERA,
    SUBENTRY_ROOM,
)
from .engine.legal import Profile, profile
from .engine.legal.facts import GOOD_LEDGER, works
from .engine.legal.requirements import Camera, Facts, Requirement, Room, judge
from .snapshot import Evidence, Snapshot

RETENTION_MEMORY_US: Final = 24 * 3600 * 1_000_000
"""A day without footage deleted too early, and it is over."""

type RetentionProblem = Literal["retention_broken", "retention_at_risk"]


def profile_of(entry: ConfigEntry[Any]) -> Profile:
    """Return the profile that the kindergarten lives under."""
    return profile(entry.data[CONF_PROFILE])


def margin_days(entry: ConfigEntry[Any]) -> int:
    """Return how many days more than the minimum the disk should hold."""
    return int(entry.options.get(CONF_MARGIN_DAYS, profile_of(entry).duties.margin_days.value))


def retention_problem(entry: ConfigEntry[Any], snapshot: Snapshot) -> RetentionProblem | None:
    """Return what is wrong with how long footage stays: sensor and repair say the same."""
    if (status := snapshot.status) is None:
        return None
    broken_us, minimum, forecast = snapshot.retention_broken_us, status.minimum_days, status.forecast
    if broken_us is not None and status.now_us - broken_us < RETENTION_MEMORY_US:
        return "retention_broken"
    if not minimum or forecast.days is None:
        return None
    short = forecast.enough is False or forecast.days < minimum + margin_days(entry)
    return "retention_at_risk" if short else None


def next_inspection(entry: ConfigEntry[Any]) -> date | None:
    """Return when the next inspection is to be expected, if the last one is known."""
    last = entry.options.get(CONF_LAST_INSPECTION)
    if not last:
        return None
    before = date.fromisoformat(last)
    months = before.month - 1 + profile_of(entry).duties.inspection_months.value
    year, month = before.year + months // 12, months % 12 + 1
    for day in range(before.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue  # there is no 31 February
    return None


def requirements_of(entry: ConfigEntry[Any], snapshot: Snapshot) -> tuple[Requirement, ...]:
    """Return every requirement and how it stands; nothing while the recorder is not known."""
    if snapshot.status is None:
        return ()
    return judge(profile_of(entry), facts_of(entry, snapshot))


def facts_of(entry: ConfigEntry[Any], snapshot: Snapshot) -> Facts:
    """Return what the entry says and what was measured; the recorder must be known."""
    status = snapshot.status
    assert status is not None
    return Facts(
        today=dt_util.as_local(as_utc(status.now_us)).date(),
        now_us=status.now_us,
        rooms=tuple(
            Room(uid=room.subentry_id, kind=room.data[CONF_KIND], label=room.title)
            for room in entry.get_subentries_of_type(SUBENTRY_ROOM)
        ),
        cameras=tuple(
            _camera(
                subentry, snapshot.camera(subentry.data[CONF_CAMERA_ID]), snapshot.evidence, status.now_us
            )
            for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        ),
        forecast_days=status.forecast.days,
        enough=status.forecast.enough,
        clock_trust=status.clock.trust if status.clock else None,
        ledger_ok=status.ledger.state == GOOD_LEDGER if status.ledger else None,
    )


def _camera(subentry: ConfigSubentry, status: CameraStatus | None, evidence: Evidence, now_us: int) -> Camera:
    uid = subentry.data[CONF_CAMERA_ID]
    proof, known = evidence.of(uid), evidence.known.get(uid)
    video = status.video if status else None
    audio = status.audio if status else None
    return Camera(
        uid=uid,
        label=subentry.title,
        room=subentry.data.get(CONF_ROOM) or None,
        working=works(status.state, status.cause, status.newest_us, status.since_us, now_us)
        if status
        else None,
        sound=bool(subentry.data[CONF_SOUND] or (audio and audio.recorded)),
        width=video.width if video else None,
        height=video.height if video else None,
        fps=status.fps if status else None,
        clock_offset_ms=status.clock_offset_ms if status else None,
        since_us=known.added_us if known else None,
        oldest_us=status.oldest_us if status else None,
        days_proven=proof.days_proven if proof else None,
        held=evidence.holds_camera(uid),
    )
