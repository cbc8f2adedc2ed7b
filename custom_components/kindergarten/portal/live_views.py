"""The addresses of watching."""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web

from .answers import Refusal, answer, nothing_here
from .live import woken
from .me import RULES_VERSION
from .routes import PortalRequest, Route
from .sending import Sent
from .stills import no_picture
from .viewing import BEAT_S, STILL_WATCHING_S, Viewing

if TYPE_CHECKING:
    from .viewings import Viewings

HOLD_S: Final = 2.0
"""How long a playlist waits for something new."""
FIRST_S: Final = 8.0
"""How long the first one waits for a camera that has to be opened."""
_DIGITS: Final = 16


async def begin(r: PortalRequest) -> web.StreamResponse:
    """Begin to watch a room."""
    device = r.whose
    accepted = r.portal.snapshot.rules.get(device.guardian_id)
    if accepted is None or accepted.version < RULES_VERSION:
        raise Refusal("rules")
    room_id = r.portal.ids.find(device, "room", r.body.get("room"), r.portal.house().rooms)
    if room_id is None:
        raise nothing_here()
    viewing = _viewings(r).begin(device, room_id, r.now)
    return answer(
        {
            "id": viewing.id,
            "mode": viewing.mode,
            "watermark": list(viewing.lines),
            "beat_s": BEAT_S,
            "still_watching_s": STILL_WATCHING_S,
        },
        HTTPStatus.CREATED,
    )


async def beat(r: PortalRequest) -> web.StreamResponse:
    """Hear that a phone is there, whether it can be seen and whether somebody touched it."""
    visible, active = r.body.get("visible"), r.body.get("active")
    if not isinstance(visible, bool) or not isinstance(active, bool):
        raise Refusal("bad_request", HTTPStatus.BAD_REQUEST)
    viewings = _viewings(r)
    viewing = _running(r)
    left_s = viewings.beat(viewing, visible=visible, active=active)
    return answer({"left_s": left_s, "mode": viewing.mode})


async def end(r: PortalRequest) -> web.StreamResponse:
    """Watch no longer."""
    _viewings(r).end(_running(r))
    return answer({})


async def live(r: PortalRequest) -> web.StreamResponse:
    """Return the playlist, as soon as there is something new in it."""
    viewing = _get(r)
    playlist, feed = viewing.playlist, viewing.feed
    if playlist is None or feed is None:
        raise Refusal("stills")
    loop = asyncio.get_running_loop()
    deadline_s = loop.time() + (HOLD_S if playlist.told else FIRST_S)
    while not playlist.ready() and feed.playable is not False and loop.time() < deadline_s:
        await woken(deadline_s - loop.time(), viewing.ending, feed.news)
        if viewing.end is not None:
            raise nothing_here()
    _get(r)
    if feed.playable is False:
        _viewings(r).only_stills(viewing)
        raise Refusal("stills")
    if (text := playlist.text()) is None:
        raise no_picture()
    return Sent(viewing, text.encode(), "application/vnd.apple.mpegurl")


async def init(r: PortalRequest) -> web.StreamResponse:
    """Return an init segment."""
    viewing = _get(r)
    number = _number(r)
    data = viewing.playlist.init(number) if viewing.playlist is not None else None
    return _video(viewing, data)


async def segment(r: PortalRequest) -> web.StreamResponse:
    """Return a second or so of pictures."""
    viewing = _get(r)
    number = _number(r)
    data = viewing.playlist.segment(number) if viewing.playlist is not None else None
    return _video(viewing, data)


async def still(r: PortalRequest) -> web.StreamResponse:
    """Return a picture with the viewer's name in it."""
    viewing = _get(r)
    picture = await _viewings(r).stills.take(viewing, r.now)
    sent = Sent(_get(r), picture.jpeg, "image/jpeg")
    sent.headers["X-Time-Us"] = str(picture.time_us)
    return sent


def _viewings(r: PortalRequest) -> Viewings:
    return r.portal.viewings


def _get(r: PortalRequest) -> Viewing:
    """Return the viewing if this phone may have something of it at this moment."""
    return _viewings(r).get(r.match["vid"], r.whose, r.portal.now())


def _running(r: PortalRequest) -> Viewing:
    """Return the viewing, or say why it ended."""
    viewings, viewing_id, device = _viewings(r), r.match["vid"], r.whose
    try:
        return viewings.get(viewing_id, device, r.now)
    except web.HTTPNotFound:
        if (reason := viewings.ended(viewing_id, device)) is None:
            raise
        raise Refusal(reason, HTTPStatus.GONE) from None


def _number(r: PortalRequest) -> int:
    text = r.match["n"]
    if len(text) > _DIGITS or not (text.isascii() and text.isdecimal()):
        raise nothing_here()
    return int(text)


def _video(viewing: Viewing, data: bytes | None) -> web.StreamResponse:
    if data is None:
        raise nothing_here()
    return Sent(viewing, data, "video/mp4")


WATCHING: Final = "/v/"
"""Below this stands what a viewing fetches many times a minute."""

LIVE_ROUTES: Final = (
    Route(method="POST", pattern="/viewings", handler=begin, session=True, changes=True),
    Route(method="POST", pattern="/v/{vid}/beat", handler=beat, session=True, changes=True),
    Route(method="POST", pattern="/v/{vid}/end", handler=end, session=True, changes=True),
    Route(method="GET", pattern="/v/{vid}/live", handler=live, session=True, changes=False),
    Route(method="GET", pattern="/v/{vid}/i/{n}", handler=init, session=True, changes=False),
    Route(method="GET", pattern="/v/{vid}/s/{n}", handler=segment, session=True, changes=False),
    Route(method="GET", pattern="/v/{vid}/still", handler=still, session=True, changes=False),
)
