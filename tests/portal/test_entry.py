"""The ways in: a link with a code, the door, and from one browser to the next."""

import asyncio
import time

import pytest

from custom_components.kindergarten.engine.people.errors import PeopleError
from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.portal.limits import Buckets, Turns

from .site import Family, Site, redemption


async def test_a_link_and_its_code_let_a_phone_in(site: Site, family: Family) -> None:
    browser = site.browser()
    answer = await browser.post("/invite/redeem", redemption(await family.invitation()))
    assert (answer.status, answer.json) == (200, {"state": "ok"})
    me = await browser.sign_in()
    assert me["kindergarten"] == "Little Sun"
    assert [each["child"] for each in me["rooms"]] == ["Arman"]


async def test_an_invitation_is_used_once(site: Site, family: Family) -> None:
    invitation = await family.invitation()
    await site.browser().post("/invite/redeem", redemption(invitation))
    again = await site.browser().post("/invite/redeem", redemption(invitation, nonce="another tap"))
    assert (again.status, again.code) == (409, "not_valid")


async def test_a_lost_answer_does_not_burn_the_invitation(site: Site, family: Family) -> None:
    """The phone heard nothing and asks the same again: it gets the same session, and no second one."""
    sent = redemption(await family.invitation())
    lost, browser = site.browser(), site.browser()
    await lost.post("/invite/redeem", sent)
    answer = await browser.post("/invite/redeem", sent)
    assert answer.status == 200
    assert browser.cookies == lost.cookies
    assert len(site.snapshot.devices) == 1


async def test_a_phone_that_hangs_up_while_it_is_let_in_can_ask_again(site: Site, family: Family) -> None:
    sent = redemption(await family.invitation())
    asking = asyncio.create_task(site.browser().post("/invite/redeem", sent))
    await asyncio.sleep(0.002)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    browser = site.browser()
    assert (await browser.post("/invite/redeem", sent)).status == 200
    assert len(site.snapshot.devices) == 1


async def test_a_wrong_code_says_how_often_it_may_still_be_tried(site: Site, family: Family) -> None:
    invitation = await family.invitation()
    answer = await site.browser().post("/invite/redeem", redemption(invitation, code="wrong"))
    assert (answer.status, answer.json) == (409, {"code": "wrong_code", "tries_left": 4})


async def test_anothers_invitation_asks_before_it_switches(site: Site, family: Family) -> None:
    phone = await family.phone()
    other = await site.family("Bolat Testov", "Dana", "Blue room")
    invitation = await other.invitation()
    asked = await phone.post("/invite/redeem", redemption(invitation))
    assert (asked.status, asked.code) == (409, "other_guardian")
    assert (await phone.get("/me")).json["rooms"][0]["child"] == "Arman"
    await phone.post("/invite/redeem", redemption(invitation, switch=True))
    assert (await phone.get("/me")).json["rooms"][0]["child"] == "Dana"


async def test_a_fourth_phone_is_told_that_there_are_three(site: Site, family: Family) -> None:
    for _ in range(3):
        await family.phone()
    answer = await site.browser().post("/invite/redeem", redemption(await family.invitation()))
    assert (answer.status, answer.code) == (409, "too_many_devices")


async def test_nobody_pairs_while_the_door_is_closed(site: Site, family: Family) -> None:
    answer = await site.browser().post("/pair")
    assert (answer.status, answer.code) == (409, "no_window")


async def test_a_phone_at_the_door_is_let_in_when_somebody_says_whose_it_is(
    site: Site, family: Family
) -> None:
    browser = site.browser()
    await site.do(People.open_window, "staff")
    pairing = (await browser.post("/pair")).json
    poll = {"id": pairing["id"], "key": pairing["key"]}
    assert (await browser.post("/pair/poll", poll)).json == {"state": "waiting"}
    assert [each.code for each in await site.do(People.pending)] == [pairing["code"]]
    await site.do(People.approve, pairing["id"], family.guardian, "staff")
    approved = await browser.post("/pair/poll", poll)
    assert approved.json == {"state": "approved"}
    assert (await browser.sign_in())["rooms"][0]["child"] == "Arman"


