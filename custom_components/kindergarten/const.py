"""Names that more than one file of Kindergarten Cameras needs."""

from typing import Final

DOMAIN: Final = "kindergarten"

SUBENTRY_ROOM: Final = "room"
SUBENTRY_CAMERA: Final = "camera"
SUBENTRY_FRIGATE: Final = "frigate"

# The entry: data, then options
CONF_PROFILE: Final = "profile"
CONF_ARCHIVE_PATH: Final = "archive_path"
CONF_ARCHIVE_ID: Final = "archive_id"
CONF_RETENTION_DAYS: Final = "retention_days"
CONF_WITHOUT_HA_HOURS: Final = "without_ha_hours"
CONF_OLD_ARCHIVES: Final = "old_archives"
CONF_INCIDENT_BEFORE: Final = "incident_before_minutes"
CONF_INCIDENT_AFTER: Final = "incident_after_minutes"
CONF_MARGIN_DAYS: Final = "margin_days"
CONF_LAST_INSPECTION: Final = "last_inspection"
CONF_PAPER: Final = "paper"

# A room
CONF_KIND: Final = "kind"
CONF_AREA_ID: Final = "area_id"
CONF_OPENING: Final = "opening"
CONF_QUIET: Final = "quiet"
CONF_RECORDING: Final = "recording"
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
CONF_SERVER: Final = "server"
CONF_KEEPER_CAMERA: Final = "keeper_camera"
CONF_WATCH_PICTURE: Final = "watch_picture"

SOURCE_RTSP: Final = "rtsp"
SOURCE_ENTITY: Final = "entity"
SOURCE_SERVER: Final = "server"

RECORDING_ALWAYS: Final = "always"
RECORDING_OPENING: Final = "opening"

INCIDENT_BEFORE_MINUTES: Final = 30
INCIDENT_AFTER_MINUTES: Final = 10

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CONF_LOOK_S: Final = "look_s"
LOOK_S: Final = 60.0
"""How often each camera's picture is looked at; the option stands in no form."""

MAXIMUM_RETENTION_DAYS: Final = 400
"""The longest time any profile lets footage be kept."""

# The parents' portal: options of the entry, then of a room
CONF_PORTAL_ENABLED: Final = "portal_enabled"
CONF_PORTAL_ORIGIN: Final = "portal_origin"
CONF_PORTAL_OWN_HOST: Final = "portal_own_host"
CONF_PORTAL_SITE_CAP: Final = "portal_site_cap"
CONF_PORTAL_ROOM_CAP: Final = "portal_room_cap"
CONF_PORTAL_DAILY_SOFT_MIN: Final = "portal_daily_soft_min"
CONF_SHOWN: Final = "shown"
CONF_PARENTS_SCHEDULE: Final = "parents_schedule"

PORTAL_SITE_CAP: Final = 60
PORTAL_ROOM_CAP: Final = 25
PORTAL_DAILY_SOFT_MIN: Final = 30
