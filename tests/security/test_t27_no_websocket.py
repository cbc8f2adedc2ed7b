"""T27: a websocket would have to be weighed at every message; the portal has none, whoever asks.

The owner's panel speaks over Home Assistant's own: T16 has what becomes of it when somebody goes.
"""

from custom_components.kindergarten.portal.gate import ROUTES
from tests.integration.fake_live import FakeCamera
from tests.portal.raw import exchange
from tests.portal.site import PREFIX, Family, Site

from .watching import watch

UPGRADE = {
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
ELSEWHERE = ("/ws", "/websocket", "/api/websocket", "/live", "/v/x/ws", "")


async def test_no_address_becomes_a_websocket(site: Site, family: Family, camera: FakeCamera) -> None:
    watching = await watch(family)
    ((name, value),) = watching.phone.cookies.items()
    headers = {**UPGRADE, "Cookie": f"{name}={value}", "Origin": site.origin}
    patterns = [route.pattern.replace("{vid}", watching.id).replace("{n}", "1") for route in ROUTES]
    port = site.client.port
    assert port is not None
    for path in (*patterns, *ELSEWHERE):
        answer = await exchange(port, "GET", PREFIX + path, headers)
        assert not answer.startswith(b"HTTP/1.1 101 "), path
        assert b"sec-websocket" not in answer.lower(), path


async def test_a_stranger_who_asks_for_one_is_told_what_an_unknown_address_says(site: Site) -> None:
    port = site.client.port
    assert port is not None
    unknown = await exchange(port, "GET", "/api/nothing/here", UPGRADE)
    for path in ELSEWHERE:
        assert await exchange(port, "GET", PREFIX + path, UPGRADE) == unknown, path
