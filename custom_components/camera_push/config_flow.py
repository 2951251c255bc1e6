"""Config flow, options and reconfiguration."""

from __future__ import annotations

from collections.abc import Mapping
import secrets
from typing import Any, Final, override

from homeassistant.components import webhook
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import callback

from .const import CONF_SOURCE, DOMAIN
from .flows.options import Options
from .flows.options_form import (
    async_check_receivers,
    keep_passwords,
    options_schema,
    whole_numbers,
    without_passwords,
)
from .sources import SOURCES
from .sources.base import Source, Step
from .transports.urls import push_urls

# 128 random bits, in 32 characters that every camera's form takes.
_WEBHOOK_ID_BYTES: Final = 16


def new_webhook_id() -> str:
    """Return a new secret for an entry's URL."""
    return secrets.token_hex(_WEBHOOK_ID_BYTES)


class CameraPushConfigFlow(ConfigFlow, domain=DOMAIN):
    """Choose a system; a push system needs nothing else."""

    VERSION = 1

    # What a source's steps keep from one to the next.
    kept: dict[str, Any]

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> CameraPushOptionsFlow:
        return CameraPushOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return dict(SOURCES[config_entry.data[CONF_SOURCE]].subentry_flows)

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the systems."""
        return self.async_show_menu(step_id="user", menu_options=list(SOURCES))

    @callback
    def async_create_push_entry(self, source_key: str) -> ConfigFlowResult:
        """Create an entry and show the URL to paste."""
        source = SOURCES[source_key]
        webhook_id = new_webhook_id()
        same = sum(entry.data[CONF_SOURCE] == source.key for entry in self._async_current_entries())
        return self.async_create_entry(
            title=f"{source.title} {same + 1}" if same else source.title,
            data={CONF_SOURCE: source.key, CONF_WEBHOOK_ID: webhook_id},
            description=source.key,
            description_placeholders={"urls": push_urls(self.hass, webhook_id, local_only=True)},
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask the source for new credentials."""
        key = self._get_reauth_entry().data[CONF_SOURCE]
        return await SOURCES[key].flow_steps[f"{key}_reauth"](self, None)

    # For the sources' steps, which are not methods.

    def async_reconfigured_entry(self) -> ConfigEntry:
        """Return the entry that is being reconfigured."""
        return self._get_reconfigure_entry()

    def async_reauthenticated_entry(self) -> ConfigEntry:
        """Return the entry that needs new credentials."""
        return self._get_reauth_entry()

    def async_abort_if_configured(self) -> None:
        """Abort if there is another entry with the unique id that was set."""
        self._abort_if_unique_id_configured()

    def async_finish_entry(
        self, entry: ConfigEntry, data: dict[str, Any], unique_id: str | None, reason: str
    ) -> ConfigFlowResult:
        """Change an entry, which is then reloaded, and end."""
        data = {CONF_SOURCE: entry.data[CONF_SOURCE], **data}
        self.hass.config_entries.async_update_entry(entry, data=data, unique_id=unique_id)
        return self.async_abort(reason=reason)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer a new secret URL; the old one stops working at once. Without one, ask the source."""
        entry = self._get_reconfigure_entry()
        if CONF_WEBHOOK_ID not in entry.data:
            key = entry.data[CONF_SOURCE]
            return await SOURCES[key].flow_steps[f"{key}_reconfigure"](self, None)
        local_only = Options.from_entry(entry.options).local_only
        if user_input is None:
            return self.async_show_form(
                step_id="reconfigure",
                description_placeholders={
                    "urls": push_urls(self.hass, entry.data[CONF_WEBHOOK_ID], local_only=local_only)
                },
            )
        webhook.async_unregister(self.hass, entry.data[CONF_WEBHOOK_ID])
        webhook_id = new_webhook_id()
        self.hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_WEBHOOK_ID: webhook_id})
        return self.async_abort(
            reason="reconfigure_successful",
            description_placeholders={"urls": push_urls(self.hass, webhook_id, local_only=local_only)},
        )


def _push_step(source: Source) -> Step:
    async def step(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return flow.async_create_push_entry(source.key)

    return step


def _flow_step(step: Step) -> Step:
    async def run(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        return await step(flow, user_input)

    return run


for _source in SOURCES.values():
    for _name, _step in (_source.flow_steps or {_source.key: _push_step(_source)}).items():
        setattr(CameraPushConfigFlow, f"async_step_{_name}", _flow_step(_step))


class CameraPushOptionsFlow(OptionsFlow):
    """Change what is expected of an entry's cameras."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options, and the URL again."""
        entry = self.config_entry
        errors: dict[str, str] = {}
        if user_input is not None:
            chosen = keep_passwords(whole_numbers(user_input), entry.options)
            errors = await async_check_receivers(entry, chosen)
            if not errors:
                return self.async_create_entry(data=chosen)
        options = Options.from_entry(entry.options)
        schema = options_schema(SOURCES[entry.data[CONF_SOURCE]], entry, options)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                schema, without_passwords(entry.options if user_input is None else user_input)
            ),
            errors=errors,
            description_placeholders={"urls": self._urls(options)},
        )

    def _urls(self, options: Options) -> str:
        webhook_id = self.config_entry.data.get(CONF_WEBHOOK_ID)
        return push_urls(self.hass, webhook_id, local_only=options.local_only) if webhook_id else "-"
