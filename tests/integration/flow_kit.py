"""A kindergarten whose archive is played by the test: what a camera answers is up to it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, override

from homeassistant.config_entries import SOURCE_USER, ConfigSubentryDataWithId, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.kindergarten.archive.protocol import (
    ArchiveRefused,
    ConfigResult,
    DesiredServer,
    DesiredState,
    FoundDevice,
    ProbeResult,
    ProbeSource,
    ServerFound,
    VideoInfo,
    WantedDevice,
)
from custom_components.kindergarten.const import DOMAIN
from tests.integration.fake_archive import JPEG, FakeArchive

GOOD = ProbeResult(
    video=VideoInfo(codec="h264", width=1920, height=1080, codecs="avc1.640028", browser=True),
    fps=25.0,
    bps=2_000_000,
    gop_s=2.0,
    audio=None,
    clock_offset_ms=120,
    still=JPEG,
)
HEVC = replace(
    GOOD, video=VideoInfo(codec="h265", width=2560, height=1440, codecs="hvc1.1.6.L150.B0", browser=False)
)
SMALL = replace(
    GOOD, video=VideoInfo(codec="h264", width=640, height=360, codecs="avc1.4d001e", browser=True), still=None
)


class PlayedArchive(FakeArchive):
    """Answers a probe by the end of the URL; whoever is not mentioned is a good camera."""

    def __init__(self) -> None:
        """Begin with good cameras only."""
        super().__init__()
        self.answers: dict[str, ProbeResult | Exception] = {}
        self.asked: list[ProbeSource] = []
        self.device: FoundDevice | Exception = ArchiveRefused("not_found", "no device is played")
        self.wanted: list[WantedDevice] = []
        self.waits: asyncio.Event | None = None
        self.server: ServerFound | Exception = ArchiveRefused("unreachable", "no server is played")

    @override
    async def configure(self, desired: DesiredState) -> ConfigResult:
        volume = replace(self.now.volume, archive_id=desired.archive_id or f"new at {desired.archive_path}")
        self.show(volume=volume)
        return await super().configure(desired)

    @override
    async def find(self, device: WantedDevice) -> FoundDevice:
        self.wanted.append(device)
        if self.waits is not None:
            await self.waits.wait()
        if isinstance(self.device, Exception):
            raise self.device
        return self.device

    @override
    async def probe_server(self, server: DesiredServer) -> ServerFound:
        if isinstance(self.server, Exception):
            raise self.server
        return self.server

    @override
    async def probe(self, source: ProbeSource) -> ProbeResult:
        self.asked.append(source)
        for end, answer in self.answers.items():
            if source.url.endswith(end):
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return GOOD


def room(subentry_id: str, title: str, kind: str, **data: Any) -> ConfigSubentryDataWithId:
    """Return a room to begin with."""
    return ConfigSubentryDataWithId(
        subentry_id=subentry_id,
        subentry_type="room",
        title=title,
        unique_id=f"room:{subentry_id}",
        data={"kind": kind, "area_id": None, "opening": None, "quiet": []} | data,
    )


def camera(subentry_id: str, title: str, **data: Any) -> ConfigSubentryDataWithId:
    """Return an RTSP camera to begin with."""
    return ConfigSubentryDataWithId(
        subentry_id=subentry_id,
        subentry_type="camera",
        title=title,
        unique_id=f"camera:{subentry_id}",
        data={
            "camera_id": subentry_id,
            "room": "sunflowers",
            "source": "rtsp",
            "scheme": "rtsp",
            "host": "192.168.1.20",
            "port": 554,
            "path": "/stream1",
            "sub_path": None,
            "username": "viewer",
            "password": "hidden-secret",
            "sound": False,
            "sub_policy": "demand",
            "found": None,
        }
        | data,
    )


def entry_of(folder: Path, *subentries: ConfigSubentryDataWithId, **data: Any) -> MockConfigEntry:
    """Return a kindergarten that records into a folder."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Sunshine",
        unique_id=DOMAIN,
        data={"profile": "kz_2026", "archive_path": str(folder), "archive_id": "a" * 32} | data,
        options={"retention_days": 32},
        subentries_data=subentries,
    )


async def open_subentry(
    hass: HomeAssistant, entry: MockConfigEntry, kind: str, subentry_id: str | None = None
) -> Mapping[str, Any]:
    """Open the form for a new room or camera, or for one that is to be changed."""
    context = SubentryFlowContext(source=SOURCE_USER)
    if subentry_id is not None:
        context = SubentryFlowContext(source="reconfigure", subentry_id=subentry_id)
    return await hass.config_entries.subentries.async_init((entry.entry_id, kind), context=context)


async def answer(hass: HomeAssistant, result: Mapping[str, Any], **user_input: Any) -> Mapping[str, Any]:
    """Fill in a subentry's form; wait for the camera if it is looked at."""
    flows = hass.config_entries.subentries
    result = await flows.async_configure(result["flow_id"], user_input)
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        await hass.async_block_till_done()
        result = await flows.async_configure(result["flow_id"])
    return result


async def choose(hass: HomeAssistant, result: Mapping[str, Any], option: str) -> Mapping[str, Any]:
    """Take an option of a subentry's menu."""
    assert option in result["menu_options"]
    return await answer(hass, result, next_step_id=option)


def suggested(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in a form's fields."""
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }
