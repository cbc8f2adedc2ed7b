"""Judges a kindergarten by its legal profile: what is met, what is not, and what nobody can tell.

Pure functions over facts. What is not known is never met: `not_measurable` is an answer of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from . import Profile, Rule

type Status = Literal["met", "not_met", "not_applicable", "not_measurable"]
type Value = int | float | str | None

DAY_US: Final = 86_400_000_000
FPS_TOLERANCE: Final = 0.95
"""A rate is measured over some seconds, and 14.9 pictures a second are 15."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """A room of the kindergarten."""

    uid: str
    kind: str
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Camera:
    """What is known of a camera; `None` means "not known". `room` is a room's uid.

    `since_us` is when recording it began, `days_proven` as the proof counts them.
    """

    uid: str
    label: str
    room: str | None
    working: bool | None = None
    sound: bool | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    clock_offset_ms: int | None = None
    since_us: int | None = None
    oldest_us: int | None = None
    days_proven: int | None = None
    held: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of a kindergarten at `now_us` (UTC) on the local day `today`.

    `enough` is the forecast: whether the disk holds the minimum. `clock_trust` is 0 not, 1 probably,
    2 surely right. `ledger_ok` is whether the record of what happened is unbroken.
    """

    today: date
    now_us: int
    rooms: tuple[Room, ...]
    cameras: tuple[Camera, ...]
    forecast_days: float | None = None
    enough: bool | None = None
    clock_trust: int | None = None
    ledger_ok: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """One requirement and how it stands; `rooms` and `cameras` (uids) are those that keep it from being met."""

    id: str
    status: Status
    value: Value
    wanted: Value
    source: str
    date: date
    confirmed: bool
    rooms: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return it in the words of the control API."""
        return {
            "id": self.id,
            "status": self.status,
            "value": self.value,
            "wanted": self.wanted,
            "source": self.source,
            "date": self.date.isoformat(),
            "confirmed": self.confirmed,
            "rooms": list(self.rooms),
            "cameras": list(self.cameras),
        }


def judge(profile: Profile, facts: Facts) -> tuple[Requirement, ...]:
    """Return every requirement of a profile with how it stands."""
    return (
        _minimum(profile, facts),
        _maximum(profile, facts),
        _required_rooms(profile, facts),
        _forbidden_rooms(profile, facts),
        _sound(profile, facts),
        _picture_size(profile, facts),
        _frame_rate(profile, facts),
        _camera_clocks(profile, facts),
        _clock(profile, facts),
        _forecast(profile, facts),
        _ledger(profile, facts),
        _profile(profile, facts),
    )


def verdict(requirements: Iterable[Requirement]) -> Status:
    """Return how the whole stands: one that is not met decides, then one that nobody can tell."""
    found = {requirement.status for requirement in requirements}
    if "not_met" in found:
        return "not_met"
    return "met" if found and "not_measurable" not in found else "not_measurable"


def _ruled(
    id_: str,
    rule: Rule[Any],
    status: Status,
    value: Value,
    wanted: Value,
    *,
    rooms: tuple[str, ...] = (),
    cameras: tuple[str, ...] = (),
) -> Requirement:
    return Requirement(
        id=id_,
        status=status,
        value=value,
        wanted=wanted,
        source=rule.source,
        date=rule.date,
        confirmed=rule.confirmed,
        rooms=rooms,
        cameras=cameras,
    )


def _of_cameras(
    id_: str,
    rule: Rule[Any],
    facts: Facts,
    judged: Callable[[Camera], bool | None],
    value: Value,
    wanted: Value,
) -> Requirement:
    """Judge every camera; those that fail are named, else those that nobody can tell."""
    answers = {camera.uid: judged(camera) for camera in facts.cameras}
    failed = tuple(uid for uid, answer in answers.items() if answer is False)
    unknown = tuple(uid for uid, answer in answers.items() if answer is None)
    status: Status = "not_met" if failed else "met" if answers and not unknown else "not_measurable"
    return _ruled(id_, rule, status, value, wanted, cameras=failed or unknown)


def _least[T: (int, float)](values: Iterable[T | None]) -> T | None:
    return min((value for value in values if value is not None), default=None)


def _minimum(profile: Profile, facts: Facts) -> Requirement:
    days = profile.minimum_days.value

    def judged(camera: Camera) -> bool | None:
        if camera.days_proven is None:
            return None
        if camera.days_proven >= days:
            return True
        if camera.since_us is None or facts.now_us - camera.since_us >= (days + 1) * DAY_US:
            return False
        # A camera younger than the minimum cannot have it yet; no day may be missing since, though.
        whole = max(0, (facts.now_us - camera.since_us) // DAY_US - 1)
        return None if camera.days_proven >= whole else False

    value = _least(camera.days_proven for camera in facts.cameras)
    return _of_cameras("retention_minimum", profile.minimum_days, facts, judged, value, days)


def _maximum(profile: Profile, facts: Facts) -> Requirement:
    if (days := profile.maximum_days.value) is None:
        return _ruled("retention_maximum", profile.maximum_days, "not_applicable", None, None)

    def judged(camera: Camera) -> bool | None:
        if camera.oldest_us is None:
            return None
        # What is held stays by law; a day's grace is the pass that deletes.
        return camera.held or facts.now_us - camera.oldest_us <= (days + 1) * DAY_US

    oldest = _least(camera.oldest_us for camera in facts.cameras)
    value = None if oldest is None else round((facts.now_us - oldest) / DAY_US, 1)
    return _of_cameras("retention_maximum", profile.maximum_days, facts, judged, value, days)


def _required_rooms(profile: Profile, facts: Facts) -> Requirement:
    rooms = [room for room in facts.rooms if profile.requires(room.kind)]
    kinds = [rule for rule in profile.room_kinds.values() if rule.value == "required"]
    rule = kinds[0] if kinds else next(iter(profile.room_kinds.values()))
    if not kinds:
        return _ruled("required_rooms", rule, "not_applicable", None, None)
    works: dict[str, bool | None] = {}
    for room in rooms:
        answers = {camera.working for camera in facts.cameras if camera.room == room.uid}
        works[room.uid] = True if True in answers else None if None in answers else False
    without = tuple(uid for uid, answer in works.items() if answer is False)
    unknown = tuple(uid for uid, answer in works.items() if answer is None)
    status: Status = "not_met" if without else "met" if rooms and not unknown else "not_measurable"
    blamed = next((room.kind for room in rooms if room.uid in (without or unknown)), None)
    rule = profile.room_kinds[blamed] if blamed else rule
    value = len(rooms) - len(without) - len(unknown)
    return _ruled("required_rooms", rule, status, value, len(rooms), rooms=without or unknown)


def rooms_without_camera(profile: Profile, facts: Facts) -> tuple[Room, ...]:
    """Return the rooms that must have a camera and have none at all."""
    seen = {camera.room for camera in facts.cameras}
    return tuple(room for room in facts.rooms if profile.requires(room.kind) and room.uid not in seen)


def _forbidden_rooms(profile: Profile, facts: Facts) -> Requirement:
    kinds = {room.uid: room.kind for room in facts.rooms}
    rule = next(rule for rule in profile.room_kinds.values() if rule.value == "forbidden")
    failed = tuple(uid for uid, kind in kinds.items() if profile.forbids(kind) and _watched(uid, facts))
    nowhere = tuple(camera.uid for camera in facts.cameras if camera.room not in kinds)
    status: Status = "not_met" if failed else "not_measurable" if nowhere else "met"
    return _ruled("forbidden_rooms", rule, status, len(failed), 0, rooms=failed, cameras=nowhere)


def _watched(room: str, facts: Facts) -> bool:
    return any(camera.room == room for camera in facts.cameras)


def _sound(profile: Profile, facts: Facts) -> Requirement:
    if profile.sound.value == "on":
        return _ruled("sound_off", profile.sound, "not_applicable", None, None)
    loud = sum(camera.sound is True for camera in facts.cameras)
    return _of_cameras(
        "sound_off",
        profile.sound,
        facts,
        lambda camera: None if camera.sound is None else not camera.sound,
        loud,
        0,
    )


def _picture_size(profile: Profile, facts: Facts) -> Requirement:
    width, height = profile.technical_minimum.width, profile.technical_minimum.height

    def judged(camera: Camera) -> bool | None:
        if camera.width is None or camera.height is None:
            return None
        # A camera may be mounted upright.
        long, short = max(camera.width, camera.height), min(camera.width, camera.height)
        return long >= width.value and short >= height.value

    sizes = [
        (camera.width * camera.height, camera) for camera in facts.cameras if camera.width and camera.height
    ]
    least = min(sizes, key=lambda size: size[0])[1] if sizes else None
    value = f"{least.width}x{least.height}" if least else None
    return _of_cameras("picture_size", width, facts, judged, value, f"{width.value}x{height.value}")


def _frame_rate(profile: Profile, facts: Facts) -> Requirement:
    rule = profile.technical_minimum.fps
    least = _least(camera.fps for camera in facts.cameras)
    return _of_cameras(
        "frame_rate",
        rule,
        facts,
        lambda camera: None if camera.fps is None else camera.fps >= rule.value * FPS_TOLERANCE,
        None if least is None else round(least, 1),
        rule.value,
    )


def _camera_clocks(profile: Profile, facts: Facts) -> Requirement:
    rule = profile.duties.clock_alarm_s
    offsets = [abs(camera.clock_offset_ms) for camera in facts.cameras if camera.clock_offset_ms is not None]
    return _of_cameras(
        "camera_clocks",
        rule,
        facts,
        lambda camera: (
            None if camera.clock_offset_ms is None else abs(camera.clock_offset_ms) <= rule.value * 1000
        ),
        round(max(offsets) / 1000, 1) if offsets else None,
        rule.value,
    )


def _clock(profile: Profile, facts: Facts) -> Requirement:
    status: Status = "met" if facts.clock_trust == 2 else "not_measurable"
    return _ruled("clock", profile.duties.clock_alarm_s, status, facts.clock_trust, 2)


def _forecast(profile: Profile, facts: Facts) -> Requirement:
    days, wanted = facts.forecast_days, profile.minimum_days.value
    enough = facts.enough if facts.enough is not None or days is None else days >= wanted
    status: Status = "not_measurable" if enough is None else "met" if enough else "not_met"
    value = None if days is None else round(days, 1)
    return _ruled("forecast", profile.duties.margin_days, status, value, wanted)


def _ledger(profile: Profile, facts: Facts) -> Requirement:
    ok = facts.ledger_ok
    status: Status = "not_measurable" if ok is None else "met" if ok else "not_met"
    return _ruled("ledger", profile.duties.access_log_days, status, None, None)


def _profile(profile: Profile, facts: Facts) -> Requirement:
    return Requirement(
        id="profile_current",
        status="not_met" if profile.outdated(facts.today) else "met",
        value=facts.today.isoformat(),
        wanted=profile.valid_until.isoformat(),
        source=profile.key,
        date=profile.date,
        confirmed=True,
    )
