"""Devices that encrypt their web page are searched too; their certificate is told, and held to."""

import pytest

from kindergarten_engine.errors import SourceError
from kindergarten_engine.finding import web
from kindergarten_engine.finding.certificate import Certificate, shown
from kindergarten_engine.finding.tally import MOST
from tests.devices import Devices, SimulatedDevice

from .kit import found, look


@pytest.mark.parametrize("serves", ["https", "leads"])
async def test_recorder_that_answers_by_https_alone_tells_the_names_of_its_channels(serves: str) -> None:
    device = SimulatedDevice(make="dahua", channels=3, names={2: "Yard"}, serves=serves)
    seen = await found(device)
    assert [channel.name for channel in seen.channels] == ["Camera 01", "Yard", "Camera 03"]
    assert (seen.model, seen.certificate) == (device.made.model, device.certificate)
    assert all(each.startswith("https:") or each == "http:/" for each in device.asked)
    assert device.account.refused == 0


async def test_recorder_that_answers_by_http_shows_no_certificate() -> None:
    assert (await found(SimulatedDevice(make="dahua"))).certificate == ""


@pytest.mark.parametrize("make", ["dahua", "stranger"])
@pytest.mark.parametrize("serves", ["both", "leads"])
async def test_device_that_is_to_be_asked_encrypted_is_asked_nothing_by_http(serves: str, make: str) -> None:
    device = SimulatedDevice(make=make, channels=2, serves=serves)
    seen = await found(device, encrypted=True)
    assert (len(seen.channels), seen.certificate) == (2, device.certificate)
    assert device.asked
    assert all(each.startswith("https:") for each in device.asked)


async def test_device_that_does_not_encrypt_is_told_no_login_by_http_when_it_has_to() -> None:
    device = SimulatedDevice(make="dahua", channels=2)
    seen = await found(device, encrypted=True)
    assert (len(seen.channels), seen.certificate, device.asked) == (2, "", [])


async def test_device_that_offers_both_is_asked_by_http_unless_it_has_to_encrypt() -> None:
    device = SimulatedDevice(make="dahua", serves="both")
    assert (await found(device)).certificate == ""


async def test_stranger_is_asked_by_onvif_over_https() -> None:
    device = SimulatedDevice(make="stranger", channels=2, serves="https")
    seen = await found(device)
    assert (seen.maker, len(seen.channels)) == ("Nobody Ltd", 2)


@pytest.mark.parametrize("make", ["hikvision", "dahua", "stranger"])
async def test_wrong_password_is_said_at_most_twice_over_https_too(make: str) -> None:
    device = SimulatedDevice(make=make, channels=4, serves="https", shut=("rtsp",))
    with pytest.raises(SourceError):
        await found(device, secret="wrong")
    assert device.account.refused <= MOST
    assert not device.account.locked


async def test_web_interface_that_takes_no_login_over_https_costs_one_refusal() -> None:
    device = SimulatedDevice(make="dahua", channels=2, serves="https", shut=("http",))
    seen = await found(device)
    assert (len(seen.channels), seen.stopped, device.account.refused) == (2, True, 1)


async def test_who_shows_another_certificate_than_before_is_asked_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = SimulatedDevice(make="dahua", channels=2, serves="https")

    async def shown_before_the_change(host: str, port: int) -> Certificate | None:
        certificate = await shown(host, port)
        device.show_another_certificate()
        return certificate

    monkeypatch.setattr(web, "shown", shown_before_the_change)
    monkeypatch.setattr(web, "HTTPS_PORTS", ())
    seen = await found(device)
    assert device.asked == []
    assert [channel.name for channel in seen.channels] == ["", ""]


@pytest.mark.parametrize("make", ["ezviz", "ezviz-like-hikvision"])
async def test_ezviz_is_known_by_the_certificate_of_a_port_that_answers_nothing(make: str) -> None:
    device = SimulatedDevice(make=make, serves="mute")
    seen = await found(device)
    assert (seen.brand, seen.certificate) == ("ezviz", device.certificate)
    assert seen.channels[0].main == device.made.path(1, "main")
    assert device.account.refused == 0


async def test_where_nobody_shows_a_certificate_the_streams_are_found_all_the_same() -> None:
    device = SimulatedDevice(make="hikvision", channels=2, serves="mute")
    with Devices(device):
        seen = await look(device, https_port=device.http_port)
    assert len(seen.channels) == 2
