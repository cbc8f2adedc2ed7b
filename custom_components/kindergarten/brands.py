"""Where cameras of the usual brands hide their video settings, known by the address of their stream."""

from collections.abc import Mapping
import re
from typing import Any, Final

from homeassistant.const import CONF_PATH

_PATHS: Final = (
    ("hikvision", r"/(ISAPI/)?Streaming/|/h26[45]/ch\d+/(main|sub)/"),
    ("ezviz", r"/h26[45]_stream$|/H\.?26[45]$|/ch\d+/(main|sub)$"),
    ("dahua", r"/cam/realmonitor"),
    ("reolink", r"/(h26[45])?Preview_\d+_"),
    ("uniview", r"/media/video\d|/unicast/c\d"),
    ("axis", r"/axis-media/|/onvif-media/"),
    ("hanwha", r"/profile\d+/media\.smp"),
    ("xiongmai", r"/user=.*&channel=\d+&stream=\d"),
    ("tp_link", r"/stream[12]$"),
)
"""How the address of a stream begins; makers that sell under many names share theirs, and then their text."""

UNKNOWN: Final = "other"


def brand_of(camera: Mapping[str, Any]) -> str:
    """Return the brand as a key of the texts `menu_<brand>`, `other` where the address tells nothing."""
    path = str(camera.get(CONF_PATH) or "")
    return next((brand for brand, begins in _PATHS if re.match(begins, path, re.IGNORECASE)), UNKNOWN)
