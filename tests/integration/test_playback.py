"""Playback sessions: who has the token sees one stretch, as long as whoever asked may look."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.auth.models import RefreshToken
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.kindergarten.api.playback import (
    IDLE_S,
    MAX_SESSIONS,
    PlaybackSession,
    PlaybackSessions,
)

from .fake_archive import PLAYROOM, FakeArchive, FakeMedia

SHA = "0" * 64
SEGMENT = "media/17/0-11.m4s"
PLAYLIST = b"#EXTM3U\n"


@pytest.fixture
async def login(hass: HomeAssistant) -> RefreshToken:
    """Return an administrator's login."""
    user = MockUser(groups=[await _group(hass, GROUP_ID_ADMIN)]).add_to_hass(hass)
    return await hass.auth.async_create_refresh_token(user, "https://example.com/")


async def _group(hass: HomeAssistant, group_id: str) -> Any:
    return await hass.auth.async_get_group(group_id)


@pytest.fixture
def session(kindergarten: MockConfigEntry, archive: FakeArchive, login: RefreshToken) -> PlaybackSession:
    """Return an administrator's session, and files to play."""
    archive.files = {
        "play.m3u8": FakeMedia(PLAYLIST),
        f"init/{SHA}.mp4": FakeMedia(b"init"),
        SEGMENT: FakeMedia(b"fragments", headers={"Content-Length": "9"}),
    }
    opened: PlaybackSession = kindergarten.runtime_data.playback.open(
        user_id=login.user.id,
        refresh_token_id=login.id,
        camera=PLAYROOM,
        stream="main",
        start_us=1_000,
        end_us=2_000,
    )
    return opened


@pytest.fixture
async def browser(hass_client_no_auth: Callable[[], Any], session: PlaybackSession) -> TestClient[Any, Any]:
    """Return a browser without any login of Home Assistant."""
    client: TestClient[Any, Any] = await hass_client_no_auth()
    return client


def beside(session: PlaybackSession, tail: str) -> str:
    return session.path.replace("play.m3u8", tail)


async def test_session_plays_its_stretch_without_another_login(
    browser: TestClient[Any, Any], session: PlaybackSession, archive: FakeArchive
) -> None:
    playlist = await browser.get(session.path + "?authSig=whatever&from=0&to=99999")
    segment = await browser.get(beside(session, SEGMENT))
    init = await browser.get(beside(session, f"init/{SHA}.mp4"))

    assert (playlist.status, await playlist.read(), playlist.content_type) == (
        HTTPStatus.OK,
        PLAYLIST,
        "application/vnd.apple.mpegurl",
    )
    assert (await segment.read(), await init.read(), segment.content_type) == (
        b"fragments",
        b"init",
        "video/mp4",
    )
    assert {params["from"] + "-" + params["to"] for _, _, _, params in archive.opened} == {"1000-2000"}
    assert {(uid, stream) for uid, stream, _, _ in archive.opened} == {(PLAYROOM, "main")}


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "PROPFIND"])
async def test_other_methods_say_what_an_unknown_address_says(
    browser: TestClient[Any, Any], session: PlaybackSession, archive: FakeArchive, method: str
) -> None:
    # What Home Assistant's own CORS lets in elsewhere, when it is asked in this way.
    foreign = {"Origin": "https://cast.home-assistant.io", "Access-Control-Request-Method": "GET"}
    paths = (
        session.path,
        "/api/kindergarten/evidence/packs/p1/report.pdf",
        "/api/nothing/of/the/kind/at/all",
    )
    answers = [await browser.request(method, path, headers=foreign) for path in paths]

    assert [answer.status for answer in answers] == [HTTPStatus.NOT_FOUND] * 3
    assert len({await answer.read() for answer in answers}) == 1
    assert len({tuple(answer.headers) for answer in answers}) == 1
    assert archive.opened == []


@pytest.mark.parametrize("tail", ["play.m3u8", SEGMENT, f"init/{SHA}.mp4"])
async def test_answers_are_kept_by_nobody(
    browser: TestClient[Any, Any], session: PlaybackSession, tail: str
) -> None:
    headers = (await browser.get(beside(session, tail))).headers

    assert headers["Cache-Control"] == "no-store, private"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "tail",
    [
        "live.m3u8",
        "still.jpg",
        "media/17/0-11.mp4",
        "media/x/0-11.m4s",
        "media/17/0-11.m4s/x",
        "init/0.mp4",
        "%2e%2e/%2e%2e/status",
        "play.m3u8%3Ffrom=0",
        "play.m3u8%0a",
    ],
)
async def test_nothing_else_of_the_engine_can_be_reached(
    browser: TestClient[Any, Any], session: PlaybackSession, archive: FakeArchive, tail: str
) -> None:
    answer = await browser.get(beside(session, tail))

    assert answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)
    assert archive.opened == []


