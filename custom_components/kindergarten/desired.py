"""What the recorder should do, made from what the owner entered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.components.camera import async_get_stream_source
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_ENTITY_ID, CONF_HOST, CONF_PASSWORD, CONF_PATH, CONF_PORT, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.util.network import is_ipv6_address

from .archive.protocol import DesiredCamera, DesiredRoom, DesiredState, DesiredVolume, Schedule
from .const import (
    CONF_ARCHIVE_ID,
    CONF_ARCHIVE_PATH,
    CONF_CAMERA_ID,
    CONF_KIND,
    CONF_LOOK_S,
    CONF_OLD_ARCHIVES,
    CONF_PROFILE,
    CONF_RETENTION_DAYS,
    CONF_ROOM,
    CONF_SCHEME,
    CONF_SERVER,
    CONF_SOUND,
    CONF_SOURCE,
    CONF_SUB_PATH,
    CONF_SUB_POLICY,
    CONF_WATCH_PICTURE,
    CONF_WITHOUT_HA_HOURS,
    LOOK_S,
    SOURCE_ENTITY,
    SOURCE_SERVER,
    SUBENTRY_CAMERA,
    SUBENTRY_ROOM,
)
from .engine.legal import profile
from .flows.address import parse
from .frigate import desired_server, keeper_of, relay_url, servers_of
from .schedule import opening_hours, recording_schedule

BORROW_TIMEOUT_S: Final = 10


@dataclass(frozen=True, kw_only=True)
class ResolvedSource:
    """Where a camera's pictures come from; the addresses hold no login."""

    main_url: str
    sub_url: str | None = None
    user: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


NOWHERE: Final = ResolvedSource(main_url="")
"""Nobody knows the address just now: the engine leaves such a camera as it was."""


def desired_state(
    entry: ConfigEntry[Any],
    borrowed: Mapping[str, ResolvedSource],
    rev: int,
    time_zone: str | None = None,
) -> DesiredState:
    """Return everything the recorder should do.

    `borrowed` holds, by camera id, the sources that come from other integrations' camera entities;
    `time_zone` is the kindergarten's IANA name.
    """
    law = profile(entry.data[CONF_PROFILE])
    days = max(int(entry.options[CONF_RETENTION_DAYS]), law.minimum_days.value)
    most = law.maximum_days.value
    hours = entry.options.get(CONF_WITHOUT_HA_HOURS)
    orphans = orphaned_cameras(entry)
    return DesiredState(
        rev=rev,
        archive_path=entry.data[CONF_ARCHIVE_PATH],
        archive_id=entry.data.get(CONF_ARCHIVE_ID),
        retention_days=days,
        minimum_days=law.minimum_days.value,
        # Who keeps footage for longer than the profile likes was warned, and decided so.
        maximum_days=None if most is None else max(most, days),
        without_ha_s=round(hours * 3600) if hours else None,
        time_zone=time_zone,
        profile=law.key,
        rooms=tuple(map(desired_room, entry.get_subentries_of_type(SUBENTRY_ROOM))),
        volumes=_volumes(entry),
        servers=tuple(map(desired_server, (server.data for server in servers_of(entry).values()))),
        look_s=entry.options.get(CONF_LOOK_S, LOOK_S),
        cameras=tuple(
            _camera(entry, subentry, _source(entry, subentry.data, borrowed))
            for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA)
            if subentry.data[CONF_CAMERA_ID] not in orphans
        ),
    )


def orphaned_cameras(entry: ConfigEntry[Any]) -> frozenset[str]:
    """Return the cameras of servers that were taken away: nobody records them."""
    servers = servers_of(entry)
    return frozenset(
        subentry.data[CONF_CAMERA_ID]
        for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        if subentry.data[CONF_SOURCE] == SOURCE_SERVER and subentry.data[CONF_SERVER] not in servers
    )


def _source(
    entry: ConfigEntry[Any], data: Mapping[str, Any], borrowed: Mapping[str, ResolvedSource]
) -> ResolvedSource:
    if data[CONF_SOURCE] == SOURCE_ENTITY:
        return borrowed.get(data[CONF_CAMERA_ID], NOWHERE)
    if data[CONF_SOURCE] == SOURCE_SERVER:
        url = relay_url(servers_of(entry)[data[CONF_SERVER]].data, data)
        return ResolvedSource(main_url=url, sub_url=url)
    return rtsp_source(data)


