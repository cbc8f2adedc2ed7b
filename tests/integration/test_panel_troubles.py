"""The panel's commands about footage, inspections, watching, planning and evidence when something is not as usual."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.kindergarten.archive.evidence import (
    EvidenceFile,
    EvidenceKind,
    HeldFootage,
    Pack,
)
from custom_components.kindergarten.archive.protocol import (
    ArchivedCamera,
    ArchiveRefused,
    ArchiveUnavailable,
    Forecast,
    Job,
    LongTask,
    Media,
)
from custom_components.kindergarten.engine.people.people import People

from .fake_archive import BEDROOM, HOUR_US, NOW_US, PLAYROOM, FakeArchive, look, settle
from .fake_evidence import FakeFile
from .panel_kit import LIST, Panel, by_name
from .test_panel_cameras import PLAN

STRETCH = {"cameras": [PLAYROOM], "from_us": NOW_US - HOUR_US, "to_us": NOW_US}
REPORT = "/api/kindergarten/evidence/packs/p1/report.pdf"


class TornFile(FakeFile):
    """A file that breaks off in the middle."""

    @override
    async def chunks(self) -> AsyncIterator[bytes]:
        yield self.body
        raise ArchiveUnavailable("gone")


class Archive(FakeArchive):
    """An archive whose holds and files are up to the test."""

    def __init__(self) -> None:
        """Begin as usual."""
        super().__init__()
        self.all_holds: tuple[HeldFootage, ...] = ()
        self.file: FakeFile | None = None
        self.opened_evidence: list[str | None] = []

    @override
    async def holds(self) -> tuple[HeldFootage, ...]:
        return self.all_holds or await super().holds()

    @override
    @asynccontextmanager
    async def open_evidence(
        self, kind: EvidenceKind, evidence_id: str, name: str, byte_range: str | None = None
    ) -> AsyncIterator[Media]:
        self.opened_evidence.append(byte_range)
        if self.file is None:
            raise ArchiveRefused("not_found", "it went")
        yield self.file


@pytest.fixture
def archive() -> Archive:
    """Return an archive that knows one camera and lists one pack."""
    archive = Archive()
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
    archive.made = (Pack(id="p1", files=(EvidenceFile(name="report.pdf", bytes=8),)),)
    return archive


@pytest.fixture
async def panel(kindergarten: MockConfigEntry, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return the panel of an administrator."""
    return Panel(await hass_ws_client(), kindergarten)


def held(uid: str, state: str, t0_us: int = NOW_US - HOUR_US) -> HeldFootage:
    """Return a hold."""
    return HeldFootage(uid=uid, cameras=(PLAYROOM,), t0_us=t0_us, t1_us=t0_us + 1, state=state)


# Footage


async def test_lifting_a_hold_begins_to_wait_and_keeping_it_ends_that(panel: Panel, archive: Archive) -> None:
    told = await panel.ask("footage/lift", uid="hold0")
    assert (told["state"], told["not_before_us"]) == ("lift_asked", 1_795_259_200_000_000)
    ((uid, by, administrators),) = archive.lifts
    assert uid == "hold0"
    assert by in {each.id for each in administrators}
    assert await panel.ask("footage/keep", uid="hold0") == {}
    assert archive.cancelled == [("hold0", by)]


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("footage/lift", {"uid": "hold0"}),
        ("footage/keep", {"uid": "hold0"}),
        ("footage/hold", {**STRETCH, "reason": "a fall"}),
        ("footage/export", {**STRETCH, "purpose": "case", "recipient": "police"}),
        ("footage/holds", {}),
        ("footage/tasks", {}),
        ("inspection/verify", {"depth": "quick"}),
        ("inspection/packs", {}),
        ("inspection/log", {}),
    ],
)
async def test_what_the_recorder_refuses_is_said_in_its_words_and_nothing_is_done(
    panel: Panel, archive: Archive, command: str, fields: dict[str, Any]
) -> None:
    archive.refuse = "busy"
    assert await panel.refused(command, **fields) == "refused_busy"
    assert (archive.lifts, archive.cancelled, archive.held, archive.exports, archive.verified) == ([],) * 5


async def test_holds_that_were_lifted_are_not_shown_as_held(panel: Panel, archive: Archive) -> None:
    archive.all_holds = (held("h1", "lifted"), held("h2", "lift_asked"))
    assert [each["uid"] for each in await panel.ask("footage/holds")] == ["h2"]
    day = dt_util.as_local(dt_util.utc_from_timestamp(NOW_US / 1e6 - 3600)).date()
    told = await panel.ask("footage/day", camera=PLAYROOM, day=day.isoformat())
    assert [each["uid"] for each in told["holds"]] == ["h2"]


