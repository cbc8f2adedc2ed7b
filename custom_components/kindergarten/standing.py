"""What is wrong at the kindergarten now, worst first: put together from alarms, repairs and requirements.

Nothing is judged here anew. Alarms know since when, repairs how it is mended, requirements what the law asks;
one trouble of one camera is told once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from .alarms import ALARMS, Alarms
from .archive.protocol import CameraState
from .camera_issues import TO_FORM
from .const import CONF_CAMERA_ID, CONF_ROOM, DOMAIN, SUBENTRY_CAMERA
from .coordinator import KindergartenConfigEntry
from .engine.legal.requirements import Requirement, Value
from .judgement import requirements_of

type Kind = Literal["repair", "alarm", "rule"]


@dataclass(frozen=True, kw_only=True)
class Concern:
    """How bad something is (0 is worst), what follows from it, and where it is mended; keys of the panel's."""

    rank: int
    effect: str
    cure: str


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One thing that is wrong. `key` is a repair's, an alarm's or a requirement's; `cameras` are uids.

    `cause` is a key that says more of it, `since_us` is `None` where nobody knows.
    """

    kind: Kind
    key: str
    concern: Concern
    since_us: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    cause: str | None = None
    rooms: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()


_NOTHING: Final = Concern(rank=0, effect="nothing_recorded", cure="repairs")
_SILENT: Final = Concern(rank=0, effect="maybe_nothing", cure="repairs")
_LOST: Final = Concern(rank=1, effect="camera_lost", cure="repairs")
_GONE_EARLY: Final = Concern(rank=2, effect="deleted_early", cure="planner")
_PROOF: Final = Concern(rank=2, effect="proof_weaker", cure="repairs")
_UNSEEN: Final = Concern(rank=3, effect="unseen", cure="cameras")
_TOLD: Final = Concern(rank=3, effect="nobody_knows", cure="repairs")
_RULE: Final = Concern(rank=4, effect="rule_broken", cure="integration")
_SOON: Final = Concern(rank=5, effect="soon_early", cure="planner")
_LEAK: Final = Concern(rank=3, effect="leak", cure="repairs")
_SHUT: Final = Concern(rank=5, effect="parents_shut", cure="repairs")
_TIME: Final = Concern(rank=5, effect="wrong_time", cure="check")
_LESS: Final = Concern(rank=7, effect="picture_late", cure="check")
_NOTE: Final = Concern(rank=8, effect="note", cure="repairs")

WARNING_RANK: Final = 5
"""From this rank on nothing is lost yet."""

REPAIRS: Final[Mapping[str, Concern]] = {
    "recorder_silent": _SILENT,
    "archive_missing": _NOTHING,
    "archive_foreign": _NOTHING,
    "archive_read_only": _NOTHING,
    "archive_full": _NOTHING,
    "archive_busy": _NOTHING,
    "archive_error": _NOTHING,
    "login_refused": _LOST,
    "camera_gone": _LOST,
    "borrowed_camera_gone": _LOST,
    "frigate_camera_gone": _LOST,
    "frigate_record_off": _LOST,
    "retention_broken": _GONE_EARLY,
    "archive_damaged": _PROOF,
    "ledger_broken": _PROOF,
    "volume_missing": _PROOF,
    "frigate_hold_failed": _PROOF,
    "frigate_release_failed": _NOTE,
    "frigate_sync_recordings": replace(_GONE_EARLY, cure="repairs"),
    "frigate_retention_short": replace(_GONE_EARLY, cure="repairs"),
    "frigate_camera_retention_short": replace(_GONE_EARLY, cure="repairs"),
    "frigate_login": _TOLD,
    "frigate_certificate": _TOLD,
    "frigate_silent": _TOLD,
    "frigate_too_old": _TOLD,
    "frigate_version_vulnerable": _LEAK,
    "frigate_roles_leak": _LEAK,
    "frigate_port_open": _LEAK,
    "frigate_port_exposed": _LEAK,
    "frigate_media_browser": _LEAK,
    "frigate_notification_proxy": _LEAK,
    "portal_exposed": replace(_LEAK, cure="golive"),
    "backups_unprotected": replace(_LEAK, cure="backups"),
    "room_without_camera": replace(_RULE, cure="cameras"),
    "retention_at_risk": _SOON,
    "frigate_disk_short": replace(_SOON, cure="repairs"),
    "holds_fill_disk": replace(_SOON, effect="disk_fills", cure="repairs"),
    "people_key_missing": _SHUT,
    "people_newer": _SHUT,
    "people_unusable": _SHUT,
    "people_restored": replace(_SHUT, cure="ways"),
    "clock_untrusted": _TIME,
    "frigate_clock_off": replace(_TIME, cure="repairs"),
    "camera_hevc": _LESS,
    "camera_rare_keys": _LESS,
    "restart_costs_gap": replace(_NOTE, effect="restart_gap"),
    "profile_outdated": replace(_NOTE, effect="rules_old"),
    "frigate_version_new": _NOTE,
    "frigate_detect_off": _NOTE,
    "frigate_offered": _NOTE,
}
ALARMED: Final[Mapping[str, Concern]] = {
    "archive": _NOTHING,
    "recording": replace(_LOST, cure="integration"),
    "retention": _SOON,
    "picture": _UNSEEN,
    "clock": _TIME,
}
_CAUSES: Final = {"recorder_silent": _SILENT, "retention_broken": _GONE_EARLY, "clock_wrong": _TIME}
"""Where the cause says more than what the alarm is about."""
RULES: Final[Mapping[str, Concern]] = {
    "retention_minimum": replace(_RULE, effect="days_short", cure="heatmap"),
    "retention_maximum": replace(_RULE, effect="kept_long"),
    "required_rooms": replace(_RULE, cure="cameras"),
    "forbidden_rooms": replace(_RULE, cure="cameras"),
    "sound_off": _RULE,
    "picture_size": replace(_RULE, cure="check"),
    "frame_rate": replace(_RULE, cure="check"),
    "camera_clocks": replace(_TIME, rank=4),
    "clock": _TIME,
    "forecast": _SOON,
    "ledger": _PROOF,
    "profile_current": replace(_NOTE, effect="rules_old"),
}
_SAID_BY: Final[Mapping[str, frozenset[str]]] = {
    "forecast": frozenset({"retention_at_risk", "retention_broken", "retention"}),
    "ledger": frozenset({"ledger_broken"}),
    "profile_current": frozenset({"profile_outdated"}),
}
"""Requirements that others tell of already, and better."""
_ABOUT: Final[Mapping[str, frozenset[str]]] = {
    "archive": frozenset(key for key, concern in REPAIRS.items() if concern.rank == 0),
    "retention": frozenset({"retention_at_risk", "retention_broken"}),
    "clock": frozenset({"clock_untrusted"}),
}
"""Repairs that are what an alarm is about."""


def wrong_now(hass: HomeAssistant, entry: KindergartenConfigEntry) -> list[Wrong]:
    """Return what is wrong, worst first, the oldest first of what is equally bad."""
    snapshot = entry.runtime_data.coordinator.data
    alarms = list(_alarms(hass, entry))
    repairs = [_dated(each, alarms) for each in _repairs(hass, entry)]
    found = [*repairs, *(each for each in alarms if not _is_told(each, repairs, entry))]
    found += _rules(entry, found, requirements_of(entry, snapshot))
    return sorted(found, key=lambda each: (each.concern.rank, each.since_us or 0, each.key, each.cameras))


def _repairs(hass: HomeAssistant, entry: KindergartenConfigEntry) -> Iterator[Wrong]:
    for (domain, _), issue in ir.async_get(hass).issues.items():
        key = issue.translation_key
        if domain != DOMAIN or not issue.active or key is None:
            continue
        camera = entry.subentries.get(str((issue.data or {}).get("subentry_id")))
        is_camera = camera is not None and camera.subentry_type == SUBENTRY_CAMERA
        yield Wrong(
            kind="repair",
            key=key,
            concern=REPAIRS.get(key, _NOTE),
            since_us=round(issue.created.timestamp() * 1_000_000),
            values=dict(issue.translation_placeholders or {}),
            cameras=(camera.data[CONF_CAMERA_ID],) if camera and is_camera else (),
        )


def _alarms(hass: HomeAssistant, entry: KindergartenConfigEntry) -> Iterator[Wrong]:
    alarms: Alarms | None = hass.data.get(ALARMS)
    names = {each.data[CONF_CAMERA_ID] for each in entry.get_subentries_of_type(SUBENTRY_CAMERA)}
    snapshot = entry.runtime_data.coordinator.data
    for trouble in alarms.on if alarms else ():
        sensor = er.async_get(hass).entities.get_entry(trouble.sensor)
        if sensor is None:
            continue
        uid = sensor.unique_id.removesuffix(f"_{sensor.translation_key}")
        state, camera = hass.states.get(sensor.entity_id), snapshot.camera(uid)
        cause = state.attributes.get("cause" if trouble.about == "picture" else "problem") if state else None
        if trouble.about == "recording":
            cause = camera.state.value if camera and camera.state is not CameraState.UNKNOWN else None
        yield Wrong(
            kind="alarm",
            key=trouble.about,
            concern=_CAUSES.get(str(cause), ALARMED[trouble.about]),
            since_us=round(trouble.since.timestamp() * 1_000_000),
            cause=str(cause) if cause else None,
            cameras=(uid,) if uid in names else (),
        )


def _dated(repair: Wrong, alarms: Iterable[Wrong]) -> Wrong:
    """Take the alarm's word for since when: it remembers over restarts, a repair does not."""
    since = [each.since_us for each in alarms if _same(each, repair) and each.since_us is not None]
    return replace(repair, since_us=min(since)) if since else repair