def desired_room(room: ConfigSubentry) -> DesiredRoom:
    """Return a room as the legal profile sees it."""
    return DesiredRoom(uid=room.subentry_id, kind=room.data[CONF_KIND], label=room.title)


def _volumes(entry: ConfigEntry[Any]) -> tuple[DesiredVolume, ...]:
    """Return the disk that is recorded to, then those that still hold older footage."""
    active = DesiredVolume(
        path=entry.data[CONF_ARCHIVE_PATH], archive_id=entry.data.get(CONF_ARCHIVE_ID), role="active"
    )
    old = (
        DesiredVolume(path=volume[CONF_ARCHIVE_PATH], archive_id=volume[CONF_ARCHIVE_ID], role="old")
        for volume in entry.data.get(CONF_OLD_ARCHIVES, ())
        if volume[CONF_ARCHIVE_ID]  # one without an id never held anything
    )
    return active, *old


def _schedule(room: ConfigSubentry | None) -> Schedule | None:
    return None if room is None else recording_schedule(room.data)


def _camera(entry: ConfigEntry[Any], subentry: ConfigSubentry, source: ResolvedSource) -> DesiredCamera:
    room = entry.subentries.get(subentry.data[CONF_ROOM])
    return DesiredCamera(
        uid=subentry.data[CONF_CAMERA_ID],
        label=subentry.title,
        main_url=source.main_url,
        sub_url=source.sub_url,
        user=source.user,
        secret=source.secret,
        sound=subentry.data[CONF_SOUND],
        sub_policy=subentry.data[CONF_SUB_POLICY],
        room=desired_room(room) if room else None,
        schedule=_schedule(room),
        kept=keeper_of(subentry.data) if subentry.data[CONF_SOURCE] == SOURCE_SERVER else None,
        watch_picture=subentry.data.get(CONF_WATCH_PICTURE, True),
        hours=opening_hours(room.data) if room else None,
    )


def rtsp_source(data: Mapping[str, Any]) -> ResolvedSource:
    """Return the source that the fields of a camera's form describe."""
    host = f"[{data[CONF_HOST]}]" if is_ipv6_address(data[CONF_HOST]) else data[CONF_HOST]
    root = f"{data[CONF_SCHEME]}://{host}:{data[CONF_PORT]}"
    sub_path = data[CONF_SUB_PATH]
    return ResolvedSource(
        main_url=root + data[CONF_PATH],
        sub_url=None if sub_path is None else root + sub_path,
        user=data[CONF_USERNAME],
        secret=data[CONF_PASSWORD],
    )


def split_login(url: str) -> ResolvedSource:
    """Return the source of an address as other integrations hand it out, login and all."""
    if (address := parse(url)) is None or not (address.username or address.password):
        return ResolvedSource(main_url=url)
    head, _, rest = url.strip().partition("://")
    authority, slash, path = rest.partition("/")
    bare = f"{head}://{authority.rpartition('@')[2]}{slash}{path}"
    return ResolvedSource(main_url=bare, user=address.username, secret=address.password)


def borrowed_entities(entry: ConfigEntry[Any]) -> dict[str, str]:
    """Return the camera entities of others that are recorded, by the id of our camera."""
    return {
        subentry.data[CONF_CAMERA_ID]: subentry.data[CONF_ENTITY_ID]
        for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA)
        if subentry.data[CONF_SOURCE] == SOURCE_ENTITY
    }


async def async_borrowed_sources(hass: HomeAssistant, entry: ConfigEntry[Any]) -> dict[str, ResolvedSource]:
    """Ask the camera entities that we borrow for their streams; who cannot tell is left out."""
    borrowing = borrowed_entities(entry)
    # Other integrations' code: whatever it raises may not keep our other cameras from recording.
    answers = await asyncio.gather(
        *(_async_borrow(hass, entity_id) for entity_id in borrowing.values()), return_exceptions=True
    )
    return {
        camera: answer
        for camera, answer in zip(borrowing, answers, strict=True)
        if isinstance(answer, ResolvedSource)
    }


async def _async_borrow(hass: HomeAssistant, entity_id: str) -> ResolvedSource | None:
    async with asyncio.timeout(BORROW_TIMEOUT_S):
        address = await async_get_stream_source(hass, entity_id)
    return split_login(address) if address else None
