"""The part of our engine's client that looks for devices."""

from dataclasses import asdict
from typing import Final, override

from . import wire
from .connection import Connection
from .devices import DeviceArchive, FoundDevice, WantedDevice

_FIND_S: Final = 85.0


class DeviceClient(Connection, DeviceArchive):
    """Asks over whatever connection the rest of the client has."""

    @override
    async def find(self, device: WantedDevice) -> FoundDevice:
        answer = await self._ask("POST", "find", body=asdict(device), limit_s=_FIND_S)
        return wire.decode(FoundDevice, answer)
