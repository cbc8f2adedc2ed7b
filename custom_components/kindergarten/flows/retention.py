"""The question for how long footage is kept, asked at set-up, in the options and with a new profile."""

from typing import Any

from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
import probatio

from ..const import CONF_RETENTION_DAYS, MAXIMUM_RETENTION_DAYS
from ..engine.legal import Profile
from .names import FieldError

RETENTION_FIELDS: dict[probatio.Marker, Any] = {
    probatio.Required(CONF_RETENTION_DAYS): NumberSelector(
        NumberSelectorConfig(
            min=1,
            max=MAXIMUM_RETENTION_DAYS,
            step=1,
            mode=NumberSelectorMode.BOX,
            unit_of_measurement="d",
        )
    )
}


def checked_days(user_input: dict[str, Any], profile: Profile) -> int:
    """Return whole days; raises FieldError when the profile asks for more."""
    days = int(user_input[CONF_RETENTION_DAYS])
    if days < profile.minimum_days.value:
        raise FieldError(CONF_RETENTION_DAYS, "below_minimum", minimum=str(profile.minimum_days.value))
    return days


def above_maximum(days: int, profile: Profile) -> bool:
    """Return whether the profile asks to delete earlier than that."""
    maximum = profile.maximum_days.value
    return maximum is not None and days > maximum


def limits(profile: Profile) -> dict[str, str]:
    """Return the profile's limits as placeholders."""
    return {"minimum": str(profile.minimum_days.value), "maximum": str(profile.maximum_days.value or "–")}
