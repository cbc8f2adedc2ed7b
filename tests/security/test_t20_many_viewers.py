"""T20: many viewers cost one fetch per room, wait in a fair line, and get stills before a no."""

import asyncio

from custom_components.kindergarten.portal.me import RULES_VERSION
from tests.integration.fake_archive import BEDROOM, PLAYROOM, FakeArchive
from tests.integration.fake_live import FakeCamera
from tests.portal.site import Family, Site

from .watching import begin, watch


async def families(site: Site, count: int, room: str = "Playroom") -> list[Family]:
    """Return so many families of a room."""
    return [await site.family(f"Guardian {n} of {room}", f"Child {n} of {room}", room) for n in range(count)]


async def test_a_room_is_fetched_once_for_all(site: Site, camera: FakeCamera) -> None:
    watching = [await watch(family) for family in await families(site, 6)]
    segments = [await each.segment() for each in watching]
    bodies = [(await each.phone.get(path)).body for each, path in zip(watching, segments, strict=True)]
    assert all(body.startswith(b"part ") for body in bodies)
    assert len({path.rpartition("/")[2] for path in segments}) == 6
    assert (camera.opened, len(camera.viewers)) == (1, 1)


async def test_caps_hold_and_the_line_is_fair(site: Site, camera: FakeCamera) -> None:
    await site.set(portal_site_cap=10, portal_room_cap=1)
    first, second, third, fourth = await families(site, 4)
    assert (await watch(first)).answer["mode"] == "video"
    on_stills = await watch(second)
    assert on_stills.answer["mode"] == "stills"
    phones = [await third.phone(), await fourth.phone()]
    for phone in phones:
        await phone.post("/me/rules", {"version": RULES_VERSION})
    places = [await begin(phone) for phone in phones]
    assert [(each.status, each.code, each.json["place"]) for each in places] == [
        (409, "full", 1),
        (409, "full", 2),
    ]
    await on_stills.phone.post(f"{on_stills.below}/end")
    assert (await begin(phones[1])).json["place"] == 2
    assert (await begin(phones[0])).status == 201
    assert (await begin(phones[1])).json["place"] == 1


async def test_who_has_stills_gets_moving_pictures_when_there_is_room(site: Site, camera: FakeCamera) -> None:
    await site.set(portal_room_cap=1)
    first, second = await families(site, 2)
    moving, still = await watch(first), await watch(second)
    assert (await still.live()).status == 409
    assert (await still.phone.get(f"{still.below}/still")).status == 200
    assert (await still.beat()).json["mode"] == "stills"
    await moving.phone.post(f"{moving.below}/end")
    assert (await still.beat()).json["mode"] == "video"
    assert (await still.live()).status == 200


async def test_one_guardian_watches_on_one_phone(site: Site, family: Family, camera: FakeCamera) -> None:
    first = await watch(family)
    second = await watch(family)
    assert (await first.live()).status == 404
    told = await first.beat()
    assert (told.status, told.code) == (410, "elsewhere")
    assert (await second.live()).status == 200


async def test_a_camera_without_a_small_stream_gives_stills_only(
    site: Site, family: Family, archive: FakeArchive
) -> None:
    watching = await watch(family)  # nobody has told the archive of a sub stream: it refuses
    answer = await watching.live()
    assert (answer.status, answer.code) == (409, "stills")
    assert (await watching.beat()).json["mode"] == "stills"
    assert (await watching.phone.get(f"{watching.below}/still")).body.startswith(b"\xff\xd8")


async def test_a_camera_that_is_away_ends_no_viewing(
    site: Site, family: Family, archive: FakeArchive, camera: FakeCamera
) -> None:
    watching = await watch(family)
    archive.picture_fails = True
    answer = await watching.phone.get(f"{watching.below}/still")
    assert (answer.status, answer.code) == (503, "no_picture")
    assert (await watching.beat()).status == 200


async def test_only_open_rooms_are_kept_warm(site: Site, family: Family, archive: FakeArchive) -> None:
    async with asyncio.timeout(60):
        while not archive.warmed or archive.warmed[-1] != (PLAYROOM,):
            await asyncio.sleep(0.05)
    await site.change_room("Playroom", shown=False)
    async with asyncio.timeout(60):
        while archive.warmed[-1]:
            await asyncio.sleep(0.05)
    assert not any(BEDROOM in each for each in archive.warmed)


async def test_watching_is_written_down_without_names(
    site: Site, family: Family, archive: FakeArchive, camera: FakeCamera
) -> None:
    heard: list[tuple[str, bool, int]] = []
    stop = site.portal.viewings.async_listen(
        lambda news: heard.append((news.room_id, news.began, news.watching))
    )
    watching = await watch(family)
    await watching.phone.post(f"{watching.below}/end")
    stop()
    assert heard == [(family.room, True, 1), (family.room, False, 0)]
    async with asyncio.timeout(60):
        while not (views := [each for each in archive.records.values() if each[0] == "view"]):
            await asyncio.sleep(0.05)
    (_, details), *_ = views
    assert details["who"] == site.snapshot.pseudonym(family.guardian)
    assert (details["camera"], details["purpose"]) == (PLAYROOM, "parent")
    assert "Canarova" not in str(views)
    own = (await watching.phone.get("/me/views")).json
    assert len(own) == 1
