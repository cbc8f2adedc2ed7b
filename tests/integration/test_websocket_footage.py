"""Recordings and inspection, asked over the websocket: what comes back, what is refused, what is written down."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.kindergarten.archive.evidence import EvidenceFile, Export, Pack
from custom_components.kindergarten.archive.protocol import ArchivedCamera, Gap, Span, Timeline
from custom_components.kindergarten.heat import async_heat

from .fake_archive import HOUR_US, NOW_US, PLAYROOM, FakeArchive, look
from .panel_kit import Panel

BERLIN = ZoneInfo("Europe/Berlin")
STRANGER = "c" * 32
DAY_S = 86_400


@pytest.fixture
async def panel(
    kindergarten: MockConfigEntry, archive: FakeArchive, hass_ws_client: WebSocketGenerator
) -> Panel:
    """Return the panel of an administrator, whose archive knows one camera."""
    archive.known = (
        ArchivedCamera(
            uid=PLAYROOM,
            label="Old name",
            added_us=NOW_US - 9 * HOUR_US,
            removed_us=None,
            oldest_us=NOW_US - 9 * HOUR_US,
            newest_us=NOW_US,
        ),
    )
    return Panel(await hass_ws_client(), kindergarten)


async def test_day_has_what_was_recorded_and_gaps_with_causes(panel: Panel, archive: FakeArchive) -> None:
    start = NOW_US - 2 * HOUR_US
    archive.recorded = Timeline(
        horizon_us=NOW_US,
        recordings=(Span(start_us=start, end_us=NOW_US, run=1, stream="main"),),
        gaps=(
            Gap(start_us=start - 90_000_000, end_us=start, cause="stall", planned=False, detail=""),
            Gap(
                start_us=start - 90_300_000,
                end_us=start - 90_000_000,
                cause="stall",
                planned=False,
                detail="",
            ),
        ),
        holds=(),
    )
    day = dt_util.as_local(datetime.fromtimestamp(NOW_US / 1e6, UTC)).date()
    told = await panel.ask("footage/day", camera=PLAYROOM, day=day.isoformat())
    assert told["recordings"] == [[start, NOW_US]]
    assert [(gap["cause"], gap["to_us"]) for gap in told["gaps"]] == [("stall", start)]
    causes = (await panel.ask("footage/cameras", language="ru"))["causes"]
    assert causes["stall"] == "кадры не поступали"


@pytest.mark.parametrize(("month", "hours"), [(3, 23), (10, 25)])
async def test_day_on_which_the_clock_is_changed_is_one_day_of_the_heat_map(
    archive: FakeArchive, month: int, hours: int
) -> None:
    first = date(2026, month, 1)
    begin = datetime(2026, month, 1, tzinfo=BERLIN).astimezone(UTC)
    after = begin + timedelta(days=30) - timedelta(hours=24 - hours)
    archive.covered = {round(each.timestamp() * 1e6): 100.0 for each in (begin, after)}
    heat = await async_heat(archive, PLAYROOM, first, 31, BERLIN, datetime(2027, 1, 1, tzinfo=UTC))
    assert [at for at, day in enumerate(heat) if day.recorded_s] == [0, 30]


async def test_heat_of_today_ends_now(archive: FakeArchive) -> None:
    now = datetime(2026, 5, 5, 12, 30, 15, 500_000, tzinfo=UTC)
    heat = await async_heat(archive, PLAYROOM, date(2026, 5, 4), 5, ZoneInfo("UTC"), now)
    assert len(heat) == 5


async def test_time_that_came_twice_is_told_twice_and_one_that_never_was_is_refused(
    hass: HomeAssistant, panel: Panel
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    twice = (await panel.ask("footage/moment", local="2026-10-25T02:30:00"))["at_us"]
    assert twice[1] - twice[0] == HOUR_US
    assert len((await panel.ask("footage/moment", local="2026-10-26T02:30"))["at_us"]) == 1
    assert await panel.refused("footage/moment", local="2026-03-29T02:30:00") == "no_such_time"
    for local in ("2026-13-29T02:30:00", "0001-01-01T00:00", "9999-12-31T23:59"):
        assert await panel.refused("footage/moment", local=local) == "bad_input"


async def test_more_than_a_month_and_cameras_of_others_are_refused(panel: Panel) -> None:
    heat = {"cameras": [PLAYROOM], "from_day": "2026-10-01"}
    assert await panel.refused("footage/heat", days=32, **heat) == "bad_input"
    assert len((await panel.ask("footage/heat", days=31, **heat))["cameras"][PLAYROOM]) == 31
    stretch = {"from_us": NOW_US - HOUR_US, "to_us": NOW_US}
    assert await panel.refused("footage/play", camera=STRANGER, at_us=NOW_US) == "unknown_camera"
    hold = {"cameras": [PLAYROOM, STRANGER], "reason": "asked for", **stretch}
    assert await panel.refused("footage/hold", **hold) == "unknown_camera"
    turned = {"from_us": NOW_US, "to_us": NOW_US - 1}
    assert await panel.refused("footage/hold", cameras=[PLAYROOM], reason="x", **turned) == "range"
    export = {"cameras": [PLAYROOM], "purpose": "  ", "recipient": "police", **stretch}
    assert await panel.refused("footage/export", **export) == "bad_input"


async def test_session_covers_the_moment_that_was_asked_for(panel: Panel, archive: FakeArchive) -> None:
    told = await panel.ask("footage/play", camera=PLAYROOM, at_us=NOW_US - 5 * HOUR_US)
    session = panel.entry.runtime_data.playback.find(told["url"].split("/")[-2])
    assert session is not None
    assert session.camera == PLAYROOM
    assert session.start_us <= NOW_US - 5 * HOUR_US < session.end_us
    assert told["exact"]


async def test_stretch_is_held_and_exported_without_waiting(panel: Panel, archive: FakeArchive) -> None:
    stretch = {"cameras": [PLAYROOM], "from_us": NOW_US - HOUR_US, "to_us": NOW_US}
    await panel.ask("footage/hold", reason="a fall", **stretch)
    assert archive.held[0].reason == "a fall"
    assert not archive.held[0].automation
    assert await panel.refused("footage/hold", reason="a fall", until_us=1, **stretch) == "until_past"
    await panel.ask("footage/export", purpose="case 5", recipient="police", **stretch)
    assert archive.exports[0].recipient == "police"
    assert (await panel.ask("footage/holds"))[0]["cameras"] == ["By the window"]


async def test_verdict_names_measurement_source_and_rooms(panel: Panel) -> None:
    told = await panel.ask("inspection/get", language="en")
    assert told["verdict"] in {"met", "not_met", "not_measurable"}
    by_id = {each["id"]: each for each in told["requirements"]}
    assert by_id["required_rooms"]["name"].startswith("Every room")
    assert all(each["source"] and each["day"] for each in told["requirements"])
    assert [room["name"] for room in told["rooms"]] == ["Playroom", "Bedroom"]


async def test_last_inspection_is_kept_and_gives_the_next(panel: Panel) -> None:
    await panel.ask("inspection/last", day="2026-05-31")
    assert (await panel.ask("inspection/get"))["next_day"] == "2026-11-30"
    assert await panel.refused("inspection/last", day="2199-01-01") == "day_ahead"
    await panel.ask("inspection/last", day=None)
    assert (await panel.ask("inspection/get"))["last_day"] is None


async def test_full_pack_is_made_only_when_it_was_confirmed(panel: Panel, archive: FakeArchive) -> None:
    pack = {"from_day": "2026-10-01", "to_day": "2026-10-31", "languages": ["ru"], "mode": "full"}
    assert await panel.refused("inspection/pack", **pack) == "confirm_full_pack"
    late = {"from_day": "9999-12-31", "to_day": "9999-12-31"}
    assert await panel.refused("inspection/pack", **pack | late) == "bad_input"
    assert archive.packed == []
    await panel.ask("inspection/pack", confirm=True, **pack)
    assert archive.packed[0].languages == ("ru",)
    archive.made = (
        Pack(id="p1", made_us=NOW_US, mode="full", files=(EvidenceFile(name="a b.pdf", bytes=3),)),
    )
    (told,) = await panel.ask("inspection/packs")
    assert told["until_us"] == NOW_US + 7 * DAY_S * 1_000_000
    assert "authSig=" in told["files"][0]["url"]


async def test_challenge_plays_and_tells_where(panel: Panel, archive: FakeArchive) -> None:
    told = await panel.ask("inspection/challenge", camera=PLAYROOM, at_us=NOW_US - HOUR_US)
    assert told["played"]
    assert told["url"].startswith("/api/kindergarten/playback/")
    assert archive.challenged == [(PLAYROOM, NOW_US - HOUR_US)]
    assert await panel.refused("inspection/challenge", camera=STRANGER, at_us=NOW_US) == "unknown_camera"


async def test_log_says_in_names_who_did_what(panel: Panel, archive: FakeArchive) -> None:
    await panel.ask("inspection/begin", minutes=5)
    archive.written = [("hold", {"cameras": [PLAYROOM], "t0": 1, "t1": 2}), ("seal", {})]
    told = await panel.ask("inspection/log")
    assert [each["kind"] for each in told["records"]] == ["hold", "inspection"]
    assert told["records"][0]["cameras"] == ["By the window"]
    assert told["records"][1]["who"] == "Mock User"
    assert len((await panel.ask("inspection/log", kinds=["hold"]))["records"]) == 1
    await panel.ask("inspection/end")


async def test_inspection_ends_by_itself_and_both_ends_are_written_down(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    begun = await panel.ask("inspection/begin", minutes=20)
    assert (await panel.ask("inspection/session"))["id"] == begun["id"]
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=19))
    await hass.async_block_till_done(wait_background_tasks=False)
    assert (await panel.ask("inspection/session"))["id"] == begun["id"]
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=21))
    await hass.async_block_till_done(wait_background_tasks=False)
    assert (await panel.ask("inspection/session"))["id"] is None
    told = [dict(details) for kind, details in archive.records.values() if kind == "inspection"]
    assert [(each["what"], each.get("why")) for each in told] == [("begin", None), ("end", "time")]


async def test_inspection_that_cannot_be_written_down_does_not_begin(
    panel: Panel, archive: FakeArchive
) -> None:
    archive.refuse = "busy"
    assert await panel.refused("inspection/begin", minutes=20) == "refused_busy"
    archive.refuse = None
    assert (await panel.ask("inspection/session"))["id"] is None


async def test_exports_are_found_again_by_the_record(panel: Panel, archive: FakeArchive) -> None:
    archive.written = [("export", {"uid": "e1", "cameras": [PLAYROOM], "t0": 1, "t1": 2})]
    archive.export_states = [Export(id="e1", state="done", files=(EvidenceFile(name="a.mp4", bytes=5),))]
    (told,) = await panel.ask("inspection/exports")
    assert (told["cameras"], told["files"][0]["name"]) == (["By the window"], "a.mp4")


async def test_nothing_is_judged_while_the_recorder_is_not_known(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    panel.entry.runtime_data.coordinator.async_set_updated_data(
        type(panel.entry.runtime_data.coordinator.data)(silent=True)
    )
    told = await panel.ask("inspection/get")
    assert not told["known"]
    assert told["requirements"] == []
    await look(hass)


async def test_server_that_dates_no_picture_is_played_from_the_moment_on_without_a_break(
    hass: HomeAssistant, panel: Panel, archive: FakeArchive
) -> None:
    own = next(each for each in panel.entry.subentries.values() if each.data.get("camera_id") == PLAYROOM)
    there = {**own.data, "source": "server", "server": "s1", "keeper_camera": "playroom"}
    hass.config_entries.async_update_subentry(panel.entry, own, data=there)
    start, at = NOW_US - 3 * HOUR_US, NOW_US - 3 * HOUR_US + 60_000_000
    archive.recorded = Timeline(
        horizon_us=NOW_US,
        recordings=(Span(start_us=start, end_us=at + 600_000_000, run=1, stream="main"),),
        gaps=(),
        holds=(),
    )
    told = await panel.ask("footage/play", camera=PLAYROOM, at_us=at)
    assert (told["exact"], told["start_us"], told["end_us"]) == (False, at, at + 600_000_000)
    assert await panel.refused("footage/play", camera=PLAYROOM, at_us=start - 1) == "nothing_then"
