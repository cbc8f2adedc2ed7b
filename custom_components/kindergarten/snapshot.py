"""What Home Assistant's side knows of the recorder at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .archive.evidence import CameraProof, HeldFootage, Proof
from .archive.protocol import ArchivedCamera, ArchiveStatus, CameraStatus

LIFTED = "lifted"


@dataclass(frozen=True, kw_only=True)
class Damage:
    """What the last look for damage found: files that are missing, files that are not as they were."""

    bad: int
    missing: int

    @property
    def any(self) -> bool:
        """Tell whether there is damage."""
        return bool(self.bad or self.missing)


def damage_of(result: Mapping[str, object]) -> Damage:
    """Return the damage that a verification tells of; files put in by others are bad ones."""
    counts = result.get("counts", result)
    told = counts if isinstance(counts, Mapping) else {}

    def count(name: str) -> int:
        value = told.get(name)
        return value if isinstance(value, int) else 0

    return Damage(bad=count("bad") + count("injected"), missing=count("missing"))


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What was found when the files were looked at; that is done now and then only."""

    proof: Proof | None = None
    known: Mapping[str, ArchivedCamera] = field(default_factory=dict)
    holds: tuple[HeldFootage, ...] = ()

    def of(self, camera_id: str) -> CameraProof | None:
        """Return what the files prove of a camera."""
        return self.proof.cameras.get(camera_id) if self.proof else None

    def holds_camera(self, camera_id: str) -> bool:
        """Tell whether any of a camera's footage is held."""
        return any(camera_id in hold.cameras and hold.state != LIFTED for hold in self.holds)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What is known of the recorder; `silent` once it has not answered for too long.

    `refused` are the cameras that it cannot take as they are set, `gone` those of other integrations
    that do not say where their pictures are; `retention_broken_us` is when footage was last deleted
    before its time; `stopped_s` says for how many seconds each camera has not been recorded that should be.
    """

    status: ArchiveStatus | None = None
    silent: bool = False
    refused: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    retention_broken_us: int | None = None
    evidence: Evidence = field(default_factory=Evidence)
    damage: Damage | None = None
    stopped_s: Mapping[str, float] = field(default_factory=dict)

    def camera(self, camera_id: str) -> CameraStatus | None:
        """Return what is known of a camera."""
        return self.status.cameras.get(camera_id) if self.status else None
