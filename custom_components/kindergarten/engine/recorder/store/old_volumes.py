"""Volumes that are not written any more: read, and emptied by age, until nothing is left on them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
import logging
import sqlite3
from typing import Literal

from ...env import Env
from .archive import Archive
from .epochs import Clock
from .evidence import Evidence
from .heads import Signer
from .keeper import Keeper
from .library import MOST_TAGS, Shelf
from .views import ArchiveStatus, Emit, StoreSettings, VolumeRef, VolumeView

_LOGGER = logging.getLogger(__name__)
_CARRY_NS = 60_000_000_000
_OWN = frozenset({"clock_changed", "head"})
"""What only the volume in use tells."""


def volume_view(keeper: Keeper, ref: VolumeRef, role: Literal["active", "old"]) -> VolumeView:
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


class OldVolumes:
    """A keeper for each old volume. `held` says what holds of the volume in use keep: camera, begin, end."""

    def __init__(
        self, env: Env, emit: Emit, settings: StoreSettings, held: Callable[[str, int, int], bool]
    ) -> None:
        """Begin without any."""
        self._env = env
        self._emit = emit
        self._settings = settings
        self._held = held
        self.signer: Signer | None = None
        self._keepers: dict[VolumeRef, Keeper] = {}
        self._carry_at_ns = 0

    def configure(self, settings: StoreSettings) -> None:
        """Use other settings."""
        self._settings = settings
        for keeper in self._keepers.values():
            keeper.configure(settings)

    def use(self, wanted: Sequence[VolumeRef]) -> None:
        """Read these volumes and no others; one that is not there is looked for again and again."""
        for ref in [each for each in self._keepers if each not in wanted]:
            self._keepers.pop(ref).close("upgrade")
        for ref in wanted:
            if ref not in self._keepers:
                self._keepers[ref] = self._open(ref)

    def _open(self, ref: VolumeRef) -> Keeper:
        def emit(kind: str, camera: str | None, data: Mapping[str, object]) -> None:
            if kind not in _OWN:
                self._emit(kind, camera, {**data, "volume": ref.path})

        # An epoch belongs to one archive: its number follows those that are there.
        keeper = Keeper(self._env, Clock(self._env), emit, self._settings, retired=True)
        keeper.also_held, keeper.signer = self._held, self.signer
        state = keeper.open(ref.path, ref.archive_id)
        if state.status is not ArchiveStatus.OK:
            _LOGGER.warning("The old volume %s is %s", ref.path, state.status)
            emit("archive_unavailable", None, {"status": state.status.value, "detail": state.detail})
        return keeper

    def work(self) -> None:
        """Follow the clock, look whether the disks are there, delete by age; once a second."""
        for keeper in list(self._keepers.values()):
            keeper.tick()
            keeper.clean()
            keeper.prove()
            keeper.work_on_job()

    def carry_holds(self, evidence: Evidence | None) -> None:
        """Have the holds made on old volumes listed and lifted with those of the one in use; each minute."""
        now_ns = self._env.monotonic_ns()
        if evidence is None or now_ns < self._carry_at_ns:
            return
        self._carry_at_ns = now_ns + _CARRY_NS
        for keeper in list(self._keepers.values()):
            if keeper.evidence is not None:
                keeper.evidence.holds.carry_over(evidence.holds)

    def clean(self) -> int:
        """Delete by age now; returns the number of files."""
        return sum(keeper.clean(now=True) for keeper in list(self._keepers.values()))

    def close(self, cause: str) -> None:
        """Let go of all."""
        for keeper in self._keepers.values():
            keeper.close(cause)
        self._keepers.clear()

    def shelves(self) -> Iterator[Shelf]:
        """Return what can be read."""
        taken = {0}
        for ref, keeper in list(self._keepers.items()):
            queries, numbers = keeper.queries, keeper.numbers
            # The same tag each time, so that addresses of media stay what they are.
            tag = 1 + int.from_bytes(ref.archive_id.encode()[-8:]) % MOST_TAGS
            while tag in taken:
                tag += 1
            taken.add(tag)
            if queries is not None and numbers is not None:
                yield Shelf(tag=tag, queries=queries, numbers=numbers)

    def archives(self) -> list[Archive]:
        """Return the archives that can be read."""
        found = [keeper.writer.archive for keeper in list(self._keepers.values())]
        return [archive for archive in found if archive is not None]

    def absent(self) -> list[str]:
        """Return the paths of the volumes that cannot be read now."""
        return [ref.path for ref, keeper in list(self._keepers.items()) if keeper.writer.archive is None]

    def views(self) -> list[VolumeView]:
        """Return how the volumes are."""
        return [volume_view(keeper, ref, "old") for ref, keeper in list(self._keepers.items())]
