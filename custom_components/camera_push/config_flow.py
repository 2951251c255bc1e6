"""Config flow, options and reconfiguration."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
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
from homeassistant.const import CONF_WEBHOOK_ID, UnitOfInformation, UnitOfTime
from homeassistant.core import callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .const import (
    CONF_CAMERA_CAP,
    CONF_HEARTBEAT_INTERVAL,
    CONF_HOLD_TIMES,
    CONF_KEEP_DAYS,
    CONF_KEEP_GIB,
    CONF_LATENESS_LIMIT,
    CONF_LOCAL_ONLY,
    CONF_MISSED_HEARTBEATS,
    CONF_SOURCE,
    CONF_STORE,
    DOMAIN,
)
from .core.messages import AlarmType
from .options import Options
from .sources import SOURCES
from .sources.base import Source
from .url import push_urls

_DAY_SECONDS: Final = 24 * 60 * 60
# 128 random bits, in 32 characters that every camera's form takes.
_WEBHOOK_ID_BYTES: Final = 16

type Step = Callable[[CameraPushConfigFlow, dict[str, Any] | None], Awaitable[ConfigFlowResult]]


def new_webhook_id() -> str:
    """Return a new secret for an entry's URL."""
    return secrets.token_hex(_WEBHOOK_ID_BYTES)


class CameraPushConfigFlow(ConfigFlow, domain=DOMAIN):
    """Choose a system; a push system needs nothing else."""

    VERSION = 1

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
    def async_create_push_entry(self, source: Source) -> ConfigFlowResult:
        """Create an entry and show the URL to paste."""
        webhook_id = new_webhook_id()
        same = sum(entry.data[CONF_SOURCE] == source.key for entry in self._async_current_entries())
        return self.async_create_entry(
            title=f"{source.title} {same + 1}" if same else source.title,
            data={CONF_SOURCE: source.key, CONF_WEBHOOK_ID: webhook_id},
            description=source.key,
            description_placeholders={"urls": push_urls(self.hass, webhook_id, local_only=True)},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer a new secret URL; the old one stops working at once."""
        entry = self._get_reconfigure_entry()
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
        return flow.async_create_push_entry(source)

    return step


for _source in SOURCES.values():
    setattr(CameraPushConfigFlow, f"async_step_{_source.key}", _push_step(_source))


class CameraPushOptionsFlow(OptionsFlow):
    """Change what is expected of an entry's cameras."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options, and the URL again."""
        entry = self.config_entry
        if user_input is not None:
            return self.async_create_entry(data=_whole_numbers(user_input))
        options = Options.from_entry(entry.options)
        return self.async_show_form(
            step_id="init",
            data_schema=_options_schema(SOURCES[entry.data[CONF_SOURCE]], options),
            description_placeholders={
                "urls": push_urls(self.hass, entry.data[CONF_WEBHOOK_ID], local_only=options.local_only)
            },
        )


def _whole_numbers(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return the input with whole numbers as such: number fields in forms give floats."""
    return {
        key: _whole_numbers(value)
        if isinstance(value, dict)
        else int(value)
        if isinstance(value, float) and value.is_integer()
        else value
        for key, value in user_input.items()
    }


def _number(minimum: float, maximum: float, unit: str | None = None) -> NumberSelector:
    step = 1 if isinstance(minimum, int) else 0.1
    config = NumberSelectorConfig(min=minimum, max=maximum, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def _options_schema(source: Source, options: Options) -> vol.Schema:
    seconds = _number(1, _DAY_SECONDS, UnitOfTime.SECONDS)
    interval = options.heartbeat_interval
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_LOCAL_ONLY, default=options.local_only): BooleanSelector(),
        vol.Optional(
            CONF_HEARTBEAT_INTERVAL,
            description={"suggested_value": interval.total_seconds() if interval else None},
        ): seconds,
        vol.Required(CONF_MISSED_HEARTBEATS, default=options.missed_heartbeats): _number(1, 100),
        vol.Required(CONF_CAMERA_CAP, default=options.camera_cap): _number(1, 1000),
        vol.Required(CONF_STORE, default=options.store): BooleanSelector(),
        vol.Required(CONF_KEEP_DAYS, default=options.keep_days): _number(1, 3650, UnitOfTime.DAYS),
        vol.Required(CONF_KEEP_GIB, default=options.keep_gib): _number(
            0.1, 10_000, UnitOfInformation.GIBIBYTES
        ),
    }
    if source.reads_plates:
        limit = options.lateness_limit.total_seconds()
        fields[vol.Required(CONF_LATENESS_LIMIT, default=limit)] = seconds
    if source.binary_sensors:
        hold_times: dict[vol.Marker, Any] = {
            vol.Required(alarm.value, default=options.hold_times[alarm].total_seconds()): seconds
            for alarm in (AlarmType(description.key) for description in source.binary_sensors)
        }
        fields[vol.Required(CONF_HOLD_TIMES)] = section(vol.Schema(hold_times), {"collapsed": True})
    return vol.Schema(fields)
