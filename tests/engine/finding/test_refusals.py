"""A wrong password never locks the account of a device."""

import pytest

from kindergarten_engine.errors import SourceError
from kindergarten_engine.finding.tally import MOST
from tests.devices import MAKES, Devices, SimulatedDevice

from .kit import found, look


@pytest.mark.parametrize("make", list(MAKES))
@pytest.mark.parametrize("auth", ["digest", "basic"])
async def test_wrong_password_is_said_at_most_twice(make: str, auth: str) -> None:
    device = SimulatedDevice(make=make, channels=4, auth=auth)
    with pytest.raises(SourceError) as refused:
        await found(device, secret="wrong")
    assert refused.value.code == "auth"
    assert 1 <= device.account.refused <= MOST
    assert not device.account.locked


async def test_missing_login_is_refused_without_a_try() -> None:
    device = SimulatedDevice(make="hikvision")
    with pytest.raises(SourceError) as refused:
        await found(device, secret="", user="")
    assert (refused.value.code, device.account.refused) == ("auth", 0)


async def test_no_more_than_two_refusals_whatever_the_ways_in_think_of_the_login() -> None:
    device = SimulatedDevice(make="stranger", channels=4, shut=("onvif", "http"))
    with pytest.raises(SourceError):
        await found(device)
    assert device.account.refused <= MOST


async def test_device_that_calls_every_nonce_too_old_hears_a_wrong_password_twice_at_most() -> None:
    device = SimulatedDevice(make="dahua", channels=4)
    login = device.site.login
    usual = login.challenge
    login.challenge = lambda: usual() + ", stale=true"  # type: ignore[method-assign]
    with pytest.raises(SourceError):
        await found(device, secret="wrong")
    assert device.account.refused <= MOST


async def test_correct_password_after_a_wrong_one_works_at_once() -> None:
    device = SimulatedDevice(make="hikvision")
    with Devices(device):
        with pytest.raises(SourceError):
            await look(device, secret="wrong")
        assert (await look(device)).channels


async def test_secret_is_in_no_error(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SourceError) as refused:
        await found(SimulatedDevice(make="stranger"), secret="very-secret-word")
    assert "very-secret-word" not in f"{refused.value!r}{caplog.text}"
