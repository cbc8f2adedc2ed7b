"""What cameras saw, in memory."""

from custom_components.kindergarten.archive.protocol import ArchiveRefused, SightArchive, SightEvent, Which


class FakeSights(SightArchive):
    """Hands out what the test put there."""

    def __init__(self) -> None:
        """Begin without events."""
        super().__init__()
        self.sight_events: dict[str, tuple[SightEvent, ...]] = {}
        self.stills: dict[tuple[str, str, Which], bytes] = {}
        self.learned: list[str] = []
        self.learn_refusal = ""

    async def sights(self, uid: str) -> tuple[SightEvent, ...]:
        """Return a camera's events."""
        return self.sight_events.get(uid, ())

    async def sight_still(self, uid: str, event_id: str, which: Which) -> bytes:
        """Return a still."""
        if (found := self.stills.get((uid, event_id, which))) is None:
            raise ArchiveRefused("no_picture", "there is no such still")
        return found

    async def learn_picture(self, uid: str) -> None:
        """Remember who is to be learned anew."""
        if self.learn_refusal:
            raise ArchiveRefused(self.learn_refusal, "not watched")
        self.learned.append(uid)
