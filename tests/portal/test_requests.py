"""Asking for a recording: it is kept at once, and both sides know its number."""

from datetime import UTC, datetime, timedelta

from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
import pytest

from custom_components.kindergarten.archive.evidence import WantedHold
from custom_components.kindergarten.archive.protocol import ArchivedCamera, ArchiveUnavailable
from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.news import SIGNAL_NEWS, News
from tests.integration.fake_archive import PLAYROOM, FakeArchive, camera_status, settle, site_status

from .site import Browser, Family, Site


def us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def span(hours_ago: float = 3.0, hours: float = 1.0) -> dict[str, int]:
    """Return a stretch of the past, as a page sends it."""
    start = datetime.now(UTC) - timedelta(hours=hours_ago)
    return {"from_us": us(start), "to_us": us(start + timedelta(hours=hours))}


async def room_of(phone: Browser) -> str:
    room: str = (await phone.get("/me")).json["rooms"][0]["id"]
    return room


@pytest.fixture
async def phone(family: Family) -> Browser:
    """Return the family's phone."""
    return await family.phone()


async def test_what_is_asked_for_is_held_at_once(phone: Browser, archive: FakeArchive) -> None:
    asked = span()
    answer = await phone.post("/requests", {"room": await room_of(phone), **asked})
    assert (answer.status, answer.json) == (201, {"number": 1})
    (held,) = archive.held
    assert (held.cameras, held.t0_us, held.t1_us) == ((PLAYROOM,), asked["from_us"], asked["to_us"])
    assert held.until_us is None


async def test_hold_and_ledger_name_nobody(phone: Browser, family: Family, archive: FakeArchive) -> None:
    await phone.post("/requests", {"room": await room_of(phone), **span()})
    told = repr((archive.held, archive.records))
    assert family.site.snapshot.pseudonym(family.guardian) in told
    for secret in ("Aigerim", "Arman", family.guardian, family.child):
        assert secret not in told


async def test_a_request_is_listed_with_its_number(phone: Browser) -> None:
    asked = span()
    await phone.post("/requests", {"room": await room_of(phone), **asked})
    (request,) = (await phone.get("/requests")).json
    assert request == {"number": 1, "room": "Playroom", **asked, "state": "open"} | {
        "made_us": request["made_us"]
    }


async def test_the_owner_knows_which_hold_keeps_it(phone: Browser, site: Site) -> None:
    await phone.post("/requests", {"room": await room_of(phone), **span()})
    (request,) = await site.do(People.requests)
    assert request.hold_uid


async def test_automations_hear_of_a_request_without_a_name(
    phone: Browser, site: Site, family: Family
) -> None:
    heard: list[News] = []
    async_dispatcher_connect(site.hass, SIGNAL_NEWS, heard.append)
    await phone.post("/requests", {"room": await room_of(phone), **span()})
    await settle(site.hass)
    assert News(kind="request_received", room_id=family.room, details={"number": 1}) in heard


async def test_a_lost_answer_makes_no_second_request(phone: Browser, archive: FakeArchive) -> None:
    sent = {"room": await room_of(phone), **span()}
    numbers = [(await phone.post("/requests", sent)).json["number"] for _ in range(3)]
    assert numbers == [1, 1, 1]
    assert len(archive.held) == 1


async def test_two_are_open_and_no_more(phone: Browser, archive: FakeArchive) -> None:
    room = await room_of(phone)
    answers = [await phone.post("/requests", {"room": room, **span(hours)}) for hours in (3, 6, 9)]
    assert [answer.status for answer in answers] == [201, 201, 409]
    assert answers[2].code == "too_many"
    assert len(archive.held) == 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ((6, 2.1), "too_long"),
        ((1, 1.5), "future"),
        ((5 * 365 * 24, 1), "too_old"),
        ((20 * 365 * 24, 1), "not_there"),
    ],
)
async def test_what_cannot_be_asked_for_holds_nothing(
    phone: Browser, archive: FakeArchive, asked: tuple[float, float], code: str
) -> None:
    answer = await phone.post("/requests", {"room": await room_of(phone), **span(*asked)})
    assert (answer.status, answer.code) == (409, code)
    assert archive.held == []


async def test_a_time_before_the_child_came_is_not_theirs(site: Site, archive: FakeArchive) -> None:
    family = await site.family("Bolat Testov", "Dana", "Blue room")
    await site.do(People.enrol, family.child, await site.group("Playroom"), dt_util.now().date())
    phone = await family.phone()
    answer = await phone.post("/requests", {"room": await room_of(phone), **span(48)})
    assert (answer.status, answer.code) == (409, "not_there")
    assert archive.held == []


