"""What the tests of the search share."""

from typing import Any

from kindergarten_engine.env import RealEnv
from kindergarten_engine.finding.found import Found, Wanted
from kindergarten_engine.finding.search import find
from tests.devices import Devices, SimulatedDevice

RIGHT = "right-secret"


async def found(device: SimulatedDevice, secret: str = RIGHT, **wanted: Any) -> Found:
    """Run a device and return what is found of it; raises SourceError."""
    with Devices(device):
        return await look(device, secret, **wanted)


async def look(device: SimulatedDevice, secret: str = RIGHT, **wanted: Any) -> Found:
    """Return what is found of a device that runs; raises SourceError."""
    asked: dict[str, Any] = {
        "user": "admin",
        "port": device.port,
        "http_port": device.http_port,
        "https_port": device.https_port,
    }
    return await find(RealEnv(), Wanted(host="127.0.0.1", secret=secret, **(asked | wanted)))
