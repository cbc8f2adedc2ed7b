"""Phones that watch, as hls.js does: `python -m benchmarks.portal_viewers` with its orders on standard input.

The last line of its output is one JSON object.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
import json
import re
import sys
import time
from typing import Any

import aiohttp

PLAYLIST_S = 15.0
BEAT_S = 10.0
_SEGMENT = re.compile(
    r"(?P<broken>#EXT-X-DISCONTINUITY\n)?(?:#EXT-X-MAP:URI=\"(?P<init>[^\"]+)\"\n)?"
    r"(?:#EXT-X-PROGRAM-DATE-TIME:(?P<date>\S+)\n)?#EXTINF:(?P<length>[\d.]+),\n(?P<uri>\S+)"
)


@dataclass
class Figures:
    """What all phones saw together."""

    served: int = 0
    refused: int = 0
    stills: int = 0
    first_s: list[float] = field(default_factory=list)
    behind_s: list[float] = field(default_factory=list)
    stalls: int = 0
    skipped: int = 0
    playlists: int = 0
    segments: int = 0
    bytes: int = 0
    answers: Counter[str] = field(default_factory=Counter)


@dataclass
class Player:
    """Plays at the speed of time from the first segment on; waits when the next one is late."""

    figures: Figures
    began_s: float = 0.0
    played_s: float = 0.0
    edge_s: float = 0.0

    def take(self, utc_s: float, length_s: float) -> None:
        """Have another segment, whose first picture is of `utc_s`."""
        now_s = time.time()
        if not self.began_s:
            self.began_s, self.edge_s = now_s, 0.0
            self.played_s = utc_s
        elif now_s - self.began_s > self.edge_s:
            self.figures.stalls += 1
            self.began_s = now_s - self.edge_s
        self.edge_s += length_s
        self.figures.behind_s.append(now_s - (self.played_s + (now_s - self.began_s)))


class Phone:
    """One guardian's phone."""

    def __init__(self, portal: str, cookie: str, figures: Figures) -> None:
        """Watch at a portal with a cookie."""
        self._portal = portal
        self._cookie = cookie
        self._figures = figures
        self._token = ""
        self._session: aiohttp.ClientSession

    async def watch(self, until_s: float) -> None:
        """Watch the first open room until a moment of the monotonic clock."""
        origin = "/".join(self._portal.split("/")[:3])
        headers = {"Cookie": self._cookie, "Origin": origin}
        async with aiohttp.ClientSession(
            headers=headers, cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=4)
        ) as self._session:
            me = json.loads(await self._get("/me"))
            self._token = me["token"]
            room = next(each for each in me["rooms"] if each["open"])
            began_s = time.monotonic()
            status, viewing = await self._post("/viewings", {"room": room["id"]})
            if status != 201:
                self._figures.refused += 1
                self._figures.answers[str(viewing.get("code", status))] += 1
                return
            self._figures.served += 1
            beats = asyncio.create_task(self._beat(viewing["id"]))
            try:
                if viewing["mode"] == "video":
                    await self._play(f"/v/{viewing['id']}", began_s, until_s)
                else:
                    await self._look(f"/v/{viewing['id']}", until_s)
            finally:
                beats.cancel()
            await self._post(f"/v/{viewing['id']}/end", {})

    async def _play(self, below: str, began_s: float, until_s: float) -> None:
        player, known, edge_s, init = Player(self._figures), "", 0.0, ""
        while time.monotonic() < until_s:
            asked_s = time.monotonic()
            text = (await self._get(f"{below}/live")).decode()
            self._figures.playlists += 1
            found = list(_SEGMENT.finditer(text))
            uris = [each["uri"] for each in found]
            if known and known not in uris:
                self._figures.skipped += 1
            fresh = found[uris.index(known) + 1 :] if known in uris else found
            for each in found:
                if each["init"] and each["init"] != init:
                    init = each["init"]
                    await self._get(f"{below}/{init}")
            for each in fresh:
                if each["date"]:
                    edge_s = datetime.fromisoformat(each["date"]).timestamp()
                data = await self._get(f"{below}/{each['uri']}")
                self._figures.segments += 1
                self._figures.bytes += len(data)
                if not known:
                    self._figures.first_s.append(time.monotonic() - began_s)
                known = each["uri"]
                player.take(edge_s, float(each["length"]))
                edge_s += float(each["length"])
            # hls.js asks again a segment's length after it last asked, or half of that when nothing was new.
            length_s = float(found[-1]["length"]) * (1 if fresh else 0.5)
            await asyncio.sleep(max(0.0, asked_s + length_s - time.monotonic()))

    async def _look(self, below: str, until_s: float) -> None:
        self._figures.stills += 1
        while time.monotonic() < until_s:
            self._figures.bytes += len(await self._get(f"{below}/still"))
            await asyncio.sleep(3)

    async def _beat(self, viewing: str) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            await self._post(f"/v/{viewing}/beat", {"visible": True, "active": True})

    async def _get(self, path: str) -> bytes:
        async with self._session.get(f"{self._portal}{path}", timeout=_timeout()) as response:
            if response.status != 200:
                raise ConnectionError(f"{path.rpartition('/')[2][:8]}: {response.status}")
            return await response.read()

    async def _post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        headers = {"X-Kindergarten-Token": self._token, "Content-Type": "application/json"}
        async with self._session.post(
            f"{self._portal}{path}", data=json.dumps(body), headers=headers, timeout=_timeout()
        ) as response:
            answer = await response.json() if "json" in response.content_type else {}
            return response.status, answer


def _timeout() -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=PLAYLIST_S)


def percentile(values: list[float], part: float) -> float | None:
    """Return the value that this part of the values does not exceed."""
    return round(sorted(values)[min(len(values) - 1, int(len(values) * part))], 3) if values else None


async def watch(orders: dict[str, Any]) -> dict[str, Any]:
    """Let all phones watch; they come one after the other within `ramp_s`."""
    figures = Figures()
    until_s = time.monotonic() + orders["seconds"]

    async def phone(number: int, cookie: str) -> None:
        await asyncio.sleep(orders["ramp_s"] * number / len(orders["cookies"]))
        try:
            await Phone(orders["portal"], cookie, figures).watch(until_s)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            figures.answers[f"broke off: {type(error).__name__} {error}"] += 1

    await asyncio.gather(*(phone(number, cookie) for number, cookie in enumerate(orders["cookies"])))
    print("first pictures", [round(each, 2) for each in figures.first_s], file=sys.stderr)
    return {
        "viewers_served": figures.served,
        "viewers_refused": figures.refused,
        "viewers_on_stills": figures.stills,
        "first_picture_p50_s": percentile(figures.first_s, 0.5),
        "first_picture_p95_s": percentile(figures.first_s, 0.95),
        "behind_live_p50_s": percentile(figures.behind_s, 0.5),
        "behind_live_p95_s": percentile(figures.behind_s, 0.95),
        "stalls": figures.stalls,
        "playlists_skipped": figures.skipped,
        "playlists_per_s": round(figures.playlists / orders["seconds"], 1),
        "segments_per_s": round(figures.segments / orders["seconds"], 1),
        "mbit_per_s": round(figures.bytes * 8 / orders["seconds"] / 1e6, 1),
        "other_answers": dict(figures.answers),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(watch(json.load(sys.stdin)))))
