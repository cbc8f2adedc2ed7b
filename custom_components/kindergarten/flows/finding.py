"""Finds a device's cameras by its address, and looks at the picture of each."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_PATH, CONF_PORT, CONF_URL, CONF_USERNAME

from ..archive.protocol import (
    Archive,
    ArchiveRefused,
    ArchiveUnavailable,
    FoundChannel,
    FoundDevice,
    ServerCamera,
    ServerFound,
    WantedDevice,
)
from ..const import CONF_SCHEME, CONF_SOURCE, CONF_SUB_PATH, SOURCE_RTSP, SUBENTRY_CAMERA
from ..desired import rtsp_source
from ..frigate import desired_server, servers_of
from .address import read_device, same_place
from .camera_form import with_kept_password
from .candidates import Candidate, telling
from .frigate import cameras_of, source_of
from .names import FieldError
from .probe import Found, async_probe, async_wait_for_engine
from .words import Words, pairs

AT_ONCE: Final = 3
"""Streams of one device that are opened at a time: recorders have only so many to give."""
BRANDS: Final[Mapping[str, str]] = {
    "hikvision": "Hikvision",
    "dahua": "Dahua",
    "uniview": "Uniview",
    "reolink": "Reolink",
    "tapo": "Tapo",
    "ezviz": "EZVIZ",
}
_ERRORS: Final[Mapping[str, str]] = {
    "unreachable": "find_unreachable",
    "refused": "find_refused",
    "timeout": "find_timeout",
    "closed": "find_closed",
    "no_camera": "find_no_camera",
    "auth": "find_auth",
    "not_found": "find_not_found",
    "bad_address": "find_bad_address",
}
_NO_STREAM: Final = frozenset({"not_found", "no_video", "unsupported_codec"})


def read_wanted(user_input: Mapping[str, Any], entry: ConfigEntry[Any]) -> WantedDevice:
    """Return the device that a form names; raises FieldError."""
    address, page = read_device(user_input)
    address = with_kept_password(address, entry, None)
    if address[CONF_SCHEME] != "rtsp":
        raise FieldError(CONF_HOST, "find_encrypted")
    return WantedDevice(
        host=address[CONF_HOST],
        user=address[CONF_USERNAME],
        secret=address[CONF_PASSWORD],
        port=address[CONF_PORT],
        http_port=page.ports["http"],
        https_port=page.ports["https"],
        encrypted=page.encrypted,
        path="" if address[CONF_PATH] == "/" else address[CONF_PATH],
    )


async def async_find(archive: Archive, wanted: WantedDevice) -> FoundDevice:
    """Look for a device's streams; raises FieldError."""
    try:
        await async_wait_for_engine(archive)
        return await archive.find(wanted)
    except ArchiveRefused as err:
        raise FieldError("base", _ERRORS.get(err.code, "find_failed")) from err
    except ArchiveUnavailable as err:
        raise FieldError("base", "find_engine_unavailable") from err


def candidates_of(
    entry: ConfigEntry[Any], wanted: WantedDevice, device: FoundDevice, say: Words
) -> list[Candidate]:
    """Return the cameras of a device; those that were added before are marked."""
    cameras = entry.get_subentries_of_type(SUBENTRY_CAMERA)
    others = [camera for camera in cameras if camera.data[CONF_SOURCE] == SOURCE_RTSP]
    found: list[Candidate] = []
    for channel in device.channels:
        source = _source(wanted, device, channel)
        added = next((camera.title for camera in others if same_place(camera.data, source)), None)
        name = channel.name or say("find_channel", number=str(channel.number))
        label = f"{channel.number}. {name}" if len(device.channels) > 1 else name
        found.append(
            Candidate(
                key=str(channel.number),
                label=label,
                name=telling(channel.name),
                source=source,
                seen=channel.seen,
                added=added,
            )
        )
    return found


