"""A phone with the Home Assistant app: registered as the app does it, told through a push server of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .client import Client


@dataclass(kw_only=True)
class AppPhone:
    """What a phone was told, oldest first: `title`, `message`, `data`; `refuses` answers like a full quota."""

    name: str
    told: list[dict[str, Any]] = field(default_factory=list)
    refuses: bool = False

    @property
    def titles(self) -> list[str]:
        """Return the titles of what it was told."""
        return [str(each.get("title", "")) for each in self.told]

    async def take(self, request: web.Request) -> web.Response:
        """Take a message as the push service does."""
        message = await request.json()
        if self.refuses:
            return web.json_response({"message": "The app was removed from the phone"}, status=400)
        self.told.append(message)
        return web.json_response({"sessionId": "1"}, status=201)


@asynccontextmanager
async def app_phone(client: Client, name: str) -> AsyncIterator[AppPhone]:
    """Register a phone of the logged-in user; its push service ends with the context."""
    phone = AppPhone(name=name)
    app = web.Application()
    app.router.add_post("/push", phone.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        registration = {
            "device_id": f"device-{name}",
            "app_id": "io.robbie.HomeAssistant",
            "app_name": "Home Assistant",
            "app_version": "2026.10",
            "device_name": name,
            "manufacturer": "Apple",
            "model": "iPhone",
            "os_name": "iOS",
            "os_version": "26",
            "supports_encryption": False,
            "app_data": {"push_token": "token", "push_url": f"http://127.0.0.1:{port}/push"},
        }
        await client.request("POST", "/api/mobile_app/registrations", registration)
        yield phone
    finally:
        await runner.cleanup()
