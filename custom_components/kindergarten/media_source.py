"""Recordings in the media browser: camera, day, hour. For administrators only, in their browser only."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final, Self, override

from homeassistant.auth.models import RefreshToken
from homeassistant.components import websocket_api
from homeassistant.components.media_player import BrowseError, MediaClass, MediaType
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .archive.protocol import ArchivedCamera, ArchiveRefused, ArchiveUnavailable
from .const import CONF_CAMERA_ID, DOMAIN, SUBENTRY_CAMERA
from .coordinator import KindergartenConfigEntry
from .flows.words import Words, async_words
from .footage import Hole, RecordedDay, RecordedHour, as_us, async_days, async_hour, async_hours

# The one type that the frontend's media browser hands to its HLS player; the registered name of
# playlists (application/vnd.apple.mpegurl) it calls unsupported.
MIME_TYPE: Final = "application/x-mpegURL"
HOLES_NAMED: Final = 3


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Return the recordings as a media source."""
    return RecordingsMediaSource(hass)


@dataclass(frozen=True, kw_only=True)
class Footage:
    """What an identifier names: a camera, one of its days, or an hour of that day."""

    camera: str
    day: date | None = None
    hour: datetime | None = None

    @classmethod
    def parse(cls, identifier: str) -> Self:
        """Read an identifier; raises ValueError."""
        match identifier.split("/"):
            case [camera]:
                return cls(camera=camera)
            case [camera, day]:
                return cls(camera=camera, day=date.fromisoformat(day))
            case [camera, day, start] if start.isascii() and start.isdigit() and len(start) <= 11:
                hour = datetime.fromtimestamp(int(start), UTC)
                return cls(camera=camera, day=date.fromisoformat(day), hour=hour)
            case _:
                raise ValueError("no such identifier")

    def __str__(self) -> str:
        """Return the identifier."""
        parts = [self.camera]
        if self.day:
            parts.append(self.day.isoformat())
        if self.hour:
            parts.append(str(int(self.hour.timestamp())))
        return "/".join(parts)


class RecordingsMediaSource(MediaSource):
    """The archive's cameras, those that are no longer there too."""

    name = "Kindergarten Cameras"

    def __init__(self, hass: HomeAssistant) -> None:
        """Take our domain's place among the media sources."""
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return what lies below a camera or a day; raises BrowseError."""
        if _administrator(self.hass) is None:
            raise _browse_error("administrators_only")
        entry = _loaded_entry(self.hass)
        if entry is None:
            raise _browse_error("not_loaded")
        try:
            footage = Footage.parse(item.identifier) if item.identifier else None
            return await self._async_browse(entry, footage)
        except ValueError as error:
            raise _browse_error("no_footage") from error
        except ArchiveRefused as error:
            raise _browse_error("no_footage") from error
        except ArchiveUnavailable as error:
            raise _browse_error("archive_unavailable") from error

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return where an hour plays for whoever asks; raises Unresolvable."""
        if (token := _administrator(self.hass)) is None:
            raise _unresolvable("administrators_only")
        if item.target_media_player is not None:
            # A media player shows its address to every user of Home Assistant, and it opens the recording.
            raise _unresolvable("browser_only")
        entry = _loaded_entry(self.hass)
        if entry is None:
            raise _unresolvable("not_loaded")
        data = entry.runtime_data
        try:
            footage = Footage.parse(item.identifier)
            if footage.hour is None:
                raise _unresolvable("no_footage")
            hour = await async_hour(data.archive, footage.camera, footage.hour)
        except (ValueError, ArchiveRefused) as error:
            raise _unresolvable("no_footage") from error
        except ArchiveUnavailable as error:
            raise _unresolvable("archive_unavailable") from error
        if not hour.playable:
            raise _unresolvable("no_footage")
        session = data.playback.open(
            user_id=token.user.id,
            refresh_token_id=token.id,
            camera=footage.camera,
            stream="main",
            start_us=as_us(hour.start),
            end_us=as_us(hour.end),
        )
        return PlayMedia(session.path, MIME_TYPE)

    async def _async_browse(
        self, entry: KindergartenConfigEntry, footage: Footage | None
    ) -> BrowseMediaSource:
        archive = entry.runtime_data.archive
        zone = dt_util.get_default_time_zone()
        say = await async_words(self.hass)
        cameras = _titled(entry, await archive.cameras(), say)
        if footage is None:
            return _folder("", self.name, [_folder(camera.uid, title) for camera, title in cameras])
        camera, title = next((known for known in cameras if known[0].uid == footage.camera), (None, ""))
        if camera is None or footage.hour is not None:
            raise ValueError("nothing to browse")
        if footage.day is None:
            days = await async_days(archive, camera, zone)
            return _folder(str(footage), title, [_day(footage, day, say) for day in days])
        hours = await async_hours(archive, camera.uid, footage.day, zone)
        return _folder(
            str(footage),
            f"{title}, {say_day(footage.day, say)}",
            [_hour(footage, hour, zone, say) for hour in hours],
        )


