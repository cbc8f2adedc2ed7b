"""The set-up check: what should be right, each measured where it can be, asked of the owner where it cannot.

What nobody has measured or said is `unknown`, never green.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from homeassistant.components.backup import DATA_MANAGER
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .archive.protocol import ArchiveStatus, CameraStatus
from .brands import brand_of
from .camera_issues import camera_issues
from .checklist import Checklist, Question
from .const import CONF_ARCHIVE_PATH, CONF_CAMERA_ID, SUBENTRY_CAMERA
from .coordinator import KindergartenConfigEntry
from .engine.legal.requirements import Requirement, Status
from .flows.places import async_disk_notes, surroundings_of
from .judgement import margin_days, profile_of, requirements_of, retention_problem
from .people_issues import backups_unprotected
from .portal.agreement import agreed
from .portal_issues import is_exposed
from .snapshot import Snapshot

type Light = Literal["green", "yellow", "red", "unknown"]
type Value = str | int | float

_UPS: Final = frozenset({"apcupsd", "nut"})
"""Integrations whose devices are supplies with a battery."""
_BAD_DISKS: Final = ("memory", "container", "sd_card")
_FAIR_DISKS: Final = ("network", "system_disk", "fat")
_LIGHTS: Final[Mapping[Status, Light]] = {
    "met": "green",
    "not_met": "red",
    "not_applicable": "green",
    "not_measurable": "unknown",
}


@dataclass(frozen=True, kw_only=True)
class Named:
    """A camera that a line is about; `brand` is a key of the texts `menu_<brand>`."""

    name: str
    brand: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that should be right; texts are the panel's `setup.<key>.<say>`.

    `values` is what was measured, `fix` leads to where it is mended, `question` is one that the owner
    answers, at `said_us` with `said`.
    """

    key: str
    light: Light
    say: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    cameras: tuple[Named, ...] = ()
    fix: str | None = None
    question: Question | None = None
    said: bool | None = None
    said_us: int | None = None


async def async_check(
    hass: HomeAssistant, entry: KindergartenConfigEntry, checklist: Checklist
) -> list[Line]:
    """Return every line, in the order of the page."""
    snapshot = entry.runtime_data.coordinator.data
    notes = await async_disk_notes(hass, entry.data[CONF_ARCHIVE_PATH], surroundings_of(hass))
    rules = {each.id: each for each in requirements_of(entry, snapshot)}
    zone = hass.config.time_zone
    return [
        _days(entry, snapshot),
        _disk(notes),
        _ups(hass, checklist),
        _clock(snapshot.status),
        _asked(checklist, "same_time", about=zone, values={"zone": zone}, fix="general"),
        _ruled(entry, rules, "camera_clocks"),
        *_streams(entry, snapshot),
        _ruled(entry, rules, "picture_size"),
        _ruled(entry, rules, "frame_rate"),
        _exposure(entry),
        _backups(hass),
        _consents(entry),
        _asked(checklist, "notices", no="yellow", fix="paper"),
    ]


def zone_of(hass: HomeAssistant, question: Question) -> str:
    """Return what an answer is about: whoever moves the house to another time zone is asked again."""
    return hass.config.time_zone if question == "same_time" else ""


def _days(entry: KindergartenConfigEntry, snapshot: Snapshot) -> Line:
    status = snapshot.status
    wanted = profile_of(entry).minimum_days.value
    values: dict[str, Value] = {"wanted": wanted, "margin": margin_days(entry)}
    if status is None or status.forecast.days is None:
        return Line(key="days", light="unknown", say="unknown", values=values, fix="planner")
    values["days"] = round(status.forecast.days, 1)
    bad = retention_problem(entry, snapshot) is not None
    if not bad and status.forecast.enough is None:
        return Line(key="days", light="unknown", say="part", values=values, fix="planner")
    return Line(
        key="days",
        light="red" if bad else "green",
        say="short" if bad else "enough",
        values=values,
        fix="planner" if bad else None,
    )


def _disk(notes: list[str] | None) -> Line:
    if notes is None:
        return Line(key="disk", light="unknown", say="unknown", fix="integration")
    worst = next((note for note in (*_BAD_DISKS, *_FAIR_DISKS) if note in notes), None)
    if worst is None:
        return Line(key="disk", light="green", say="own")
    return Line(key="disk", light="red" if worst in _BAD_DISKS else "yellow", say=worst, fix="integration")


def _ups(hass: HomeAssistant, checklist: Checklist) -> Line:
    """Believe a supply that Home Assistant knows, else the owner."""
    registry = er.async_get(hass)
    for each in registry.entities.values():
        state = hass.states.get(each.entity_id) if each.platform in _UPS else None
        if state and state.state not in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            return Line(key="ups", light="green", say="found", values={"entity": each.entity_id})
    return _asked(checklist, "ups", no="yellow", fix=None)


def _asked(
    checklist: Checklist,
    question: Question,
    *,
    about: str = "",
    no: Light = "red",
    values: Mapping[str, Value] | None = None,
    fix: str | None,
) -> Line:
    said = checklist.said(question, about)
    light: Light = "unknown" if said is None else "green" if said.yes else no
    return Line(
        key=question,
        light=light,
        say="open" if said is None else "yes" if said.yes else "no",
        values=values or {},
        fix=None if said and said.yes else fix,
        question=question,
        said=said.yes if said else None,
        said_us=said.at_us if said else None,
    )


def _clock(status: ArchiveStatus | None) -> Line:
    if status is None or status.clock is None:
        return Line(key="clock", light="unknown", say="unknown")
    lights: tuple[Light, ...] = ("red", "yellow", "green")
    says = ("wrong", "likely", "sure")
    trust = status.clock.trust
    return Line(key="clock", light=lights[trust], say=says[trust])