async def test_tasks_are_listed_and_one_is_ended(panel: Panel, archive: Archive) -> None:
    archive.long_tasks = (LongTask(id="j1", kind="pack", state="running", progress=0.5),)
    (told,) = (await panel.ask("footage/tasks"))["tasks"]
    assert (told["task"], told["progress_percent"], told["files"]) == ("j1", 50, [])
    archive.job_states = [Job(id="j1", kind="pack", state="cancelled", done=None, detail="")]
    assert await panel.ask("footage/cancel", task="j1") == {"task": "j1", "state": "cancelled"}
    assert archive.removed == [("jobs", "j1")]


@pytest.mark.parametrize("day", ["1999-12-31", "2201-01-01", "2026-02-30", "today"])
async def test_a_day_that_cannot_be_is_refused(panel: Panel, day: str) -> None:
    assert await panel.refused("footage/day", camera=PLAYROOM, day=day) == "bad_input"


async def test_nothing_plays_for_a_login_that_ended_meanwhile(
    hass: HomeAssistant, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hass.auth, "async_get_refresh_token", lambda _: None)
    assert await panel.refused("footage/play", camera=PLAYROOM, at_us=NOW_US) == "administrators_only"


# Inspections


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-10-02", "2026-10-01"), ("2025-01-01", "2026-10-01"), ("2199-01-01", "2199-01-02")],
)
async def test_a_pack_of_days_that_make_no_range_is_not_begun(
    panel: Panel, archive: Archive, first: str, last: str
) -> None:
    asked = {"from_day": first, "to_day": last, "languages": ["ru"]}
    assert await panel.refused("inspection/pack", **asked) == "range"
    assert archive.packed == []


async def test_a_pack_is_taken_away(panel: Panel, archive: Archive) -> None:
    assert await panel.ask("inspection/packs/delete", pack="p1") == {}
    assert archive.removed == [("packs", "p1")]


async def test_looking_for_damage_is_begun_and_not_waited_for(panel: Panel, archive: Archive) -> None:
    assert await panel.ask("inspection/verify", depth="sample") == {"task": "j1"}
    assert [each.depth for each in archive.verified] == ["sample"]


async def test_an_export_that_went_is_left_out(panel: Panel, archive: Archive) -> None:
    archive.written = [("export", {"uid": "e1", "cameras": [PLAYROOM]})]

    async def gone(_: str) -> None:
        raise ArchiveRefused("not_found", "it went")

    archive.export = gone  # type: ignore[method-assign, assignment]
    assert await panel.ask("inspection/exports") == []


async def test_cameras_whose_room_is_gone_are_shown_all_the_same(hass: HomeAssistant, panel: Panel) -> None:
    hass.config_entries.async_remove_subentry(panel.entry, panel.room("Bedroom"))
    await settle(hass)
    rooms = (await panel.ask("inspection/get"))["rooms"]
    assert [(each["name"], [one["uid"] for one in each["cameras"]]) for each in rooms] == [
        ("Playroom", [PLAYROOM]),
        (None, [BEDROOM]),
    ]


# Today


async def test_a_hold_that_was_lifted_is_not_on_the_page_of_today(
    hass: HomeAssistant, panel: Panel, archive: Archive
) -> None:
    archive.all_holds = (held("h1", "lifted"), held("h2", "held"), held("h3", "held", NOW_US))
    await panel.entry.runtime_data.coordinator.async_look_at_proof()
    await look(hass)
    assert [each["uid"] for each in (await panel.ask("today"))["holds"]] == ["h3", "h2"]


async def test_requests_that_nobody_can_read_are_not_known(panel: Panel) -> None:
    await panel.entry.runtime_data.families.close()
    assert (await panel.ask("today"))["requests"] is None
    assert await panel.refused("requests/list") == "storage"


# Watching


async def test_a_request_is_listed_decided_and_gone_from_today(panel: Panel) -> None:
    await panel.ask("people/import/apply", text=LIST)
    room_id, families = panel.room("Playroom"), panel.entry.runtime_data.families
    group = (await by_name(panel, "groups"))["Күншуақ"]
    await panel.ask("people/group/save", group_id=group["id"], name="Күншуақ", room_id=room_id)
    guardian = (await by_name(panel, "guardians"))["Ирина Ким"]
    child = (await by_name(panel, "children"))["Дана Ким"]
    number = await families.do(
        People.add_request, guardian["id"], child["id"], room_id, NOW_US - HOUR_US, NOW_US
    )
    (asked,) = await panel.ask("requests/list")
    assert (asked["number"], asked["state"], asked["child_id"]) == (number, "open", child["id"])
    (open_one,) = (await panel.ask("today"))["requests"]
    assert (open_one["number"], "guardian_id" in open_one) == (number, False)
    assert await panel.ask("requests/decide", number=number, state="refused") == {}
    assert (await panel.ask("requests/list"))[0]["state"] == "refused"
    assert (await panel.ask("today"))["requests"] == []