def _source(wanted: WantedDevice, device: FoundDevice, channel: FoundChannel) -> dict[str, Any]:
    return {
        CONF_SOURCE: SOURCE_RTSP,
        CONF_SCHEME: "rtsp",
        CONF_HOST: wanted.host,
        CONF_PORT: device.port,
        CONF_PATH: channel.main,
        CONF_SUB_PATH: channel.sub,
        CONF_USERNAME: wanted.user,
        CONF_PASSWORD: wanted.secret,
    }


async def async_look(
    archive: Archive, candidates: Iterable[Candidate], progress: Callable[[float], None]
) -> None:
    """Open the streams of the cameras that may be added, some at a time.

    One that sends nothing is `seen` no more. Once a login is refused no other camera is asked.
    """
    waiting = [each for each in candidates if each.ticked]
    places, refused = asyncio.Semaphore(AT_ONCE), asyncio.Event()
    done = 0

    async def look(candidate: Candidate) -> None:
        nonlocal done
        async with places:
            if not refused.is_set():
                await _async_look_at(archive, candidate, refused)
        done += 1
        progress(done / len(waiting))

    if waiting:  # the first one alone: it shows whether the login is taken
        await look(waiting[0])
        await asyncio.gather(*map(look, waiting[1:]))


async def _async_look_at(archive: Archive, candidate: Candidate, refused: asyncio.Event) -> None:
    streams = rtsp_source(candidate.source)
    try:
        candidate.found = await async_probe(archive, replace(streams, sub_url=None))
    except FieldError as err:
        candidate.seen = False
        if err.code == "auth":
            refused.set()
        return
    if streams.sub_url is None:
        return
    try:
        sub = await async_probe(archive, replace(streams, main_url=streams.sub_url, sub_url=None))
    except FieldError as err:
        if err.code in _NO_STREAM:  # whatever else it is may be over in an hour
            candidate.source = {**candidate.source, CONF_SUB_PATH: None}
        return
    candidate.found = Found(main=candidate.found.main, sub=sub.main)


async def async_served(archive: Archive, entry: ConfigEntry[Any], say: Words) -> list[Candidate]:
    """Return the cameras of Frigate servers that are in no room yet; raises FieldError when none answers."""
    servers = {key: server.data for key, server in servers_of(entry).items()}
    asked = [archive.probe_server(desired_server(data)) for data in servers.values()]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    names = Counter(
        each.name for answer in answers if isinstance(answer, ServerFound) for each in answer.cameras
    )
    found: list[Candidate] = []
    for (server, data), answer in zip(servers.items(), answers, strict=True):
        if isinstance(answer, ServerFound):
            ours, host = cameras_of(entry, server), urlsplit(data[CONF_URL]).hostname
            found += [
                Candidate(
                    key=f"{server} {each.id}",
                    # Which room a camera looks at is asked by its label.
                    label=_served_label(each, f"{each.id}, {host}" if names[each.name] > 1 else "", say),
                    name=each.name,
                    source=source_of(each, server),
                )
                for each in answer.cameras
                if each.id not in ours
            ]
        elif not isinstance(answer, (ArchiveRefused, ArchiveUnavailable)):
            raise answer
    if not any(isinstance(answer, ServerFound) for answer in answers):
        raise FieldError("base", "frigate_silent")
    return found


def _served_label(camera: ServerCamera, place: str, say: Words) -> str:
    name = f"{camera.name} ({place})" if place else camera.name
    return name if camera.records else say("frigate_not_recorded", name=name)


def notes_of(device: FoundDevice, say: Words) -> str:
    """Return what has to be said of how a device was searched."""
    notes = [say("find_stopped")] if device.stopped else []
    if device.certificate:
        notes.append(say("find_unverified", fingerprint=pairs(device.certificate)))
    return "\n\n".join(notes)


def title_of(device: FoundDevice, say: Words) -> str:
    """Return what a device is, as people say it."""
    brand = BRANDS.get(device.brand or "", device.maker)
    said = device.model if brand.casefold() in device.model.casefold() else f"{brand} {device.model}"
    return said.strip() or say("find_unknown_brand")
