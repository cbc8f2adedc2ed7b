"""T12: a proxy that keeps answers stands before the portal; no phone gets another's, and nothing private is kept.

The proxy is nginx, which keeps whatever it is not forbidden to keep.
"""

import asyncio
from collections.abc import AsyncIterator
import os
from pathlib import Path
import re
import shutil
from typing import Any

import aiohttp
import pytest

from tests.integration.fake_live import FakeCamera
from tests.portal.site import PREFIX, Browser, Family, Site, host_of

from .watching import Watching, watch

ROOT = Path(__file__).parents[2]
NGINX = shutil.which("nginx") or str(ROOT / ".cache/nginx/usr/sbin/nginx")
WITHIN_S = 60
CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/temp;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/kept keys_zone=kept:1m inactive=1h use_temp_path=off;
  server {{
    listen unix:{folder}/socket;
    location / {{
      proxy_pass http://{host};
      proxy_http_version 1.1;
      proxy_set_header Host {host};
      proxy_cache kept;
      # What an answer does not say itself is kept for an hour.
      proxy_cache_valid 200 201 301 302 410 1h;
      proxy_cache_methods GET HEAD POST;
      proxy_cache_key $scheme$host$request_uri;
      add_header X-Kept $upstream_cache_status always;
    }}
  }}
}}
"""

pytestmark = pytest.mark.skipif(
    not os.access(NGINX, os.X_OK), reason="nginx is not there: script/setup --browser"
)


class Proxy:
    """Stands in for the test's client, so that a phone reaches the portal through the proxy."""

    def __init__(self, session: aiohttp.ClientSession, folder: Path) -> None:
        self.session = session
        self.folder = folder
        self.said: list[tuple[str, str, str]] = []

    async def request(self, method: str, path: str, **details: Any) -> aiohttp.ClientResponse:
        """Ask through the proxy, and note what it says of its store."""
        response = await self.session.request(method, f"http://proxy{path}", **details)
        self.said.append((method, path.removeprefix(PREFIX), response.headers.get("X-Kept", "")))
        return response

    def kept(self) -> dict[str, bytes]:
        """Return all that is stored, by the path it is an answer of."""
        files = [path for path in (self.folder / "kept").rglob("*") if path.is_file()]
        stored = [path.read_bytes() for path in files]
        keys = [re.search(rb"KEY: \w*?proxy(\S*)", each) for each in stored]
        assert all(keys)
        return {key[1].decode(): each for key, each in zip(keys, stored, strict=True) if key}


async def _listens(path: Path) -> bool:
    """Return whether somebody listens at a socket, which is there a moment before."""
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    return True


@pytest.fixture
async def proxy(site: Site, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Proxy]:
    """Return an nginx before the portal."""
    folder = tmp_path_factory.mktemp("nginx")
    text = CONFIGURATION.format(folder=folder, host=host_of(site.origin))
    (folder / "nginx.conf").write_text(text)
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    running = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    session = aiohttp.ClientSession(
        connector=aiohttp.UnixConnector(str(folder / "socket")), cookie_jar=aiohttp.DummyCookieJar()
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            while not await _listens(folder / "socket"):
                assert running.returncode is None, (folder / "error.log").read_text()
                await asyncio.sleep(0.05)
        yield Proxy(session, folder)
    finally:
        await session.close()
        running.terminate()
        await running.wait()


@pytest.fixture
def outside(site: Site, proxy: Proxy) -> Site:
    """Return the kindergarten as phones see it that come through the proxy."""
    outside = Site(site.hass, site.entry, site.client)
    outside.client = proxy  # type: ignore[assignment]
    return outside


async def through(outside: Site, family: Family) -> Watching:
    """Return a family's phone that watches through the proxy."""
    return await watch(Family(outside, family.guardian, family.child, family.group, family.room))


async def test_the_proxy_keeps_what_it_may(outside: Site, proxy: Proxy) -> None:
    """Without this the other tests would say nothing."""
    page = (await outside.browser().get("/")).body.decode()
    (asset, *_) = re.findall(rf'"{PREFIX}(/a/[^"]+\.js)"', page)
    bodies = {(await outside.browser().get(asset)).body for _ in range(3)}
    assert len(bodies) == 1
    assert [kept for _, path, kept in proxy.said if path == asset] == ["MISS", "HIT", "HIT"]


async def test_two_phones_never_get_each_others_answers(
    site: Site, family: Family, outside: Site, proxy: Proxy, camera: FakeCamera
) -> None:
    other = await site.family("Bolat Testov", "Dana", "Playroom")
    one, two = await through(outside, family), await through(outside, other)
    for path in ("/me", "/me/devices", "/me/views", "/requests"):
        for _ in range(2):
            answers = [(await each.phone.get(path)).body for each in (one, two)]
            assert answers[0] != answers[1] or answers == [b"[]", b"[]"], path
    assert [(await each.phone.get("/me")).json["name"] for each in (one, two)] == ["Aigerim C.", "Bolat T."]
    for each in (one, two):
        await each.beat()
        for path in (f"{each.below}/live", await each.init(), await each.segment(), f"{each.below}/still"):
            assert (await each.phone.get(path)).status == 200, path
            for stranger in (two.phone if each is one else one.phone, outside.browser()):
                answer = await stranger.get(path)
                assert (answer.status, answer.body) == (404, b"404: Not Found"), path
    assert {kept for _, path, kept in proxy.said if not path.startswith("/a/")} <= {"MISS", "BYPASS", ""}


async def test_nothing_private_is_ever_stored(
    site: Site, family: Family, outside: Site, proxy: Proxy, camera: FakeCamera
) -> None:
    watching = await through(outside, family)
    phone: Browser = watching.phone
    segment = await phone.get(await watching.segment())
    for path in ("/", "/me", "/me/devices", "/me/views", "/requests", f"{watching.below}/still"):
        assert (await phone.get(path)).status == 200, path
    await phone.post("/handoff")
    await phone.get("/me", Range="bytes=0-10")
    await phone.post("/me/logout")
    assert (await phone.get("/me")).status == 404
    page = (await outside.browser().get("/")).body.decode()
    for asset in re.findall(rf'"{PREFIX}(/a/[^"]+)"', page):
        await outside.browser().get(asset)
    kept = proxy.kept()
    assert kept
    assert all(path.startswith(f"{PREFIX}/a/") for path in kept)
    stored = b"".join(kept.values())
    secrets = [*phone.cookies.values(), phone.token or "?", "Canarova", "Aigerim", "Arman"]
    assert not [each for each in secrets if each.encode() in stored]
    assert segment.body not in stored


async def test_a_phone_that_comes_in_is_not_shown_what_a_stranger_was(
    family: Family, outside: Site, camera: FakeCamera
) -> None:
    assert (await outside.browser().get("/me")).status == 404
    assert (await (await through(outside, family)).phone.get("/me")).status == 200
