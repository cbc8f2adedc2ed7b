"""Finds places on this machine where an archive could live."""

import asyncio
from dataclasses import dataclass
import os
from pathlib import Path

from homeassistant.core import HomeAssistant

from .folder import (
    DAY_BYTES,
    MARKER,
    SUBFOLDER,
    FolderError,
    Trial,
    disk_notes,
    free_bytes,
    try_folder,
)
from .mounts import DISK, NETWORK, Surroundings

LOOK_DEADLINE_S = 3
TRIAL_DEADLINE_S = 30
MINIMUM_FREE_BYTES = 1_000_000_000
MAXIMUM_PLACES = 6

_OF_OTHERS = ("/backup", "/data", "/addon_configs", "/all_addon_configs")
"""Folders that Home Assistant OS mounts for other purposes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A folder that could be used, or holds an archive of ours already."""

    path: str
    free_bytes: int

    @property
    def days(self) -> float:
        """Days that eight usual cameras need to fill the free space."""
        return self.free_bytes / DAY_BYTES


def surroundings_of(hass: HomeAssistant) -> Surroundings:
    """Return where Home Assistant's own folders are."""
    return Surroundings(
        config_dir=Path(hass.config.config_dir),
        media_dirs=tuple(Path(path) for path in hass.config.media_dirs.values()),
    )


async def async_find_places(hass: HomeAssistant, surroundings: Surroundings) -> list[Place]:
    """Return places with their free space, the largest first; one that hangs is left out."""

    async def look(folder: str) -> Place | None:
        try:
            async with asyncio.timeout(LOOK_DEADLINE_S):
                return await hass.async_add_executor_job(_look, Path(folder))
        except TimeoutError:
            return None

    folders = await hass.async_add_executor_job(_candidates, surroundings)
    places = [place for place in await asyncio.gather(*map(look, folders)) if place]
    places.sort(key=lambda place: (-place.free_bytes, place.path))
    return places[:MAXIMUM_PLACES]


async def async_try_folder(
    hass: HomeAssistant, text: str, surroundings: Surroundings, minimum_days: int
) -> Trial:
    """Try a folder without ever waiting for one that hangs; raises FolderError."""
    try:
        async with asyncio.timeout(TRIAL_DEADLINE_S):
            return await hass.async_add_executor_job(try_folder, text, surroundings, minimum_days)
    except TimeoutError as err:
        raise FolderError("folder_hangs") from err


async def async_disk_notes(hass: HomeAssistant, path: str, surroundings: Surroundings) -> list[str] | None:
    """Return what is to be known of the disk that an archive lies on, as codes; `None` where nobody can tell."""
    try:
        async with asyncio.timeout(LOOK_DEADLINE_S):
            return await hass.async_add_executor_job(_disk_notes, Path(path), surroundings)
    except TimeoutError:
        return None


def _disk_notes(path: Path, surroundings: Surroundings) -> list[str] | None:
    try:
        same_disk = path.stat().st_dev == surroundings.config_dir.stat().st_dev
    except OSError:
        return None
    if (mount := surroundings.mount_of(path)) is None:
        return None
    return [note.code for note in disk_notes(mount, surroundings, same_disk=same_disk)]


def _candidates(surroundings: Surroundings) -> list[str]:
    """Return folders by name alone: a network folder may hang when it is touched."""
    mounts = [
        mount
        for mount in surroundings.mounts()
        if mount.writable and mount.point != "/" and mount.kind in DISK | NETWORK
    ]
    folders = [mount.point for mount in mounts if not mount.point.startswith(_OF_OTHERS)]
    beside_config = surroundings.config_dir.parent
    if beside_config != Path("/"):
        folders.append(str(beside_config))
    return [folder for folder in dict.fromkeys(folders) if not surroundings.refusal(Path(folder) / SUBFOLDER)]


def _look(folder: Path) -> Place | None:
    """Return a place in a folder, `None` if it cannot be written or is nearly full."""
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return None
    if (free := free_bytes(folder)) < MINIMUM_FREE_BYTES:
        return None
    return Place(path=str(folder if (folder / MARKER).exists() else folder / SUBFOLDER), free_bytes=free)