def _same(alarm: Wrong, repair: Wrong) -> bool:
    if alarm.key == "recording":
        return repair.key in TO_FORM and alarm.cameras == repair.cameras
    return repair.key in _ABOUT.get(alarm.key, ())


def _is_told(alarm: Wrong, repairs: Iterable[Wrong], entry: KindergartenConfigEntry) -> bool:
    """Tell whether a repair says it already, or what a camera suffers from is everybody's trouble."""
    if any(_same(alarm, repair) for repair in repairs):
        return True
    if alarm.key not in {"recording", "picture"}:
        return False
    snapshot = entry.runtime_data.coordinator.data
    camera = snapshot.camera(alarm.cameras[0]) if alarm.cameras else None
    follows = snapshot.silent or (camera is not None and camera.state is CameraState.DISK)
    return follows and any(repair.concern.rank == 0 for repair in repairs)


def _rules(
    entry: KindergartenConfigEntry, found: list[Wrong], requirements: Iterable[Requirement]
) -> Iterator[Wrong]:
    keys = {each.key for each in found}
    for requirement in requirements:
        told = _SAID_BY.get(requirement.id, frozenset()) & keys
        if requirement.status != "not_met" or told or _rooms_are_told(entry, found, requirement):
            continue
        yield Wrong(
            kind="rule",
            key=requirement.id,
            concern=RULES[requirement.id],
            values={"value": _shown(requirement.value), "wanted": _shown(requirement.wanted)},
            rooms=requirement.rooms,
            cameras=requirement.cameras,
        )


def _shown(value: Value) -> str:
    return "?" if value is None else str(value)


def _rooms_are_told(entry: KindergartenConfigEntry, found: Iterable[Wrong], requirement: Requirement) -> bool:
    """Tell whether every room that should be recorded and is not has a trouble of its own in the list."""
    if requirement.id != "required_rooms":
        return False
    troubles = list(found)
    if any(each.concern.rank == 0 for each in troubles):
        return True
    bad = {uid for each in troubles if each.concern.rank == _LOST.rank for uid in each.cameras}
    rooms = {
        each.data.get(CONF_ROOM)
        for each in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        if each.data[CONF_CAMERA_ID] in bad
    }
    bare = {each.values.get("room") for each in troubles if each.key == "room_without_camera"}
    return all(uid in rooms or entry.subentries[uid].title in bare for uid in requirement.rooms)
