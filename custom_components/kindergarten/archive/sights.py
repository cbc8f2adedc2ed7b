"""The words of whether cameras still see their rooms, beside `models.py`. Times in `_us` are µs since 1970, UTC."""

from dataclasses import dataclass
from typing import Literal, Protocol

type Which = Literal["before", "after"]

SEES_WELL = "ok"


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureStatus:
    """What a camera sees now: `sight` is "ok", "covered", "blurred", "dark", "frozen" or "turned" since `since_us`.

    `learning` while there is too little to compare with; `clock_wrong_since_us` is None while the camera's
    clock is right.
    """

    sight: str
    since_us: int | None
    learning: bool
    looked_us: int | None
    clock_wrong_since_us: int | None
    time_zone_wrong: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SightEvent:
    """A change of a camera's sight at `t_us`, and of when the stills before and after it are."""

    id: str
    t_us: int
    kind: str
    before_us: int | None
    after_us: int | None


class SightArchive(Protocol):
    """Whoever watches pictures; raises as `Archive` does."""

    async def sights(self, uid: str) -> tuple[SightEvent, ...]:
        """Return the changes of a camera's sight of which there are stills, the newest first."""

    async def sight_still(self, uid: str, event_id: str, which: Which) -> bytes:
        """Return a JPEG; refusal `no_picture`."""

    async def learn_picture(self, uid: str) -> None:
        """Forget what a camera usually sees and learn it anew; refusal `not_watched`."""
