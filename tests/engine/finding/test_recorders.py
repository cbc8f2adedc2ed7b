"""All channels of a recorder are found with their names, the empty ones too."""

import pytest

from kindergarten_engine.finding import web
from tests.devices import SimulatedDevice

from .kit import found


@pytest.mark.parametrize("make", ["hikvision", "hiwatch", "dahua", "uniview"])
async def test_channels_of_a_recorder_have_their_names_and_those_without_camera_are_told_apart(
    make: str,
) -> None:
    device = SimulatedDevice(
        make=make, channels=8, empty=(2, 4, 6, 8), names={1: "Подсолнухи", 3: "Yard <b>&"}
    )
    seen = await found(device)
    assert seen.recorder
    assert [channel.number for channel in seen.channels] == list(range(1, 9))
    assert [channel.seen for channel in seen.channels] == [True, False] * 4
    assert [channel.name for channel in seen.channels[:3]] == ["Подсолнухи", "Camera 02", "Yard b&"]
    assert seen.model == device.made.model
    assert seen.channels[6].main == device.made.path(7, "main")
    assert device.account.refused == 0


@pytest.mark.parametrize("make", ["hikvision", "dahua", "uniview", "reolink"])
async def test_channels_are_counted_where_the_recorder_does_not_list_them(make: str) -> None:
    seen = await found(SimulatedDevice(make=make, channels=8, empty=(1, 4, 5), api=False))
    assert [channel.number for channel in seen.channels] == [2, 3, 6, 7, 8]
    assert all(channel.sub for channel in seen.channels)


async def test_camera_that_answers_to_every_channel_is_one_camera() -> None:
    seen = await found(SimulatedDevice(make="hikvision", every_path=True, api=False))
    assert len(seen.channels) == 1


async def test_recorder_whose_web_interface_takes_no_login_is_asked_channel_by_channel() -> None:
    device = SimulatedDevice(make="dahua", channels=4, shut=("http",))
    seen = await found(device)
    assert (len(seen.channels), seen.stopped, device.account.refused) == (4, True, 1)
    assert not device.account.locked


async def test_recorder_that_hangs_up_after_every_error_is_searched_to_the_end() -> None:
    seen = await found(SimulatedDevice(make="uniview", channels=6, empty=(1, 2, 3), api=False, hangs_up=True))
    assert [channel.number for channel in seen.channels] == [4, 5, 6]


async def test_device_that_wants_no_login_is_found_without_one() -> None:
    seen = await found(SimulatedDevice(make="tapo", auth="none"), secret="", user="")
    assert (seen.brand, seen.login, len(seen.channels)) == (None, False, 1)


async def test_login_by_basic_is_understood() -> None:
    assert (await found(SimulatedDevice(make="dahua", channels=2, auth="basic"))).brand == "dahua"


async def test_hybrid_recorder_that_counts_two_kinds_of_inputs_from_one_is_asked_by_its_streams() -> None:
    seen = await found(SimulatedDevice(make="hybrid", channels=4, names={1: "Yard"}))
    assert [(channel.number, channel.name) for channel in seen.channels] == [(n, "") for n in range(1, 5)]
    assert seen.model == "iDS-7208HQHI"


async def test_web_page_that_hangs_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ANSWER_S", 0.2)
    device = SimulatedDevice(make="hikvision", channels=3, silent_web=True)
    assert len((await found(device)).channels) == 3
    assert len(device.asked) <= 1
