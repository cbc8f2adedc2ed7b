"""The engine looks for a device's streams when it is asked to, and remembers nothing of it."""

from typing import Any

import pytest

from tests.devices import Devices, SimulatedDevice

from .rig import EngineProcess, config


@pytest.fixture
async def engine(running: EngineProcess) -> EngineProcess:
    """Return an engine without cameras."""
    await running.answering()
    await running.ask("PUT", "config", config(None))
    return running


def wanted(device: SimulatedDevice, **changes: Any) -> dict[str, Any]:
    """Return what is asked."""
    place = {"host": "127.0.0.1", "port": device.port, "http_port": device.http_port, "path": ""}
    return {**place, "user": "admin", "secret": "right-secret"} | changes


async def test_channels_of_a_recorder_are_told_and_no_secret_is_written_down(engine: EngineProcess) -> None:
    device = SimulatedDevice(make="dahua", channels=3, empty=(2,))
    with Devices(device):
        status, answer = await engine.answer("POST", "find", wanted(device))
        refused, why = await engine.answer("POST", "find", wanted(device, secret="wrong-secret-word"))
    assert (status, answer["brand"]) == (200, "dahua")
    assert [channel["seen"] for channel in answer["channels"]] == [True, False, True]
    assert (refused, why["code"]) == (422, "auth")
    assert "secret" not in str(answer)
    assert "wrong-secret-word" not in engine.log()
    assert "right-secret" not in engine.log()


@pytest.mark.parametrize(
    "changes",
    [
        {"host": ""},
        {"host": "a b"},
        {"host": "cam/../x"},
        {"host": "a@b"},
        {"port": 0},
        {"http_port": 70_000},
        {"path": "no-slash"},
        {"path": "/a b"},
        {"more": 1},
    ],
)
async def test_request_that_names_no_device_is_refused(
    engine: EngineProcess, changes: dict[str, Any]
) -> None:
    status, answer = await engine.answer("POST", "find", wanted(SimulatedDevice(), **changes))
    assert status == 400, answer