async def test_unknown_token_is_the_plain_404_of_home_assistant(
    browser: TestClient[Any, Any], session: PlaybackSession
) -> None:
    unknown = await browser.get("/api/kindergarten/playback/" + "x" * 43 + "/play.m3u8")
    nowhere = await browser.get("/api/nowhere")

    assert unknown.status == nowhere.status == HTTPStatus.NOT_FOUND
    assert await unknown.read() == await nowhere.read()
    different = {"Date"}
    assert {name: value for name, value in unknown.headers.items() if name not in different} == {
        name: value for name, value in nowhere.headers.items() if name not in different
    }


async def test_administrator_no_longer_loses_playback(
    hass: HomeAssistant, browser: TestClient[Any, Any], session: PlaybackSession, login: RefreshToken
) -> None:
    await hass.auth.async_update_user(login.user, group_ids=[GROUP_ID_USER])

    assert (await browser.get(session.path)).status == HTTPStatus.NOT_FOUND


async def test_deactivated_user_loses_playback(
    hass: HomeAssistant, browser: TestClient[Any, Any], session: PlaybackSession, login: RefreshToken
) -> None:
    await hass.auth.async_deactivate_user(login.user)

    assert (await browser.get(session.path)).status == HTTPStatus.NOT_FOUND


async def test_removed_user_loses_playback(
    hass: HomeAssistant, browser: TestClient[Any, Any], session: PlaybackSession, login: RefreshToken
) -> None:
    await hass.auth.async_remove_user(login.user)

    assert (await browser.get(session.path)).status == HTTPStatus.NOT_FOUND


async def test_unloaded_kindergarten_plays_nothing(
    hass: HomeAssistant,
    browser: TestClient[Any, Any],
    session: PlaybackSession,
    kindergarten: MockConfigEntry,
) -> None:
    await hass.config_entries.async_unload(kindergarten.entry_id)
    assert (await browser.get(session.path)).status == HTTPStatus.NOT_FOUND

    await hass.config_entries.async_setup(kindergarten.entry_id)
    assert (await browser.get(session.path)).status == HTTPStatus.NOT_FOUND


async def test_silent_recorder_is_told_apart_from_a_wrong_token(
    browser: TestClient[Any, Any], session: PlaybackSession, archive: FakeArchive
) -> None:
    archive.reachable = False
    answer = await browser.get(session.path)

    assert (answer.status, answer.headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")


async def test_footage_that_is_gone_is_not_found(
    browser: TestClient[Any, Any], session: PlaybackSession
) -> None:
    assert (await browser.get(beside(session, "media/18/0-1.m4s"))).status == HTTPStatus.NOT_FOUND


class Clock:
    """A clock that the test moves."""

    now_s = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


def opened(sessions: PlaybackSessions) -> PlaybackSession:
    return sessions.open(
        user_id="user", refresh_token_id="login", camera=PLAYROOM, stream="main", start_us=0, end_us=1
    )


def test_session_ends_when_nobody_uses_it() -> None:
    clock = Clock()
    sessions = PlaybackSessions(clock)
    session = opened(sessions)
    clock.now_s += IDLE_S - 1
    assert sessions.find(session.token) is session

    clock.now_s += IDLE_S
    assert sessions.find(session.token) is None


def test_longest_unused_session_makes_room() -> None:
    sessions = PlaybackSessions(Clock())
    first, second, *_ = [opened(sessions) for _ in range(MAX_SESSIONS)]
    assert sessions.find(first.token) is first
    opened(sessions)

    assert sessions.find(first.token) is first
    assert sessions.find(second.token) is None


async def test_each_session_is_noted_once_before_it_plays(
    browser: TestClient[Any, Any], session: PlaybackSession, archive: FakeArchive, login: RefreshToken
) -> None:
    for _ in range(2):
        await browser.get(session.path)
        await browser.get(beside(session, SEGMENT))

    ((kind, details),) = archive.records.values()
    assert (kind, details["camera"], details["t0"], details["t1"]) == ("view", PLAYROOM, 1_000, 2_000)
    assert details["purpose"] == "playback"
    assert login.user.id not in str(details)
    assert session.token not in str(archive.records)


async def test_archive_that_cannot_note_a_view_still_plays(
    browser: TestClient[Any, Any], session: PlaybackSession, archive: FakeArchive
) -> None:
    archive.refuse = "read_only"

    assert (await browser.get(session.path)).status == HTTPStatus.OK
