"""Every brand is recognised, and its streams are found at the paths that it really has."""

import pytest

from tests.devices import SimulatedDevice

from .kit import found


@pytest.mark.parametrize(
    ("make", "brand"),
    [
        ("hikvision", "hikvision"),
        ("hiwatch", "hikvision"),
        ("dahua", "dahua"),
        ("uniview", "uniview"),
        ("uniview-camera", "uniview"),
        ("reolink", "reolink"),
        ("tapo", "tapo"),
        ("ezviz", "ezviz"),
        ("ezviz-recorder", "ezviz"),
    ],
)
async def test_camera_of_a_brand_is_found_without_a_refused_login(make: str, brand: str) -> None:
    device = SimulatedDevice(make=make)
    seen = await found(device)
    assert (seen.brand, seen.recorder, seen.stopped) == (brand, False, False)
    (channel,) = seen.channels
    assert (channel.main, channel.sub) == (device.made.path(1, "main"), device.made.path(1, "sub"))
    assert device.account.refused == 0
