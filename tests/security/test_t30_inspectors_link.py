"""T30: the link under which an inspector was shown a moment is used again, elsewhere or later.

There is no inspector's account: an administrator plays the moment, and what plays is bound to that login.
"""

from http import HTTPStatus
import re
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.auth.models import RefreshToken
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.kindergarten.api.playback import LIFETIME_S, PlaybackSession, PlaybackSessions
from tests.integration.fake_archive import BEDROOM, PLAYROOM, FakeArchive, FakeMedia

SEGMENT = "media/17/0-11.m4s"


@pytest.fixture
async def login(hass: HomeAssistant) -> RefreshToken:
    """Return the login of the administrator who shows the moment."""
    admins = await hass.auth.async_get_group(GROUP_ID_ADMIN)
    assert admins is not None
    user = MockUser(groups=[admins]).add_to_hass(hass)
    return await hass.auth.async_create_refresh_token(user, "https://example.com/")


@pytest.fixture
def session(kindergarten: MockConfigEntry, archive: FakeArchive, login: RefreshToken) -> PlaybackSession:
    """Return what plays one stretch of one camera."""
    archive.files = {"play.m3u8": FakeMedia(b"#EXTM3U\n"), SEGMENT: FakeMedia(b"fragments")}
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
async def anybody(
    hass_client_no_auth: ClientSessionGenerator, session: PlaybackSession
) -> TestClient[Any, Any]:
    """Return a browser that was given the link."""
    client: TestClient[Any, Any] = await hass_client_no_auth()
    return client


async def test_the_link_is_dead_with_the_login_it_was_made_for(
    hass: HomeAssistant, anybody: TestClient[Any, Any], session: PlaybackSession, login: RefreshToken
) -> None:
    assert (await anybody.get(session.path)).status == HTTPStatus.OK
    hass.auth.async_remove_refresh_token(login)
    for path in (session.path, session.path.replace("play.m3u8", SEGMENT)):
        assert (await anybody.get(path)).status == HTTPStatus.NOT_FOUND


async def test_the_link_plays_the_chosen_moment_whatever_is_asked_of_it(
    anybody: TestClient[Any, Any], session: PlaybackSession, archive: FakeArchive
) -> None:
    for query in ("?from=0&to=99", "?from=0", "?to=9999999999999999", "?stream=sub"):
        await anybody.get(session.path + query)
    for tail in (f"../{BEDROOM}/main/play.m3u8", "live.m3u8", "still.jpg", ".."):
        assert (await anybody.get(session.path.replace("play.m3u8", tail))).status != HTTPStatus.OK, tail
    limits = {
        (uid, stream, tail, params["from"], params["to"]) for uid, stream, tail, params in archive.opened
    }
    assert limits <= {(PLAYROOM, "main", "play.m3u8", "1000", "2000")}


async def test_the_link_opens_nothing_of_home_assistant(
    anybody: TestClient[Any, Any], session: PlaybackSession
) -> None:
    for path in ("/api/states", "/api/config", "/api/kindergarten/portal/me"):
        headers = {
            "Authorization": f"Bearer {session.token}",
            "Cookie": f"__Secure-kindergarten={session.token}",
        }
        assert (await anybody.get(path, headers=headers)).status in {
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.NOT_FOUND,
        }


def test_the_link_cannot_be_guessed(session: PlaybackSession) -> None:
    (token,) = re.findall(r"/playback/([^/]+)/", session.path)
    assert len(token) >= 43


def test_the_link_ends_by_itself_however_much_it_is_used() -> None:
    now_s = 0.0
    sessions = PlaybackSessions(lambda: now_s)
    opened = sessions.open(
        user_id="user", refresh_token_id="login", camera=PLAYROOM, stream="main", start_us=0, end_us=1
    )
    while now_s < LIFETIME_S:
        assert sessions.find(opened.token) is not None
        now_s += 600
    assert sessions.find(opened.token) is None
