"""Volumes that are not written any more: read, and emptied by age, until nothing is left on them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ...env import Env
from .archive import Archive
from .epochs import Clock
from .evidence import Evidence
from .heads import Signer
from .keeper import Keeper
from .library import MOST_TAGS, Shelf
from .old_volume import OldVolume
from .views import Emit, StoreSettings, VolumeRef, VolumeView

_CARRY_NS = 60_000_000_000
_OWN = frozenset({"clock_changed", "head"})
"""What only the volume in use tells."""


class OldVolumes:
    """A keeper for each old volume. `active` gives holds and ledger of the volume in use, if it is there."""

    def __init__(
        self, env: Env, emit: Emit, settings: StoreSettings, active: Callable[[], Evidence | None]
    ) -> None:
        """Begin without any."""
        self._env = env
        self._emit = emit
        self._settings = settings
        self._active = active
        self._live = False
        self.signer: Signer | None = None
        self._volumes: dict[VolumeRef, OldVolume] = {}

    def begin(self) -> None:
        """From now on wait for no disk: each volume has its own thread, and its pulse is felt."""
        self._live = True

    def configure(self, settings: StoreSettings) -> None:
        """Use other settings."""
        self._settings = settings
        for volume in self._all():
            volume.configure(settings)

    def use(self, wanted: Sequence[VolumeRef]) -> None:
        """Read these volumes and no others; one that is not there is looked for again and again."""
        for ref in [each for each in self._volumes if each not in wanted]:
            self._volumes.pop(ref).close("upgrade")
        for ref in wanted:
            if ref not in self._volumes:
                self._volumes[ref] = volume = self._volume(ref)
                volume.open()

    def _volume(self, ref: VolumeRef) -> OldVolume:
        def emit(kind: str, camera: str | None, data: Mapping[str, object]) -> None:
            if kind not in _OWN:
                self._emit(kind, camera, {**data, "volume": ref.path})

        # An epoch belongs to one archive: its number follows those that are there.
        keeper = Keeper(self._env, Clock(self._env), emit, self._settings, retired=True)
        keeper.also_held, keeper.signer = self._held, self.signer
        work = _Work(self._env, keeper, self._active)
        return OldVolume(self._env, ref, keeper, emit, work, live=self._live)

    def _held(self, camera: str, t0: int, t1: int) -> bool:
        """Tell whether the volume in use has a hold there; while it cannot say, yes."""
        evidence = self._active()
        return evidence is None or evidence.holds.held(camera, t0, t1)

    def work(self) -> None:
        """Follow the clock, look whether the disks are there, delete by age; once a second."""
        for volume in self._all():
            volume.work()

    def look_at_pulse(self) -> None:
        """Tell once when a disk falls silent and when it answers again."""
        for volume in self._all():
            volume.look_at_pulse()

    @property
    def silent(self) -> frozenset[str]:
        """Return the paths of the volumes that keep everybody waiting."""
        return frozenset(volume.ref.path for volume in self._all() if volume.silent)

    def clean(self) -> int:
        """Delete by age now; returns the number of files."""
        return sum(volume.keeper.clean(now=True) for volume in self._all() if not volume.silent)

    def close(self, cause: str) -> None:
        """Let go of all."""
        for volume in self._all():
            volume.close(cause)
        self._volumes.clear()

    def shelves(self) -> Iterator[Shelf]:
        """Return what can be read."""
        taken = {0}
        for volume in self._all():
            queries, numbers = volume.keeper.queries, volume.keeper.numbers
            # The same tag each time, so that addresses of media stay what they are.
            tag = 1 + int.from_bytes(volume.ref.archive_id.encode()[-8:]) % MOST_TAGS
            while tag in taken:
                tag += 1
            taken.add(tag)
            if queries is not None and numbers is not None and not volume.silent:
                yield Shelf(tag=tag, queries=queries, numbers=numbers)

    def archives(self) -> list[Archive]:
        """Return the archives that can be read."""
        found = [volume.keeper.writer.archive for volume in self._all() if volume.readable]
        return [archive for archive in found if archive is not None]

    def absent(self) -> list[str]:
        """Return the paths of the volumes that cannot be read now."""
        return [volume.ref.path for volume in self._all() if not volume.readable]

    def views(self) -> list[VolumeView]:
        """Return how the volumes are."""
        return [volume.view() for volume in self._all()]

    def _all(self) -> list[OldVolume]:
        return list(self._volumes.values())


class _Work:
    """What there is to do for an old volume each second."""

    def __init__(self, env: Env, keeper: Keeper, active: Callable[[], Evidence | None]) -> None:
        self._env = env
        self._keeper = keeper
        self._active = active
        self._carry_at_ns = 0

    def __call__(self) -> None:
        keeper = self._keeper
        keeper.tick()
        keeper.clean()
        keeper.prove()
        keeper.work_on_job()
        self._carry_holds()

    def _carry_holds(self) -> None:
        """Have the holds made here listed and lifted with those of the volume in use; each minute."""
        now_ns, newer = self._env.monotonic_ns(), self._active()
        if newer is None or now_ns < self._carry_at_ns:
            return
        self._carry_at_ns = now_ns + _CARRY_NS
        if self._keeper.evidence is not None:
            self._keeper.evidence.holds.carry_over(newer.holds)