async def test_viewings_are_asked_for_by_guardian_room_and_time(hass: HomeAssistant, panel: Panel) -> None:
    await panel.ask("people/import/apply", text=LIST)
    guardian = (await by_name(panel, "guardians"))["Ирина Ким"]
    families, room_id = panel.entry.runtime_data.families, panel.room("Playroom")
    await panel.portal(hass)
    await panel.ask("ways/pairing/open", minutes=30)
    pairing = await families.do(People.begin, "Chrome, Android")
    await panel.ask("ways/pairing/approve", pairing_id=pairing.id, guardian_id=guardian["id"])
    await families.do(People.poll, pairing.id, pairing.key)
    (device,) = await panel.ask("devices/list")
    viewing = await families.do(People.begin_viewing, device["id"], room_id)
    await families.do(People.end_viewing, viewing, "closed")
    (seen,) = await panel.ask("viewings", guardian_id=guardian["id"], room_id=room_id)
    assert (seen["id"], seen["guardian_id"], seen["end"]) == (viewing, guardian["id"], "closed")
    assert await panel.ask("viewings", guardian_id="nobody") == []
    assert await panel.ask("viewings", room_id=panel.room("Bedroom")) == []
    assert await panel.ask("viewings", to_us=seen["from_us"]) == []


# Planning


async def test_planner_knows_no_disk_while_the_recorder_is_not_known(panel: Panel) -> None:
    coordinator = panel.entry.runtime_data.coordinator
    coordinator.async_set_updated_data(type(coordinator.data)(silent=True))
    told = await panel.ask("planner")
    assert (told["measured"], told["disk_bytes"]) == (None, None)
    plan = await panel.ask("planner/plan", **PLAN, disk="here")
    assert (plan["disk_bytes"], plan["enough"]) == (None, None)


async def test_planner_counts_a_camera_by_the_hours_its_room_is_recorded(
    hass: HomeAssistant, panel: Panel, archive: Archive
) -> None:
    playroom = panel.entry.subentries[panel.room("Playroom")]
    opening = {
        "from": "09:00:00",
        "to": "17:00:00",
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    }
    data = {**playroom.data, "opening": opening, "recording": "opening"}
    hass.config_entries.async_update_subentry(panel.entry, playroom, data=data)
    await settle(hass)
    rates: dict[str, int | None] = {PLAYROOM: 40_000_000_000, "c" * 32: 40_000_000_000}
    archive.show(forecast=Forecast(days=9.0, bytes_per_day=80_000_000_000, per_camera=rates))
    await look(hass)
    plan = {**PLAN, "measured": True, "more": 0}
    found = await panel.ask("planner/plan", **plan, disk=500_000_000_000)
    # One camera records ten hours a day, and one of which nothing is known all day.
    assert (found["bytes_day"], found["enough"], found["ways"]["hours"]) == (80_000_000_000, False, 2)


async def test_a_code_of_a_link_is_square_and_of_two_colours(panel: Panel) -> None:
    rows = (await panel.ask("qr", text="https://cams.example.kz/#abc"))["rows"]
    assert {len(row) for row in rows} == {len(rows)}
    assert set("".join(rows)) == {"0", "1"}
    assert await panel.refused("qr", text="x" * 501) == "bad_input"


# Evidence


async def test_a_listed_file_that_went_is_not_found(
    kindergarten: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    response = await (await hass_client()).get(REPORT)
    assert (response.status, await response.text()) == (HTTPStatus.NOT_FOUND, "404: Not Found")


async def test_an_odd_answer_of_the_archive_is_not_handed_out(
    kindergarten: MockConfigEntry, archive: Archive, hass_client: ClientSessionGenerator
) -> None:
    archive.file = FakeFile(b"secret", status=HTTPStatus.ACCEPTED)
    response = await (await hass_client()).get(REPORT)
    assert (response.status, await response.text()) == (HTTPStatus.NOT_FOUND, "404: Not Found")


async def test_a_file_that_breaks_off_is_never_taken_for_a_whole_one(
    kindergarten: MockConfigEntry, archive: Archive, hass_client: ClientSessionGenerator
) -> None:
    archive.file = TornFile(b"half", headers={"Content-Length": "8"})
    with pytest.raises(Exception, match="payload|Content"):
        await (await (await hass_client()).get(REPORT)).read()


async def test_a_range_that_is_none_brings_the_whole_file(
    kindergarten: MockConfigEntry, archive: Archive, hass_client: ClientSessionGenerator
) -> None:
    archive.file = FakeFile(b"12345678")
    response = await (await hass_client()).get(REPORT, headers={"Range": "bytes=0-1,3-4"})
    assert (await response.read(), archive.opened_evidence) == (b"12345678", [None])
