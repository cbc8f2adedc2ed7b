"""How a volume is, for whoever asks for all of them."""

from contextlib import suppress
import sqlite3

from .keeper import Keeper
from .views import ArchiveState, Role, VolumeRef, VolumeView


def volume_view(keeper: Keeper, ref: VolumeRef, role: Role) -> VolumeView:
    """Return how a volume is; reads its disk."""
    state, numbers = keeper.state, keeper.numbers
    space = oldest = None
    if numbers is not None:
        with suppress(OSError, sqlite3.Error):
            space, oldest = numbers.space(), numbers.oldest_us()
    return VolumeView(
        path=ref.path, archive_id=ref.archive_id, role=role, state=state.status, detail=state.detail,
        free=space.free if space else None, total=space.total if space else None, oldest_us=oldest,
    )  # fmt: skip


def unread_view(state: ArchiveState, role: Role) -> VolumeView:
    """Return what is known of a volume while its disk does not answer."""
    return VolumeView(
        path=state.path or "", archive_id=state.archive_id, role=role, state=state.status,
        detail=state.detail, free=None, total=None, oldest_us=None,
    )  # fmt: skip
