"""T3, at the portal's door: somebody guesses invitations, codes and sessions, many at a time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
import secrets
from typing import Any

import pytest

from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.portal import limits
from custom_components.kindergarten.portal.limits import Limits
from tests.portal.site import Answer, Family, Site, redemption, wrong_code

GUESSES = 600


@pytest.fixture
def frozen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass for the limits: what they let through now is all that they let through."""
    monkeypatch.setattr(limits, "LONGEST_S", 0.001)
    monkeypatch.setattr(limits, "CROWD_S", 0.001)
    site.portal.limits = Limits(lambda: 1000.0)


async def storm(count: int, guess: Callable[[int], Awaitable[Answer]]) -> Counter[Any]:
    """Guess many times, twenty at once; returns how often which answer came."""
    answers: Counter[Any] = Counter()
    turns = iter(range(count))

    async def worker() -> None:
        for number in turns:
            answer = await guess(number)
            answers[answer.json.get("code") or answer.json.get("state")] += 1

    await asyncio.gather(*(worker() for _ in range(20)))
    return answers


def made_up(**changes: object) -> dict[str, object]:
    """Return a redemption of an invitation that nobody made."""
    guess = {"id": secrets.token_hex(16), "secret": secrets.token_hex(24), "code": "123456"}
    return {**guess, "nonce": "n", "switch": False, **changes}


@pytest.mark.usefixtures("frozen")
async def test_made_up_invitations_are_soon_not_even_looked_at(site: Site) -> None:
    browser = site.browser()
    answers = await storm(GUESSES, lambda _: browser.post("/invite/redeem", made_up()))
    assert answers == {"not_valid": 60, "slow_down": GUESSES - 60}


@pytest.mark.usefixtures("frozen")
async def test_codes_of_a_known_link_get_five_tries_however_many_ask(site: Site, family: Family) -> None:
    invitation = await family.invitation()
    browser = site.browser()
    answers = await storm(
        200,
        lambda n: browser.post(
            "/invite/redeem", redemption(invitation, code=wrong_code(invitation, 1 + n), nonce=f"n{n}")
        ),
    )
    assert answers["wrong_code"] <= 5
    assert answers.total() - answers["slow_down"] <= 10
    assert not site.snapshot.devices


@pytest.mark.usefixtures("frozen")
async def test_whoever_has_a_right_link_comes_in_during_the_storm(site: Site, family: Family) -> None:
    """The same address, the same moment: nobody is locked out by what others guess."""
    browser = site.browser()
    await storm(300, lambda _: browser.post("/invite/redeem", made_up()))
    phone = await family.phone()
    assert (await phone.get("/me")).status == 200


@pytest.mark.usefixtures("frozen")
async def test_guesses_of_short_codes_keep_no_parent_from_their_second_browser(
    site: Site, family: Family
) -> None:
    """Strangers use up what all together may try; whoever has a right code waits a little and is in."""
    code = (await (await family.phone()).post("/handoff")).json["code"]
    waited: list[bool] = []
    crowd = site.portal.limits.code

    async def counted() -> bool:
        waited.append(await crowd())
        return waited[-1]

    site.portal.limits.code = counted  # type: ignore[method-assign]
    browser = site.browser()
    answers = await storm(
        300, lambda n: browser.post("/handoff/redeem", {"code": f"ABCD{n:04}", "nonce": "n"})
    )
    assert answers == {"not_valid": 300}
    assert waited.count(True) == 280
    parent = await site.browser().post("/handoff/redeem", {"code": code, "nonce": "one"})
    assert (parent.status, parent.json) == (200, {"state": "ok"})


@pytest.mark.usefixtures("frozen")
async def test_who_is_in_already_waits_for_no_crowd_and_guesses_no_more_than_their_share(
    site: Site, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, second = await family.phone(), await family.phone()
    code = (await phone.post("/handoff")).json["code"]
    await storm(30, lambda n: site.browser().post("/handoff/redeem", {"code": f"ABCD{n:04}", "nonce": "n"}))
    monkeypatch.setattr(limits, "CROWD_S", 60.0)
    again = await second.post("/handoff/redeem", {"code": code, "nonce": "one"})
    assert again.status == 200
    hostile = await storm(
        100, lambda n: second.post("/handoff/redeem", {"code": f"ABCD{n:04}", "nonce": "n"})
    )
    assert hostile["slow_down"] > 30


@pytest.mark.usefixtures("frozen")
async def test_a_phone_at_the_door_polls_on_during_the_storm(site: Site) -> None:
    await site.do(People.open_window, "staff")
    browser = site.browser()
    pairing = (await browser.post("/pair")).json
    answers = await storm(
        200, lambda n: browser.post("/pair/poll", {"id": secrets.token_hex(16), "key": "k"})
    )
    assert answers == {"ended": 200}
    poll = await browser.post("/pair/poll", {"id": pairing["id"], "key": pairing["key"]})
    assert poll.json == {"state": "waiting"}


async def test_guessed_cookies_open_nothing(site: Site, family: Family) -> None:
    phone = await family.phone()
    ((name, value),) = phone.cookies.items()
    for _ in range(100):
        position, letter = secrets.randbelow(len(value) - 1), secrets.choice("ABCDabcd0123-_")
        if value[position] == letter:
            continue
        browser = site.browser()
        browser.cookies = {name: value[:position] + letter + value[position + 1 :]}
        assert (await browser.get("/me")).status == 404


@pytest.mark.usefixtures("frozen")
async def test_a_valid_session_is_not_slowed_down_by_guesses_from_its_address(
    site: Site, family: Family
) -> None:
    phone = await family.phone()
    browser = site.browser()
    await storm(300, lambda _: browser.post("/invite/redeem", made_up()))
    answers = {(await phone.get("/me")).status for _ in range(20)}
    assert answers == {200}


@pytest.mark.usefixtures("frozen")
async def test_a_restart_during_the_storm_does_not_turn_a_phone_at_the_door_away(site: Site) -> None:
    await site.do(People.open_window, "staff")
    browser = site.browser()
    pairing = (await browser.post("/pair")).json
    site.portal.limits = Limits(lambda: 1000.0)
    await storm(100, lambda n: browser.post("/pair/poll", {"id": secrets.token_hex(16), "key": "k"}))
    poll = await browser.post("/pair/poll", {"id": pairing["id"], "key": pairing["key"]})
    assert poll.json == {"state": "waiting"}
