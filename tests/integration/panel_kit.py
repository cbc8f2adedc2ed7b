"""The owner's browser, as a test asks with it."""

from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket

LIST = """Child;Group;Guardian;Phone;Language
Арман Жанаров;Күншуақ;Әйгерім Жанарова;8 701 123 45 67;kk
Дана Ким;Күншуақ;Ирина Ким;+7 777 765 43 21;ru
;Күншуақ;Nobody;;en
"""


class Panel:
    """The owner's browser."""

    def __init__(self, client: MockHAClientWebSocket, entry: MockConfigEntry) -> None:
        """Talk through a client."""
        self.client = client
        self.entry = entry
        self.events: list[dict[str, Any]] = []

    async def ask(self, command: str, **fields: Any) -> Any:
        """Return what a command answers; fail when it says no."""
        answer = await self.raw(command, **fields)
        assert answer["success"], answer
        return answer["result"]

    async def refused(self, command: str, **fields: Any) -> str:
        """Return the code of a no."""
        answer = await self.raw(command, **fields)
        assert not answer["success"]
        return str(answer["error"]["code"])

    async def raw(self, command: str, **fields: Any) -> dict[str, Any]:
        """Return a whole answer; events that come before it are kept."""
        await self.client.send_json_auto_id({"type": f"kindergarten/{command}", **fields})
        while (answer := await self.client.receive_json())["type"] != "result":
            self.events.append(answer["event"])
        return dict(answer)

    async def table(self) -> dict[str, Any]:
        """Return the people as the panel shows them now."""
        subscribed = await self.raw("people/subscribe")
        event = await self.client.receive_json()
        message = {"type": "unsubscribe_events", "subscription": subscribed["id"]}
        await self.client.send_json_auto_id(message)
        while (await self.client.receive_json())["type"] != "result":
            pass
        told: dict[str, Any] = event["event"]
        return told

    def room(self, name: str) -> str:
        """Return a room's id."""
        return str(next(each.subentry_id for each in self.entry.subentries.values() if each.title == name))

    async def portal(self, hass: HomeAssistant) -> None:
        """Open the parents' view."""
        options = {"portal_enabled": True, "portal_origin": "https://cams.example.kz"}
        hass.config_entries.async_update_entry(self.entry, options={**self.entry.options, **options})
        await hass.async_block_till_done()


async def by_name(panel: Panel, kind: str) -> dict[str, dict[str, Any]]:
    """Return groups, children or guardians by name."""
    return {each["name"]: each for each in (await panel.table())[kind]}
