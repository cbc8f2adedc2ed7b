"""What was recorded, and what is done with it: days, heat, playing, holds, exports; for administrators alone."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
import probatio

from ..archive.evidence import HeldFootage, WantedExport, WantedHold
from ..archive.protocol import ArchivedCamera, Timeline
from ..const import CONF_CAMERA_ID, CONF_ROOM, CONF_SOURCE, SOURCE_SERVER, SUBENTRY_CAMERA
from ..engine.report.words import LANGUAGES
from ..footage import SHORTEST_HOLE, as_us, day_bounds
from ..heat import async_heat
from ..holds import asking
from ..long_tasks import async_cancel_task, async_export, async_list_tasks
from .login import async_login
from .websocket_desk import ID, TEXT, TIME_US, Command, Desk, Refused, day, register

MOST_DAYS: Final = 31
MOST_CAMERAS: Final = 128
LONGEST_US: Final = 32 * 86_400_000_000
HOUR_US: Final = 3_600_000_000
PLAYED_US: Final = 2 * HOUR_US
"""So much is one playlist: a whole day would be ten thousand addresses."""
SHORTEST_GAP_US: Final = SHORTEST_HOLE // timedelta(microseconds=1)
LANGUAGE: Final = probatio.In(("en", "ru"))
CAMERA: Final = probatio.All(str, probatio.Match(r"^[0-9a-f]{32}$"))
CAMERAS: Final = probatio.All([CAMERA], probatio.Length(min=1, max=MOST_CAMERAS))
REASON: Final = probatio.All(TEXT, str.strip, probatio.Length(min=1))
_CAUSE: Final = "cause_"


async def known(desk: Desk) -> dict[str, ArchivedCamera]:
    """Return every camera of which there is, or will be, footage."""
    with asking():
        return {camera.uid: camera for camera in await desk.data.archive.cameras()}


async def checked(desk: Desk, uids: list[str]) -> tuple[str, ...]:
    """Return cameras that the archive knows, each once; raises Refused."""
    there = await known(desk)
    if not all(uid in there for uid in uids):
        raise Refused("unknown_camera")
    return tuple(dict.fromkeys(uids))


def names(desk: Desk) -> dict[str, str]:
    """Return what our cameras are called here, by their ids."""
    return {
        each.data[CONF_CAMERA_ID]: each.title for each in desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)
    }


def ordered(message: dict[str, Any]) -> tuple[int, int]:
    """Return the range of a message; raises Refused."""
    start, end = message["from_us"], message["to_us"]
    if not start < end <= start + LONGEST_US:
        raise Refused("range")
    return start, end


def now_us() -> int:
    """Return the time of this machine."""
    return as_us(dt_util.utcnow())


async def _cameras(desk: Desk, message: dict[str, Any]) -> object:
    """Return the cameras, first those that are ours, and what causes of gaps are called."""
    there, status = await known(desk), desk.data.coordinator.data.status
    ours = {each.data[CONF_CAMERA_ID]: each for each in desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)}
    told = []
    for uid, camera in there.items():
        own, now = ours.get(uid), status.cameras.get(uid) if status else None
        room = desk.entry.subentries.get(own.data.get(CONF_ROOM) or "") if own else None
        told.append(
            {
                "uid": uid,
                "name": own.title if own else camera.label or uid[:8],
                "room": room.title if room else None,
                "ours": own is not None,
                "elsewhere": bool(own and own.data.get(CONF_SOURCE) == SOURCE_SERVER),
                "browser": now.video.browser if now and now.video else None,
                "added_us": camera.added_us,
                "oldest_us": camera.oldest_us,
                "newest_us": camera.newest_us,
            }
        )
    texts = LANGUAGES[message["language"]]
    return {
        "cameras": sorted(told, key=lambda each: (not each["ours"], str(each["name"]).casefold())),
        "causes": {key.removeprefix(_CAUSE): text for key, text in texts.items() if key.startswith(_CAUSE)},
        "minimum_days": status.minimum_days if status else None,
        "today": desk.today.isoformat(),
        "now_us": now_us(),
    }


async def _day(desk: Desk, message: dict[str, Any]) -> object:
    """Return a local day of a camera: what was recorded, what was not and why, what is held, what was seen."""
    uid, archive = message["camera"], desk.data.archive
    start, end = (as_us(each) for each in day_bounds(message["day"], dt_util.get_default_time_zone()))
    with asking():
        timeline, holds, sights = await asyncio.gather(
            archive.timeline(uid, start, end), archive.holds(), archive.sights(uid)
        )
    return {
        "camera": uid,
        "day": message["day"].isoformat(),
        "start_us": start,
        "end_us": end,
        "now_us": now_us(),
        **_told(timeline, start, end),
        "holds": [_hold(each, {}) for each in holds if _touches(each, uid, start, end)],
        "events": [{"t_us": each.t_us, "kind": each.kind} for each in sights if start <= each.t_us < end],
    }


def _told(timeline: Timeline, start: int, end: int) -> dict[str, object]:
    return {
        "horizon_us": timeline.horizon_us,
        "recordings": [
            [max(span.start_us, start), min(span.end_us, end)]
            for span in timeline.recordings
            if span.stream == "main"
        ],
        "gaps": [
            {
                "from_us": max(gap.start_us, start),
                "to_us": None if gap.end_us is None else min(gap.end_us, end),
                "cause": gap.cause,
                "planned": gap.planned,
            }
            for gap in timeline.gaps
            if gap.end_us is None or gap.end_us - gap.start_us >= SHORTEST_GAP_US
        ],
    }


def _touches(hold: HeldFootage, uid: str, start: int, end: int) -> bool:
    return uid in hold.cameras and hold.state != "lifted" and hold.t0_us < end and hold.t1_us > start


def _hold(hold: HeldFootage, called: dict[str, str]) -> dict[str, object]:
    return {
        "uid": hold.uid,
        "cameras": [called.get(uid, uid[:8]) for uid in hold.cameras],
        "from_us": hold.t0_us,
        "to_us": hold.t1_us,
        "until_us": hold.until_us,
        "reason": hold.reason,
        "state": hold.state,
        "not_before_us": hold.not_before_us,
        "bytes": hold.bytes,
    }


async def _heat(desk: Desk, message: dict[str, Any]) -> object:
    """Return how much of each day of some cameras was recorded, `[recorded, had to be]` in seconds."""
    cameras, first, zone = message["cameras"], message["from_day"], dt_util.get_default_time_zone()
    with asking():
        found = await asyncio.gather(
            *(
                async_heat(desk.data.archive, uid, first, message["days"], zone, dt_util.utcnow())
                for uid in cameras
            )
        )
    days = [first + timedelta(days=ahead) for ahead in range(message["days"])]
    return {
        "days": [
            {"day": each.isoformat(), "start_us": as_us(bounds[0]), "end_us": as_us(bounds[1])}
            for each in days
            for bounds in (day_bounds(each, zone),)
        ],
        "cameras": {
            uid: [[round(each.recorded_s), round(each.wanted_s)] for each in heat]
            for uid, heat in zip(cameras, found, strict=True)
        },
    }


async def _moment(desk: Desk, message: dict[str, Any]) -> object:
    """Return what moment the clock on a wall showed: in the hour that comes twice both."""
    try:
        naive = datetime.fromisoformat(message["local"])
        day(naive.date())
    except ValueError, probatio.Invalid:
        raise Refused("bad_input", field="local") from None
    zone = dt_util.get_default_time_zone()
    moments = {as_us(dt_util.as_utc(naive.replace(tzinfo=zone, fold=fold))) for fold in (0, 1)}
    # What the clock jumped over in spring was never shown.
    real = [at for at in sorted(moments) if _wall(at) == naive]
    if not real:
        raise Refused("no_such_time")
    return {"at_us": real}


def _wall(at_us: int) -> object:
    return dt_util.as_local(dt_util.utc_from_timestamp(at_us / 1e6)).replace(tzinfo=None)


async def _play(desk: Desk, message: dict[str, Any]) -> object:
    """Return where a stretch around a moment plays in this administrator's browser.

    `exact` tells whether the playlist says when its pictures were taken; one of a server that records itself does
    not, so it begins at the moment and ends with the stretch without a break.
    """
    uid, at, now = message["camera"], message["at_us"], now_us()
    if (login := async_login(desk.hass, desk.user.id)) is None:
        raise Refused("administrators_only")
    await checked(desk, [uid])
    start = at // HOUR_US * HOUR_US
    end = start + PLAYED_US
    elsewhere = any(
        each.data[CONF_CAMERA_ID] == uid and each.data.get(CONF_SOURCE) == SOURCE_SERVER
        for each in desk.entry.get_subentries_of_type(SUBENTRY_CAMERA)
    )
    if elsewhere:
        with asking():
            timeline = await desk.data.archive.timeline(uid, at, at + HOUR_US)
        span = next((each for each in timeline.recordings if each.start_us <= at < each.end_us), None)
        if span is None:
            raise Refused("nothing_then")
        start, end = at, min(span.end_us, at + HOUR_US)
    end = max(start + 1, min(end, now))
    session = desk.data.playback.open(
        user_id=login.user.id,
        refresh_token_id=login.id,
        camera=uid,
        stream="main",
        start_us=start,
        end_us=end,
    )
    return {"url": session.path, "start_us": start, "end_us": end, "exact": not elsewhere}


async def _make_hold(desk: Desk, message: dict[str, Any]) -> object:
    start, end = ordered(message)
    until = message["until_us"]
    if until is not None and until <= now_us():
        raise Refused("until_past")
    with asking():
        uid = await desk.data.archive.hold(
            WantedHold(
                cameras=await checked(desk, message["cameras"]),
                t0_us=start,
                t1_us=end,
                until_us=until,
                reason=message["reason"],
                by=desk.by,
                automation=False,
                incident=False,
            )
        )
    return {"uid": uid}


async def _holds(desk: Desk, message: dict[str, Any]) -> object:
    called = {uid: camera.label for uid, camera in (await known(desk)).items()} | names(desk)
    with asking():
        holds = await desk.data.archive.holds()
    return [_hold(each, called) for each in holds if each.state != "lifted"]


async def _lift(desk: Desk, message: dict[str, Any]) -> object:
    data = desk.data
    with asking():
        found = await data.archive.ask_lift(message["uid"], desk.by, await data.people.administrators())
    return {
        "state": found.state,
        "not_before_us": found.not_before_us,
        "second_needed": found.second_needed,
        "approved": found.approved,
    }


async def _keep(desk: Desk, message: dict[str, Any]) -> object:
    with asking():
        await desk.data.archive.cancel_lift(message["uid"], desk.by)
    return {}


async def _export(desk: Desk, message: dict[str, Any]) -> object:
    start, end = ordered(message)
    with asking():
        return await async_export(
            desk.hass,
            desk.entry,
            WantedExport(
                cameras=await checked(desk, message["cameras"]),
                t0_us=start,
                t1_us=end,
                purpose=message["purpose"],
                recipient=message["recipient"],
                by=desk.by,
                exact=message["exact"],
            ),
            wait=False,
        )


async def _tasks(desk: Desk, message: dict[str, Any]) -> object:
    with asking():
        return await async_list_tasks(desk.hass, desk.entry)


async def _cancel(desk: Desk, message: dict[str, Any]) -> object:
    with asking():
        return await async_cancel_task(desk.entry, message["task"])


_RANGE: Final[VolDictType] = {
    probatio.Required("from_us"): TIME_US,
    probatio.Required("to_us"): TIME_US,
}
_UID: Final[VolDictType] = {
    probatio.Required("uid"): probatio.All(ID, probatio.Match(r"^[0-9a-zA-Z-]{1,64}$"))
}


COMMANDS: Final = {
    "footage/cameras": Command(
        fields={probatio.Optional("language", default="en"): LANGUAGE}, answer=_cameras
    ),
    "footage/day": Command(
        fields={probatio.Required("camera"): CAMERA, probatio.Required("day"): day}, answer=_day
    ),
    "footage/heat": Command(
        fields={
            probatio.Required("cameras"): CAMERAS,
            probatio.Required("from_day"): day,
            probatio.Required("days"): probatio.All(int, probatio.Range(min=1, max=MOST_DAYS)),
        },
        answer=_heat,
    ),
    "footage/moment": Command(
        fields={
            probatio.Required("local"): probatio.All(
                str, probatio.Match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$")
            )
        },
        answer=_moment,
    ),
    "footage/play": Command(
        fields={probatio.Required("camera"): CAMERA, probatio.Required("at_us"): TIME_US}, answer=_play
    ),
    "footage/hold": Command(
        fields={
            probatio.Required("cameras"): CAMERAS,
            **_RANGE,
            probatio.Required("reason"): REASON,
            probatio.Optional("until_us", default=None): probatio.Any(None, TIME_US),
        },
        answer=_make_hold,
    ),
    "footage/holds": Command(fields={}, answer=_holds),
    "footage/lift": Command(fields=_UID, answer=_lift),
    "footage/keep": Command(fields=_UID, answer=_keep),
    "footage/export": Command(
        fields={
            probatio.Required("cameras"): CAMERAS,
            **_RANGE,
            probatio.Required("purpose"): REASON,
            probatio.Required("recipient"): REASON,
            probatio.Optional("exact", default=False): bool,
        },
        answer=_export,
    ),
    "footage/tasks": Command(fields={}, answer=_tasks),
    "footage/cancel": Command(
        fields={probatio.Required("task"): probatio.All(ID, probatio.Match(r"^[0-9a-zA-Z-]{1,64}$"))},
        answer=_cancel,
    ),
}


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands about footage."""
    register(hass, COMMANDS)
