"""Tells what happens at the parents' door and in their view; nobody's name is in it."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from .entity import SiteEntity
from .news import KINDS, SIGNAL_NEWS, News
from .portal.viewings import Watched

ATTR_AT: Final = "at"
ATTR_ROOM: Final = "room"
PEOPLE_ATTRIBUTES: Final = (ATTR_ROOM, "viewers", "number", "until", ATTR_AT)
"""All there is: a room by its name, numbers and times."""

DESCRIPTION: Final = EventEntityDescription(key="people", translation_key="people", event_types=list(KINDS))


class PeopleEvent(SiteEntity, EventEntity):
    """What happened last; the room is said by its name, the people by their number."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_NEWS, self._hear))
        viewings = self.coordinator.entry.runtime_data.portal.viewings
        self.async_on_remove(viewings.async_listen(self._watch))

    @override
    def _read(self) -> None:
        # What the recorder does has no say in this.
        self._attr_available = self.coordinator.entry.runtime_data.families.available

    @callback
    def _watch(self, watched: Watched) -> None:
        """Tell when a room's first viewer comes and when its last one goes."""
        if watched.began and watched.watching == 1:
            self._hear(News(kind="watching_started", room_id=watched.room_id, details={"viewers": 1}))
        elif not watched.began and watched.watching == 0:
            self._hear(News(kind="watching_stopped", room_id=watched.room_id, details={"viewers": 0}))

    @callback
    def _hear(self, news: News) -> None:
        room = self.coordinator.entry.subentries.get(news.room_id or "")
        where = {ATTR_ROOM: room.title} if room else {}
        at = dt_util.utcnow().isoformat(timespec="milliseconds")
        self._trigger_event(news.kind, {**where, **news.details, ATTR_AT: at})
        self.async_write_ha_state()
