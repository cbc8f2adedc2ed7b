"""T21: floods, large bodies and slow ones cost the house next to nothing."""

import asyncio
import gzip
import time

import pytest

from custom_components.kindergarten.portal import gate, limits
from custom_components.kindergarten.portal.limits import Limits
from tests.portal.raw import exchange
from tests.portal.site import PREFIX, Family, Site
from tests.stopwatch import Stopwatch

BIG = 2_000_000


def sent_by(site: Site, **more: str) -> dict[str, str]:
    """Return the headers of a change."""
    return {"Origin": site.origin, "Content-Type": "application/json", **more}


async def test_a_large_body_is_refused_before_it_is_read(site: Site) -> None:
    port = site.client.port
    assert port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [f"POST {PREFIX}/pair HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {BIG}"]
    head += [f"{name}: {value}" for name, value in sent_by(site).items()]
    writer.write("\r\n".join([*head, "", "{"]).encode())
    async with asyncio.timeout(60):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_a_body_of_unsaid_length_is_read_no_further_than_allowed(site: Site) -> None:
    port = site.client.port
    assert port is not None
    chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    headers = sent_by(site, **{"Transfer-Encoding": "chunked"})
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [f"POST {PREFIX}/pair HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*head, "", ""]).encode() + chunk * 2)
    async with asyncio.timeout(60):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_a_body_that_does_not_come_is_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "BODY_S", 0.2)
    port = site.client.port
    assert port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [f"POST {PREFIX}/pair HTTP/1.1", f"Host: 127.0.0.1:{port}", "Content-Length: 50"]
    head += [f"{name}: {value}" for name, value in sent_by(site).items()]
    writer.write("\r\n".join([*head, "", "{"]).encode())
    watch = Stopwatch()
    async with asyncio.timeout(60):
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
    assert watch.seconds < 2
    writer.close()


async def test_a_packed_body_is_not_unpacked(site: Site) -> None:
    port = site.client.port
    assert port is not None
    bomb = gzip.compress(b" " * BIG)
    headers = sent_by(site, **{"Content-Encoding": "gzip"})
    answer = await exchange(port, "POST", f"{PREFIX}/pair", headers, bomb)
    assert answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 "))


async def test_strangers_cost_no_look_into_the_families_file(
    site: Site, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger who has nothing right is answered from memory, hundreds of times."""
    monkeypatch.setattr(limits, "LONGEST_S", 0.001)
    await site.quiet()
    asked = 0
    do = site.families.do

    async def counted(*args: object, **details: object) -> object:
        nonlocal asked
        asked += 1
        return await do(*args, **details)  # type: ignore[arg-type]

    site.families.do = counted  # type: ignore[assignment, method-assign]
    browser = site.browser()
    guess = {"id": "0" * 32, "secret": "0" * 48, "code": "1", "nonce": "n"}
    await asyncio.gather(*(browser.post("/invite/redeem", guess) for _ in range(80)))
    short = {"code": "ABCD-EFGH", "nonce": "n"}
    monkeypatch.setattr(limits, "CROWD_S", 0.001)
    await asyncio.gather(*(browser.post("/handoff/redeem", short) for _ in range(80)))
    await asyncio.gather(*(browser.get("/me") for _ in range(80)))
    assert asked == 0


async def test_the_house_answers_during_a_flood(
    site: Site, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LONGEST_S", 0.5)
    browser = site.browser()
    guess = {"id": "0" * 32, "secret": "0" * 48, "code": "1", "nonce": "n"}
    flood = [
        asyncio.create_task(browser.post("/invite/redeem", {**guess, "nonce": str(n)})) for n in range(200)
    ]
    slowest = 0.0
    while not all(task.done() for task in flood):
        # The work of this thread between two turns of others: what else the machine does is not our delay.
        began = time.thread_time()
        await asyncio.sleep(0.01)
        slowest = max(slowest, time.thread_time() - began)
    answers = [task.result() for task in flood]
    assert {answer.status for answer in answers} == {409, 429}
    assert all(answer.json["wait_s"] >= 1 for answer in answers if answer.status == 429)
    assert slowest < 1.0


async def test_one_guardian_cannot_flood_either(site: Site, family: Family) -> None:
    phone = await family.phone()
    site.portal.limits = Limits(lambda: 1000.0)
    statuses = [(await phone.post("/me/rules", {"version": 1})).status for _ in range(90)]
    assert statuses.count(429) == 30
