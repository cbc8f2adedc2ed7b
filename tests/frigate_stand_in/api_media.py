"""Footage and pictures: static files with ranges, HLS over a mapping, clips, stills."""

from datetime import UTC, datetime
from email.utils import format_datetime
import re
from typing import Any

from aiohttp import web

from .answers import ApiError, answer, caller, camera, nginx_page, part, said, state
from .exports import Reading, cuts
from .footage import FPS, HOUR_S, Segment
from .frigate import Frigate
from .reel import TICK, Cut, error_picture

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_VOD = "/vod/{camera}/start/{start}/end/{end}"
_CLIP = "/vod/clip/{camera}/start/{start}/end/{end}"


def routes() -> list[web.RouteDef]:
    """Return the addresses."""
    return [
        web.get("/api/{camera}/latest.{ext}", latest),
        web.get("/api/{camera}/recordings/{at}/snapshot.{ext}", snapshot),
        web.get("/api/{camera}/start/{start}/end/{end}/clip.mp4", clip),
        web.get(f"/api{_VOD}", mapping),
        web.get(f"/api{_CLIP}", mapping),
        web.get(f"{_CLIP}/{{file}}", hls),
        web.get(f"{_VOD}/{{file}}", hls),
        web.get("/recordings/{path:.*}", recordings),
        web.get("/exports/{path:.*}", exported),
    ]


# Stills


async def latest(request: web.Request) -> web.Response:
    """Answer the newest picture; for a dead camera Frigate's own, with 200."""
    frigate, name = state(request), camera(request)
    if name not in frigate.cameras:
        return said("Camera not found", 404)
    data = error_picture() if name in frigate.dark else frigate.reel(name).still(frigate.clock.now())
    return web.Response(body=data, content_type="image/jpeg")


async def snapshot(request: web.Request) -> web.Response:
    """Answer one picture of the footage."""
    frigate, name, at = state(request), camera(request), part(request, "at")
    footage = frigate.footages.get(name)
    if footage is None or not any(footage.touching(at, at, frigate.clock.now())):
        return said(f"Recording not found at {at}", 404)
    return web.Response(body=frigate.reel(name).still(at), content_type="image/jpeg")


# Playing