async def test_anothers_room_is_unknown(phone: Browser, site: Site, archive: FakeArchive) -> None:
    other = await (await site.family("Bolat Testov", "Dana", "Blue room")).phone()
    for room in (await room_of(other), "x", site.room("Blue room")[:60]):
        assert (await phone.post("/requests", {"room": room, **span()})).status == 404
    assert archive.held == []


async def test_a_full_disk_is_told_before_a_number_is_given(phone: Browser, archive: FakeArchive) -> None:
    archive.refuse = "quota"
    answer = await phone.post("/requests", {"room": await room_of(phone), **span()})
    assert (answer.status, answer.code) == (409, "no_room")
    assert (await phone.get("/requests")).json == []


async def test_a_recorder_that_does_not_answer_is_asked_later(phone: Browser, archive: FakeArchive) -> None:
    room = await room_of(phone)
    archive.reachable = False
    answer = await phone.post("/requests", {"room": room, **span()})
    assert (answer.status, answer.code) == (503, "try_again")


@pytest.mark.parametrize(("added_hours_ago", "code"), [(72, "not_recorded"), (900, "too_old")])
async def test_what_was_never_recorded_is_not_said_to_be_deleted(
    phone: Browser, site: Site, archive: FakeArchive, added_hours_ago: int, code: str
) -> None:
    began = us(datetime.now(UTC) - timedelta(hours=added_hours_ago))
    oldest = us(datetime.now(UTC) - timedelta(hours=24))
    archive.known = (
        ArchivedCamera(
            uid=PLAYROOM, label="", added_us=began, removed_us=None, oldest_us=oldest, newest_us=None
        ),
    )
    archive.now = site_status(camera_status(PLAYROOM, oldest_us=oldest))
    await site.entry.runtime_data.coordinator.async_refresh()
    answer = await phone.post("/requests", {"room": await room_of(phone), **span(100)})
    assert (answer.status, answer.code) == (409, code)
    assert archive.held == []


async def test_while_nobody_can_tell_nothing_is_said_of_it(
    phone: Browser, site: Site, archive: FakeArchive
) -> None:
    archive.reachable = False
    answer = await phone.post("/requests", {"room": await room_of(phone), **span(5 * 365 * 24)})
    assert (answer.status, answer.code) == (503, "try_again")


async def test_a_time_that_ends_before_it_begins_is_refused(phone: Browser, archive: FakeArchive) -> None:
    asked = span()
    turned = {"from_us": asked["to_us"], "to_us": asked["from_us"]}
    answer = await phone.post("/requests", {"room": await room_of(phone), **turned})
    assert (answer.status, answer.code) == (400, "bad_request")
    assert archive.held == []


async def test_a_room_without_a_camera_has_nothing_to_ask_for(
    phone: Browser, site: Site, archive: FakeArchive
) -> None:
    room = await room_of(phone)
    camera = next(each for each in site.entry.subentries.values() if each.title == "By the window")
    site.hass.config_entries.async_remove_subentry(site.entry, camera.subentry_id)
    await settle(site.hass)
    answer = await phone.post("/requests", {"room": room, **span()})
    assert (answer.status, answer.code) == (409, "no_camera")
    assert (archive.held, (await phone.get("/requests")).json) == ([], [])


async def test_who_lost_the_child_meanwhile_gets_no_number_and_the_footage_stays(
    phone: Browser, site: Site, family: Family, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = archive.hold

    async def slow(wanted: WantedHold) -> str:
        await site.do(People.unlink, family.guardian, family.child)
        return await hold(wanted)

    monkeypatch.setattr(archive, "hold", slow)
    answer = await phone.post("/requests", {"room": await room_of(phone), **span()})
    assert (answer.status, answer.code) == (409, "own_child")
    assert len(archive.held) == 1
    assert await site.do(People.requests) == ()


async def test_a_request_that_the_ledger_does_not_take_is_kept_all_the_same(
    phone: Browser,
    site: Site,
    archive: FakeArchive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def silent(*_: object) -> None:
        raise ArchiveUnavailable("nobody answers")

    monkeypatch.setattr(archive, "record", silent)
    answer = await phone.post("/requests", {"room": await room_of(phone), **span()})
    assert (answer.status, answer.json) == (201, {"number": 1})
    assert "A request could not be noted: nobody answers" in caplog.text
    assert len(archive.held) == 1
