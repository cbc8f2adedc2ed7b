"""The page of today: one verdict with its measurement, what is wrong, what is held, what parents ask for."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, callback

from ..const import CONF_CAMERA_ID, CONF_PROFILE, SUBENTRY_CAMERA
from ..engine.legal.requirements import Requirement, verdict
from ..engine.people.errors import PeopleError
from ..engine.people.people import People
from ..engine.report.words import SOURCES
from ..judgement import profile_of, requirements_of
from ..snapshot import LIFTED, Snapshot
from ..standing import WARNING_RANK, Wrong, wrong_now
from .websocket_desk import Command, Desk, register

type Told = dict[str, object]

_PROVEN: Final = "retention_minimum"


async def _today(desk: Desk, message: dict[str, Any]) -> object:
    snapshot, wrong = desk.data.coordinator.data, wrong_now(desk.hass, desk.entry)
    requirements = requirements_of(desk.entry, snapshot)
    return {
        "silent": snapshot.silent,
        "now_us": snapshot.status.now_us if snapshot.status else None,
        "verdict": _verdict(desk, snapshot, requirements, wrong),
        "wrong": [_wrong(desk, each) for each in wrong],
        "unknown": [each.id for each in requirements if each.status == "not_measurable"],
        "holds": _holds(desk, snapshot),
        "requests": await _requests(desk),
    }


def _verdict(
    desk: Desk, snapshot: Snapshot, requirements: tuple[Requirement, ...], wrong: list[Wrong]
) -> Told:
    """Return how all stands: `state` is good, young (good, but not for as long yet), bad or unknown."""
    law, evidence, status = profile_of(desk.entry), snapshot.evidence, snapshot.status
    proven = next((each for each in requirements if each.id == _PROVEN), None)
    cameras = desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)
    states = [snapshot.camera(each.data[CONF_CAMERA_ID]) for each in cameras]
    rule = law.minimum_days
    return {
        "state": _state(requirements, wrong, proven),
        "cameras": len(cameras),
        "recording": None if status is None else sum(each is not None and each.recording for each in states),
        "days": proven.value if proven else None,
        "wanted": law.minimum_days.value,
        "checked_us": evidence.proof.checked_us if evidence.proof else None,
        "profile": desk.entry.data[CONF_PROFILE],
        "rule": {
            "text": {"en": rule.source, "ru": SOURCES.get("ru", {}).get(rule.source, rule.source)},
            "date": rule.date.isoformat(),
            "confirmed": rule.confirmed,
        },
    }


def _state(requirements: tuple[Requirement, ...], wrong: list[Wrong], proven: Requirement | None) -> str:
    if any(each.concern.rank < WARNING_RANK for each in wrong):
        return "bad"
    if (whole := verdict(requirements)) == "not_met":
        return "bad"
    if whole == "met":
        return "good"
    open_ones = {each.id for each in requirements if each.status == "not_measurable"}
    # A kindergarten cannot have thirty days after four; so far nothing is missing.
    if proven and open_ones == {_PROVEN} and proven.value is not None:
        return "young"
    return "unknown"


def _wrong(desk: Desk, wrong: Wrong) -> Told:
    names = {each.data[CONF_CAMERA_ID]: each.title for each in _cameras(desk)}
    rooms = (desk.entry.subentries.get(uid) for uid in wrong.rooms)
    return {
        "kind": wrong.kind,
        "key": wrong.key,
        "bad": wrong.concern.rank < WARNING_RANK,
        "effect": wrong.concern.effect,
        "cure": wrong.concern.cure,
        "since_us": wrong.since_us,
        "values": dict(wrong.values),
        "cause": wrong.cause,
        "rooms": [room.title for room in rooms if room],
        "cameras": [names[uid] for uid in wrong.cameras if uid in names],
    }


def _cameras(desk: Desk) -> Any:
    return desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)


def _holds(desk: Desk, snapshot: Snapshot) -> list[Told] | None:
    """Return what is held, the newest first; `None` while nobody could be asked."""
    evidence = snapshot.evidence
    if not evidence.holds and (evidence.proof is None or snapshot.silent):
        return None
    names = {each.data[CONF_CAMERA_ID]: each.title for each in _cameras(desk)}
    names = {**{uid: camera.label for uid, camera in evidence.known.items()}, **names}
    return [
        {
            "uid": hold.uid,
            "cameras": [names[uid] for uid in hold.cameras if uid in names],
            "from_us": hold.t0_us,
            "to_us": hold.t1_us,
            "until_us": hold.until_us,
            "reason": hold.reason,
            "state": hold.state,
            "not_before_us": hold.not_before_us,
        }
        for hold in sorted(evidence.holds, key=lambda each: -each.t0_us)
        if hold.state != LIFTED
    ]


async def _requests(desk: Desk) -> list[Told] | None:
    """Return what parents ask for and nobody has decided, without names; `None` while nobody can read it."""
    try:
        requests = await desk.data.families.do(People.requests)
    except PeopleError:
        return None
    return [
        {
            "number": each.number,
            "room_id": each.room_id,
            "from_us": each.from_us,
            "to_us": each.to_us,
            "made_us": each.made_us,
        }
        for each in requests
        if each.state == "open"
    ]


COMMANDS: Final = {"today": Command(fields={}, answer=_today)}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the command of today."""
    register(hass, COMMANDS)