def _titled(
    entry: KindergartenConfigEntry, cameras: tuple[ArchivedCamera, ...], say: Words
) -> list[tuple[ArchivedCamera, str]]:
    """Return the cameras with what they are called now; the removed ones last."""
    names = {
        subentry.data[CONF_CAMERA_ID]: subentry.title
        for subentry in entry.get_subentries_of_type(SUBENTRY_CAMERA)
    }
    order = list(names)
    present = sorted((camera for camera in cameras if camera.uid in names), key=lambda c: order.index(c.uid))
    removed = [camera for camera in cameras if camera.uid not in names and camera.oldest_us is not None]
    return [(camera, names[camera.uid]) for camera in present] + [
        (camera, say("media_removed", camera=camera.label)) for camera in removed
    ]


def _folder(
    identifier: str, title: str, children: list[BrowseMediaSource] | None = None
) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier or None,
        media_class=MediaClass.DIRECTORY,
        media_content_type=MediaType.VIDEO,
        title=title,
        can_play=False,
        can_expand=True,
        children_media_class=MediaClass.DIRECTORY,
        children=children,
    )


def _day(footage: Footage, day: RecordedDay, say: Words) -> BrowseMediaSource:
    hours, minutes = divmod(round(day.recorded_s / 60), 60)
    title = say("media_day", day=say_day(day.day, say), hours=str(hours), minutes=str(minutes))
    return _folder(str(Footage(camera=footage.camera, day=day.day)), title)


def _hour(footage: Footage, hour: RecordedHour, zone: tzinfo, say: Words) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=str(Footage(camera=footage.camera, day=footage.day, hour=hour.start)),
        media_class=MediaClass.VIDEO,
        media_content_type=MIME_TYPE,
        title=say_hour(hour, zone, say),
        can_play=hour.playable,
        can_expand=False,
    )


def say_day(day: date, say: Words) -> str:
    """Return a day with its weekday, the way it is written in the language."""
    weekday = say(f"media_weekday_{day.isoweekday()}")
    return say("media_date", weekday=weekday, day=f"{day:%d}", month=f"{day:%m}", year=f"{day:%Y}")


def say_hour(hour: RecordedHour, zone: tzinfo, say: Words) -> str:
    """Return when an hour begins, how much of it there is, and where its holes are."""
    begins = _clock(hour.start.astimezone(zone))
    minutes = str(round(hour.recorded_s / 60))
    if not hour.holes:
        return say("media_hour", hour=begins, minutes=minutes)
    holes = ", ".join(_span(hole, zone) for hole in hour.holes[:HOLES_NAMED])
    if len(hour.holes) > HOLES_NAMED:
        holes += ", …"
    key = "media_hour_hole" if len(hour.holes) == 1 else "media_hour_holes"
    return say(key, hour=begins, minutes=minutes, holes=holes)


def _clock(local: datetime, seconds: bool = False) -> str:
    """Return the time of day, with its distance from UTC in the hour that comes twice."""
    text = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{text} ({local:%:z})" if twice else text


def _span(hole: Hole, zone: tzinfo) -> str:
    seconds = (hole.end - hole.start).total_seconds() < 60
    start, end = (_clock(moment.astimezone(zone), seconds) for moment in (hole.start, hole.end))
    return f"{start}–{end}"


def _administrator(hass: HomeAssistant) -> RefreshToken | None:
    """Return the login of the administrator who asks; without a connection nobody asks."""
    connection = websocket_api.current_connection.get()
    if connection is None or connection.refresh_token_id is None:
        return None
    token = hass.auth.async_get_refresh_token(connection.refresh_token_id)
    if token is None or not token.user.is_active or not token.user.is_admin:
        return None
    return token


def _loaded_entry(hass: HomeAssistant) -> KindergartenConfigEntry | None:
    return next(iter(hass.config_entries.async_loaded_entries(DOMAIN)), None)


def _browse_error(key: str) -> BrowseError:
    return BrowseError(translation_domain=DOMAIN, translation_key=key)


def _unresolvable(key: str) -> Unresolvable:
    return Unresolvable(translation_domain=DOMAIN, translation_key=key)
