"""Talks to a Home Assistant as its frontend does: REST, flows and the websocket."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from .hass import HassError

OWNER = {"name": "Айгуль", "username": "owner", "password": "kindergarten"}
"""The login that a development instance is made with."""
DEADLINE_S = 120
"""For what a busy machine does in a few seconds."""


class Client:
    """A logged-in user of a Home Assistant."""

    def __init__(self, url: str) -> None:
        """Talk to the Home Assistant at `url`; use as an async context manager."""
        self.url = url
        self.token = ""
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        """Open the connection pool."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE_S))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection pool."""
        await self._session.close()

    async def enter(self, login: Mapping[str, str] = OWNER) -> None:
        """Log in, as the owner of a Home Assistant that has none yet, and wait until all of it runs."""
        client_id = f"{self.url}/"
        async with self._session.get(f"{self.url}/api/onboarding") as response:
            steps = await response.json() if response.status == 200 else []
        if any(step["step"] == "user" and not step["done"] for step in steps):
            body = {**login, "client_id": client_id, "language": "en"}
            async with self._session.post(f"{self.url}/api/onboarding/users", json=body) as response:
                response.raise_for_status()
                code = (await response.json())["auth_code"]
        else:
            handler = {"client_id": client_id, "handler": ["homeassistant", None], "redirect_uri": client_id}
            async with self._session.post(f"{self.url}/auth/login_flow", json=handler) as response:
                flow = await response.json()
            body = {
                "client_id": client_id,
                "username": login["username"],
                "password": login["password"],
            }
            async with self._session.post(
                f"{self.url}/auth/login_flow/{flow['flow_id']}", json=body
            ) as response:
                result = await response.json()
            if result.get("type") != "create_entry":
                raise HassError(f"login refused: {result.get('errors')}")
            code = result["result"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": client_id}
        async with self._session.post(f"{self.url}/auth/token", data=form) as response:
            response.raise_for_status()
            self.token = (await response.json())["access_token"]
        # The web interface answers seconds before everything is loaded.
        async with asyncio.timeout(DEADLINE_S):
            while (await self.request("GET", "/api/config"))["state"] != "RUNNING":
                await asyncio.sleep(0.2)

    async def request(self, method: str, path: str, body: Any = None) -> Any:
        """Call the REST interface and return its JSON."""
        async with self._session.request(
            method, f"{self.url}{path}", json=body, headers={"Authorization": f"Bearer {self.token}"}
        ) as response:
            if response.status >= 400:
                raise HassError(f"{method} {path}: {response.status} {await response.text()}")
            return await response.json()

    async def fetch(self, path: str, *, login: bool = True) -> tuple[int, bytes]:
        """Return status and body of a GET."""
        headers = {"Authorization": f"Bearer {self.token}"} if login else {}
        async with self._session.get(f"{self.url}{path}", headers=headers) as response:
            return response.status, await response.read()

    async def command(self, kind: str, **fields: Any) -> Any:
        """Send one websocket command and return its result."""
        async with self._session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self.token})
            if (await socket.receive_json())["type"] != "auth_ok":
                raise HassError("the websocket refused the login")
            await socket.send_json({"id": 1, "type": kind, **fields})
            async with asyncio.timeout(DEADLINE_S):
                while (answer := await socket.receive_json()).get("id") != 1:
                    pass
        if not answer["success"]:
            raise HassError(f"{kind}: {answer['error']}")
        return answer["result"]

    async def flow(
        self, base: str, handler: Any, steps: Mapping[str, Mapping[str, Any]], **start: Any
    ) -> Any:
        """Walk through a flow; `steps` holds what to fill in per step id, and a menu's choice.

        Progress steps are waited for. Returns the last answer (an entry was made, or it aborted);
        raises `HassError` when a form shows errors or asks for something that `steps` lacks.
        """
        answer = await self.request(
            "POST", base, {"handler": handler, "show_advanced_options": True, **start}
        )
        async with asyncio.timeout(1.5 * DEADLINE_S):
            while answer["type"] not in ("create_entry", "abort"):
                if answer["type"] == "progress":
                    await asyncio.sleep(0.2)
                    answer = await self.request("GET", f"{base}/{answer['flow_id']}")
                    continue
                if answer.get("errors"):
                    raise HassError(f"{answer['step_id']}: {answer['errors']}")
                if answer["step_id"] not in steps:
                    raise HassError(f"unexpected step {answer['step_id']}: {answer}")
                answer = await self.request(
                    "POST", f"{base}/{answer['flow_id']}", dict(steps[answer["step_id"]])
                )
        return answer
