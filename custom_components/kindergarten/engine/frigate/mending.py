"""Has a server keep footage for longer, the one way that its deletion really follows.

What is set without a restart is shown by the server and not done (docs/frigate.md): so it is set, the
server is restarted, and what it says then is compared with what was wanted.
"""

import asyncio
from collections.abc import Collection

from ..frigate_api.client import FrigateClient
from ..frigate_api.errors import FrigateError
from ..frigate_api.models import NEWEST, FrigateConfig, Version

_CONTINUOUS_SINCE: Version = (0, 17, 0)
_RESTART_S = 150.0
_LOOK_S = 1.0


async def lengthen(
    client: FrigateClient, cameras: Collection[str], days: int, in_force: FrigateConfig | None = None
) -> None:
    """Have everything, and these cameras, kept for at least so many days; costs a minute of footage.

    `in_force` is what the server said when it began: what was set since then waits for a restart. Raises
    FrigateError; "not_kept" when the server goes on with less, "version_new" for one that is not known.
    """
    version = await client.version()
    if version[:2] > NEWEST:
        raise FrigateError("version_new", "nobody knows how this version is set")
    before = await client.config()
    changes = wanted_changes(before, version, cameras, days)
    if not changes and not (in_force and wanted_changes(in_force, version, cameras, days)):
        return
    uptime_s = (await client.stats()).uptime_s or 0.0
    if changes:
        await client.set_config(changes)
    await client.restart()
    await _restarted(client, uptime_s)
    after = await client.config()
    if wanted_changes(after, version, cameras, days):
        raise FrigateError("not_kept", "it keeps footage for less than it was told")


def wanted_changes(
    config: FrigateConfig, version: Version, cameras: Collection[str], days: int
) -> dict[str, str]:
    """Return what has to be set, by the server's own names; a camera only where it differs from the rest."""
    changes: dict[str, str] = {}
    if config.keeping.continuous < days:
        changes |= _setting("record", version, days)
    for name in sorted(cameras):
        camera = config.cameras.get(name)
        if camera is None or camera.keeping.continuous >= days:
            continue
        if not changes or camera.keeping.continuous != config.keeping.continuous:
            changes |= _setting(f"cameras.{name}.record", version, days)
    return changes


def _setting(where: str, version: Version, days: int) -> dict[str, str]:
    if version >= _CONTINUOUS_SINCE:
        return {f"{where}.continuous.days": str(days)}
    return {f"{where}.retain.days": str(days), f"{where}.retain.mode": "all"}


async def _restarted(client: FrigateClient, uptime_s: float) -> None:
    """Wait until the server was restarted and answers again."""
    try:
        async with asyncio.timeout(_RESTART_S):
            while True:
                await asyncio.sleep(_LOOK_S)
                try:
                    now_s = (await client.stats()).uptime_s
                except FrigateError:
                    uptime_s = float("inf")  # it is away: whatever comes back was restarted
                    continue
                if now_s is not None and now_s < uptime_s:
                    return
    except TimeoutError as error:
        raise FrigateError("timeout", "it did not come back in time") from error
