"""What a guardian sees and changes of their own."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.engine.people.people import People

from .site import Family, Site

ALMATY = ZoneInfo("Asia/Almaty")
HOURS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00:00", "to": "18:00:00"}
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ALMATY)


@pytest.fixture
async def monday(freezer: FrozenDateTimeFactory, hass: HomeAssistant) -> FrozenDateTimeFactory:
    """Let it be Monday at ten in Almaty. To be asked for before the site, which would see a jump."""
    freezer.move_to(MONDAY)
    await hass.config.async_set_time_zone("Asia/Almaty")
    return freezer


def us(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


async def test_a_guardian_is_told_who_they_are_and_what_they_may_see(site: Site, family: Family) -> None:
    me = (await (await family.phone()).get("/me")).json
    assert me["kindergarten"] == "Little Sun"
    assert me["name"] == "Aigerim C."
    assert me["language"] == "ru"
    assert me["time_zone"] == site.hass.config.time_zone
    assert me["rules"] == {"version": 1, "accepted": False}
    assert me["limits"] == {"still_watching_s": 900, "daily_soft_s": 1800, "today_s": 0}
    (room,) = me["rooms"]
    assert (room["name"], room["child"], room["open"], room["reason"], room["mode"]) == (
        "Playroom",
        "Arman",
        True,
        "ok",
        "video",
    )
    assert me["consents"] == [
        {"child_id": me["consents"][0]["child_id"], "child": "Arman", "purpose": purpose}
        | {"version": 1, "state": "given"}
        for purpose in ("parent_live", "recording_notice")
    ]


async def test_ids_in_an_answer_are_nobody_elses(site: Site, family: Family) -> None:
    answers = [(await (await family.phone()).get("/me")) for _ in range(2)]
    assert answers[0].json["rooms"][0]["id"] != answers[1].json["rooms"][0]["id"]
    for real in (family.guardian, family.child, family.group, family.room):
        assert real.encode() not in answers[0].body


async def test_a_closed_room_says_when_it_opens(
    monday: FrozenDateTimeFactory, site: Site, family: Family
) -> None:
    await site.change_room("Playroom", opening=HOURS, quiet=[{"from": "12:00:00", "to": "14:00:00"}])
    phone = await family.phone()
    (room,) = (await phone.get("/me")).json["rooms"]
    assert (room["reason"], room["closes_at_us"]) == ("ok", us(MONDAY.replace(hour=12)))
    assert room["today"] == [
        {"from_us": us(MONDAY.replace(hour=8)), "until_us": us(MONDAY.replace(hour=12))},
        {"from_us": us(MONDAY.replace(hour=14)), "until_us": us(MONDAY.replace(hour=18))},
    ]
    monday.tick(timedelta(hours=9))
    (room,) = (await phone.get("/me")).json["rooms"]
    assert (room["reason"], room["opens_at_us"]) == (
        "closed_hours",
        us(MONDAY.replace(hour=8) + timedelta(days=1)),
    )


async def test_on_a_day_without_hours_none_are_told(
    monday: FrozenDateTimeFactory, site: Site, family: Family
) -> None:
    await site.change_room("Playroom", opening={**HOURS, "days": ["tue"]})
    (room,) = (await (await family.phone()).get("/me")).json["rooms"]
    assert (room["reason"], room["today"]) == ("closed_hours", [])
    assert room["opens_at_us"] == us(MONDAY.replace(hour=8) + timedelta(days=1))


async def test_on_a_holiday_no_hours_are_told(
    monday: FrozenDateTimeFactory, site: Site, family: Family
) -> None:
    await site.do(People.set_closures, [(MONDAY.date(), MONDAY.date(), None)])
    (room,) = (await (await family.phone()).get("/me")).json["rooms"]
    assert (room["reason"], room["today"]) == ("holiday", [])


async def test_a_schedule_opens_and_closes_at_once(site: Site, family: Family) -> None:
    await site.change_room("Playroom", parents_schedule="schedule.parents")
    phone = await family.phone()
    told = []
    for state in (None, "on", "off", "unavailable", "unknown"):
        if state:
            site.hass.states.async_set("schedule.parents", state)
            await site.hass.async_block_till_done()
        (room,) = (await phone.get("/me")).json["rooms"]
        told.append(room["open"])
    assert told == [False, True, False, False, False]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"shown": False}, "not_open_yet"),
        ({"shown": None}, "not_open_yet"),
        ({"opening": None}, "not_open_yet"),
        ({"kind": "bedroom"}, "not_open_yet"),
        ({"kind": "made_up"}, "not_open_yet"),
    ],
)
async def test_a_room_that_is_not_to_be_shown_is_not(
    site: Site, family: Family, change: dict[str, object], reason: str
) -> None:
    phone = await family.phone()
    await site.change_room("Playroom", **change)
    (room,) = (await phone.get("/me")).json["rooms"]
    assert (room["open"], room["reason"]) == (False, reason)


async def test_what_another_family_refuses_is_not_told(site: Site, family: Family) -> None:
    phone = await family.phone()
    await site.family("Bolat Testov", "Dana", "Playroom", agrees=False)
    answer = await phone.get("/me")
    assert answer.json["rooms"][0]["reason"] == "not_open_yet"
    assert b"Dana" not in answer.body
    assert b"Bolat" not in answer.body


async def test_a_guardian_agrees_and_withdraws(site: Site) -> None:
    family = await site.family("Bolat Testov", "Dana", "Playroom", agrees=False)
    phone = await family.phone()
    me = (await phone.get("/me")).json
    assert (me["rooms"][0]["reason"], me["consents"][0]["state"]) == ("own_consent", "missing")
    word = {"child_id": me["consents"][0]["child_id"], "purpose": "parent_live", "version": 1}
    assert (await phone.post("/me/consents", {**word, "state": "given"})).status == 200
    assert (await phone.get("/me")).json["rooms"][0]["open"]
    assert (await phone.post("/me/consents", {**word, "state": "withdrawn"})).status == 200
    me = (await phone.get("/me")).json
    assert (me["rooms"][0]["reason"], me["consents"][0]["state"]) == ("own_consent", "withdrawn")


async def test_yes_to_an_old_text_is_no_yes(site: Site, family: Family) -> None:
    phone = await family.phone()
    await site.do(People.set_text_version, 2)
    me = (await phone.get("/me")).json
    assert me["consents"][0]["state"] == "outdated"
    word = {"child_id": me["consents"][0]["child_id"], "purpose": "parent_live", "state": "given"}
    answer = await phone.post("/me/consents", {**word, "version": 1})
    assert (answer.status, answer.code) == (409, "outdated")
    assert (await phone.post("/me/consents", {**word, "version": 2})).status == 200


async def test_a_relative_is_not_asked_to_agree(site: Site, family: Family) -> None:
    aunt = await site.guardian("Saule Canarova", relative=True)
    await site.do(People.link, aunt, family.child)
    phone = await Family(site, aunt, family.child, family.group, family.room).phone()
    me = (await phone.get("/me")).json
    assert (me["consents"], me["rooms"][0]["open"]) == ([], True)


async def test_the_rules_are_accepted_once(site: Site, family: Family) -> None:
    phone = await family.phone()
    assert (await phone.post("/me/rules", {"version": 2})).code == "outdated"
    assert (await phone.post("/me/rules", {"version": 1})).status == 200
    assert (await phone.get("/me")).json["rules"] == {"version": 1, "accepted": True}


async def test_phones_are_listed_and_ended(site: Site, family: Family) -> None:
    phone, other = await family.phone(), await family.phone()
    devices = (await phone.get("/me/devices")).json
    assert [each["label"] for each in devices] == ["Android · Chrome"] * 2
    assert sorted(each["this"] for each in devices) == [False, True]
    (their_id,) = (each["id"] for each in devices if not each["this"])
    assert (await phone.post(f"/me/devices/{their_id}/revoke")).status == 200
    assert (await other.get("/me")).status == 404
    assert (await phone.get("/me")).status == 200


async def test_logging_out_ends_the_session_and_its_cookie(site: Site, family: Family) -> None:
    phone = await family.phone()
    copied = site.browser()
    copied.cookies = dict(phone.cookies)
    assert (await phone.post("/me/logout")).status == 200
    assert phone.cookies == {}
    assert (await copied.get("/me")).status == 404


async def test_a_phone_sees_what_it_watched(
    monday: FrozenDateTimeFactory, site: Site, family: Family
) -> None:
    phone = await family.phone()
    device = next(iter(site.snapshot.devices))
    viewing = await site.do(People.begin_viewing, device, family.room)
    monday.tick(timedelta(minutes=5))
    await site.do(People.end_viewing, viewing, "closed")
    (view,) = (await phone.get("/me/views")).json
    assert view["room"] == "Playroom"
    assert view["until_us"] - view["from_us"] == 300_000_000
    assert (await phone.get("/me")).json["limits"]["today_s"] == 300


async def test_who_left_is_told_so_and_sees_nothing(site: Site, family: Family) -> None:
    phone = await family.phone()
    await site.do(People.leave, family.child, date(2026, 1, 31))
    (room,) = (await phone.get("/me")).json["rooms"]
    assert (room["open"], room["reason"], "today" in room) == (False, "access_ended", False)


async def test_the_head_of_the_ledger_goes_to_every_phone(site: Site, family: Family) -> None:
    assert (await (await family.phone()).get("/me")).json["head"] is None


async def test_a_change_keeps_a_phone_from_idling_out(
    monday: FrozenDateTimeFactory, site: Site, family: Family
) -> None:
    phone = await family.phone()
    for _ in range(3):
        monday.tick(timedelta(days=10))
        assert (await phone.post("/me/rules", {"version": 1})).status == 200
        await site.noted()
    assert (await phone.get("/me")).status == 200
