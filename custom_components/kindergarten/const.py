"""Names that more than one file of Kindergarten Cameras needs."""

from typing import Final

DOMAIN: Final = "kindergarten"

SUBENTRY_ROOM: Final = "room"
SUBENTRY_CAMERA: Final = "camera"

# The entry: data, then options
CONF_PROFILE: Final = "profile"
CONF_ARCHIVE_PATH: Final = "archive_path"
CONF_ARCHIVE_ID: Final = "archive_id"
CONF_RETENTION_DAYS: Final = "retention_days"
CONF_WITHOUT_HA_HOURS: Final = "without_ha_hours"

# A room
CONF_KIND: Final = "kind"
CONF_AREA_ID: Final = "area_id"
CONF_OPENING: Final = "opening"
CONF_QUIET: Final = "quiet"
CONF_DAYS: Final = "days"
CONF_FROM: Final = "from"
CONF_TO: Final = "to"

# A camera
CONF_CAMERA_ID: Final = "camera_id"
CONF_ROOM: Final = "room"
CONF_SOURCE: Final = "source"
CONF_SCHEME: Final = "scheme"
CONF_SUB_PATH: Final = "sub_path"
CONF_SOUND: Final = "sound"
CONF_SUB_POLICY: Final = "sub_policy"
CONF_FOUND: Final = "found"

SOURCE_RTSP: Final = "rtsp"
SOURCE_ENTITY: Final = "entity"

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

MAXIMUM_RETENTION_DAYS: Final = 400
"""The longest time any profile lets footage be kept."""
