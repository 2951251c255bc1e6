"""An entry's options flow."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow

from ..const import CONF_SOURCE
from ..sources import SOURCES
from .options import entry_urls, options_table


class CameraPushOptionsFlow(OptionsFlow):
    """Changes an entry's options, and shows its URL again."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options."""
        entry = self.config_entry
        table = options_table(SOURCES[entry.data[CONF_SOURCE]], entry)
        errors: dict[str, str] = {}
        shown = table.shown(entry.options)
        if user_input is not None:
            shown = table.without_secrets(user_input)
            chosen = table.chosen(user_input, entry.options)
            if (error := table.check(chosen)) is None:
                return self.async_create_entry(data=chosen)
            errors["base"] = error
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(table.schema(entry.options), shown),
            errors=errors,
            description_placeholders={"urls": entry_urls(self.hass, entry)},
        )
