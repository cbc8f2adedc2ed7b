"""T18: a still bears the name of whom it was made for; real camera, real engine, real portal."""

import asyncio
from collections.abc import AsyncIterator, Iterator
import io
from pathlib import Path
import re

import av
from homeassistant.core import HomeAssistant
from PIL import Image, ImageChops
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
import pytest_socket

from custom_components.kindergarten.archive.protocol import ArchiveRefused, ArchiveUnavailable, Picture
from custom_components.kindergarten.portal.stills import EVERY_S
from tests.cameras import TEST_SUB, Fleet, SimulatedCamera
from tests.engine.process.rig import until
from tests.integration.conftest import our_integration, real_sockets  # noqa: F401
from tests.integration.fake_archive import PLAYROOM, camera, kindergarten_entry, move_in, room
from tests.integration.noon import live_where_it_is_noon
from tests.portal.conftest import hass_config_dir  # noqa: F401
from tests.portal.site import ALWAYS, Answer, Family, Site

from .watching import begin, watch


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    """Return a camera with sound and a small stream."""
    pytest_socket.enable_socket()
    with Fleet([SimulatedCamera(name="one", main=TEST_SUB, sub=TEST_SUB, audio="aac")]) as fleet:
        yield fleet


@pytest.fixture
async def site(
    hass: HomeAssistant, fleet: Fleet, tmp_path: Path, hass_client_no_auth: ClientSessionGenerator
) -> AsyncIterator[Site]:
    """Return a kindergarten that records a real camera, its portal open."""
    await live_where_it_is_noon(hass)
    (tmp_path / "archive").mkdir()
    where = {"host": "127.0.0.1", "port": fleet["one"].port, "path": "/main", "sub_path": "/sub"}
    entry: MockConfigEntry = kindergarten_entry(
        room("Playroom", opening=ALWAYS, shown=True),
        camera(PLAYROOM, "By the window", username="", password="", **where),
    )
    entry.add_to_hass(hass)
    data = {**entry.data, "archive_path": str(tmp_path / "archive"), "archive_id": None}
    hass.config_entries.async_update_entry(entry, data=data)
    move_in(hass, entry)
    assert await hass.config_entries.async_setup(entry.entry_id)
    site = Site(hass, entry, await hass_client_no_auth())
    await site.open()
    yield site
    await hass.config_entries.async_remove(entry.entry_id)


@pytest.fixture
async def family(site: Site) -> Family:
    """Return a family of the playroom, when its room is open."""
    family = await site.family("Әйгерім Canarova", "Arman", "Playroom")

    async def shows() -> bool:
        await site.entry.runtime_data.coordinator.async_refresh()
        return bool(not site.snapshot.locked and await drawn(site))

    await until(shows, 120)
    return family


async def drawn(site: Site, *lines: str) -> Picture | None:
    """Return what the camera shows, with lines in it."""
    try:
        picture: Picture = await site.portal.archive.picture(PLAYROOM, "sub", lines, quality=90)
    except ArchiveRefused, ArchiveUnavailable:
        return None
    return picture


def marks(clean: bytes, marked: bytes) -> tuple[int, int, int, int]:
    """Return where two pictures differ much: left, top, right, bottom."""
    pictures = [Image.open(io.BytesIO(each)).convert("L") for each in (clean, marked)]
    assert pictures[0].size == pictures[1].size
    changed = ImageChops.difference(*pictures).point(lambda value: 255 if value > 90 else 0)
    return changed.getbbox() or (0, 0, 0, 0)


async def test_a_still_bears_the_lines_of_its_viewer(site: Site, family: Family) -> None:
    watching = await watch(family)

    async def both() -> tuple[Picture, Answer] | None:
        """Return a picture without its lines and with them; on a busy machine another may come in between."""
        await watching.beat()
        before = await drawn(site)
        answer = await watching.phone.get(f"{watching.below}/still")
        after = await drawn(site)
        if (
            before is not None
            and after is not None
            and before.time_us == after.time_us
            and answer.status == 200
        ):
            return before, answer
        await asyncio.sleep(EVERY_S)  # a still that has to wait for its turn is of another moment
        return None

    clean, answer = await until(both, 120)
    left, top, right, bottom = marks(clean.jpeg, answer.body)
    assert right - left > 60
    assert 25 < bottom - top < 90
    assert len(answer.body) < 40_000


async def test_nobody_watches_who_has_not_agreed_to_the_rules(site: Site, family: Family) -> None:
    refused = await begin(await family.phone())
    assert (refused.status, refused.code) == (409, "rules")


async def test_the_lines_move_about(site: Site, family: Family) -> None:
    places: set[tuple[int, int]] = set()

    async def moved() -> bool:
        clean, marked = await drawn(site), await drawn(site, "Әйгерім С.", "K7F2")
        if clean is not None and marked is not None and clean.time_us == marked.time_us:
            places.add(marks(clean.jpeg, marked.jpeg)[:2])
        return len(places) == 2

    await until(moved, 120)


async def test_moving_pictures_come_without_sound_and_decode(site: Site, family: Family) -> None:
    watching = await watch(family)

    async def shown() -> Answer | None:
        answer = await watching.live()
        return answer if answer.status == 200 else None

    playlist = await until(shown, 120)
    uris = re.findall(rb'^s/[0-9]+$|(?<=URI=")i/[0-9]+', playlist.body, re.MULTILINE)
    film = b"".join([(await watching.phone.get(f"{watching.below}/{uri.decode()}")).body for uri in uris])
    with av.open(io.BytesIO(film), mode="r", format="mp4") as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert sum(1 for _ in container.decode(video=0)) >= 5


async def test_a_name_appears_in_no_log_of_the_engine(site: Site, family: Family) -> None:
    watching = await watch(family)
    assert (await watching.phone.get(f"{watching.below}/still")).status == 200
    folder = Path(site.hass.config.path(".storage/kindergarten"))
    log = await asyncio.to_thread((folder / "engine.log").read_text, encoding="utf-8")
    assert "Canarova" not in log
    assert "Әйгерім" not in log
