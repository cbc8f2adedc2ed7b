"""Recordings in the media browser: by the house's calendar, holes visible, administrators only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.media_player import BrowseError
from homeassistant.components.media_source import Unresolvable, async_browse_media, async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import ArchivedCamera, Gap, Span, Timeline
from custom_components.kindergarten.footage import as_us

from .fake_archive import PLAYROOM, FakeArchive, FakeMedia

ROOT = "media-source://kindergarten"
GONE = "9" * 32
MINUTE_US = 60_000_000


def at(text: str) -> int:
    """Return a UTC time in µs."""
    return as_us(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.fixture(autouse=True)
async def almaty(hass: HomeAssistant) -> None:
    """Live five hours east of UTC, and have media sources."""
    await hass.config.async_set_time_zone("Asia/Almaty")
    assert await async_setup_component(hass, "media_source", {})


@pytest.fixture
def morning(archive: FakeArchive) -> FakeArchive:
    """Return an archive with a morning of 18 November: 10:00 to 12:00 here, 18 minutes missing."""
    start = at("2026-11-18T05:00")
    archive.known = (
        ArchivedCamera(
            uid=PLAYROOM,
            label="old name",
            added_us=start,
            removed_us=None,
            oldest_us=start,
            newest_us=start + 120 * MINUTE_US,
        ),
        ArchivedCamera(
            uid=GONE, label="Yard", added_us=1, removed_us=start, oldest_us=start, newest_us=start + MINUTE_US
        ),
    )
    hole = (start + 80 * MINUTE_US, start + 98 * MINUTE_US)
    archive.recorded = Timeline(
        horizon_us=start + 120 * MINUTE_US,
        recordings=(
            Span(start_us=start, end_us=hole[0], run=1, stream="main"),
            Span(start_us=hole[1], end_us=start + 120 * MINUTE_US, run=2, stream="main"),
            Span(start_us=start, end_us=start + 120 * MINUTE_US, run=3, stream="sub"),
        ),
        gaps=(
            Gap(start_us=hole[0], end_us=hole[1], cause="connect", planned=False, detail=""),
            Gap(start_us=start - 60 * MINUTE_US, end_us=start, cause="schedule", planned=True, detail=""),
        ),
        holds=(),
    )
    archive.covered = {start + quarter * 15 * MINUTE_US: 765.0 for quarter in range(8)}
    archive.files = {"play.m3u8": FakeMedia(b"#EXTM3U\n")}
    return archive


@pytest.fixture
async def ask(hass_ws_client: Callable[..., Any], kindergarten: MockConfigEntry) -> Callable[..., Any]:
    """Return a way to browse and resolve as the frontend does, as the administrator or with a token."""

    async def ask(kind: str, identifier: str = "", token: str | None = None) -> dict[str, Any]:
        client = await (hass_ws_client(access_token=token) if token else hass_ws_client())
        content_id = f"{ROOT}/{identifier}" if identifier else ROOT
        await client.send_json_auto_id({"type": f"media_source/{kind}", "media_content_id": content_id})
        answer: dict[str, Any] = await client.receive_json()
        return answer

    return ask


def titles(answer: dict[str, Any]) -> list[str]:
    return [child["title"] for child in answer["result"]["children"]]


async def test_removed_cameras_are_listed_last_and_marked(
    morning: FakeArchive, ask: Callable[..., Any]
) -> None:
    assert titles(await ask("browse_media")) == ["By the window", "Yard (removed)"]


async def test_days_are_those_of_the_house(morning: FakeArchive, ask: Callable[..., Any]) -> None:
    assert titles(await ask("browse_media", PLAYROOM)) == ["Wed 2026-11-18 – 1 h 42 min"]


async def test_a_year_of_days_is_listed_newest_first(morning: FakeArchive, ask: Callable[..., Any]) -> None:
    first = at("2025-11-01T05:00")
    morning.known = (replace(morning.known[0], oldest_us=first),)
    morning.covered[first] = 60.0

    assert titles(await ask("browse_media", PLAYROOM)) == [
        "Wed 2026-11-18 – 1 h 42 min",
        "Sat 2025-11-01 – 0 h 1 min",
    ]


async def test_hours_show_their_minutes_and_holes(morning: FakeArchive, ask: Callable[..., Any]) -> None:
    answer = await ask("browse_media", f"{PLAYROOM}/2026-11-18")

    assert answer["result"]["title"] == "By the window, Wed 2026-11-18"
    assert titles(answer) == ["10:00 – 60 min", "11:00 – 42 min, hole 11:20–11:38"]
    assert all(child["can_play"] for child in answer["result"]["children"])


async def test_titles_are_in_the_language_of_the_house(
    hass: HomeAssistant, morning: FakeArchive, ask: Callable[..., Any]
) -> None:
    hass.config.language = "ru"

    assert titles(await ask("browse_media")) == ["By the window", "Yard (удалена)"]
    assert titles(await ask("browse_media", f"{PLAYROOM}/2026-11-18")) == [
        "10:00 – 60 мин",
        "11:00 – 42 мин, пропуск 11:20–11:38",
    ]


async def test_hour_without_any_picture_is_shown_but_does_not_play(
    morning: FakeArchive, ask: Callable[..., Any]
) -> None:
    start = at("2026-11-18T05:00")
    morning.recorded = replace(
        morning.recorded,
        recordings=(),
        gaps=(
            Gap(start_us=start, end_us=start + 90_000_000, cause="power", planned=False, detail=""),
            Gap(
                start_us=start + 100_000_000, end_us=start + 107_000_000, cause="x", planned=False, detail=""
            ),
        ),
    )
    answer = await ask("browse_media", f"{PLAYROOM}/2026-11-18")

    assert titles(answer) == ["10:00 – 0 min, holes 10:00–10:01, 10:01:40–10:01:47"]
    assert not answer["result"]["children"][0]["can_play"]
    refused = await ask("resolve_media", f"{PLAYROOM}/2026-11-18/{start // 1_000_000}")
    assert refused["error"]["message"] == "There is no recording of this camera at that time"


async def test_hour_that_comes_twice_is_told_apart(
    hass: HomeAssistant, morning: FakeArchive, ask: Callable[..., Any]
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    start = at("2026-10-24T22:00")
    morning.recorded = Timeline(
        horizon_us=None,
        recordings=(Span(start_us=start, end_us=start + 25 * 60 * MINUTE_US, run=1, stream="main"),),
        gaps=(),
        holds=(),
    )
    found = titles(await ask("browse_media", f"{PLAYROOM}/2026-10-25"))

    assert len(found) == 25
    assert found[1:5] == [
        "01:00 – 60 min",
        "02:00 (+02:00) – 60 min",
        "02:00 (+01:00) – 60 min",
        "03:00 – 60 min",
    ]


async def test_hour_plays_where_only_its_asker_may_look(
    morning: FakeArchive, ask: Callable[..., Any], hass_client_no_auth: Callable[[], Any]
) -> None:
    hour = at("2026-11-18T06:00")
    answer = await ask("resolve_media", f"{PLAYROOM}/2026-11-18/{hour // 1_000_000}")

    assert answer["result"]["mime_type"] == "application/x-mpegURL"
    playlist = await (await hass_client_no_auth()).get(answer["result"]["url"])
    assert await playlist.read() == b"#EXTM3U\n"
    assert morning.opened == [
        (PLAYROOM, "main", "play.m3u8", {"from": str(hour), "to": str(hour + 60 * MINUTE_US)})
    ]


@pytest.mark.parametrize("identifier", ["", PLAYROOM, f"{PLAYROOM}/2026-11-18"])
async def test_users_who_are_no_administrators_see_no_recordings(
    morning: FakeArchive, ask: Callable[..., Any], hass_read_only_access_token: str, identifier: str
) -> None:
    answer = await ask("browse_media", identifier, hass_read_only_access_token)

    assert answer["error"]["message"] == "Only administrators may look at recordings"


async def test_users_who_are_no_administrators_play_no_recordings(
    morning: FakeArchive, ask: Callable[..., Any], hass_read_only_access_token: str
) -> None:
    hour = at("2026-11-18T06:00") // 1_000_000
    answer = await ask("resolve_media", f"{PLAYROOM}/2026-11-18/{hour}", hass_read_only_access_token)

    assert answer["error"]["message"] == "Only administrators may look at recordings"


async def test_automations_neither_browse_nor_play(
    hass: HomeAssistant, morning: FakeArchive, kindergarten: MockConfigEntry
) -> None:
    with pytest.raises(BrowseError):
        await async_browse_media(hass, ROOT)
    with pytest.raises(Unresolvable):
        await async_resolve_media(hass, f"{ROOT}/{PLAYROOM}/2026-11-18/1795000000", None)


async def test_media_players_get_no_recordings(
    hass: HomeAssistant,
    morning: FakeArchive,
    kindergarten: MockConfigEntry,
    hass_ws_client: Callable[..., Any],
) -> None:
    async def resolve(
        hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
    ) -> None:
        with pytest.raises(Unresolvable) as refused:
            await async_resolve_media(
                hass, f"{ROOT}/{PLAYROOM}/2026-11-18/1795000000", "media_player.television"
            )
        connection.send_result(msg["id"], refused.value.translation_key)

    command = websocket_api.websocket_command({"type": "test/play"})(websocket_api.async_response(resolve))
    websocket_api.async_register_command(hass, command)
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "test/play"})

    assert (await client.receive_json())["result"] == "browser_only"


@pytest.mark.parametrize(
    "identifier",
    [
        "f" * 32,
        f"{PLAYROOM}/2026-13-45",
        f"{PLAYROOM}/2026-11-18/-1",
        f"{PLAYROOM}/2026-11-18/99999999999999",
        f"{PLAYROOM}/a/b/c",
        "<script>",
    ],
)
async def test_nonsense_is_refused_in_words(
    morning: FakeArchive, ask: Callable[..., Any], identifier: str
) -> None:
    for kind in ("browse_media", "resolve_media"):
        answer = await ask(kind, identifier)
        assert answer["error"]["message"] == "There is no recording of this camera at that time"


async def test_silent_recorder_is_told(morning: FakeArchive, ask: Callable[..., Any]) -> None:
    morning.reachable = False

    assert (await ask("browse_media"))["error"]["message"].startswith("The recorder does not answer")
