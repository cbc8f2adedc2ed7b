"""T19: a picture that nobody looks at any more ends by itself."""

import pytest

from custom_components.kindergarten.portal import viewing
from tests.integration.fake_live import FakeCamera
from tests.portal.site import Family, Site

from .watching import watch


async def test_a_hidden_page_loses_its_picture(
    site: Site, family: Family, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = await watch(family)
    assert (await watching.beat(visible=False)).status == 200
    assert (await watching.live()).status == 200
    monkeypatch.setattr(viewing, "HIDDEN_S", 0.2)
    await watching.lost()
    assert (await watching.beat()).code == "hidden"


async def test_a_page_that_is_seen_again_in_time_goes_on(
    site: Site, family: Family, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = await watch(family)
    await watching.beat(visible=False)
    await watching.beat(visible=True)
    monkeypatch.setattr(viewing, "HIDDEN_S", 0.0)
    site.portal.async_changed()
    assert (await watching.live()).status == 200


async def test_a_phone_that_nobody_touches_loses_its_picture(
    site: Site, family: Family, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = await watch(family)
    left = (await watching.beat(active=True)).json["left_s"]
    assert 890 <= left <= 900
    monkeypatch.setattr(viewing, "STILL_WATCHING_S", 0.2)
    await watching.lost()
    assert (await watching.beat()).code == "idle"


async def test_a_phone_without_a_sign_of_life_loses_its_picture(
    site: Site, family: Family, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = await watch(family)
    monkeypatch.setattr(viewing, "LOST_S", 0.2)
    await watching.lost()
    assert (await watching.beat()).code == "lost"


@pytest.mark.parametrize("body", [{}, {"visible": 1, "active": True}, {"visible": "yes", "active": None}])
async def test_a_beat_says_what_it_means(
    site: Site, family: Family, camera: FakeCamera, body: dict[str, object]
) -> None:
    watching = await watch(family)
    answer = await watching.phone.post(f"{watching.below}/beat", body)
    assert (answer.status, answer.code) == (400, "bad_request")
