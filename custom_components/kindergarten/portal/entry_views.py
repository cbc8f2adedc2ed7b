"""The ways in: an invitation, the door, and from a phone's one browser to its other one."""

from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from ..engine.people.errors import PeopleError, RedeemError
from ..engine.people.people import People
from ..engine.people.records import Credentials
from . import fields
from .answers import Refusal, answer, nothing_here
from .labels import label_of
from .pages import ASSET_HEADERS, asset, shell
from .routes import PortalRequest, Route
from .sessions import write_cookie

_NOT_VALID: Final = "not_valid"


async def _shell(request: PortalRequest) -> web.StreamResponse:
    """Serve the page; what is secret in its link stands in the fragment, which no browser sends."""
    body = shell(request.portal.entry.title)
    return web.Response(body=body, content_type="text/html", charset="utf-8")


async def _asset(request: PortalRequest) -> web.StreamResponse:
    match = request.match
    if (found := asset(f"{match['name']}.{match['hash']}.{match['ext']}")) is None:
        raise nothing_here()
    headers = {**ASSET_HEADERS, hdrs.CONTENT_TYPE: found.content_type, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    if "gzip" not in request.request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        return web.Response(body=found.body, headers=headers)
    return web.Response(body=found.packed, headers={**headers, hdrs.CONTENT_ENCODING: "gzip"})


async def _redeem(request: PortalRequest) -> web.StreamResponse:
    """Turn an invitation into a session. Its tries are counted by the people, ours keep floods away."""
    portal, body = request.portal, request.body
    invitation_id, secret = fields.text(body, "id"), fields.text(body, "secret")
    code, nonce = fields.text(body, "code", 16), fields.text(body, "nonce", 64)
    switch = fields.flag(body, "switch")
    if not portal.snapshot.invited(invitation_id, secret):
        # Nobody's invitation: the people's file is not even asked.
        try:
            portal.limits.guess()
        except Refusal:
            portal.async_trouble()
            raise
        await portal.limits.failed(request.request.remote)
        raise Refusal(_NOT_VALID)
    portal.limits.invitation(invitation_id)
    try:
        credentials = await portal.families.do(
            People.redeem, invitation_id, secret, code, nonce, _label(request), _current(request), switch
        )
    except RedeemError as error:
        if error.tries_left == 0:
            portal.async_trouble()
        await portal.limits.failed(request.request.remote)
        raise _no(error) from None
    return _welcome(request, credentials)


async def _hand_over(request: PortalRequest) -> web.StreamResponse:
    """Turn a code from the phone's other browser into a session."""
    portal, body = request.portal, request.body
    code, nonce = fields.text(body, "code", 32), fields.text(body, "nonce", 64)
    switch = fields.flag(body, "switch")
    if request.device is not None:
        # Whoever is in already waits for no stranger, and guesses no more than anybody may change things.
        portal.limits.change(request.device.guardian_id)
    elif await portal.limits.code():
        portal.async_trouble()
    if not portal.families.hands_over(code):
        # Nobody's code: the people's file is not even asked.
        await portal.limits.failed(request.request.remote)
        raise Refusal(_NOT_VALID)
    try:
        credentials = await portal.families.do(
            People.handoff_redeem, code, nonce, _label(request), _current(request), switch
        )
    except RedeemError as error:
        await portal.limits.failed(request.request.remote)
        raise _no(error) from None
    return _welcome(request, credentials)


async def _pair(request: PortalRequest) -> web.StreamResponse:
    """Begin at the door: the phone shows a code, and asks until somebody has approved it."""
    portal = request.portal
    if portal.snapshot.window_until_us <= portal.snapshot.at_least(request.now_us):
        raise Refusal("no_window")
    try:
        async with portal.limits.pairings.take(request.request.remote):
            pairing = await portal.door.begin(portal.families, _label(request), request.request.remote)
    except PeopleError as error:
        raise Refusal(error.code if error.code in {"no_window", "busy"} else "try_again") from None
    portal.limits.begun(pairing.id)
    told = {"id": pairing.id, "key": pairing.key, "code": pairing.code, "until_us": pairing.until_us}
    return answer(told)


async def _poll(request: PortalRequest) -> web.StreamResponse:
    portal, body = request.portal, request.body
    pairing_id, key = fields.text(body, "id"), fields.text(body, "key")
    if await portal.limits.poll(pairing_id):
        portal.async_trouble()
    poll = await portal.families.do(People.poll, pairing_id, key)
    if poll.credentials is not None:
        if request.device is not None and request.device.id != poll.credentials.device_id:
            # Its cookie is about to be written over: nobody shall go on with a copy of it.
            await portal.families.do(People.logout, request.device.id)
        return _welcome(request, poll.credentials, state=poll.state)
    if poll.state == "ended":
        await portal.limits.failed(request.request.remote)
    return answer({"state": poll.state})


def _welcome(request: PortalRequest, credentials: Credentials, state: str = "ok") -> web.Response:
    response = answer({"state": state})
    write_cookie(response, credentials, request.portal.own_host)
    return response


def _current(request: PortalRequest) -> str | None:
    return request.device.id if request.device else None


def _label(request: PortalRequest) -> str:
    return label_of(request.request.headers.get(hdrs.USER_AGENT, ""))


def _no(error: RedeemError) -> Refusal:
    if error.tries_left is None:
        return Refusal(error.code, HTTPStatus.CONFLICT)
    return Refusal(error.code, HTTPStatus.CONFLICT, tries_left=error.tries_left)


ENTRY_ROUTES: Final = (
    Route(method="GET", pattern="/", handler=_shell, session=False, changes=False),
    Route(method="GET", pattern="/a/{name}.{hash}.{ext}", handler=_asset, session=False, changes=False),
    Route(method="POST", pattern="/pair", handler=_pair, session=False, changes=True),
    Route(method="POST", pattern="/pair/poll", handler=_poll, session=False, changes=True),
    Route(method="POST", pattern="/invite/redeem", handler=_redeem, session=False, changes=True),
    Route(method="POST", pattern="/handoff/redeem", handler=_hand_over, session=False, changes=True),
)
