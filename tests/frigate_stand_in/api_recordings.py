"""What Frigate tells of its recordings."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from .answers import ApiError, allowed, answer, camera, need_admin, number, part, said, state
from .disk import MIB
from .footage import DAY_S, HOUR_S

FREEZE_S_PER_DAY = 65 / 7
"""How long 0.17 is frozen by `/recordings/unavailable` for each day of one camera."""

_HEATMAP = [0] * 256


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/api/recordings/storage", storage),
        web.get("/api/recordings/summary", summary_of_all),
        web.get("/api/recordings/unavailable", unavailable),
        web.delete("/api/recordings/start/{start}/end/{end}", delete),
        web.get("/api/{camera}/recordings/summary", summary),
        web.get("/api/{camera}/recordings", rows),
    ]


async def rows(request: web.Request) -> web.Response:
    """Answer the segments that touch a window; its defaults were computed when Frigate started."""
    frigate = state(request)
    after = number(request, "after", frigate.started_at - HOUR_S)
    before = number(request, "before", frigate.started_at)
    footage = frigate.footages.get(camera(request))
    if footage is None:
        return answer([])
    heat = frigate.version.at_least(0, 18)
    found: list[dict[str, Any]] = []
    for segment in footage.touching(after, before, frigate.clock.now()):
        row = {
            "id": segment.row_id,
            "start_time": float(segment.start),
            "end_time": segment.end,
            "segment_size": round(frigate.disk.size(segment) / MIB, 2),
            "motion": segment.motion,
            "objects": segment.objects,
            "duration": segment.duration,
        }
        found.append(row | ({"motion_heatmap": _HEATMAP if segment.motion else None} if heat else {}))
        if len(found) % 5000 == 0:
            await asyncio.sleep(0)
    return answer(found)


async def summary(request: web.Request) -> web.Response:
    """Answer the hours of each day, newest first."""
    frigate = state(request)
    footage = frigate.footages.get(camera(request))
    zone = _zone(request)
    if footage is None:
        return answer([])
    days: dict[str, dict[str, Any]] = {}
    now = frigate.clock.now()
    today = datetime.fromtimestamp(now, zone).utcoffset() or timedelta()
    for hour in reversed(list(footage.hours(now))):
        if frigate.version.at_least(0, 17):
            local = datetime.fromtimestamp(hour.start, zone)
        else:
            local = datetime.fromtimestamp(hour.start, UTC) + today
        day = days.setdefault(f"{local:%Y-%m-%d}", {"day": f"{local:%Y-%m-%d}", "events": 0, "hours": []})
        day["hours"].append(
            {
                "hour": f"{local:%H}",
                "events": 0,
                "motion": hour.motion,
                "objects": hour.objects,
                "duration": round(hour.duration),
            }
        )
    return answer(list(days.values()))


async def summary_of_all(request: web.Request) -> web.Response:
    """Answer which days have footage of any of the cameras."""
    frigate = state(request)
    if not frigate.version.at_least(0, 16):
        raise ApiError(404, {"detail": "Not Found"})
    zone, now = _zone(request), frigate.clock.now()
    days = {
        f"{datetime.fromtimestamp(hour.start, zone):%Y-%m-%d}"
        for name in _asked_for(request)
        for hour in frigate.footages[name].hours(now)
    }
    return answer(dict.fromkeys(sorted(days), True))


async def unavailable(request: web.Request) -> web.Response:
    """Answer where nothing is; 0.17 is frozen meanwhile."""
    frigate = state(request)
    if not frigate.version.at_least(0, 17):
        raise ApiError(404, {"detail": "Not Found"})
    needed = {"after", "before"} | (set() if frigate.version.at_least(0, 18) else {"cameras"})
    if needed - set(request.query):
        raise web.HTTPInternalServerError(text="Internal Server Error")
    after, before = number(request, "after", 0), number(request, "before", 0)
    names = _asked_for(request)
    if not frigate.version.at_least(0, 18):
        frigate.freeze((before - after) / DAY_S * FREEZE_S_PER_DAY * len(names))
        await frigate.thawed()
    scale, now = int(number(request, "scale", 30)), frigate.clock.now()
    covered = sorted(
        (segment.start, segment.end)
        for name in names
        for segment in frigate.footages[name].touching(after, before, now)
    )
    gaps: list[dict[str, int]] = []
    index = 0
    for start in range(int(after), int(before), scale):
        end = min(start + scale, int(before))
        while index < len(covered) and covered[index][1] <= start:
            index += 1
        if index < len(covered) and covered[index][0] < end:
            continue
        if gaps and gaps[-1]["end_time"] == start:
            gaps[-1]["end_time"] = end
        else:
            gaps.append({"start_time": start, "end_time": end})
    return answer(gaps)


async def storage(request: web.Request) -> web.Response:
    """Answer what each camera takes; `bandwidth` is what was measured once."""
    frigate = state(request)
    if frigate.version.at_least(0, 18):
        need_admin(request)
    now = frigate.clock.now()
    found: dict[str, dict[str, float | None]] = {}
    for name in frigate.cameras:
        used = frigate.disk.used_mib(frigate.footages[name], now)
        label = frigate.configuration.shown["cameras"][name].get("friendly_name")
        entry: dict[str, float | None] = {
            "bandwidth": round(frigate.disk.measured_mib_h.get(name, 0), 2),
            "usage": round(used, 2) if used else None,
        }
        if used:
            entry["usage_percent"] = used / frigate.disk.total_mib * 100
        found[label if label and frigate.version.at_least(0, 17) else name] = entry
    return answer(found)


async def delete(request: web.Request) -> web.Response:
    """Delete footage at once, without a trace."""
    frigate = state(request)
    if not frigate.version.at_least(0, 18):
        raise ApiError(404, {"detail": "Not Found"})
    need_admin(request)
    start, end = part(request, "start"), part(request, "end")
    if start >= end:
        return said("Start time must be less than end time.", 400)
    now, gone = frigate.clock.now(), 0
    for name in _asked_for(request):
        footage = frigate.footages[name]
        for segment in list(footage.touching(start, end, now)):
            footage.deleted.add(segment.start, segment.start + 1)
            gone += 1
    return said(f"Successfully deleted {gone} recording(s).")


def _asked_for(request: web.Request) -> list[str]:
    mine = allowed(request)
    asked = request.query.get("cameras", "all")
    return mine if asked == "all" else [name for name in asked.split(",") if name in mine]


def _zone(request: web.Request) -> ZoneInfo:
    """Return the time zone asked for; one that is not known is an error to 0.16, UTC after."""
    name = request.query.get("timezone", "utc")
    try:
        return ZoneInfo("UTC" if name == "utc" else name)
    except ZoneInfoNotFoundError, ValueError:
        if state(request).version.at_least(0, 17):
            return ZoneInfo("UTC")
        raise web.HTTPInternalServerError(text="Internal Server Error") from None
