"""The budget planner: what disk to buy, or what fits the one at hand; for administrators alone."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
import probatio

from ..archive.protocol import Schedule
from ..const import CONF_CAMERA_ID, CONF_ROOM, SUBENTRY_CAMERA
from ..engine.budget import DAY_S, FORMATTED, SOLD, Load, plan
from ..judgement import margin_days, profile_of
from ..schedule import recording_schedule
from .websocket_desk import Command, Desk, register

TYPICAL_BPS: Final[Mapping[str, int]] = {
    "hd_h264": 1_500_000,
    "fullhd_h264": 3_000_000,
    "fullhd_h265": 2_000_000,
    "4mp_h264": 5_000_000,
    "4mp_h265": 3_000_000,
    "8mp_h265": 6_000_000,
}
"""What cameras usually send by resolution and format at 15 to 20 pictures a second; typical, not measured."""
TYPICAL_SUB_BPS: Final = 500_000
_MOST: Final = 200


async def _planner(desk: Desk, message: dict[str, Any]) -> object:
    """Return what is known to begin with."""
    known, status = _measured(desk), desk.data.coordinator.data.status
    cameras = desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)
    return {
        "cameras": len(cameras),
        "measured": None
        if known is None
        else {"cameras": known.cameras, "bytes_day": round(known.bytes_day)},
        "minimum": profile_of(desk.entry).minimum_days.value,
        "margin": margin_days(desk.entry),
        "disk_bytes": status.volume.total if status else None,
        "typical": [{"key": key, "bps": bps} for key, bps in TYPICAL_BPS.items()],
        "sold": list(SOLD),
    }


async def _plan(desk: Desk, message: dict[str, Any]) -> object:
    """Reckon with the cameras that are measured, with typical ones, or with both."""
    typical = Load.of(
        message["more"],
        message["bps"] or TYPICAL_BPS[message["kind"]],
        TYPICAL_SUB_BPS if message["sub"] else 0,
        message["hours"],
    )
    known = _measured(desk) if message["measured"] else None
    status = desk.data.coordinator.data.status
    volume = status.volume if status else None
    held, disk = 0, None
    match message["disk"]:
        case "here" if volume and volume.total:
            disk = volume.total
            held = (status.holds.bytes if status and status.holds else None) or 0
        case int(sold):
            disk = round(sold * FORMATTED)
    found = plan(typical + known if known else typical, message["days"], disk, held)
    return {**asdict(found), "disk_bytes": disk}


def _measured(desk: Desk) -> Load | None:
    """Return what the cameras record together, as the recorder measures it; `None` until it did."""
    status = desk.data.coordinator.data.status
    if status is None:
        return None
    rates = {uid: rate for uid, rate in status.forecast.per_camera.items() if rate}
    if not rates:
        return None
    return Load(
        cameras=len(rates),
        bytes_day=sum(rates.values()),
        sub_bytes_day=0,
        seconds_day=sum(_seconds_day(desk, uid) for uid in rates),
    )


def _seconds_day(desk: Desk, uid: str) -> float:
    """Return for how long a camera records on an average day."""
    for camera in desk.entry.get_subentries_of_type(SUBENTRY_CAMERA):
        if camera.data[CONF_CAMERA_ID] == uid:
            room = desk.entry.subentries.get(camera.data.get(CONF_ROOM) or "")
            schedule = recording_schedule(room.data) if room else None
            return DAY_S if schedule is None else _a_day(schedule)
    return DAY_S


def _a_day(schedule: Schedule) -> float:
    minutes = sum(_minute(end) - _minute(start) for spans in schedule.values() for start, end in spans)
    return minutes * 60 / 7


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


COMMANDS: Final = {
    "planner": Command(fields={}, answer=_planner),
    "planner/plan": Command(
        fields={
            probatio.Required("measured"): bool,
            probatio.Required("more"): probatio.All(int, probatio.Range(min=0, max=_MOST)),
            probatio.Required("kind"): probatio.In(TYPICAL_BPS),
            probatio.Optional("bps", default=None): probatio.Any(
                None, probatio.All(int, probatio.Range(min=50_000, max=100_000_000))
            ),
            probatio.Required("sub"): bool,
            probatio.Required("hours"): probatio.All(int, probatio.Range(min=1, max=24)),
            probatio.Required("days"): probatio.All(int, probatio.Range(min=1, max=400)),
            probatio.Optional("disk", default=None): probatio.Any(None, "here", probatio.In(SOLD)),
        },
        answer=_plan,
    ),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the planner's commands."""
    register(hass, COMMANDS)
