"""What every part of our engine's client asks through."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp


class Connection(ABC):
    """A connection to the engine, whichever it is."""

    @abstractmethod
    def _open(
        self,
        method: str,
        route: str,
        *,
        timeout: aiohttp.ClientTimeout,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Open a route's answer."""

    @abstractmethod
    async def _ask(
        self,
        method: str,
        route: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | None = None,
        limit_s: float = 15,
    ) -> Any:
        """Return the JSON of a route's answer."""
