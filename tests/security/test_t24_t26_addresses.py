"""T24, T26: no address climbs out of the portal, and none of a recorder's shines through it."""

import pytest

from tests.portal.raw import exchange
from tests.portal.site import PREFIX, Family, Site

CLIMBING = (
    "/a/../../../auth/providers",
    "/a/..%2f..%2f.storage%2fauth",
    "/a/%2e%2e/%2e%2e/secrets.yaml",
    "/a/....//....//x.js",
    "/a/..\\..\\secrets.yaml",
    "/a/%5c%5c.%5csecrets.yaml",
    "/a//etc/passwd",
    "/a/app.0000000000000000.js%00.png",
    "/a/%00",
    "/a/CON",
    "/a/C:%5cWindows%5cwin.ini",
    "/a/pages.py",
    "/a/..",
    "/v/../me",
    "/v/%2e%2e/me",
    "/v/..%2fme/live",
    "/./me",
    "/%2fme",
    "/me%00",
    "/me%20",
    "/me#x",
    "/ME",
)
RECORDERS = (
    "/api/events",
    "/api/config",
    "/api/version",
    "/api/stats",
    "/api/playroom/latest.jpg",
    "/api/playroom/recordings",
    "/api/events/1/clip.mp4",
    "/api/vod/playroom/start/1/end/2",
    "/vod/playroom/start/1/end/2/index.m3u8",
    "/clips/playroom.mp4",
    "/recordings/2026-11/22/10/playroom/00.00.mp4",
    "/exports/x.mp4",
    "/ws",
    "/live/webrtc/api/ws",
    "/live/mse/api/ws",
    "/live/jsmpeg/playroom",
    "/api/go2rtc/streams",
    "/api/go2rtc/api/streams",
    "/api/streams",
    "/api/stream.mp4?src=playroom",
    "/api/frame.jpeg?src=playroom",
    "/api/webrtc",
    "/api/exit",
    "/api/restart",
    "/go2rtc/",
    "/rtc",
    "/v1/status",
    "/v1/config",
    "/cameras/x/sub/live.m3u8",
    "/media/1/0-1.m4s",
    "/play.m3u8",
    "/live.m3u8",
    "/api/websocket",
    "/auth/token",
)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_climbing_address_is_there(site: Site, family: Family, method: str) -> None:
    phone = await family.phone()
    headers = {"Cookie": f"__Secure-kindergarten={phone.cookies['__Secure-kindergarten']}"}
    headers |= {"Origin": site.origin, "Content-Type": "application/json"}
    port = site.client.port
    assert port is not None
    for path in CLIMBING:
        answer = await exchange(port, method, PREFIX + path, headers)
        # 400 is Home Assistant's own filter, which looks before anybody else.
        assert answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 ")), (path, answer[:200])
        assert b"__Secure" not in answer


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_address_of_a_recorder_is_there(site: Site, family: Family, method: str) -> None:
    phone = await family.phone()
    for path in RECORDERS:
        answer = await phone.ask(method, path)
        assert (answer.status, answer.body) == (404, b"404: Not Found"), path
