"""What a guardian sees and changes of their own: agreements, phones, what they watched."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

from ..engine.people.errors import PeopleError
from ..engine.people.people import People
from ..engine.people.records import PURPOSES, ConsentState
from . import fields
from .answers import Refusal, answer, nothing_here
from .me import RULES_VERSION, told_of_me
from .routes import Handler, PortalRequest, Route
from .sessions import drop_cookie, read_cookie, token_of

_DAYS_BACK: Final = 30
_WORDS: Final[tuple[ConsentState, ...]] = ("given", "refused", "withdrawn")
_LATEST_VERSION: Final = 10_000


async def _me(request: PortalRequest) -> web.StreamResponse:
    portal, guardian_id = request.portal, request.whose.guardian_id
    if (credentials := read_cookie(request.request, portal.own_host)) is None:
        raise nothing_here()
    midnight = request.now.replace(hour=0, minute=0, second=0, microsecond=0)
    from_us = round(midnight.timestamp() * 1_000_000)
    viewings = await portal.families.do(People.viewings, from_us, guardian_id=guardian_id)
    watched_us = sum(
        max(0, (each.until_us or request.now_us) - max(each.from_us, from_us)) for each in viewings
    )
    return answer(told_of_me(request, watched_us // 1_000_000, token_of(credentials)))


async def _devices(request: PortalRequest) -> web.StreamResponse:
    portal, own = request.portal, request.whose
    return answer(
        [
            {
                "id": portal.ids.of(own, "device", device.id),
                "label": device.label,
                "made_us": device.made_us,
                "seen_us": device.seen_us,
                "this": device.id == own.id,
            }
            for device in portal.snapshot.devices_of(own.guardian_id, request.now_us)
        ]
    )


async def _views(request: PortalRequest) -> web.StreamResponse:
    portal = request.portal
    from_us = request.now_us - _DAYS_BACK * 24 * 3_600_000_000
    viewings = await portal.families.do(People.viewings, from_us, guardian_id=request.whose.guardian_id)
    rooms = portal.house().rooms
    return answer(
        [
            {
                "room": rooms[viewing.room_id].name if viewing.room_id in rooms else "",
                "from_us": viewing.from_us,
                "until_us": viewing.until_us,
            }
            for viewing in viewings
        ]
    )


async def _rules(request: PortalRequest) -> web.StreamResponse:
    if fields.number(request.body, "version") != RULES_VERSION:
        raise Refusal("outdated")
    portal, guardian_id = request.portal, request.whose.guardian_id
    accepted = portal.snapshot.rules.get(guardian_id)
    if accepted is None or accepted.version < RULES_VERSION:
        await portal.families.do(People.accept_rules, guardian_id, RULES_VERSION)
    return answer({})


async def _consent(request: PortalRequest) -> web.StreamResponse:
    """Take a guardian's word on one of their own children."""
    portal, body, own = request.portal, request.body, request.whose
    children = portal.snapshot.children_of(own.guardian_id)
    child_id = portal.ids.find(own, "child", fields.text(body, "child_id"), children)
    if child_id is None:
        raise nothing_here()
    purpose = fields.choice(body, "purpose", PURPOSES)
    state = fields.choice(body, "state", _WORDS)
    version = fields.number(body, "version", _LATEST_VERSION)
    portal.limits.word(own.guardian_id)
    try:
        await portal.families.do(People.set_consent, own.guardian_id, child_id, purpose, version, state)
    except PeopleError as error:
        raise Refusal(error.code) from None
    return answer({})


async def _revoke(request: PortalRequest) -> web.StreamResponse:
    """End another phone's session, or this one's."""
    portal, own = request.portal, request.whose
    devices = [each.id for each in portal.snapshot.devices_of(own.guardian_id, request.now_us)]
    device_id = portal.ids.find(own, "device", request.match["id"], devices)
    if device_id is None:
        raise nothing_here()
    await portal.families.do(People.revoke_device, device_id)
    response = answer({})
    if device_id == own.id:
        drop_cookie(response, portal.own_host)
    return response


async def _log_out(request: PortalRequest) -> web.StreamResponse:
    await request.portal.families.do(People.logout, request.whose.id)
    response = answer({})
    drop_cookie(response, request.portal.own_host)
    return response


async def _hand_off(request: PortalRequest) -> web.StreamResponse:
    """Make the code by which this phone's other browser comes in."""
    request.portal.limits.handoff(request.whose.guardian_id)
    try:
        handoff = await request.portal.families.do(People.handoff, request.whose.id)
    except PeopleError as error:
        raise Refusal(error.code, HTTPStatus.CONFLICT) from None
    return answer({"code": handoff.code, "until_us": handoff.until_us})


def _get(pattern: str, handler: Handler) -> Route:
    return Route(method="GET", pattern=pattern, handler=handler, session=True, changes=False)


def _post(pattern: str, handler: Handler) -> Route:
    return Route(method="POST", pattern=pattern, handler=handler, session=True, changes=True)


ME_ROUTES: Final = (
    _get("/me", _me),
    _get("/me/devices", _devices),
    _get("/me/views", _views),
    _post("/me/rules", _rules),
    _post("/me/consents", _consent),
    _post("/me/devices/{id}/revoke", _revoke),
    _post("/me/logout", _log_out),
    _post("/handoff", _hand_off),
)
