"""T6: addresses of pictures are worth nothing to anybody else, and to nobody for long."""

import asyncio
import re

from homeassistant.core import HomeAssistant
import pytest

from custom_components.kindergarten.portal import live
from tests.integration.fake_live import FakeCamera
from tests.portal.site import Browser, Family, Site

from .watching import watch


async def addresses(family: Family) -> tuple[Browser, list[str]]:
    """Return a phone that watches, and the addresses that it was given."""
    watching = await watch(family)
    paths = [f"{watching.below}/live", await watching.init(), await watching.segment()]
    paths.append(f"{watching.below}/still")
    for path in paths:
        assert (await watching.phone.get(path)).status == 200, path
    return watching.phone, paths


async def test_another_guardians_phone_gets_nothing(site: Site, family: Family, camera: FakeCamera) -> None:
    _, paths = await addresses(family)
    other = await (await site.family("Bota Canarova", "Dana", "Playroom")).phone()
    assert [(await other.get(path)).status for path in paths] == [404] * 4


async def test_another_phone_of_the_same_guardian_gets_nothing(
    site: Site, family: Family, camera: FakeCamera
) -> None:
    _, paths = await addresses(family)
    other = await family.phone()
    assert [(await other.get(path)).status for path in paths] == [404] * 4


async def test_nobody_gets_anything_without_a_cookie(site: Site, family: Family, camera: FakeCamera) -> None:
    _, paths = await addresses(family)
    answers = [await site.browser().get(path) for path in paths]
    plain = await site.browser().get("/nothing")
    assert [(each.status, each.body) for each in answers] == [(404, plain.body)] * 4


async def test_a_segment_is_gone_when_it_has_left_the_ring(
    site: Site, family: Family, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = await watch(family)
    path = await watching.segment()
    assert (await watching.phone.get(path)).status == 200
    with monkeypatch.context() as short:
        short.setattr(live, "KEEP_S", 0.5)
        async with asyncio.timeout(60):
            while (await watching.phone.get(path)).status != 404:
                await asyncio.sleep(0.05)
    assert (await watching.live()).status == 200


async def test_what_a_viewing_was_not_told_it_does_not_get(
    site: Site, family: Family, camera: FakeCamera
) -> None:
    watching = await watch(family)
    path = await watching.segment()
    base, number = path.rpartition("/")[0], int(path.rpartition("/")[2])
    for wrong in (0, 1, number - 1000, number + 1000, 10**15):
        assert (await watching.phone.get(f"{base}/{wrong}")).status == 404
    for wrong_word in ("-1", "x", "1" * 40, "٣"):
        assert (await watching.phone.get(f"{base}/{wrong_word}")).status == 404


async def test_nothing_is_kept_by_a_browser_or_a_proxy(
    site: Site, family: Family, camera: FakeCamera
) -> None:
    phone, paths = await addresses(family)
    for path in paths:
        assert (await phone.get(path)).headers["Cache-Control"] == "no-store, private"


async def test_no_address_names_a_camera_or_a_room(
    hass: HomeAssistant, site: Site, family: Family, camera: FakeCamera
) -> None:
    watching = await watch(family)
    text = (await watching.live()).body.decode()
    uris = re.findall(r'^[^#\n]+$|URI="([^"]+)"', text, re.MULTILINE)
    assert uris
    assert all(re.fullmatch(r"([is]/\d+)?", uri) for uri in uris)
    assert family.room not in text
