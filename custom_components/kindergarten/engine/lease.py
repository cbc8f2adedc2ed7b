"""How long the engine goes on when nobody asks for it."""

from .env import Env


class Lease:
    """Home Assistant's sign of life."""

    def __init__(self, env: Env) -> None:
        """Begin as if it had just been renewed."""
        self._env = env
        self._until_ns = env.monotonic_ns()

    def renew(self, ttl_s: int) -> None:
        """Hear that Home Assistant will be there for a while."""
        self._until_ns = self._env.monotonic_ns() + ttl_s * 1_000_000_000

    def alone_s(self) -> float:
        """Return the seconds since the lease ended, 0 while it lasts."""
        return max(0, self._env.monotonic_ns() - self._until_ns) / 1e9
