"""The routes that give out footage: playlists, init segments and media segments.

A media address says nothing about whose footage it is, so every request is checked against the
camera, the stream and, when it names one, the range of time in its query.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from ...errors import RequestError
from ..format.hls import LIVE_TICKS, LivePlaylist, media_playlist
from ..store.views import RecordingSlice, Stream
from . import answers
from .queries import UID

if TYPE_CHECKING:
    from ...engine import Engine

_STREAM = "{stream:main|sub}"
_MAX_SPAN_US = 25 * 3600 * 1_000_000
_MAX_FRAGMENTS = 120
"""More than any playlist of ours asks for at once: two minutes."""
_GRANTS = 256
_LIVE_US = LIVE_TICKS * 100 // 9
_IMMUTABLE = {"Cache-Control": "private, max-age=86400, immutable"}
_NO_STORE = {"Cache-Control": "no-store, private"}
_PLAYLIST = "application/vnd.apple.mpegurl"

type _Span = tuple[int, int] | None


@dataclass(slots=True)
class _Grant:
    """What may be fetched of one camera stream and range: fragments per recording, inits by hash."""

    fragments: dict[int, tuple[int, int]] = field(default_factory=dict)
    inits: set[str] = field(default_factory=set)

    def add(self, slices: list[RecordingSlice]) -> None:
        """Allow what a playlist names."""
        for part in slices:
            last = part.first + len(part.entries) - 1
            known = self.fragments.get(part.recording, (part.first, last))
            self.fragments[part.recording] = min(known[0], part.first), max(known[1], last)
            self.inits.add(part.init_sha)

    def allows(self, recording: int, first: int, last: int) -> bool:
        """Tell whether fragments may be given out."""
        known = self.fragments.get(recording)
        return known is not None and known[0] <= first <= last <= known[1]


class MediaRoutes:
    """Serves fragments as they lie on disk."""

    def __init__(self, engine: Engine) -> None:
        """Serve from an engine's store."""
        self._engine = engine
        self._grants: OrderedDict[tuple[str, Stream, _Span], _Grant] = OrderedDict()
        self._live: OrderedDict[tuple[str, Stream], LivePlaylist] = OrderedDict()
        self._live_us: dict[tuple[str, Stream], int] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        below = f"/v1/cameras/{UID}/{_STREAM}"
        return [
            web.get(f"{below}/play.m3u8", self.play),
            web.get(f"{below}/live.m3u8", self.live),
            web.get(f"{below}/init/{{sha:[0-9a-f]{{64}}}}.mp4", self.init),
            web.get(
                f"{below}/media/{{recording:[0-9]{{1,15}}}}/{{first:[0-9]{{1,6}}}}-{{last:[0-9]{{1,6}}}}.m4s",
                self.media,
            ),
        ]

    async def play(self, request: web.Request) -> web.Response:
        """Return the playlist of a stretch of the past."""
        uid, stream = await self._stream(request)
        start, end = answers.span(request)
        if end - start > _MAX_SPAN_US:
            raise RequestError("out_of_range", "must be within 25 hours of `from`", "to")
        if stream == "main" and (elsewhere := self._engine.servers.footage(uid)) is not None:
            text = await elsewhere.playlist(start, end)
            return web.Response(text=text, content_type=_PLAYLIST, headers=_NO_STORE)
        slices = await self._engine.ask(self._engine.store.fragments, uid, stream, start, end)
        if not slices:
            raise RequestError("no_footage", "nothing was recorded then")
        self._grant(uid, stream, (start, end)).add(slices)
        text = await self._engine.ask(media_playlist, slices)
        return web.Response(text=text, content_type=_PLAYLIST, headers=_NO_STORE)

    async def live(self, request: web.Request) -> web.Response:
        """Return the playlist of what is recorded just now."""
        uid, stream = await self._stream(request)
        key, now = (uid, stream), self._engine.store.utc_us()
        playlist = self._live.setdefault(key, LivePlaylist())
        start = max(min(now - _LIVE_US, self._live_us.get(key, now)), now - 4 * _LIVE_US)
        slices = await self._engine.ask(self._engine.store.fragments, uid, stream, start, now)
        if not slices:
            raise RequestError("no_footage", "nothing is recorded just now")
        self._live.move_to_end(key)
        self._live_us[key] = now
        while len(self._live) > _GRANTS:
            self._live_us.pop(self._live.popitem(last=False)[0])
        self._grant(uid, stream, None).add(slices)
        playlist.update(slices)
        return web.Response(text=playlist.text(), content_type=_PLAYLIST, headers=_NO_STORE)

    async def init(self, request: web.Request) -> web.Response:
        """Return an init segment."""
        uid, stream = await self._stream(request)
        sha, span = request.match_info["sha"], _span(request)
        if sha not in self._grant(uid, stream, span).inits:
            await self._renew(uid, stream, span)
        if sha not in self._grant(uid, stream, span).inits:
            raise RequestError("not_found", "no such init segment in this stream and range")
        data = await self._engine.ask(self._engine.store.init, sha)
        return web.Response(body=data, content_type="video/mp4", headers=_IMMUTABLE)

    async def media(self, request: web.Request) -> web.Response:
        """Return neighbouring fragments of one recording."""
        uid, stream = await self._stream(request)
        recording, first, last = (int(request.match_info[name]) for name in ("recording", "first", "last"))
        if not first <= last < first + _MAX_FRAGMENTS:
            raise RequestError("out_of_range", f"must be 1 to {_MAX_FRAGMENTS} fragments", "last")
        span = _span(request)
        if not self._grant(uid, stream, span).allows(recording, first, last):
            await self._renew(uid, stream, span)
        if not self._grant(uid, stream, span).allows(recording, first, last):
            raise RequestError("not_found", "no such fragments in this stream and range")
        data = await self._engine.ask(self._engine.store.read_media, recording, first, last)
        return web.Response(body=data, content_type="video/iso.segment", headers=_IMMUTABLE)

    async def _stream(self, request: web.Request) -> tuple[str, Stream]:
        uid = request.match_info["uid"]
        await self._engine.known(uid)
        return uid, "sub" if request.match_info["stream"] == "sub" else "main"

    def _grant(self, uid: str, stream: Stream, span: _Span) -> _Grant:
        key = (uid, stream, span)
        grant = self._grants.setdefault(key, _Grant())
        self._grants.move_to_end(key)
        while len(self._grants) > _GRANTS:
            self._grants.popitem(last=False)
        return grant

    async def _renew(self, uid: str, stream: Stream, span: _Span) -> None:
        """Ask the archive what a range holds: it may have grown, or we were started anew.

        Without a range the newest minutes are open: a live playlist's.
        """
        now = self._engine.store.utc_us()
        start, end = span or (now - 4 * _LIVE_US, now)
        slices = await self._engine.ask(self._engine.store.fragments, uid, stream, start, end)
        self._grant(uid, stream, span).add(slices)


def _span(request: web.Request) -> _Span:
    """Return the range of the query, if it names one."""
    if "from" not in request.query and "to" not in request.query:
        return None
    start, end = answers.span(request)
    if end - start > _MAX_SPAN_US:
        raise RequestError("out_of_range", "must be within 25 hours of `from`", "to")
    return start, end
