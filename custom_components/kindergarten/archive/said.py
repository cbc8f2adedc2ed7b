"""How an archive answers when it cannot, and when it answers with a file."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol


class ArchiveUnavailable(Exception):  # noqa: N818 (a state of the world)
    """The archive's process cannot be reached, or does not answer as it should."""


class ArchiveRefused(Exception):  # noqa: N818
    """The archive answered that it cannot do this.

    `code` is stable and fit for a translation key, `text` is English without secrets, `field`
    names the part of the request that is to blame.
    """

    def __init__(self, code: str, text: str, field: str | None = None) -> None:
        """Keep what the archive said."""
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.field = field


class Media(Protocol):
    """An answer with a playlist, an init segment, a media segment, a picture or a file in it."""

    status: int
    content_type: str
    headers: Mapping[str, str]

    async def read(self) -> bytes:
        """Return the whole body."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Iterate over the body as it arrives."""
