"""Devices that nobody knows are asked by ONVIF."""

from datetime import timedelta

import pytest

from tests.devices import SimulatedDevice

from .kit import found


async def test_unknown_recorder_tells_its_streams_and_the_largest_is_the_main_one() -> None:
    seen = await found(SimulatedDevice(make="stranger", channels=3))
    assert (seen.brand, seen.maker, seen.model) == (None, "Nobody Ltd", "X1")
    assert [(channel.main, channel.sub) for channel in seen.channels] == [
        (f"/odd/{n}/big?x=1", f"/odd/{n}/small?x=1") for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("behind", [timedelta(days=4000), timedelta(days=-3), timedelta(minutes=7)])
async def test_device_with_a_wrong_clock_takes_the_login_all_the_same(behind: timedelta) -> None:
    device = SimulatedDevice(make="stranger", behind=behind)
    assert len((await found(device)).channels) == 1
    assert device.account.refused == 0


async def test_rtsp_at_another_port_is_found_by_onvif() -> None:
    device = SimulatedDevice(make="stranger")
    seen = await found(device, port=1)
    assert seen.port == device.port


async def test_onvif_with_users_of_its_own_costs_one_refusal_and_paths_are_guessed() -> None:
    device = SimulatedDevice(make="uniview-camera", shut=("onvif",))
    device.site.login.realm = "some server"
    seen = await found(device)
    assert seen.channels[0].main == "/media/video1"
    assert (seen.stopped, device.account.refused) == (True, 1)


async def test_login_never_goes_to_a_host_that_the_device_names() -> None:
    device = SimulatedDevice(make="stranger")
    assert (await found(device)).channels  # its answers name 10.99.99.99, which pytest-socket forbids
    assert "/onvif/Media" in device.asked
