"""Addresses that answer to what they are for, and are unknown to everything else."""

from collections.abc import Awaitable, Callable
from typing import override

from aiohttp import hdrs, web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import HomeAssistantView, request_handler_factory


class UnseenView(HomeAssistantView):
    """A view that is only got; any other method hears what an unknown address says.

    No CORS: with it OPTIONS would tell that there is something, and no other page may read footage.
    """

    get: Callable[..., Awaitable[web.StreamResponse]]

    @override
    def register(self, hass: HomeAssistant, app: web.Application, router: web.UrlDispatcher) -> None:
        """Take GET, and everything else to be refused."""
        assert self.url is not None
        router.add_route(hdrs.METH_GET, self.url, request_handler_factory(hass, self, self.get))
        router.add_route(hdrs.METH_ANY, self.url, _unknown)


async def _unknown(request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound
