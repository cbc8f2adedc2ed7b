"""Answers as the portal does: its real files and headers, and whatever a test wants the kindergarten to say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
import time
from typing import Any

from aiohttp import web

from custom_components.kindergarten.portal.answers import HEADERS
from custom_components.kindergarten.portal.pages import ASSET_HEADERS, asset, shell

from . import media

PREFIX = "/api/kindergarten/portal"
COOKIE = "kindergarten"
SEGMENTS_TOLD = 6

type Json = Any


def us(hours: float = 0) -> int:
    """Return the microsecond that is some hours from now."""
    return int((time.time() + hours * 3600) * 1_000_000)


def room(name: str = "Күншуақ", child: str = "Айгерім", **changes: Json) -> dict[str, Json]:
    """Return a room as /me tells of it; open unless changed."""
    told: dict[str, Json] = {
        "id": f"room-{name}".encode().hex()[:22],
        "name": name,
        "child": child,
        "open": True,
        "reason": "ok",
        "opens_at_us": None,
        "closes_at_us": us(2),
        "mode": "video",
        "today": [{"from_us": us(-2), "until_us": us(2)}, {"from_us": us(5), "until_us": us(6)}],
    }
    return told | changes


def consent(purpose: str = "parent_live", state: str = "given", child: str = "Айгерім") -> dict[str, Json]:
    """Return a consent form as /me tells of it."""
    return {
        "child_id": child.encode().hex()[:22],
        "child": child,
        "purpose": purpose,
        "version": 1,
        "state": state,
    }


def somebody(**changes: Json) -> dict[str, Json]:
    """Return what /me says of a mother with one open room."""
    told: dict[str, Json] = {
        "kindergarten": "«Күншуақ» балабақшасы",
        "name": "Айгүл С.",
        "language": "kk",
        "time_zone": "Asia/Almaty",
        "token": "token-of-the-session",
        "rules": {"version": 1, "accepted": True},
        "rooms": [room()],
        "consents": [consent(), consent("recording_notice")],
        "head": {"day": "2026-11-21", "code": "40718 22963 58104 77325"},
        "limits": {"still_watching_s": 900, "daily_soft_s": 1800, "today_s": 240},
    }
    return told | changes


@dataclass(kw_only=True)
class Kindergarten:
    """What is said to happen, and what was heard. `says` overrides answers: {"POST /pair": (409, {...})}."""

    name: str = "«Күншуақ» балабақшасы"
    me: dict[str, Json] = field(default_factory=somebody)
    says: dict[str, tuple[int, Json]] = field(default_factory=dict)
    heard: list[tuple[str, Json]] = field(default_factory=list)
    fetched: dict[str, int] = field(default_factory=dict)
    ended: str | None = None
    mode: str = "video"
    left_s: int = 900
    slow_s: float = 0
    watermark: tuple[str, ...] = ("Айгүл С.", "K7F2")
    began: float = field(default_factory=lambda: time.time() - 30)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    def forget(self) -> None:
        """Say again what is said at first, allow a new viewing, and forget what was heard."""
        self.me = somebody()
        self.says.clear()
        self.ended = None
        self.left_s = 900
        self.heard.clear()
        self.news.clear()

    def end(self, reason: str) -> None:
        """End the viewing that runs: everything of it is not found from now on."""
        self.ended = reason
        self.news.set()

    def asked(self, path: str) -> int:
        """Return how often something was fetched or posted."""
        return self.fetched.get(path, 0)

    async def hears(self, ending: str, **said: Json) -> None:
        """Wait until something with these words was posted whose path ends so: no page waits for that."""
        async with asyncio.timeout(60):
            while not any(
                path.endswith(ending) and said.items() <= (body or {}).items() for path, body in self.heard
            ):
                await asyncio.sleep(0.02)

    # -- what a phone asks for ---------------------------------------------------------------------

    def answer(self, method: str, path: str, body: Json) -> tuple[int, Json]:
        """Return status and JSON for what is no picture."""
        if found := self.says.get(f"{method} {path}"):
            return found
        match method, path.strip("/").split("/"):
            case "GET", ["me"]:
                return 200, self.me
            case "GET", ["me", "views"]:
                rooms = self.me["rooms"] or [room()]
                return 200, [
                    {"room": rooms[0]["id"], "from_us": us(-3 - 20 * n), "until_us": us(-2.8 - 20 * n)}
                    for n in range(3)
                ]
            case "GET", ["me", "devices"]:
                return 200, [
                    {
                        "id": "d1",
                        "label": "Android · Chrome",
                        "made_us": us(-500),
                        "seen_us": us(0),
                        "this": True,
                    },
                    {
                        "id": "d2",
                        "label": "iPhone · Safari",
                        "made_us": us(-900),
                        "seen_us": us(-50),
                        "this": False,
                    },
                ]
            case "GET", ["requests"]:
                return 200, [
                    {"number": 17, "room": self.me["rooms"][0]["id"], "from_us": us(-30), "to_us": us(-29), "state": "open", "made_us": us(-20)},
                    {"number": 12, "room": self.me["rooms"][0]["id"], "from_us": us(-230), "to_us": us(-229), "state": "granted", "made_us": us(-220)},
                ]  # fmt: skip
            case "POST", ["me", "rules"]:
                self.me["rules"]["accepted"] = True
                return 200, {}
            case "POST", ["me", "consents"]:
                for form in self.me["consents"]:
                    if (form["child_id"], form["purpose"]) == (body["child_id"], body["purpose"]):
                        form["state"] = body["state"]
                return 200, {}
            case "POST", ["me", "logout"] | ["me", "devices", _, "revoke"] | ["v", _, "end"]:
                return 200, {}
            case "POST", ["invite" | "handoff", "redeem"]:
                return 200, {"state": "ok"}
            case "POST", ["handoff"]:
                return 200, {"code": "K7F2-9QXM", "until_us": us(1 / 6)}
            case "POST", ["pair"]:
                return 200, {"id": "p1", "key": "k1", "code": "4831", "until_us": us(0.5)}
            case "POST", ["pair", "poll"]:
                return 200, {"state": "waiting"}
            case "POST", ["requests"]:
                return 201, {"number": 18}
            case "POST", ["viewings"]:
                self.ended = None
                self.news.clear()
                return 201, {
                    "id": f"view{len(self.heard)}",
                    "mode": self.mode,
                    "watermark": list(self.watermark),
                    "beat_s": 15,
                    "still_watching_s": self.left_s,
                }
            case "POST", ["v", _, "beat"]:
                if self.ended:
                    return 410, {"code": self.ended}
                return 200, {"left_s": self.left_s, "mode": self.mode}
        return 404, None

    # -- pictures ----------------------------------------------------------------------------------

    async def playlist(self) -> str:
        """Return the playlist of the viewing once there is a newer second than the last told."""
        second = time.time() - self.began
        try:
            async with asyncio.timeout(1 - second % 1):
                await self.news.wait()
        except TimeoutError:
            pass
        newest = int(time.time() - self.began)
        first = newest - SEGMENTS_TOLD
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            "#EXT-X-TARGETDURATION:1",
            f"#EXT-X-MEDIA-SEQUENCE:{first}",
            '#EXT-X-MAP:URI="i/0"',
        ]
        for number in range(first, newest):
            shown = datetime.fromtimestamp(self.began + number, UTC).isoformat(timespec="milliseconds")
            lines += [
                f"#EXT-X-PROGRAM-DATE-TIME:{shown.replace('+00:00', 'Z')}",
                "#EXTINF:1.000,",
                f"s/{number}",
            ]
        return "\n".join([*lines, ""])

    async def picture(self, parts: list[str]) -> web.Response:
        """Return something of a viewing."""
        await asyncio.sleep(self.slow_s)
        match parts:
            case [_, "live"]:
                text = await self.playlist()
                kind, data = "application/vnd.apple.mpegurl", text.encode()
            case [_, "i", _]:
                kind, data = "video/mp4", media.film().init
            case [_, "s", number]:
                kind, data = "video/mp4", media.film().fragment(int(number))
            case [_, "still"]:
                second = int(time.time() - self.began) % media.LOOP_S
                kind, data = "image/jpeg", media.still(second, ("Aigul S.", "K7F2"))
            case _:
                return web.Response(status=404)
        if self.ended:
            return web.Response(status=404)
        return web.Response(body=data, content_type=kind)


async def _handle(request: web.Request) -> web.Response:
    kindergarten = request.app[KINDERGARTEN]
    path = request.path.removeprefix(PREFIX)
    kindergarten.fetched[path] = kindergarten.fetched.get(path, 0) + 1
    headers = dict(HEADERS) | {"Cache-Control": "no-store, private"}
    if path in {"", "/"}:
        return web.Response(
            body=shell(kindergarten.name), content_type="text/html", charset="utf-8", headers=headers
        )
    if path.startswith("/a/"):
        found = asset(path.removeprefix("/a/"))
        if found is None:
            return web.Response(status=404)
        headers |= {**ASSET_HEADERS, "Content-Type": found.content_type, "Content-Encoding": "gzip"}
        return web.Response(body=found.packed, headers=headers)
    if override := kindergarten.says.get(f"{request.method} {path}"):
        pass
    elif path.startswith("/v/") and request.method == "GET":
        response = await kindergarten.picture(path.removeprefix("/v/").split("/"))
        response.headers.update(headers)
        return response
    body = json.loads(await request.text() or "null")
    kindergarten.heard.append((f"{request.method} {path}", body))
    status, told = override or kindergarten.answer(request.method, path, body)
    if told is None:
        return web.Response(status=status, text="404: Not Found", headers=headers)
    return web.json_response(deepcopy(told), status=status, headers=headers)


KINDERGARTEN = web.AppKey("kindergarten", Kindergarten)


@asynccontextmanager
async def open_portal() -> AsyncIterator[Kindergarten]:
    """Serve a portal on a port of its own."""
    media.film()
    kindergarten = Kindergarten()
    app = web.Application()
    app[KINDERGARTEN] = kindergarten
    app.router.add_route("*", "/{tail:.*}", _handle)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    kindergarten.url = f"http://localhost:{port}{PREFIX}/"
    try:
        yield kindergarten
    finally:
        kindergarten.news.set()
        await runner.cleanup()
