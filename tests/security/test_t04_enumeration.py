"""T4: what is unknown and what is forbidden look the same, down to the byte, and take as long."""

import time

import pytest

from custom_components.kindergarten.portal.limits import Limits
from tests.portal.raw import exchange
from tests.portal.site import PREFIX, Browser, Family, Site, redemption


async def bytes_of(phone: Browser, method: str, path: str, body: bytes = b"") -> bytes:
    """Return an answer byte for byte, without its date."""
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in phone.cookies.items())}
    if method == "POST":
        headers |= {
            "Origin": phone.site.origin,
            "Content-Type": "application/json",
            "X-Kindergarten-Token": phone.token or "",
        }
    port = phone.site.client.port
    assert port is not None
    return await exchange(port, method, PREFIX + path, headers, body)


async def test_anothers_room_and_no_room_are_the_same(site: Site, family: Family) -> None:
    phone = await family.watcher()
    other = await (await site.family("Bolat Testov", "Dana", "Blue room")).phone()
    theirs = (await other.get("/me")).json["rooms"][0]["id"]
    for route, more in (("/viewings", ""), ("/requests", ',"from_us":1,"to_us":2')):
        forbidden = await bytes_of(phone, "POST", route, f'{{"room":"{theirs}"{more}}}'.encode())
        unknown = await bytes_of(phone, "POST", route, b'{"room":"' + b"A" * 22 + f'"{more}}}'.encode())
        assert forbidden == unknown
        assert forbidden.startswith(b"HTTP/1.1 404 ")


async def test_anothers_phone_and_no_phone_are_the_same(site: Site, family: Family) -> None:
    phone = await family.phone()
    other = await (await site.family("Bolat Testov", "Dana", "Blue room")).phone()
    theirs = (await other.get("/me/devices")).json[0]["id"]
    forbidden = await bytes_of(phone, "POST", f"/me/devices/{theirs}/revoke", b"{}")
    assert forbidden == await bytes_of(phone, "POST", f"/me/devices/{'A' * 22}/revoke", b"{}")
    assert (await other.get("/me")).status == 200


async def test_anothers_child_and_no_child_are_the_same(site: Site, family: Family) -> None:
    phone = await family.phone()
    other = await (await site.family("Bolat Testov", "Dana", "Blue room")).phone()
    theirs = (await other.get("/me")).json["consents"][0]["child_id"]
    word = '{"child_id":"%s","purpose":"parent_live","version":1,"state":"refused"}'
    forbidden = await bytes_of(phone, "POST", "/me/consents", (word % theirs).encode())
    assert forbidden == await bytes_of(phone, "POST", "/me/consents", (word % ("A" * 22)).encode())
    assert (await other.get("/me")).json["consents"][0]["state"] == "given"


async def test_every_invitation_that_does_not_open_is_the_same(site: Site, family: Family) -> None:
    used, alive = await family.invitation(), await family.invitation()
    await site.browser().post("/invite/redeem", redemption(used))
    sent = (
        redemption(used, nonce="later"),
        redemption(alive, secret="0" * 48),
        redemption(alive, id="0" * 32),
    )
    answers = {(await site.browser().post("/invite/redeem", each)).body for each in sent}
    assert answers == {b'{"code":"not_valid"}'}


async def test_unknown_and_forbidden_take_the_same_time(site: Site, family: Family) -> None:
    phone = await family.phone()
    other = await (await site.family("Bolat Testov", "Dana", "Blue room")).phone()
    theirs = (await other.get("/me/devices")).json[0]["id"]
    took: dict[str, list[float]] = {theirs: [], "A" * 22: []}
    for _ in range(40):
        site.portal.limits = Limits()
        for _ in range(20):
            for name, times in took.items():
                began = time.perf_counter()
                assert (await phone.post(f"/me/devices/{name}/revoke")).status == 404
                times.append(time.perf_counter() - began)
        # A busy machine only ever adds: what something costs is the least that it ever took.
        forbidden, unknown = (min(times) for times in took.values())
        if abs(forbidden - unknown) < 0.25 * max(forbidden, unknown):
            return
    pytest.fail(f"forbidden takes {forbidden * 1e3:.2f} ms, unknown {unknown * 1e3:.2f} ms")


@pytest.mark.parametrize("origin", [None, "https://cast.home-assistant.io", "https://evil.example"])
async def test_no_method_tells_that_there_are_addresses_without_a_login(
    site: Site, origin: str | None
) -> None:
    """Home Assistant answers 405, or by its handlers of CORS, where it knows a way for another method."""
    port = site.client.port
    assert port is not None
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET"} if origin else {}
    for method in ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
        unknown = await exchange(port, method, "/api/kindergarten/nothing/x/y", headers)
        for known in ("panel/0123456789abcdef/app.js", "playback/x/play.m3u8", "portal/x"):
            assert await exchange(port, method, f"/api/kindergarten/{known}", headers) == unknown, method
