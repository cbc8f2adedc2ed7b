"""Installs the blueprints for automations; a step of the options."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig
import probatio

from ..automations import LANGUAGES, TARGET, BlueprintLanguage, Installed, async_install, language_of

CONF_LANGUAGE = "language"

AUTOMATIONS_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_LANGUAGE): SelectSelector(
            SelectSelectorConfig(options=list(LANGUAGES), translation_key="blueprint_language")
        )
    }
)


class AutomationSteps(OptionsFlow):
    """Asks for the language of the messages, then before anything that the owner changed is overwritten."""

    _language: BlueprintLanguage = "en"
    _done: Installed | None = None

    async def async_step_automations(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what is to be copied where, and in which language."""
        if user_input is not None:
            self._language = user_input[CONF_LANGUAGE]
            done = await async_install(self.hass, self._language, overwrite=False)
            if done.kept:
                self._done = done
                return await self.async_step_automations_changed()
            return self._say(done)
        return self.async_show_form(
            step_id="automations",
            data_schema=self.add_suggested_values_to_schema(
                AUTOMATIONS_SCHEMA, {CONF_LANGUAGE: language_of(self.hass)}
            ),
            description_placeholders={"folder": TARGET},
        )

    async def async_step_automations_changed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what was changed, and ask whether it may be overwritten."""
        assert self._done is not None
        return self.async_show_menu(
            step_id="automations_changed",
            menu_options=["automations_overwrite", "automations_keep"],
            description_placeholders={"files": ", ".join(self._done.kept), **_counts(self._done)},
        )

    async def async_step_automations_overwrite(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Put ours in place of what the owner changed."""
        return self._say(await async_install(self.hass, self._language, overwrite=True))

    async def async_step_automations_keep(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Leave what the owner changed."""
        return self._say(await async_install(self.hass, self._language, overwrite=False))

    def _say(self, done: Installed) -> ConfigFlowResult:
        # No option changes, so there is nothing to save.
        return self.async_abort(reason="automations_installed", description_placeholders=_counts(done))


def _counts(done: Installed) -> dict[str, str]:
    return {
        name: str(len(files))
        for name, files in (
            ("added", done.added),
            ("updated", done.updated),
            ("unchanged", done.unchanged),
            ("kept", done.kept),
        )
    }
