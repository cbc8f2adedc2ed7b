"""Changes what may be changed while everything goes on recording."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    DateSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import probatio

from ..const import (
    CONF_INCIDENT_AFTER,
    CONF_INCIDENT_BEFORE,
    CONF_LAST_INSPECTION,
    CONF_MARGIN_DAYS,
    CONF_PORTAL_ENABLED,
    CONF_PORTAL_ORIGIN,
    CONF_PROFILE,
    CONF_RETENTION_DAYS,
    CONF_WITHOUT_HA_HOURS,
)
from ..engine.legal import Profile, profile
from ..portal.routes import PREFIX
from .alerts import ALERTS_SCHEMA, read_alerts, suggested_alerts
from .automations import AutomationSteps
from .names import FieldError
from .parents import EXAMPLE, PARENTS_SCHEMA, read_portal, suggested_portal
from .retention import RETENTION_FIELDS, above_maximum, checked_days, limits

MAXIMUM_HOURS = 24 * 90


def _whole(most: int, unit: str, least: int = 1) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=least, max=most, step=1, mode=NumberSelectorMode.BOX, unit_of_measurement=unit
        )
    )


_WHOLE = {
    CONF_WITHOUT_HA_HOURS: _whole(MAXIMUM_HOURS, "h"),
    CONF_MARGIN_DAYS: _whole(60, "d", least=0),
    CONF_INCIDENT_BEFORE: _whole(24 * 60, "min"),
    CONF_INCIDENT_AFTER: _whole(24 * 60, "min"),
}

OPTIONS_SCHEMA = probatio.Schema(
    {
        **RETENTION_FIELDS,
        **{probatio.Optional(name): selector for name, selector in _WHOLE.items()},
        probatio.Optional(CONF_LAST_INSPECTION): DateSelector(),
    }
)


class KindergartenOptionsFlow(AutomationSteps):
    """Asks what footage is kept, whether parents may watch, and when to raise an alarm; installs blueprints.

    The update listener hands the answers to the engine: nothing is reloaded, no camera interrupted.
    """

    def __init__(self) -> None:
        """Begin with nothing answered."""
        self._options: dict[str, Any] = {}
        self._asked: set[str] = set()

    @property
    def _profile(self) -> Profile:
        return profile(self.config_entry.data[CONF_PROFILE])

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what is to be changed."""
        return self.async_show_menu(
            step_id="init", menu_options=["keeping", "parents", "alerts", "automations"]
        )

    async def async_step_keeping(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the retention, its margin, the minutes of an incident and the last inspection."""
        error: FieldError | None = None
        if user_input is not None:
            try:
                days = checked_days(user_input, self._profile)
            except FieldError as err:
                error = err
            else:
                return await self._async_accept(days, user_input)
        suggested = user_input or self._options or self.config_entry.options
        return self.async_show_form(
            step_id="keeping",
            data_schema=self.add_suggested_values_to_schema(OPTIONS_SCHEMA, suggested),
            errors={error.field: error.code} if error else {},
            description_placeholders=limits(self._profile),
        )

    async def async_step_parents(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether parents may watch, and at which address."""
        error: FieldError | None = None
        if user_input is not None:
            try:
                self._options = read_portal(user_input)
            except FieldError as err:
                error = err
            else:
                self._asked = set(self._options)
                if self._options[CONF_PORTAL_ENABLED] and not self._was_on:
                    return await self.async_step_parents_on()
                return await self.async_step_finish()
        return self.async_show_form(
            step_id="parents",
            data_schema=self.add_suggested_values_to_schema(
                PARENTS_SCHEMA, user_input or suggested_portal(self._options or self.config_entry.options)
            ),
            errors={error.field: error.code} if error else {},
            description_placeholders={"example": EXAMPLE},
        )

    async def async_step_alerts(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for how long a trouble may last before it is an alarm."""
        error: FieldError | None = None
        if user_input is not None:
            try:
                self._options = read_alerts(user_input)
            except FieldError as err:
                error = err
            else:
                self._asked = set(self._options)
                return await self.async_step_finish()
        return self.async_show_form(
            step_id="alerts",
            data_schema=self.add_suggested_values_to_schema(
                ALERTS_SCHEMA, user_input or suggested_alerts(self.config_entry.options)
            ),
            errors={error.field: error.code} if error else {},
        )

    @property
    def _was_on(self) -> bool:
        return self.config_entry.options.get(CONF_PORTAL_ENABLED) is True

    async def async_step_parents_on(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what it means to open a door to the internet."""
        return self.async_show_menu(
            step_id="parents_on",
            menu_options=["finish", "parents"],
            description_placeholders={"address": f"{self._options[CONF_PORTAL_ORIGIN]}{PREFIX}/"},
        )

    async def _async_accept(self, days: int, user_input: dict[str, Any]) -> ConfigFlowResult:
        """Ask back before footage is deleted earlier, or kept for longer than the profile likes."""
        self._options = {
            CONF_RETENTION_DAYS: days,
            **{name: int(user_input[name]) for name in _WHOLE if user_input.get(name) is not None},
        }
        self._asked = {*map(str, OPTIONS_SCHEMA.schema)}
        if last := user_input.get(CONF_LAST_INSPECTION):
            self._options[CONF_LAST_INSPECTION] = last
        before = self.config_entry.options[CONF_RETENTION_DAYS]
        if days > before and above_maximum(days, self._profile):
            return await self.async_step_long_retention()
        if days < before:
            return await self.async_step_shorter_retention()
        return await self.async_step_finish()

    async def async_step_long_retention(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Warn of keeping footage for longer than the profile likes."""
        return self._async_ask_back("long_retention")

    async def async_step_shorter_retention(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Warn of what will be deleted."""
        return self._async_ask_back("shorter_retention")

    def _async_ask_back(self, step_id: str) -> ConfigFlowResult:
        return self.async_show_menu(
            step_id=step_id,
            menu_options=["finish", "keeping"],
            description_placeholders=limits(self._profile)
            | {"days": str(self._options[CONF_RETENTION_DAYS])},
        )

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Save; what was left empty in the form that was answered is taken away."""
        other = {name: value for name, value in self.config_entry.options.items() if name not in self._asked}
        return self.async_create_entry(data={**other, **self._options})
