"""The questions about alarms: for how long a trouble may last before anybody is told."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.helpers.selector import DurationSelector
import probatio

from ..grace import LONGEST_S, USUAL_S
from .names import FieldError

_UNITS: Final = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}

ALERTS_SCHEMA: Final = probatio.Schema({probatio.Required(name): DurationSelector() for name in USUAL_S})


def read_alerts(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options in seconds; raises FieldError for more than a day."""
    seconds = {name: _seconds(typed[name]) for name in USUAL_S}
    for name, value in seconds.items():
        if value > LONGEST_S:
            raise FieldError(name, "grace_too_long")
    return seconds


def suggested_alerts(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as the form shows them."""
    return {name: _duration(options.get(name, usual)) for name, usual in USUAL_S.items()}


def _seconds(typed: Mapping[str, float]) -> int:
    return round(sum(typed.get(unit, 0) * size for unit, size in _UNITS.items()))


def _duration(seconds: float) -> dict[str, int]:
    minutes, rest = divmod(round(seconds), 60)
    return {"hours": minutes // 60, "minutes": minutes % 60, "seconds": rest}
