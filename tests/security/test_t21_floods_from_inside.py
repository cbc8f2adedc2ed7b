"""T20, T21: a parent who is let in cannot fill the ledger, the lists or the picture maker, nor delay being shut out."""

import asyncio
from collections import Counter
from types import SimpleNamespace

import pytest

from custom_components.kindergarten.archive.protocol import Picture
from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.portal import stills
from custom_components.kindergarten.portal.limits import Limits
from tests.integration.fake_archive import BEDROOM, PLAYROOM, FakeArchive
from tests.integration.fake_live import FakeCamera
from tests.portal.site import PREFIX, Family, Site

from .watching import room_id, watch


@pytest.fixture
def frozen(site: Site) -> None:
    """Let no time pass for the limits: what they let through now is all that they let through."""
    site.portal.limits = Limits(lambda: 1000.0)


async def views(site: Site) -> int:
    """Return how many viewings are noted, when all that were begun are."""
    await site.hass.async_block_till_done(wait_background_tasks=False)
    return len(await site.do(People.viewings))


@pytest.mark.usefixtures("frozen", "camera")
async def test_a_parent_cannot_fill_the_list_of_viewings(site: Site, family: Family) -> None:
    phone = await family.watcher()
    room = await room_id(phone)
    answers = Counter([(await phone.post("/viewings", {"room": room})).status for _ in range(50)])
    assert answers == {201: 30, 429: 20}
    assert await views(site) == 30


@pytest.mark.usefixtures("frozen")
async def test_a_parent_cannot_fill_the_list_of_agreements(site: Site, family: Family) -> None:
    phone = await family.phone()
    child = (await phone.get("/me")).json["consents"][0]["child_id"]
    words = [
        {"child_id": child, "purpose": "parent_live", "version": 1, "state": ("withdrawn", "given")[n % 2]}
        for n in range(45)
    ]
    answers = Counter([(await phone.post("/me/consents", word)).status for word in words])
    assert answers == {200: 30, 429: 15}


async def test_the_same_word_again_is_not_written_again(site: Site, family: Family) -> None:
    phone = await family.phone()
    child = (await phone.get("/me")).json["consents"][0]["child_id"]
    word = {"child_id": child, "purpose": "parent_live", "version": 1, "state": "given"}
    for _ in range(2):
        assert (await phone.post("/me/consents", word)).status == 200
    await site.noted()
    before = site.snapshot
    assert (await phone.post("/me/consents", word)).status == 200
    assert site.snapshot is before


async def test_rules_that_are_accepted_are_not_written_again(site: Site, family: Family) -> None:
    phone = await family.watcher()
    await site.noted()
    before = site.snapshot
    assert (await phone.post("/me/rules", {"version": 1})).status == 200
    assert site.snapshot is before


@pytest.mark.usefixtures("frozen")
async def test_a_parent_cannot_make_browsers_without_end(site: Site, family: Family) -> None:
    phone = await family.phone()
    answers = Counter([(await phone.post("/handoff")).status for _ in range(15)])
    assert answers == {200: 10, 429: 5}


@pytest.mark.usefixtures("frozen")
async def test_all_phones_of_a_guardian_together_look_up_no_more_than_one_may(
    site: Site, family: Family
) -> None:
    """Each question is one for the people's file, in whose line a revocation stands too."""
    phones = [await family.phone() for _ in range(3)]
    site.portal.limits = Limits(lambda: 1000.0)
    asked = [phone.get(path) for phone in phones for path in ("/me", "/me/views", "/requests") * 10]
    answers = Counter(answer.status for answer in await asyncio.gather(*asked))
    assert answers == {200: 60, 429: 30}


async def test_one_phone_gets_a_still_a_second_however_many_it_asks_for(
    family: Family, camera: FakeCamera, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at once, and two more have the patience to wait for their second; here no time passes otherwise."""
    monkeypatch.setattr(stills, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    monkeypatch.setattr(stills, "EVERY_S", 0.125)
    monkeypatch.setattr(stills, "_PATIENCE_S", 0.25)
    watching = await watch(family)
    asked = [watching.phone.get(f"{watching.below}/still") for _ in range(30)]
    answers = Counter(answer.status for answer in await asyncio.gather(*asked))
    assert answers == {200: 3, 429: 27}
    assert len(archive.pictures) == 3


async def test_a_camera_that_is_away_holds_up_no_stills_of_another_room(
    site: Site, family: Family, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.subs |= {PLAYROOM: FakeCamera(), BEDROOM: FakeCamera()}
    other = await site.family("Bota Canarova", "Dana", "Blue room")
    neighbours = [family, *[await site.family(f"Guardian {n}", f"Child {n}", "Playroom") for n in range(5)]]
    picture, back = archive.picture, asyncio.Event()

    async def slow(uid: str, *args: object, **details: object) -> Picture:
        if uid == PLAYROOM:
            await back.wait()
        return await picture(uid, *args, **details)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "picture", slow)
    waiting = [await watch(each) for each in neighbours]
    held = [asyncio.create_task(each.phone.get(f"{each.below}/still")) for each in waiting]
    watching = await watch(other)
    async with asyncio.timeout(60):
        assert (await watching.phone.get(f"{watching.below}/still")).status == 200
    back.set()
    assert {answer.status for answer in await asyncio.gather(*held)} == {200}


async def test_who_is_shut_out_while_a_body_is_under_way_changes_nothing(site: Site, family: Family) -> None:
    phone = await family.phone()
    child = (await phone.get("/me")).json["consents"][0]["child_id"]
    body = f'{{"child_id":"{child}","purpose":"parent_live","version":1,"state":"refused"}}'.encode()
    port = site.client.port
    assert port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [
        f"POST {PREFIX}/me/consents HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: {site.origin}",
        "Content-Type: application/json",
        f"X-Kindergarten-Token: {phone.token}",
        "Cookie: " + "; ".join(f"{name}={value}" for name, value in phone.cookies.items()),
        f"Content-Length: {len(body)}",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode() + body[:10])
    await writer.drain()
    await asyncio.sleep(0.3)  # the request is in the portal's hands
    (device,) = site.snapshot.devices
    await site.do(People.revoke_device, device)
    writer.write(body[10:])
    async with asyncio.timeout(60):
        assert (await reader.readline()).startswith(b"HTTP/1.1 404 ")
    writer.close()
    word = site.snapshot.consent(family.guardian, family.child, "parent_live")
    assert word is not None
    assert word.state == "given"
