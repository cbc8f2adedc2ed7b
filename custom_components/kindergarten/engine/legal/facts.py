"""Puts together what is known of a kindergarten, from the words of the control API."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .requirements import DAY_US, Camera, Facts, Room

FRESH_US = 120 * 1_000_000
"""A camera whose newest picture is younger than this works, whatever it does just now."""
PLANNED_US = 3 * DAY_US
"""A camera that rests by its schedule worked if it recorded since a long weekend."""
GOOD_LEDGER = "good"
_TRYING = frozenset({"starting", "connecting", "recording", "unknown"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A camera as it is set up; `room` is a room's uid, `sound` whether sound is recorded."""

    uid: str
    label: str
    room: str | None
    sound: bool


def works(
    state: str, cause: str | None, newest_us: int | None, since_us: int | None, now_us: int
) -> bool | None:
    """Tell whether a camera works: by what it recorded, not by what it says; `None` if that is not clear yet."""
    if state == "off":
        rested = newest_us is not None and now_us - newest_us < PLANNED_US
        return True if cause == "schedule" and rested else None
    if newest_us is not None and now_us - newest_us <= FRESH_US:
        return True
    just_now = since_us is None or now_us - since_us < FRESH_US
    return None if just_now and state in _TRYING else False


def gather(
    today: date,
    status: Mapping[str, Any],
    rooms: Sequence[Room],
    cameras: Sequence[Placed],
    proofs: Mapping[str, Mapping[str, Any]],
    added_us: Mapping[str, int],
    held: Collection[str],
) -> Facts:
    """Return the facts of a site.

    `status` is the answer of `GET status`, `proofs` the cameras of `GET proof`, `added_us` and
    `held` are by uid: since when a camera is recorded, and whether any of its footage is held.
    """
    forecast, epoch, ledger = (status.get(name) or {} for name in ("forecast", "epoch", "ledger"))
    now_us = int(status["now_us"])
    known: Mapping[str, Mapping[str, Any]] = status.get("cameras") or {}
    return Facts(
        today=today,
        now_us=now_us,
        rooms=tuple(rooms),
        cameras=tuple(
            _camera(
                each,
                known.get(each.uid) or {},
                proofs.get(each.uid) or {},
                added_us.get(each.uid),
                each.uid in held,
                now_us,
            )
            for each in cameras
        ),
        forecast_days=forecast.get("days"),
        enough=forecast.get("enough"),
        clock_trust=epoch.get("trust"),
        ledger_ok=ledger["state"] == GOOD_LEDGER if "state" in ledger else None,
    )


def _camera(
    placed: Placed,
    status: Mapping[str, Any],
    proof: Mapping[str, Any],
    since_us: int | None,
    held: bool,
    now_us: int,
) -> Camera:
    video, audio = status.get("video") or {}, status.get("audio") or {}
    working = None
    if "state" in status:
        newest, since = status.get("newest_us"), status.get("since_us")
        working = works(str(status["state"]), status.get("cause"), newest, since, now_us)
    return Camera(
        uid=placed.uid,
        label=placed.label,
        room=placed.room,
        working=working,
        sound=placed.sound or bool(audio.get("recorded")),
        width=video.get("width"),
        height=video.get("height"),
        fps=status.get("fps"),
        clock_offset_ms=status.get("clock_offset_ms"),
        since_us=since_us,
        oldest_us=status.get("oldest_us"),
        days_proven=proof.get("days_proven"),
        held=held,
    )