async def clip(request: web.Request) -> web.StreamResponse:
    """Answer a fragmented MP4 without length or ranges; nothing there is 200 and no byte to 0.16."""
    frigate, name = state(request), camera(request)
    found = _cuts(request)
    if not found and frigate.version.at_least(0, 17):
        return said("No recordings found for the specified time range", 400)
    response = web.StreamResponse(headers={"Content-Type": "video/mp4"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    ticks = 0
    if found:
        await response.write(frigate.reel(name).init())
    for sequence, cut in enumerate(found, start=1):
        await response.write(frigate.reel(name).fragment(cut, ticks, sequence))
        ticks += cut.frames * TICK
    await response.write_eof()
    return response


async def mapping(request: web.Request) -> web.Response:
    """Answer what HLS is made of."""
    frigate, start, end = state(request), part(request, "start"), part(request, "end")
    clips: list[dict[str, Any]] = []
    durations = []
    for segment in _segments(request):
        entry: dict[str, Any] = {"type": "source", "path": f"/media/frigate/{segment.path}"}
        duration = int(segment.duration * 1000)
        if start > segment.start:
            entry["clipFrom"] = int((start - segment.start) * 1000)
            duration -= entry["clipFrom"]
        if segment.end > end:
            duration -= int((segment.end - end) * 1000)
        if duration <= 0:
            continue
        clips.append(entry | {"keyFrameDurations": [duration]})
        durations.append(duration)
    if not clips:
        return said("No recordings found.", 404)
    return answer(
        {
            "cache": frigate.clock.now() - HOUR_S > start,
            "discontinuity": "/vod/clip/" in request.path,
            "durations": durations,
            "segment_duration": max(durations),
            "sequences": [{"clips": clips}],
        }
    )


async def hls(request: web.Request) -> web.Response:
    """Answer a playlist or a segment; each segment is one file of footage, holes are closed."""
    frigate, file = state(request), request.match_info["file"]
    marked = request.path.startswith("/vod/clip/")
    if marked and not frigate.version.at_least(0, 17):
        return nginx_page(404)
    found = _cuts(request)
    if not found:
        return nginx_page(404)
    name, fmp4 = request.match_info["camera"], frigate.version.fmp4
    no_store = {"Cache-Control": "no-store"}
    if file == "master.m3u8":
        head = "#EXTM3U\n#EXT-X-STREAM-INF:PROGRAM-ID=1,BANDWIDTH=120000,RESOLUTION=320x180,FRAME-RATE=5.000"
        text = f'{head},CODECS="avc1.64000d",VIDEO-RANGE=SDR\nindex-v1.m3u8\n'
    elif file in ("index.m3u8", "index-v1.m3u8"):
        text = playlist(found, fmp4=fmp4, marked=marked)
    else:
        return _piece(frigate, name, file, found)
    return web.Response(text=text, content_type="application/vnd.apple.mpegurl", headers=no_store)


def playlist(found: list[Cut], *, fmp4: bool, marked: bool) -> str:
    """Return the playlist of some cuts."""
    longest = max(-(-cut.frames // FPS) for cut in found)
    lines = [
        "#EXTM3U",
        f"#EXT-X-TARGETDURATION:{longest}",
        "#EXT-X-ALLOW-CACHE:YES",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXT-X-VERSION:{6 if fmp4 else 3}",
        "#EXT-X-MEDIA-SEQUENCE:1",
    ]
    if fmp4:
        lines.append('#EXT-X-MAP:URI="init-v1.mp4"')
    for index, cut in enumerate(found, start=1):
        if marked and index > 1:
            lines.append("#EXT-X-DISCONTINUITY")
        lines += [f"#EXTINF:{cut.frames / FPS:.3f},", f"seg-{index}-v1.{'m4s' if fmp4 else 'ts'}"]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def _piece(frigate: Frigate, name: str, file: str, found: list[Cut]) -> web.Response:
    reel, fmp4 = frigate.reel(name), frigate.version.fmp4
    if file == "init-v1.mp4" and fmp4:
        return web.Response(body=reel.init(), content_type="video/mp4")
    match = re.fullmatch(rf"seg-(\d+)-v1\.{'m4s' if fmp4 else 'ts'}", file)
    if not match or not 1 <= (index := int(match[1])) <= len(found):
        return nginx_page(404)
    cut, ticks = found[index - 1], sum(each.frames for each in found[: index - 1]) * TICK
    if fmp4:
        return web.Response(body=reel.fragment(cut, ticks, index), content_type="video/iso.segment")
    return web.Response(body=reel.transport(cut, ticks), content_type="video/mp2t")


def _segments(request: web.Request) -> list[Segment]:
    frigate, start, end = state(request), part(request, "start"), part(request, "end")
    footage = frigate.footages.get(camera(request))
    return list(footage.touching(start, end, frigate.clock.now())) if footage else []


def _cuts(request: web.Request) -> list[Cut]:
    frigate, start, end = state(request), part(request, "start"), part(request, "end")
    footage = frigate.footages.get(camera(request))
    return cuts(footage, start, end, frigate.clock.now()) if footage else []


# Static files


async def recordings(request: web.Request) -> web.StreamResponse:
    """Answer folders as JSON and files; days and hours are of UTC."""
    frigate, path = state(request), request.match_info["path"]
    parts = [each for each in path.split("/") if each]
    _check_role(request, parts)
    if len(parts) == 4 and not path.endswith("/"):
        return _file(request, frigate, parts)
    if path and not path.endswith("/"):
        return nginx_page(301, {"Location": request.path + "/"})
    entries = _listing(frigate, parts)
    return nginx_page(404) if entries is None else answer(entries)


def _check_role(request: web.Request, parts: list[str]) -> None:
    """Refuse foreign footage, from 0.18 on; before, any login reads everything."""
    frigate = state(request)
    if not frigate.version.media_by_role or not frigate.accounts.restricted(caller(request).role):
        return
    mine = frigate.accounts.allowed(caller(request).role, frigate.cameras)
    if len(parts) == 2 or (len(parts) > 2 and parts[2] not in mine):
        raise ApiError(403, None)


def _listing(frigate: Frigate, parts: list[str]) -> list[dict[str, Any]] | None:
    now = frigate.clock.now()
    if len(parts) < 3:
        start, end = (0.0, now) if not parts else _window(parts)
        hours = [
            (hour, name)
            for name, footage in frigate.footages.items()
            for hour in footage.hours(now)
            if start <= hour.start < end
        ]
        texts = [f"{datetime.fromtimestamp(hour.start, UTC):%Y-%m-%d/%H}/{name}" for hour, name in hours]
        names = sorted({text.split("/")[len(parts)] for text in texts})
        return [{"name": name, "type": "directory", "mtime": _date(now)} for name in names] or None
    start, end = _window(parts)
    footage = frigate.footages.get(parts[2])
    found = footage.files(start, end, now) if footage else ()
    files = [
        {
            "name": segment.path.rpartition("/")[2],
            "type": "file",
            "mtime": _date(segment.end + 3),
            "size": frigate.disk.size(segment),
        }
        for segment in found
    ]
    return files or None


def _file(request: web.Request, frigate: Frigate, parts: list[str]) -> web.StreamResponse:
    match = re.fullmatch(r"(\d\d)\.(\d\d)\.mp4", parts[3])
    footage = frigate.footages.get(parts[2])
    if not match or footage is None:
        return nginx_page(404)
    start = int(_window(parts)[0]) + int(match[1]) * 60 + int(match[2])
    segment = footage.file(start, frigate.clock.now())
    if segment is None:
        return nginx_page(404)
    data = frigate.reel(parts[2]).file(Cut(segment.start, segment.frames))
    if padding := frigate.disk.padding.get(parts[2], 0):
        data += padding.to_bytes(4) + b"free" + bytes(padding - 8)
    headers = {"Last-Modified": _date(segment.end + 3), "Content-Type": "video/mp4"}
    span = _span(request, len(data))
    if span is None:
        return web.Response(body=data, headers=headers | {"Accept-Ranges": "bytes"})
    first, last = span
    headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    return web.Response(body=data[first : last + 1], status=206, headers=headers)


async def exported(request: web.Request) -> web.StreamResponse:
    """Answer an export's file, with ranges."""
    frigate, name = state(request), request.match_info["path"]
    export = frigate.exports.by_file(name)
    who = caller(request)
    if frigate.version.media_by_role and frigate.accounts.restricted(who.role):
        mine = frigate.accounts.allowed(who.role, frigate.cameras)
        if export is None or export.camera not in mine:
            raise ApiError(403, None)
    if not name:
        done = [each for each in frigate.exports.rows() if each.film]
        return answer(
            [
                {"name": each.video, "type": "file", "mtime": _date(each.end), "size": each.film.size}
                for each in done
                if each.film
            ]
        )
    if export is None or export.film is None:
        return nginx_page(404)
    size = export.film.size
    span = _span(request, size)
    first, last = span or (0, size - 1)
    headers = {"Content-Type": "video/mp4", "Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
    if span:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response = web.StreamResponse(status=206 if span else 200, headers=headers)
    await response.prepare(request)
    await _send(response, export.film.read(first, last + 1))
    return response


async def _send(response: web.StreamResponse, data: Reading) -> None:
    for piece in data:
        await response.write(piece)
    await response.write_eof()


def _span(request: web.Request, size: int) -> tuple[int, int] | None:
    """Return the first and last byte asked for."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not match or match[1] == match[2] == "":
        return None
    if match[1] == "":
        return max(0, size - int(match[2])), size - 1
    first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
    if first > last:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return first, last


def _window(parts: list[str]) -> tuple[float, float]:
    """Return the day or hour that a folder stands for."""
    try:
        if len(parts) == 1:
            start = datetime.strptime(parts[0], "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
            return start, start + 24 * HOUR_S
        start = datetime.strptime(f"{parts[0]}/{parts[1]}", "%Y-%m-%d/%H").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0, 0
    return start, start + HOUR_S


def _date(at: float) -> str:
    return format_datetime(datetime.fromtimestamp(int(at), UTC), usegmt=True)
