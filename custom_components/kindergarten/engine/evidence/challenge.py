"""Any camera, any moment, now: found, read and decoded, and the ledger says that it could be."""

from dataclasses import dataclass

from ..recorder.store.store import Store

_SECOND_US = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A second of footage as it lies on the disk; `rel` is where the moment is in `media` (µs)."""

    run: int
    rel: int
    init: bytes
    media: bytes


def find(store: Store, camera: str, at_us: int) -> Moment | None:
    """Return the second from `at_us` (UTC) on, from the key frame before it; None when there is none.

    Raises RequestError when what should be there cannot be read.
    """
    slices = store.fragments(camera, "main", at_us, at_us + _SECOND_US)
    if not slices or not slices[0].times_us[0] <= at_us < slices[0].times_us[-1]:
        return None
    first = slices[0]
    media = store.read_media(first.recording, first.first, first.first + len(first.entries) - 1)
    return Moment(run=first.run, rel=at_us - first.times_us[0], init=store.init(first.init_sha), media=media)
