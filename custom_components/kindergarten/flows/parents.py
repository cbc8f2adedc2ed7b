"""The questions about the parents' view: of the whole house in the options, of a room in its form."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..const import (
    CONF_PARENTS_SCHEDULE,
    CONF_PORTAL_DAILY_SOFT_MIN,
    CONF_PORTAL_ENABLED,
    CONF_PORTAL_ORIGIN,
    CONF_PORTAL_OWN_HOST,
    CONF_PORTAL_ROOM_CAP,
    CONF_PORTAL_SITE_CAP,
    CONF_SHOWN,
    PORTAL_DAILY_SOFT_MIN,
    PORTAL_ROOM_CAP,
    PORTAL_SITE_CAP,
)
from ..engine.legal import Profile
from ..portal.origin import Origin
from .names import FieldError

CONF_LIMITS: Final = "limits"
CONF_PARENTS: Final = "parents"
EXAMPLE: Final = "https://cameras.example.kz"
_LONGEST: Final = 255
"""No host's name is longer (RFC 1035)."""

_MOST: Final = {
    CONF_PORTAL_SITE_CAP: (PORTAL_SITE_CAP, 500),
    CONF_PORTAL_ROOM_CAP: (PORTAL_ROOM_CAP, 200),
    CONF_PORTAL_DAILY_SOFT_MIN: (PORTAL_DAILY_SOFT_MIN, 24 * 60),
}
"""What a limit is unless said otherwise, and the most it may be."""


def _number(most: int, unit: str | None) -> NumberSelector:
    config = NumberSelectorConfig(min=1, max=most, step=1, mode=NumberSelectorMode.BOX)
    if unit:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


PARENTS_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_PORTAL_ENABLED, default=False): BooleanSelector(),
        probatio.Optional(CONF_PORTAL_ORIGIN): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
        probatio.Required(CONF_PORTAL_OWN_HOST, default=False): BooleanSelector(),
        probatio.Required(CONF_LIMITS): section(
            probatio.Schema(
                {
                    probatio.Required(name, default=usual): _number(
                        most, "min" if name == CONF_PORTAL_DAILY_SOFT_MIN else None
                    )
                    for name, (usual, most) in _MOST.items()
                }
            ),
            {"collapsed": True},
        ),
    }
)

ROOM_PARENTS: Final = section(
    probatio.Schema(
        {
            probatio.Required(CONF_SHOWN, default=False): BooleanSelector(),
            probatio.Optional(CONF_PARENTS_SCHEDULE): EntitySelector(EntitySelectorConfig(domain="schedule")),
        }
    ),
    {"collapsed": True},
)


def read_portal(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of the parents' view; raises FieldError.

    Turned on without an address that browsers call safe, it would have to send cookies in the open.
    """
    text = (typed.get(CONF_PORTAL_ORIGIN) or "").strip().rstrip("/")
    origin = Origin.parse(text) if 0 < len(text) <= _LONGEST else None
    if text and origin is None:
        plain = text.lower().startswith("http://")
        raise FieldError(CONF_PORTAL_ORIGIN, "origin_plain" if plain else "origin_invalid")
    if typed[CONF_PORTAL_ENABLED] and origin is None:
        raise FieldError(CONF_PORTAL_ORIGIN, "origin_missing")
    limits = typed.get(CONF_LIMITS) or {}
    return {
        CONF_PORTAL_ENABLED: typed[CONF_PORTAL_ENABLED] is True,
        CONF_PORTAL_ORIGIN: origin.text if origin else "",
        CONF_PORTAL_OWN_HOST: typed[CONF_PORTAL_OWN_HOST] is True,
        **{name: int(limits.get(name, usual)) for name, (usual, _) in _MOST.items()},
    }


def suggested_portal(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as the form shows them."""
    return {
        CONF_PORTAL_ENABLED: options.get(CONF_PORTAL_ENABLED, False),
        CONF_PORTAL_ORIGIN: options.get(CONF_PORTAL_ORIGIN, ""),
        CONF_PORTAL_OWN_HOST: options.get(CONF_PORTAL_OWN_HOST, False),
        CONF_LIMITS: {name: options.get(name, usual) for name, (usual, _) in _MOST.items()},
    }


def read_room_parents(typed: Mapping[str, Any], kind: str, law: Profile) -> dict[str, Any]:
    """Return what a room shows to parents; raises FieldError for one that is never shown."""
    shown = typed.get(CONF_SHOWN) is True
    rule = law.room_kinds.get(kind)
    if shown and (rule is None or rule.value not in {"required", "allowed"}):
        raise FieldError("base", "never_shown")
    return {CONF_SHOWN: shown, CONF_PARENTS_SCHEDULE: typed.get(CONF_PARENTS_SCHEDULE)}
