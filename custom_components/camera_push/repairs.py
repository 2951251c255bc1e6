"""Repairs that can be done from Home Assistant."""

from __future__ import annotations

from collections.abc import Mapping
import secrets
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components import webhook
from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD, CONF_PORT, CONF_USERNAME, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
import voluptuous as vol

from .const import (
    CONF_AUTHENTICATION,
    CONF_AUTHENTICATION_KIND,
    CONF_HEADER_VALUE,
    CONF_KEEP_DAYS,
    CONF_KEEP_GIB,
    CONF_MAX_CAMERAS,
    CONF_SOURCE,
    CONF_STORE,
    ISSUE_CREDENTIALS,
    ISSUE_CUT_URL,
    ISSUE_MAX_CAMERAS,
    ISSUE_PORT,
    ISSUE_STORAGE,
)
from .flows.options import options_table, parse_options
from .sources import SOURCES
from .sources.base import UndoError
from .sources.options import OptionsTable
from .transports.credentials import AuthenticationKind
from .transports.urls import push_urls

if TYPE_CHECKING:
    # Not there yet in the oldest release that is supported.
    from homeassistant.components.repairs import RepairsFlowResult

# A secret that fits where a longer one was cut off: 96 bits in 16 characters.
_SHORT_SECRET_BYTES: Final = 12


class UndoSetupFlow(RepairsFlow):
    """Puts back what a camera was set to before it was set up from Home Assistant."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Keep the data of the subentry that was removed."""
        self._data = data

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Do it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                if (setup := SOURCES[self._data["source"]].camera_setup) is not None:
                    await setup.async_undo(self.hass, self._data)
            except UndoError:
                errors["base"] = "undo_failed"
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"camera": self._data["title"]},
        )


class EntryFix(RepairsFlow):
    """Mends something about an entry."""

    def __init__(self, entry: ConfigEntry, data: Mapping[str, Any]) -> None:
        """Keep what the issue says."""
        self._entry = entry
        self._data = data

    @property
    def _placeholders(self) -> dict[str, str]:
        return {key: str(value) for key, value in self._data.items()}


class OptionsFix(EntryFix):
    """Changes those of the entry's options that have to do with it."""

    # In which section of the options; None for those outside of sections.
    section: str | None = None
    fields: tuple[str, ...] = ()

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask."""
        return await self.async_step_options()

    async def async_step_options(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Change them; the entry is loaded anew with them, which takes the issue back or raises it again."""
        errors: dict[str, str] = {}
        table = options_table(SOURCES[self._entry.data[CONF_SOURCE]], self._entry)
        options = self._entry.options
        shown = table.without_secrets(options)
        if user_input is not None:
            changed = user_input
            if self.section is not None:
                changed = {self.section: {**shown.get(self.section, {}), **user_input}}
            chosen = {**options, **table.chosen(changed, options)}
            if (error := table.check(chosen)) is None:
                self.hass.config_entries.async_update_entry(self._entry, options=chosen)
                return self.async_create_entry(data={})
            errors["base"] = error
        suggested = user_input or (shown.get(self.section, {}) if self.section is not None else shown)
        return self.async_show_form(
            step_id="options",
            data_schema=self.add_suggested_values_to_schema(self._schema(table), suggested),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    def _schema(self, table: OptionsTable) -> vol.Schema:
        """Return the fields as the options have them."""
        schema = table.schema(self._entry.options).schema
        if self.section is not None:
            schema = next(value.schema.schema for key, value in schema.items() if key.schema == self.section)
        return vol.Schema({key: value for key, value in schema.items() if key.schema in self.fields})


class MaxCamerasFix(OptionsFix):
    """Raises the limit of cameras."""

    fields = (CONF_MAX_CAMERAS,)


class StorageFix(OptionsFix):
    """Keeps less, or nothing."""

    fields = (CONF_STORE, CONF_KEEP_DAYS, CONF_KEEP_GIB)


class PortFix(OptionsFix):
    """Listens at another port."""

    fields = (CONF_PORT,)

    def __init__(self, entry: ConfigEntry, data: Mapping[str, Any]) -> None:
        """Keep what the issue says: which transport it is about."""
        super().__init__(entry, data)
        self.section = data["about"]


class CredentialsFix(OptionsFix):
    """Asks cameras for what they send."""

    def __init__(self, entry: ConfigEntry, data: Mapping[str, Any]) -> None:
        """Keep what the issue says: over what they come."""
        super().__init__(entry, data)
        self.section = data["about"]
        kind = entry.options.get(CONF_AUTHENTICATION, {}).get(CONF_AUTHENTICATION_KIND)
        by_header = self.section == CONF_AUTHENTICATION and kind == AuthenticationKind.HEADER
        self.fields = (CONF_HEADER_VALUE,) if by_header else (CONF_USERNAME, CONF_PASSWORD)


class CutUrlFix(EntryFix):
    """Makes a URL that is short enough for the camera."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain it."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Make a shorter secret; the old one stops working at once."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", data_schema=vol.Schema({}), description_placeholders=self._placeholders
            )
        webhook_id = secrets.token_urlsafe(_SHORT_SECRET_BYTES)
        webhook.async_unregister(self.hass, self._entry.data[CONF_WEBHOOK_ID])
        self.hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, CONF_WEBHOOK_ID: webhook_id}
        )
        return await self.async_step_paste()

    async def async_step_paste(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show the new URL."""
        if user_input is not None:
            return self.async_create_entry(data={})
        local_only = parse_options(self._entry.options).local_only
        urls = push_urls(self.hass, self._entry.data[CONF_WEBHOOK_ID], local_only=local_only)
        return self.async_show_form(
            step_id="paste", data_schema=vol.Schema({}), description_placeholders={"urls": urls}
        )


_FLOWS: Final[Mapping[str, type[EntryFix]]] = {
    ISSUE_MAX_CAMERAS: MaxCamerasFix,
    ISSUE_CREDENTIALS: CredentialsFix,
    ISSUE_CUT_URL: CutUrlFix,
    ISSUE_PORT: PortFix,
    ISSUE_STORAGE: StorageFix,
}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: Mapping[str, Any] | None
) -> RepairsFlow:
    """Return the flow for an issue."""
    data = data or {}
    if "source" in data:
        return UndoSetupFlow(data)
    entry = hass.config_entries.async_get_entry(data.get("entry_id", ""))
    return _FLOWS[data["kind"]](entry, data) if entry is not None else ConfirmRepairFlow()
