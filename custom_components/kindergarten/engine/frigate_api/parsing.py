"""Reads Frigate's answers: what is not as it should be is an error, what we do not need is not looked at."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
import math
import re
from typing import Any

from .errors import FrigateError
from .models import (
    CameraStats,
    Disk,
    FrigateCamera,
    FrigateConfig,
    HourSum,
    Keeping,
    ListedFile,
    Segment,
    Stats,
    Version,
)

MIB = 1 << 20
HOUR_S = 3600
_MOST_CAMERAS = 256
_LAST_S = 253_000_000_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")
_STREAM = re.compile(r"[A-Za-z0-9_.-]{1,120}")
_FILE = re.compile(r"([0-5][0-9])\.([0-5][0-9])\.mp4")
_CONTINUOUS_SINCE: Version = (0, 17, 0)
_ALL = "all"


def config(value: object, version: Version) -> FrigateConfig:
    """Read `/api/config`."""
    data = _table(value, "config")
    cameras = _table(data.get("cameras"), "cameras")
    if len(cameras) > _MOST_CAMERAS:
        raise FrigateError("bad_answer", "too many cameras")
    record = _inner(data, "record")
    roles = _inner(_inner(data, "auth"), "roles")
    streams = frozenset(_inner(_inner(data, "go2rtc"), "streams"))
    return FrigateConfig(
        cameras={
            uid: _camera(uid, _table(camera, uid), version, streams)
            for uid, camera in cameras.items()
            if _ID.fullmatch(uid)
        },
        record=record.get("enabled") is True,
        keeping=_keeping(record, version),
        roles={
            name: tuple(str(each) for each in rooms)
            for name, rooms in roles.items()
            if isinstance(rooms, list) and name not in ("admin", "viewer")
        },
        sync_recordings=record.get("sync_recordings") is True,
        rtsp_port=rtsp_port(_inner(_inner(data, "go2rtc"), "rtsp").get("listen")),
    )


def _camera(uid: str, data: Mapping[str, Any], version: Version, known: frozenset[str]) -> FrigateCamera:
    record = _inner(data, "record")
    shown = _inner(_inner(data, "live"), "streams").values()
    streams = [each for each in (*shown, uid) if isinstance(each, str) and _STREAM.fullmatch(each)]
    name = data.get("friendly_name")
    return FrigateCamera(
        id=uid,
        name=name if isinstance(name, str) and name.strip() else uid,
        enabled=data.get("enabled") is not False,
        record=record.get("enabled") is True,
        detects=_inner(data, "detect").get("enabled") is not False,
        keeping=_keeping(record, version),
        streams=tuple(dict.fromkeys(each for each in streams if each in known)),
    )


def _keeping(record: Mapping[str, Any], version: Version) -> Keeping:
    alerts = _days(_inner(_inner(record, "alerts"), "retain"))
    detections = _days(_inner(_inner(record, "detections"), "retain"))
    if version >= _CONTINUOUS_SINCE:
        continuous, motion = _days(_inner(record, "continuous")), _days(_inner(record, "motion"))
    else:
        retain = _inner(record, "retain")
        days = _days(retain)
        continuous, motion = (days, days) if retain.get("mode") == _ALL else (0.0, days)
    return Keeping(continuous=continuous, motion=motion, alerts=alerts, detections=detections)


def segments(value: object) -> list[Segment]:
    """Read `/api/<camera>/recordings`, in time order."""
    return sorted(_segments(value), key=lambda each: each.start_us)


def _segments(value: object) -> Iterator[Segment]:
    for item in _list(value, "recordings"):
        row = _table(item, "recording")
        start, end = _number(row, "start_time"), _number(row, "end_time")
        if not 0 < start < end < _LAST_S:
            raise FrigateError("bad_answer", "a recording ends before it begins")
        size = finite(row.get("segment_size"))
        mib = size if size is not None and 0 <= size < 1 << 20 else 0
        yield Segment(start_us=round(start * 1e6), end_us=round(end * 1e6), bytes=round(mib * MIB))


def summary(value: object) -> list[HourSum]:
    """Read `/api/<camera>/recordings/summary?timezone=utc`, oldest first."""
    found: list[HourSum] = []
    for item in _list(value, "summary"):
        day = _table(item, "day")
        try:
            begin = datetime.strptime(str(day.get("day")), "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError as error:
            raise FrigateError("bad_answer", "a summary's day is no day") from error
        first = int(begin.timestamp()) // HOUR_S
        for each in _list(day.get("hours"), "hours"):
            hour = _table(each, "hour")
            name = str(hour.get("hour"))
            if not name.isdecimal() or not name.isascii() or len(name) > 2 or int(name) > 23:
                raise FrigateError("bad_answer", "a summary's hour is no hour")
            found.append(HourSum(hour=first + int(name), seconds=_number(hour, "duration")))
    return sorted(found, key=lambda each: each.hour)


def listing(value: object) -> list[ListedFile]:
    """Read the web server's list of an hour's folder; empty files and other names do not count."""
    found: list[ListedFile] = []
    for item in _list(value, "listing"):
        row = _table(item, "file")
        name = _FILE.fullmatch(str(row.get("name")))
        size = row.get("size")
        if name and isinstance(size, int) and size > 0:
            found.append(ListedFile(start_s=int(name[1]) * 60 + int(name[2]), bytes=size))
    return sorted(found, key=lambda each: each.start_s)


def stats(value: object) -> Stats:
    """Read `/api/stats`."""
    data = _table(value, "stats")
    service = _inner(data, "service")
    disk = _inner(_inner(service, "storage"), "/media/frigate/recordings")
    total, free = _mib(disk, "total"), _mib(disk, "free")
    return Stats(
        uptime_s=finite(service.get("uptime")),
        cameras={
            uid: CameraStats(fps=fps)
            for uid, camera in _inner(data, "cameras").items()
            if isinstance(camera, dict) and (fps := finite(camera.get("camera_fps"))) is not None
        },
        disk=Disk(total=total, free=free) if total is not None and free is not None else None,
    )


def used(value: object) -> int:
    """Read `/api/recordings/storage`; a camera without footage has no figure."""
    cameras = _table(value, "storage").values()
    return sum(_mib(each, "usage") or 0 for each in cameras if isinstance(each, dict))


def case_id(value: object, name: str) -> str | None:
    """Read the id of the case of that name out of `/api/cases`."""
    for each in _list(value, "cases"):
        case = _table(each, "case")
        if case.get("name") == name and _ID.fullmatch(str(case.get("id"))):
            return str(case["id"])
    return None


def export_ids(value: object, prefix: str) -> list[str]:
    """Read the ids of the exports whose names begin so out of `/api/exports`."""
    rows = [_table(each, "export") for each in _list(value, "exports")]
    wanted = (each.get("id") for each in rows if str(each.get("name")).startswith(prefix))
    return [each for each in wanted if isinstance(each, str) and _ID.fullmatch(each)]


def export_id(value: object, camera: str, name: str) -> str | None:
    """Read the id of a camera's export of that name out of `/api/exports` or `/api/jobs/export`."""
    rows = [_table(each, "export") for each in _list(value, "exports")]
    wanted = (each.get("id") for each in rows if (each.get("camera"), each.get("name")) == (camera, name))
    return next((each for each in wanted if isinstance(each, str) and _ID.fullmatch(each)), None)


