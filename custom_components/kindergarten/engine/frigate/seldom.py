"""What is looked for at a server once an hour: whether its disk is large enough, and whether a door has no lock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..env import Env
from ..frigate_api.client import FrigateClient
from ..frigate_api.models import Disk, FrigateConfig
from ..frigate_api.server import Server
from .books import Books
from .disk import Room, measure
from .probe import is_open
from .problems import Problem

OPEN_PORT = 5000
_LOOK_S = 3600.0
_AGAIN_LOOKS = 10


@dataclass(slots=True, kw_only=True)
class Seldom:
    """What was found; `again_s` is how soon it is looked for again while the disk cannot be judged."""

    env: Env
    client: FrigateClient
    server: Server
    books: Books
    look_s: float
    open_port: int = OPEN_PORT
    room: Room | None = None
    exposed: bool = False
    _due_ns: int = 0

    @property
    def due(self) -> bool:
        """Tell whether it is time."""
        return self.env.monotonic_ns() >= self._due_ns

    async def look(
        self, config: FrigateConfig, disk: Disk | None, ours: Mapping[str, str], now_us: int
    ) -> None:
        """Look; `ours` are our uids by the server's names of the cameras. Raises FrigateError, RequestError."""
        self._due_ns = self.env.monotonic_ns() + round(self.look_s * _AGAIN_LOOKS * 1e9)
        self.exposed = await is_open(self.env, self.server, self.open_port)
        self.room = await measure(self.client, self.books, config, disk, ours, now_us)
        if self.room is not None:
            self._due_ns = self.env.monotonic_ns() + round(_LOOK_S * 1e9)

    def problems(self, minimum_days: int) -> Iterator[Problem]:
        """Yield what is wrong: whatever goes for want of room is told by nobody else, and goes whatever is set."""
        if self.room is not None and minimum_days and self.room.days < minimum_days + 1:
            yield Problem(code="disk_short", days=round(self.room.days, 1))
        if self.exposed:
            yield Problem(code="port_exposed")

    def view(self) -> dict[str, object]:
        """Return it for the API."""
        room = self.room
        return {
            "disk_days": round(room.days, 1) if room else None,
            "day_bytes": room.day_bytes if room else None,
        }
