"""Who may decide about holds, by ids that say nothing of names.

The archive and its ledger may be handed over, so they hear of people only by a keyed hash. Home
Assistant does not know since when somebody is an administrator; we note when we first saw it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import hashlib
import hmac
import secrets
import time
from typing import Final, TypedDict

from homeassistant.auth import EVENT_USER_ADDED, EVENT_USER_REMOVED, EVENT_USER_UPDATED
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant
from homeassistant.helpers.storage import Store

from .archive.evidence import Administrator
from .const import DOMAIN

VERSION: Final = 1
AUTOMATION: Final = "automation"
"""Stands for who acted where nobody did."""


class _Stored(TypedDict):
    salt: str
    since: dict[str, int]


@dataclass
class People:
    """The administrators, and since when (µs UTC) each is one."""

    hass: HomeAssistant
    _store: Store[_Stored]
    _salt: bytes
    _since: dict[str, int]

    @classmethod
    async def load(cls, hass: HomeAssistant) -> People:
        """Read what is known, and look who is an administrator now.

        The file outlives the entry: a kindergarten that is set up anew knows its people still.
        """
        store = Store[_Stored](hass, VERSION, f"{DOMAIN}.people", private=True)
        stored = await store.async_load() or {"salt": secrets.token_hex(32), "since": {}}
        people = cls(hass, store, bytes.fromhex(stored["salt"]), dict(stored["since"]))
        await people.administrators()
        return people

    def follow(self) -> CALLBACK_TYPE:
        """Note at once who becomes an administrator, until the returned function is called."""

        async def changed(_: Event[Mapping[str, object]]) -> None:
            await self.administrators()

        kinds = (EVENT_USER_ADDED, EVENT_USER_UPDATED, EVENT_USER_REMOVED)
        stops = [self.hass.bus.async_listen(kind, changed) for kind in kinds]

        def stop() -> None:
            for each in stops:
                each()

        return stop

    def id_of(self, user_id: str | None) -> str:
        """Return the opaque id of a user; nobody is an automation."""
        if user_id is None:
            return AUTOMATION
        return hmac.digest(self._salt, user_id.encode(), hashlib.sha256).hex()[:32]

    async def administrators(self) -> tuple[Administrator, ...]:
        """Return who may decide now; whoever no longer may is forgotten, and begins anew."""
        now_us = time.time_ns() // 1000
        users = await self.hass.auth.async_get_users()
        ids = [
            self.id_of(user.id)
            for user in users
            if user.is_admin and user.is_active and not user.system_generated
        ]
        since = {id_: self._since.get(id_, now_us) for id_ in ids}
        if since != self._since:
            self._since = since
            await self._store.async_save({"salt": self._salt.hex(), "since": since})
        return tuple(Administrator(id=id_, since_us=since_us) for id_, since_us in since.items())
