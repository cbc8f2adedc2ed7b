"""Where it is about noon just now, so that no test runs into a midnight of the house by chance."""

from datetime import UTC, datetime

from homeassistant.core import HomeAssistant

_USUAL = "US/Pacific"
"""Where the tests' Home Assistant is unless somebody says otherwise."""


async def live_where_it_is_noon(hass: HomeAssistant) -> None:
    """Move a house to where it is between noon and one o'clock, unless its test has put it somewhere."""
    if hass.config.time_zone == _USUAL:
        # The sign is as POSIX has it: east is minus.
        await hass.config.async_set_time_zone(f"Etc/GMT{datetime.now(UTC).hour - 12:+d}")