def _ruled(entry: KindergartenConfigEntry, rules: Mapping[str, Requirement], key: str) -> Line:
    """Say of a requirement how it stands, and which cameras keep it from being met."""
    rule = rules.get(key)
    if rule is None:
        return Line(key=key, light="unknown", say="unknown")
    told = {"wanted": rule.wanted, "value": rule.value}
    values: dict[str, Value] = {
        name: value.replace("x", " × ") if isinstance(value, str) else value
        for name, value in told.items()
        if value is not None
    }
    cameras = _named(entry, lambda each: each.data[CONF_CAMERA_ID] in rule.cameras)
    light = _LIGHTS[rule.status]
    return Line(
        key=key,
        light=light,
        say={"green": "good", "red": "bad"}.get(light, "unknown"),
        values=values,
        cameras=cameras if light != "green" else (),
    )


def _streams(entry: KindergartenConfigEntry, snapshot: Snapshot) -> Iterator[Line]:
    """Yield what the cameras send: format, key pictures, rate."""
    known = [
        camera
        for each in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        if (camera := snapshot.camera(each.data[CONF_CAMERA_ID]))
    ]
    ids = {
        key: {issue.issue_id for issue in camera_issues(entry, snapshot, _unsaid) if issue.key == key}
        for key in ("camera_hevc", "camera_rare_keys")
    }

    def troubled(key: str) -> tuple[Named, ...]:
        return _named(entry, lambda each: f"{key}_{each.subentry_id}" in ids[key])

    heavy = troubled("camera_hevc")
    yield _measured("codec", [each.video for each in known], heavy, "yellow")
    gops = [gop for each in known if (gop := each.gop_s) is not None]
    values: dict[str, Value] = {"seconds": round(max(gops), 1)} if gops else {}
    yield _measured("keys", gops, troubled("camera_rare_keys"), "yellow", values)
    yield _rates(entry, snapshot.status, known)


def _unsaid(key: str, /, **values: str) -> str:
    """Say nothing: only which cameras are meant is wanted here."""
    return key


def _measured(
    key: str,
    found: Iterable[object],
    bad: tuple[Named, ...],
    light: Light,
    values: Mapping[str, Value] | None = None,
) -> Line:
    if bad:
        return Line(key=key, light=light, say="bad", cameras=bad, values=values or {})
    if not any(each is not None for each in found):
        return Line(key=key, light="unknown", say="unknown")
    return Line(key=key, light="green", say="good", values=values or {})


def _rates(entry: KindergartenConfigEntry, status: ArchiveStatus | None, known: list[CameraStatus]) -> Line:
    """Say who sends more than the disk has room for, by the recorder's own advice."""
    rates = {each.uid: each.bitrate_bps for each in known if each.bitrate_bps}
    if status is None or not rates:
        return Line(key="bitrate", light="unknown", say="unknown")
    average = sum(rates.values()) / len(rates)
    values: dict[str, Value] = {"mbit": round(average / 1e6, 1)}
    most = next((way.value for way in status.forecast.advice if way.kind == "bitrate"), None)
    if most is None and status.forecast.enough is None:
        return Line(key="bitrate", light="unknown", say="only", values=values)
    if most is None:
        return Line(key="bitrate", light="green", say="good", values=values)
    over = _named(entry, lambda each: rates.get(each.data[CONF_CAMERA_ID], 0) > most)
    values["most"] = round(most / 1e6, 1)
    return Line(key="bitrate", light="yellow", say="bad", values=values, cameras=over, fix="planner")


def _exposure(entry: KindergartenConfigEntry) -> Line:
    portal = entry.runtime_data.portal
    if portal.origin is None:
        return Line(key="exposure", light="green", say="off")
    if is_exposed(entry):
        return Line(key="exposure", light="red", say="open", fix="golive")
    if portal.outside.findings is None:
        return Line(key="exposure", light="unknown", say="untested", fix="golive")
    return Line(key="exposure", light="green", say="tested")


def _backups(hass: HomeAssistant) -> Line:
    if (manager := hass.data.get(DATA_MANAGER)) is None:
        return Line(key="backups", light="unknown", say="unknown")
    if not manager.config.data.create_backup.agent_ids:
        return Line(key="backups", light="yellow", say="none", fix="backups")
    if backups_unprotected(hass):
        return Line(key="backups", light="red", say="open", fix="backups")
    return Line(key="backups", light="green", say="protected")


def _consents(entry: KindergartenConfigEntry) -> Line:
    data = entry.runtime_data
    if not data.families.available:
        return Line(key="consents", light="unknown", say="unknown", fix="repairs")
    house, people, today = data.portal.house(), data.families.snapshot, data.portal.now().date()
    enrolled = [child_id for group_id in people.groups for child_id in people.enrolled(group_id, today)]
    if not enrolled:
        return Line(key="consents", light="unknown", say="nobody", fix="families")
    given = sum(agreed(people, house.consent_rule, house.text_version, each, today) for each in enrolled)
    values: dict[str, Value] = {"given": given, "all": len(enrolled)}
    if given == len(enrolled):
        return Line(key="consents", light="green", say="all", values=values)
    return Line(key="consents", light="yellow", say="missing", values=values, fix="consents")


def _named(entry: KindergartenConfigEntry, wanted: Callable[[ConfigSubentry], bool]) -> tuple[Named, ...]:
    return tuple(
        Named(name=each.title, brand=brand_of(each.data))
        for each in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        if wanted(each)
    )
