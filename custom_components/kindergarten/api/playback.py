"""Playing recordings in an administrator's browser: the sessions, and the view that serves them.

A signed path of Home Assistant covers one path only, and a recording is hundreds. So whoever may
look gets a session: its token in the path is the authority, and it is weighed anew on every request.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
import hashlib
from http import HTTPStatus
import logging
import re
import secrets
import time
from typing import TYPE_CHECKING, Final

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS

from ..archive.protocol import Archive, ArchiveRefused, ArchiveUnavailable, Media, StreamName
from ..const import DOMAIN
from .unseen import UnseenView

if TYPE_CHECKING:
    from ..coordinator import KindergartenConfigEntry

URL: Final = "/api/kindergarten/playback"
PLAYLIST: Final = "play.m3u8"

LIFETIME_S: Final = 4 * 3600
IDLE_S: Final = 3600
"""A paused player asks for nothing; after this long its session is forgotten."""
MAX_SESSIONS: Final = 64

_PLAYLIST_TYPE: Final = "application/vnd.apple.mpegurl"
_CONTENT_TYPES: Final = (
    (re.compile(r"play\.m3u8"), _PLAYLIST_TYPE),
    (re.compile(r"init/[0-9a-f]{64}\.mp4"), "video/mp4"),
    (re.compile(r"vod/[a-z0-9-]{1,70}\.(?:mp4|m4s)"), "video/mp4"),
    (re.compile(r"vod/[a-z0-9-]{1,70}\.ts"), "video/mp2t"),
    (re.compile(r"media/[0-9]{1,18}/[0-9]{1,9}-[0-9]{1,9}\.m4s"), "video/mp4"),
)
_HEADERS: Final = {
    hdrs.CACHE_CONTROL: "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class PlaybackSession:
    """One person's right to one stretch of one stream, times in µs UTC."""

    token: str
    user_id: str
    refresh_token_id: str
    camera: str
    stream: StreamName
    start_us: int
    end_us: int
    ends_at_s: float

    @property
    def path(self) -> str:
        """Return where the player begins."""
        return f"{URL}/{self.token}/{PLAYLIST}"

    def grants(self, hass: HomeAssistant) -> bool:
        """Tell whether the person is still logged in where the session was asked for, and may look."""
        token = hass.auth.async_get_refresh_token(self.refresh_token_id)
        if token is None or token.user.id != self.user_id:
            return False
        return token.user.is_active and token.user.is_admin


class PlaybackSessions:
    """The sessions that are open now; they live in memory only."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Begin with none. `now_s` is a monotonic clock."""
        self._now_s = now_s
        self._sessions: OrderedDict[str, tuple[PlaybackSession, float]] = OrderedDict()

    def open(
        self,
        *,
        user_id: str,
        refresh_token_id: str,
        camera: str,
        stream: StreamName,
        start_us: int,
        end_us: int,
    ) -> PlaybackSession:
        """Give a person a stretch to look at; the longest unused session makes room."""
        now_s = self._now_s()
        session = PlaybackSession(
            token=secrets.token_urlsafe(32),
            user_id=user_id,
            refresh_token_id=refresh_token_id,
            camera=camera,
            stream=stream,
            start_us=start_us,
            end_us=end_us,
            ends_at_s=now_s + LIFETIME_S,
        )
        while len(self._sessions) >= MAX_SESSIONS:
            self._sessions.popitem(last=False)
        self._sessions[session.token] = (session, now_s)
        return session

    def find(self, token: str) -> PlaybackSession | None:
        """Return a session that has not run out, and keep it from idling out."""
        if (known := self._sessions.pop(token, None)) is None:
            return None
        session, used_s = known
        now_s = self._now_s()
        if now_s >= session.ends_at_s or now_s - used_s >= IDLE_S:
            return None
        self._sessions[token] = (session, now_s)
        return session

    def end(self, token: str) -> None:
        """Forget a session."""
        self._sessions.pop(token, None)

    def close(self) -> None:
        """Forget every session."""
        self._sessions.clear()


class PlaybackView(UnseenView):
    """Serves a session's playlist and what the playlist names."""

    url = f"{URL}/{{token}}/{{tail:.+}}"
    name = "api:kindergarten:playback"
    # The player asks for the files beside the playlist without any login of Home Assistant.
    requires_auth = False

    async def get(self, request: web.Request, token: str, tail: str) -> web.StreamResponse:
        """Serve one file of a session; whatever is not granted does not exist."""
        hass = request.app[KEY_HASS]
        content_type = next((kind for shape, kind in _CONTENT_TYPES if shape.fullmatch(tail)), None)
        entry = _loaded_entry(hass)
        if entry is None or content_type is None:
            return _not_found()
        data = entry.runtime_data
        if (session := data.playback.find(token)) is None:
            return _not_found()
        if not session.grants(hass):
            data.playback.end(token)
            return _not_found()
        if tail == PLAYLIST:
            await _note(data.archive, session, data.people.id_of(session.user_id))
        return await _serve(request, data.archive, session, tail, content_type)


async def _note(archive: Archive, session: PlaybackSession, who: str) -> None:
    """Have the ledger say who looks at what, once per session; an archive that cannot write still plays."""
    once = hashlib.sha256(session.token.encode()).hexdigest()[:32]
    details: dict[str, object] = {
        "camera": session.camera,
        "t0": session.start_us,
        "t1": session.end_us,
        "who": who,
        "purpose": "playback",
    }
    try:
        await archive.record("view", details, once)
    except (ArchiveRefused, ArchiveUnavailable) as error:
        _LOGGER.warning("A view could not be noted: %s", error)


async def _serve(
    request: web.Request, archive: Archive, session: PlaybackSession, tail: str, content_type: str
) -> web.StreamResponse:
    # The range comes from the session, whatever the request says.
    params = {"from": str(session.start_us), "to": str(session.end_us)}
    try:
        async with archive.open_media(session.camera, session.stream, tail, params) as media:
            if media.status != HTTPStatus.OK:
                return _not_found()
            return await _pass_on(request, media, content_type)
    except ArchiveRefused:
        return _not_found()
    except ArchiveUnavailable:
        return web.Response(
            status=HTTPStatus.SERVICE_UNAVAILABLE, headers={**_HEADERS, hdrs.RETRY_AFTER: "5"}
        )


async def _pass_on(request: web.Request, media: Media, content_type: str) -> web.StreamResponse:
    if content_type == _PLAYLIST_TYPE:
        return web.Response(body=await media.read(), content_type=content_type, headers=_HEADERS)
    response = web.StreamResponse(headers={**_HEADERS, hdrs.CONTENT_TYPE: content_type})
    if length := media.headers.get(hdrs.CONTENT_LENGTH):
        response.content_length = int(length)
    await response.prepare(request)
    try:
        async for chunk in media.chunks():
            await response.write(chunk)
    except ArchiveUnavailable:
        # The head is out: only a torn connection tells the player that this is not all.
        if request.transport is not None:
            request.transport.close()
        return response
    await response.write_eof()
    return response


def _loaded_entry(hass: HomeAssistant) -> KindergartenConfigEntry | None:
    return next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)


def _not_found() -> web.Response:
    """Return what Home Assistant itself says of an address that it does not know."""
    return web.Response(status=HTTPStatus.NOT_FOUND, text="404: Not Found")
