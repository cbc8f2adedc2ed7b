"""What looks after an archive: there before the rest of it is opened, because a full disk needs room first."""

from collections.abc import Callable
from dataclasses import dataclass

from .archive import Archive
from .evidence import Evidence
from .gaps import Tiling
from .heads import Signer
from .jobs import Jobs
from .queries import Queries
from .retention import Retention
from .views import StoreSettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """Deleting, answering and proving, of one archive."""

    retention: Retention
    queries: Queries
    evidence: Evidence


def set_up(
    archive: Archive, settings: StoreSettings, tilings: dict[str, Tiling], jobs: Jobs, signer: Signer | None,
    retired: Callable[[str, int, int], bool] | None,
) -> Desk:  # fmt: skip
    """Make what looks after an archive; of a `retired` one it says what others hold: camera, begin, end (UTC)."""
    retention = Retention(archive, settings, retired=retired is not None)
    if archive.incomplete:
        jobs.begin(archive, "rebuild", tilings)
        retention.learn = jobs.learn
    queries = Queries(archive, tilings)
    evidence = Evidence(archive, retention, queries, signer)
    if retired is not None:
        retention.heed(retired)
    archive.make_room = retention.make_room
    return Desk(retention=retention, queries=queries, evidence=evidence)
