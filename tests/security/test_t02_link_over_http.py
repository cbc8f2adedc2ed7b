"""T2: a link is forwarded or leaks; without the code from elsewhere it opens nothing."""

from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest

from custom_components.kindergarten.engine.people.people import People
from custom_components.kindergarten.news import SIGNAL_NEWS, News
from custom_components.kindergarten.portal import limits
from custom_components.kindergarten.portal.limits import Limits
from tests.integration.fake_archive import settle
from tests.portal.site import Family, Site, redemption, wrong_code


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody wait for having failed."""
    monkeypatch.setattr(limits, "LONGEST_S", 0.001)


@pytest.mark.parametrize("code", ["another", "x", "١٢٣٤٥٦"])
async def test_a_link_without_its_code_lets_nobody_in(site: Site, family: Family, code: str) -> None:
    invitation = await family.invitation()
    tried = wrong_code(invitation) if code == "another" else code
    answer = await site.browser().post("/invite/redeem", redemption(invitation, code=tried))
    assert (answer.status, answer.code) == (409, "wrong_code")
    assert "Set-Cookie" not in answer.headers


async def test_a_link_without_any_code_is_a_bad_request(site: Site, family: Family) -> None:
    invitation = await family.invitation()
    answer = await site.browser().post("/invite/redeem", redemption(invitation, code=""))
    assert answer.status == 400


async def test_after_five_wrong_codes_the_link_is_dead(site: Site, family: Family) -> None:
    invitation = await family.invitation()
    left = []
    for _ in range(5):
        answer = await site.browser().post(
            "/invite/redeem", redemption(invitation, code=wrong_code(invitation))
        )
        left.append(answer.json.get("tries_left"))
    assert left == [4, 3, 2, 1, 0]
    right = await site.browser().post("/invite/redeem", redemption(invitation))
    assert (right.status, right.code) == (409, "not_valid")


async def test_the_kindergarten_hears_that_a_link_died(site: Site, family: Family) -> None:
    heard: list[News] = []
    async_dispatcher_connect(site.hass, SIGNAL_NEWS, heard.append)
    invitation = await family.invitation()
    for _ in range(5):
        await site.browser().post("/invite/redeem", redemption(invitation, code=wrong_code(invitation)))
    await settle(site.hass)
    assert heard == [News(kind="door_trouble")]


async def test_tries_outlive_a_restart_of_the_portal(site: Site, family: Family) -> None:
    invitation = await family.invitation()
    for _ in range(4):
        await site.browser().post("/invite/redeem", redemption(invitation, code=wrong_code(invitation)))
    site.portal.limits = Limits()
    answer = await site.browser().post("/invite/redeem", redemption(invitation, code=wrong_code(invitation)))
    assert answer.json == {"code": "not_valid", "tries_left": 0}


async def test_the_owner_sees_where_a_link_was_used_and_ends_it(site: Site, family: Family) -> None:
    phone = await family.phone()
    (view,) = await site.do(People.invitations)
    assert view.state == "used"
    assert site.snapshot.devices[view.device_id].label == "Android · Chrome"
    await site.do(People.revoke_device, view.device_id)
    assert (await phone.get("/me")).status == 404