async def test_a_phone_with_another_key_does_not_come_in(site: Site, family: Family) -> None:
    await site.do(People.open_window, "staff")
    pairing = (await site.browser().post("/pair")).json
    await site.do(People.approve, pairing["id"], family.guardian, "staff")
    answer = await site.browser().post("/pair/poll", {"id": pairing["id"], "key": "x"})
    assert answer.json == {"state": "ended"}
    assert "Set-Cookie" not in answer.headers


async def test_a_refused_phone_hears_so(site: Site, family: Family) -> None:
    browser = site.browser()
    await site.do(People.open_window, "staff")
    pairing = (await browser.post("/pair")).json
    await site.do(People.refuse, pairing["id"], "staff")
    answer = await browser.post("/pair/poll", {"id": pairing["id"], "key": pairing["key"]})
    assert answer.json == {"state": "refused"}


async def test_a_full_door_says_busy(site: Site, family: Family) -> None:
    site.portal.limits.pairings = Turns(Buckets(20, 1.5, time.monotonic))
    await site.do(People.open_window, "staff")
    answers = [await site.browser().post("/pair") for _ in range(13)]
    assert (answers[-1].status, answers[-1].code) == (409, "busy")


async def test_a_crowd_at_the_door_makes_room_for_somebody_from_elsewhere(site: Site, family: Family) -> None:
    await site.do(People.open_window, "staff")
    families, door = site.portal.families, site.portal.door
    mother = await door.begin(families, "mother", "10.1.1.1")
    crowd = [await door.begin(families, "crowd", f"2001:db8:5:5::{n}") for n in range(1, 12)]
    with pytest.raises(PeopleError, match="busy"):
        await door.begin(families, "crowd", "2001:db8:5:5::ff")

    father = await door.begin(families, "father", "10.2.2.2")
    waiting = {each.id for each in await site.do(People.pending)}
    assert {mother.id, father.id} <= waiting
    assert crowd[-1].id not in waiting
    poll = await site.do(People.poll, crowd[-1].id, crowd[-1].key)
    assert poll.state == "refused"


async def test_phones_that_come_from_nowhere_are_one_crowd(site: Site) -> None:
    await site.do(People.open_window, "staff")
    families, door = site.portal.families, site.portal.door
    for remote in (None, "", "unix:", "10.1.1.300"):
        await door.begin(families, "crowd", remote)
    for number in range(8):
        await door.begin(families, "crowd", f"no address {number}")
    with pytest.raises(PeopleError, match="busy"):
        await door.begin(families, "crowd", None)
    mother = await door.begin(families, "mother", "10.1.1.1")
    assert mother.id in {each.id for each in await site.do(People.pending)}


async def test_pairing_a_phone_ends_the_session_it_had(site: Site, family: Family) -> None:
    phone = await family.phone()
    before = site.browser()
    before.cookies = dict(phone.cookies)
    await site.do(People.open_window, "staff")
    pairing = (await phone.post("/pair")).json
    await site.do(People.approve, pairing["id"], family.guardian, "staff")
    await phone.post("/pair/poll", {"id": pairing["id"], "key": pairing["key"]})
    assert (await phone.get("/me")).status == 200
    assert (await before.get("/me")).status == 404


async def test_a_phone_lets_its_second_browser_in(site: Site, family: Family) -> None:
    phone, second = await family.phone(), site.browser()
    code = (await phone.post("/handoff")).json["code"]
    answer = await second.post("/handoff/redeem", {"code": code.lower(), "nonce": "one"})
    assert answer.json == {"state": "ok"}
    assert (await second.sign_in())["name"] == (await phone.get("/me")).json["name"]


async def test_a_handed_over_code_works_once(site: Site, family: Family) -> None:
    phone = await family.phone()
    code = (await phone.post("/handoff")).json["code"]
    await site.browser().post("/handoff/redeem", {"code": code, "nonce": "one"})
    again = await site.browser().post("/handoff/redeem", {"code": code, "nonce": "two"})
    assert (again.status, again.code) == (409, "not_valid")


async def test_a_people_file_that_does_not_answer_is_nobodys_fault(site: Site, family: Family) -> None:
    sent = redemption(await family.invitation())
    site.families._people.close()  # type: ignore[union-attr]
    answer = await site.browser().post("/invite/redeem", sent)
    assert (answer.status, answer.code) == (503, "try_again")
