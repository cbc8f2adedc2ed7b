"""T25: a name, a form or an answer makes the house fetch from somewhere else than it was told.

What a camera answers, redirections too, is in `tests/engine/reader`; here is where the house's own addresses come from.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
import pytest

from custom_components.kindergarten.archive.builtin import SOCKET_PATH, BuiltinArchive
from custom_components.kindergarten.archive.protocol import ArchiveRefused, ArchiveUnavailable
from custom_components.kindergarten.desired import rtsp_source
from custom_components.kindergarten.flows.address import read_address
from custom_components.kindergarten.flows.names import FieldError
from tests.integration.fake_archive import PLAYROOM, FakeArchive, camera
from tests.integration.fake_live import FakeCamera
from tests.portal.site import Family, Site

from .watching import begin, watch

ODD = (
    "@evil.example",
    "@evil.example/stream",
    ".evil.example/x",
    ":99@evil.example/",
    "//evil.example/x",
    "/../..//evil.example",
    "\\@evil.example",
    "?@evil.example",
    "#@evil.example/",
    "%40evil.example",
    "/a b\r\nHost: evil.example",
    "rtsp://evil.example/",
    "",
)


@pytest.mark.parametrize("word", ODD)
def test_no_path_that_is_typed_changes_the_host_of_a_camera(word: str) -> None:
    typed = {"scheme": "rtsp", "host": "192.168.77.10", "port": 554, "path": word, "sub_path": f"{word}2"}
    try:
        source = rtsp_source(read_address(typed))
    except FieldError:
        return
    for url in (source.main_url, source.sub_url or source.main_url):
        parts = urlsplit(url)
        assert (parts.hostname, parts.port, parts.username) == ("192.168.77.10", 554, None), url
        assert not set("\r\n ") & set(url)


@pytest.mark.parametrize("word", ODD)
def test_no_login_or_name_of_a_camera_stands_in_its_address(word: str) -> None:
    source = rtsp_source(camera(title=word, username=word, password=word)["data"])
    assert source.main_url == "rtsp://192.168.77.10:554/stream1?pw=path-canary"
    assert (source.user, source.secret) == (word, word)


async def test_no_word_of_a_phone_chooses_a_camera(
    site: Site, family: Family, camera: FakeCamera, archive: FakeArchive
) -> None:
    """A phone names rooms and viewings by ids of its own; which camera that is the house alone knows."""
    watching = await watch(family)
    for word in (*ODD, PLAYROOM, "b" * 32, f"../{PLAYROOM}", site.room("Blue room")):
        assert (await watching.phone.post("/viewings", {"room": word})).status in {400, 404}
        assert (await watching.phone.post("/viewings", {"room": word, "camera": word})).status in {400, 404}
    again = await begin(watching.phone)
    assert again.status == 201
    assert {uid for uid, _, _ in archive.pictures} <= {PLAYROOM}
    assert {uid for uids in archive.warmed for uid in uids} <= {PLAYROOM}


@pytest.fixture
async def redirecting(tmp_path: Path) -> AsyncIterator[tuple[BuiltinArchive, list[str]]]:
    """Return a client of an engine that sends everybody elsewhere, and who came there."""
    came: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        came.append(request.path)
        return web.json_response({})

    there = web.Application()
    there.router.add_route("*", "/{tail:.*}", elsewhere)
    runners = [web.AppRunner(there)]
    await runners[0].setup()
    await web.TCPSite(runners[0], "127.0.0.1", 0).start()
    port = runners[0].addresses[0][1]

    async def away(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": f"http://127.0.0.1:{port}/v1/status"})

    engine = web.Application()
    engine.router.add_route("*", "/{tail:.*}", away)
    runners.append(web.AppRunner(engine))
    await runners[1].setup()
    await web.UnixSite(runners[1], str(tmp_path / "s")).start()
    (tmp_path / SOCKET_PATH).write_text(str(tmp_path / "s"))
    archive = BuiltinArchive(tmp_path)
    yield archive, came
    await archive.close()
    for runner in runners:
        await runner.cleanup()


async def test_nobody_follows_an_answer_that_leads_elsewhere(
    redirecting: tuple[BuiltinArchive, list[str]],
) -> None:
    archive, came = redirecting
    for ask in (archive.status, archive.cameras, archive.people_generation):
        with pytest.raises((ArchiveUnavailable, ArchiveRefused)):
            await ask()
    assert came == []
