"""A server that is played, and the house that it is added to."""

from pathlib import Path
from typing import override

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import (
    DesiredServer,
    ServerFound,
)

from ..camera_flow.test_frigate_cameras import served
from ..fake_archive import load
from ..flow_kit import PlayedArchive, camera, entry_of, room

ADDRESS = {"url": "http://192.168.1.11:5000", "username": "", "password": "", "rtsp_port": 8554}
FOUND = ServerFound(version="0.17.2", admin=True, cameras=(served("sunflowers"), served("yard")))
PRINT = "ab" * 32
BEARS = camera(
    "bears",
    "Bears",
    source="server",
    server="one",
    keeper_camera="bears",
    sub_path="/bears_sub",
    room="sunflowers",
)


class Served(PlayedArchive):
    """A recorder that can be asked for certificates and to lengthen what is kept."""

    def __init__(self) -> None:
        """Begin with a server that shows its certificate."""
        super().__init__()
        self.seen: list[DesiredServer] = []
        self.certified: str | Exception = PRINT
        self.lengthened: list[str] = []
        self.no: Exception | None = None

    @override
    async def probe_server(self, server: DesiredServer) -> ServerFound:
        self.seen.append(server)
        return await super().probe_server(server)

    @override
    async def certificate(self, server: DesiredServer) -> str:
        if isinstance(self.certified, Exception):
            raise self.certified
        return self.certified

    @override
    async def lengthen(self, server: str) -> None:
        if self.no is not None:
            raise self.no
        self.lengthened.append(server)


async def house(hass: HomeAssistant, folder: Path, *more: ConfigSubentryDataWithId) -> MockConfigEntry:
    """Return a kindergarten with a room."""
    return await load(hass, entry_of(folder, room("sunflowers", "Sunflowers", "group"), *more))


def titles(entry: MockConfigEntry, kind: str) -> list[str]:
    """Return what rooms, cameras or servers there are."""
    return sorted(each.title for each in entry.get_subentries_of_type(kind))
