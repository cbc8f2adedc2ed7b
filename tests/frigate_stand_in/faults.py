"""What goes wrong on purpose, by address."""

import asyncio
from dataclasses import dataclass
import json
import math
import random
import re
import time
from typing import Literal
import zlib

from aiohttp import web

from .answers import Handler, nginx_page

type Kind = Literal[
    "hang",
    "slow",
    "drip",
    "status",
    "redirect",
    "bytes",
    "html",
    "shape",
    "deep",
    "nan",
    "empty",
    "nothing",
    "cut",
    "huge",
    "bomb",
]
MIB = 1 << 20
_TEXTS = {
    "html": "<!doctype html><title>Router</title><p>Please log in to your router.",
    "shape": '{"surprise":[1,{"cameras":null}],"cameras":"none","version":17}',
    "deep": "[" * 50_000 + "]" * 50_000,
    "nan": '[{"start_time":NaN,"end_time":Infinity,"duration":-1e999,"id":null}]',
    "empty": "",
    "nothing": "[]",
}


@dataclass(kw_only=True)
class Fault:
    """One fault: for the first `times` requests (None: all) whose path matches `path`, a regular expression.

    `seconds` is for hang (then the connection is cut; None: never), slow (before the true answer) and drip
    (a byte each so often); `status` for status; `location` for redirect; `mib` for huge and bomb (gzip).
    """

    path: str
    kind: Kind
    times: int | None = None
    seconds: float | None = None
    status: int = 502
    location: str = ""
    mib: int = 100
    ended: bool = False

    def fits(self, path: str) -> bool:
        """Tell whether a request is hit, and count it."""
        if self.times == 0 or not re.search(self.path, path):
            return False
        self.times = None if self.times is None else self.times - 1
        return True


async def misbehave(fault: Fault, request: web.Request, truly: Handler) -> web.StreamResponse:
    """Answer as a fault wants it; `truly` gives the true answer."""
    match fault.kind:
        case "hang":
            await _last(fault)
            return _cut(request)
        case "slow":
            await asyncio.sleep(fault.seconds or 0)
            return await truly(request)
        case "drip":
            return await _drip(request, fault)
        case "status":
            return nginx_page(fault.status)
        case "redirect":
            return nginx_page(302, {"Location": fault.location})
        case "bytes":
            return web.Response(body=random.Random(4).randbytes(4096), content_type="application/json")
        case "cut":
            return await _half(request, truly)
        case "huge":
            return await _huge(request, fault.mib)
        case "bomb":
            return _bomb(fault.mib)
        case text:
            kind = "text/html" if text == "html" else "application/json"
            return web.Response(text=_TEXTS[text], content_type=kind)


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


async def _last(fault: Fault) -> None:
    """Return when a fault is over."""
    end = time.monotonic() + (math.inf if fault.seconds is None else fault.seconds)
    while not fault.ended and time.monotonic() < end:
        await asyncio.sleep(0.05)


async def _drip(request: web.Request, fault: Fault) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    while not fault.ended:
        await response.write(b" ")
        await asyncio.sleep(fault.seconds or 1)
    return _cut(request)


async def _half(request: web.Request, truly: Handler) -> web.StreamResponse:
    """Promise the whole answer, send half of it, cut."""
    whole = await truly(request)
    data = whole.body if isinstance(whole, web.Response) and isinstance(whole.body, bytes) else b"[" * 4096
    response = web.StreamResponse(
        headers={"Content-Type": whole.content_type, "Content-Length": str(len(data))}
    )
    await response.prepare(request)
    await response.write(data[: len(data) // 2])
    return _cut(request)


def _bomb(mib: int) -> web.Response:
    """Return spaces that are small on the wire and `mib` MiB when unpacked."""
    packer = zlib.compressobj(9, wbits=31)
    data = b"".join(packer.compress(b" " * MIB) for _ in range(mib)) + packer.flush()
    return web.Response(body=data, content_type="application/json", headers={"Content-Encoding": "gzip"})


async def _huge(request: web.Request, mib: int) -> web.StreamResponse:
    """Send valid JSON without end: rows that look true."""
    row = {"id": "1-a", "start_time": 1.0, "end_time": 2.0, "segment_size": 1.0, "motion": 0, "objects": 0}
    piece = ((json.dumps(row | {"duration": 1.0}) + ",") * 8000).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(b"[")
    for _ in range(mib * MIB // len(piece) + 1):
        await response.write(piece)
    await response.write(b"0]")
    await response.write_eof()
    return response