def in_case(value: object, case: str) -> bool:
    """Tell by `/api/exports` whether an export is in a case."""
    rows = (_table(each, "export") for each in _list(value, "exports"))
    return any(
        case in (each.get("export_case"), each.get("export_case_id"), _inner(each, "export_case").get("id"))
        for each in rows
    )


def rtsp_port(listen: object) -> int | None:
    """Read where go2rtc gives out RTSP, like `:8554` or `0.0.0.0:8554`; None when it does not say."""
    port = listen.rpartition(":")[2] if isinstance(listen, str) else ""
    return int(port) if port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536 else None


def finite(value: object) -> float | None:
    """Return a number as such; None for what is none, or larger than any could be."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def _mib(data: Mapping[str, Any], name: str) -> int | None:
    """Return the bytes of a figure in MiB."""
    found = finite(data.get(name))
    return round(found * MIB) if found is not None and 0 <= found < 1 << 40 else None


def _days(data: Mapping[str, Any]) -> float:
    days = finite(data.get("days"))
    return days if days is not None and 0 <= days < 1 << 20 else 0.0


def _inner(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object that may be missing: unset keys are."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _table(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise FrigateError("bad_answer", f"{what[:40]} is no object")
    return value


def _list(value: object, what: str) -> list[object]:
    if not isinstance(value, list):
        raise FrigateError("bad_answer", f"{what} is no list")
    return value


def _number(data: Mapping[str, Any], name: str) -> float:
    value = finite(data.get(name))
    if value is None:
        raise FrigateError("bad_answer", f"{name} is no number")
    return value
