"""How the control API reads requests and words its answers."""

import asyncio
from collections.abc import Awaitable, Callable
import json
import logging

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import HttpProcessingError

from ...errors import ArchiveError, EngineError, RequestError, SourceError
from ...frigate_api.errors import FrigateError

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MAX_BODY = 1 << 20
_BODY_S = 10.0
MAX_US = 1 << 53

_LOGGER = logging.getLogger(__name__)
_STATUS = {
    "unknown_camera": 404,
    "not_found": 404,
    "not_watched": 404,
    "no_footage": 404,
    "outside_range": 403,
    "forbidden": 403,
    "quota": 409,
    "lifted": 409,
    "not_asked": 409,
    "too_many": 409,
    "clock_unset": 409,
    "key_damaged": 503,
    "busy": 409,
    "decoder_failed": 503,
    "no_picture": 404,
    "no_sub": 404,
    "unavailable": 503,
}


def number(request: web.Request, name: str, default: int | None = None, high: int = MAX_US) -> int:
    """Return a whole number of the query; raises `RequestError`."""
    text = request.query.get(name)
    if text is None and default is not None:
        return default
    if text is None:
        raise RequestError("missing", "is missing", name)
    if len(text) > 20 or not text.removeprefix("-").isdecimal() or not text.isascii():
        raise RequestError("wrong_type", "must be a whole number", name)
    if not -high <= (value := int(text)) <= high:
        raise RequestError("out_of_range", "is too large", name)
    return value


def span(request: web.Request) -> tuple[int, int]:
    """Return `from` and `to` of the query (µs, UTC)."""
    start, end = number(request, "from"), number(request, "to")
    if start < 0 or end <= start:
        raise RequestError("out_of_range", "must be later than `from`", "to")
    return start, end


async def body(request: web.Request) -> object:
    """Return the JSON of a request; raises `RequestError`."""
    try:
        async with asyncio.timeout(_BODY_S):
            data = await request.read()
    except TimeoutError as error:
        raise RequestError("timeout", "the body did not arrive in time") from error
    except (ConnectionError, ClientPayloadError, web.RequestPayloadError, HttpProcessingError) as error:
        raise RequestError("bad_body", "the body broke off") from error
    try:
        return json.loads(data or b"{}", parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise RequestError("bad_json", "is no JSON") from error


def _refuse(name: str) -> object:
    raise ValueError(name)


def refusal(error: EngineError) -> web.Response:
    """Return the answer that tells of an error."""
    if isinstance(error, SourceError | FrigateError):
        status = 422
    elif isinstance(error, ArchiveError):
        status = 503
    else:
        status = _STATUS.get(error.code, 400 if isinstance(error, RequestError) else 500)
    return web.json_response({"code": error.code, "text": error.text, "field": error.field}, status=status)


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a route raises into the API's own words."""
    try:
        return await handler(request)
    except EngineError as error:
        return refusal(error)
    except web.HTTPException as error:
        code = {404: "not_found", 405: "bad_method", 413: "too_large"}.get(error.status, "bad_request")
        body = {"code": code, "text": error.reason, "field": None}
        return web.json_response(body, status=error.status)
    except ConnectionError:  # nobody is there any more to hear an answer
        return web.Response(status=400)
    except Exception:  # the loop's last line of defence: an answer, and a line in the log
        _LOGGER.exception("%s %s failed", request.method, request.path)
        body = {"code": "internal", "text": "the engine failed, see its log", "field": None}
        return web.json_response(body, status=500)
