"""The owner's phone tells what a stranger on the internet would see; only once, and only with its link."""

from custom_components.kindergarten.portal.answers import HEADERS, NO_STORE
from custom_components.kindergarten.portal.outside import findings

from .site import Site

HIDDEN = {"home": 404, "login": 404, "api": 404, "unknown": 404}
KEPT = {"csp": HEADERS["Content-Security-Policy"], "cache": NO_STORE}


async def test_what_the_phone_saw_is_taken_once(site: Site) -> None:
    phone, outside = site.browser(), site.portal.outside
    body = {**HIDDEN, "headers": KEPT}
    assert (await phone.post("/check", {**body, "token": "none-was-made"})).status == 404
    token = outside.start()
    assert (await phone.post("/check", {**body, "token": token.swapcase()})).status == 404
    assert outside.findings is None
    told = await phone.post("/check", {**body, "token": token})
    assert {each["key"]: each["light"] for each in told.json["findings"]} == {
        "portal_answers": "green",
        "phone_inside": "yellow",
        "house_hidden": "green",
        "unknown_hidden": "green",
        "headers_kept": "green",
    }
    assert outside.findings is not None
    assert (await phone.post("/check", {**body, "token": token})).status == 404


async def test_link_is_good_for_a_quarter_of_an_hour(site: Site) -> None:
    outside = site.portal.outside
    token, now_s = outside.start(), outside.clock()
    outside.clock = lambda: now_s + 901
    answer = await site.browser().post("/check", {**HIDDEN, "headers": KEPT, "token": token})
    assert answer.status == 404
    assert outside.findings is None


async def test_garbage_is_a_bad_request_and_keeps_the_link_good(site: Site) -> None:
    phone, token = site.browser(), site.portal.outside.start()
    for wrong in ({"home": "x"}, {"home": -1}, {"home": True}, {"home": 10**9}):
        answer = await phone.post("/check", {**HIDDEN, **wrong, "headers": [], "token": token})
        assert (answer.status, answer.code) == (400, "bad_request")
    assert (await phone.post("/check", {**HIDDEN, "headers": [], "token": token})).status == 200


async def test_a_token_that_is_no_text_is_a_wrong_one(site: Site) -> None:
    phone, token = site.browser(), site.portal.outside.start()
    answer = await phone.post("/check", {**HIDDEN, "headers": {}, "token": "\ud800"})
    assert answer.status == 404
    assert (await phone.post("/check", {**HIDDEN, "headers": {}, "token": token})).status == 200


def test_a_house_that_is_seen_and_changed_headers_are_told() -> None:
    seen = findings({**HIDDEN, "login": 200, "unknown": 200}, {"csp": "", "cache": NO_STORE}, "8.8.8.8")
    assert {each.key: each.light for each in seen} == {
        "portal_answers": "green",
        "house_seen": "yellow",
        "unknown_seen": "red",
        "headers_changed": "red",
    }
