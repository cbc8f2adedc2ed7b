"""Asking for a recording: it is kept from deletion at once, before anybody may decide."""

import asyncio
from datetime import date, datetime, timedelta
from http import HTTPStatus
import logging
from typing import Final

from aiohttp import web
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..archive.evidence import WantedHold
from ..archive.protocol import ArchiveRefused, ArchiveUnavailable
from ..engine.people.errors import PeopleError
from ..engine.people.people import People
from ..holds import cameras_of
from ..news import SIGNAL_NEWS, News
from . import fields
from .access import rooms_of
from .answers import Refusal, answer, nothing_here
from .me import find_room
from .portal import Portal
from .routes import PortalRequest, Route

LOGGER = logging.getLogger(__name__)

MOST_US: Final = timedelta(hours=2) // timedelta(microseconds=1)
MOST_OPEN: Final = 2
REASON: Final = "parents_request"
_SLACK_US: Final = 60_000_000
"""A phone's clock may be ahead of ours by so much."""
_REFUSED: Final = {"quota": "no_room", "too_many": "no_room", "no_space": "no_room", "no_footage": "too_old"}
_NOT_RECORDED: Final = "not_recorded"


async def _list(request: PortalRequest) -> web.StreamResponse:
    portal = request.portal
    rooms = portal.house().rooms
    found = await portal.families.do(People.requests, guardian_id=request.whose.guardian_id)
    return answer(
        [
            {
                "number": each.number,
                "room": rooms[each.room_id].name if each.room_id in rooms else "",
                "from_us": each.from_us,
                "to_us": each.to_us,
                "state": each.state,
                "made_us": each.made_us,
            }
            for each in found
        ]
    )


async def _ask(request: PortalRequest) -> web.StreamResponse:
    """Hold what was recorded of the child's room, and return the number that both sides know it by."""
    portal, body, own = request.portal, request.body, request.whose
    from_us, to_us = fields.number(body, "from_us"), fields.number(body, "to_us")
    if (room_id := find_room(request, fields.text(body, "room"))) is None or not portal.guardian(own).valid(
        request.now.date()
    ):
        raise nothing_here()
    if from_us >= to_us:
        raise fields.bad_request()
    if to_us - from_us > MOST_US:
        raise Refusal("too_long")
    if to_us > request.now_us + _SLACK_US:
        raise Refusal("future")
    to_us = min(to_us, request.now_us)
    if (child_id := _child_there(request, room_id, from_us, to_us)) is None:
        raise Refusal("not_there")
    if _is_gone(portal, room_id, to_us):
        raise Refusal(await _why_gone(portal, room_id, to_us))
    # Whoever hangs up now has asked all the same.
    asking = portal.hass.async_create_task(
        _keep_and_note(portal, own.guardian_id, child_id, room_id, (from_us, to_us))
    )
    return answer({"number": await asyncio.shield(asking)}, HTTPStatus.CREATED)


def _child_there(request: PortalRequest, room_id: str, from_us: int, to_us: int) -> str | None:
    """Return whose room it was, all the time that is asked for."""
    snapshot, guardian_id = request.portal.snapshot, request.whose.guardian_id
    first, last = (
        {
            own.child_id
            for own in rooms_of(snapshot, guardian_id, _day(each_us, request.now))
            if own.room_id == room_id
        }
        for each_us in (from_us, to_us)
    )
    return min(first & last, default=None)


def _day(moment_us: int, now: datetime) -> date:
    return datetime.fromtimestamp(moment_us / 1_000_000, now.tzinfo).date()


def _is_gone(portal: Portal, room_id: str, to_us: int) -> bool:
    """Tell whether all of it is surely deleted."""
    cameras = [portal.coordinator.data.camera(uid) for uid in cameras_of(portal.entry, room_id)]
    oldest = [camera.oldest_us for camera in cameras if camera and camera.oldest_us is not None]
    return bool(oldest) and len(oldest) == len(cameras) and to_us <= min(oldest)


async def _why_gone(portal: Portal, room_id: str, to_us: int) -> str:
    """Return whether it was deleted since, or never recorded: nobody shall suspect the house for its first day."""
    cameras = cameras_of(portal.entry, room_id)
    try:
        known = {each.uid: each.added_us for each in await portal.archive.cameras()}
    except ArchiveRefused, ArchiveUnavailable:
        raise _later() from None
    begun = [known[uid] for uid in cameras if uid in known]
    return _NOT_RECORDED if begun and to_us <= min(begun) else "too_old"


async def _keep_and_note(
    portal: Portal, guardian_id: str, child_id: str, room_id: str, span: tuple[int, int]
) -> int:
    """Hold, then note: what is noted is held. One at a time, so that nobody has more than their share."""
    async with portal.asking:
        requests = await portal.families.do(People.requests, guardian_id=guardian_id)
        still_open = [each for each in requests if each.state == "open"]
        for each in still_open:
            if each.room_id == room_id and each.from_us == span[0] and abs(each.to_us - span[1]) <= _SLACK_US:
                return each.number  # the answer was lost on its way
        if len(still_open) >= MOST_OPEN:
            raise Refusal("too_many")
        by = portal.snapshot.pseudonym(guardian_id)
        hold_uid = await _hold(portal, room_id, span, by)
        try:
            number = await portal.families.do(People.add_request, guardian_id, child_id, room_id, *span)
        except PeopleError as error:
            raise Refusal(error.code) from None
        await portal.families.do(People.set_request_hold, number, hold_uid)
        await _record(portal, number, hold_uid, by)
        news = News(kind="request_received", room_id=room_id, details={"number": number})
        async_dispatcher_send(portal.hass, SIGNAL_NEWS, news)
        return number


async def _hold(portal: Portal, room_id: str, span: tuple[int, int], by: str) -> str:
    cameras = cameras_of(portal.entry, room_id)
    if not cameras:
        raise Refusal("no_camera")
    wanted = WantedHold(
        cameras=cameras,
        t0_us=span[0],
        t1_us=span[1],
        until_us=None,
        reason=REASON,
        by=by,
        # Nobody of the kindergarten decided: such holds may never take more than their share of the disk.
        automation=True,
        incident=False,
    )
    try:
        return await portal.archive.hold(wanted)
    except ArchiveRefused as error:
        raise Refusal(_REFUSED.get(error.code, "try_again")) from None
    except ArchiveUnavailable:
        raise _later() from None


async def _record(portal: Portal, number: int, hold_uid: str, by: str) -> None:
    """Have the ledger say that somebody asked; the hold stands there already."""
    details: dict[str, object] = {"number": number, "hold": hold_uid, "who": by, "purpose": "parent"}
    try:
        await portal.archive.record("request", details, f"request-{hold_uid}")
    except (ArchiveRefused, ArchiveUnavailable) as error:
        LOGGER.warning("A request could not be noted: %s", error)


def _later() -> Refusal:
    return Refusal("try_again", HTTPStatus.SERVICE_UNAVAILABLE, wait_s=10)


REQUEST_ROUTES: Final = (
    Route(method="GET", pattern="/requests", handler=_list, session=True, changes=False),
    Route(method="POST", pattern="/requests", handler=_ask, session=True, changes=True),
)
