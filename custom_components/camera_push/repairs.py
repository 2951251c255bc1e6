"""Repairs: flows that solve an issue from Home Assistant. Only administrators can run them."""

from collections.abc import Mapping
import secrets
from typing import Any, Final

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .const import DOMAIN, ISSUE_CUT_URL
from .domain.source_info import RequestError
from .domain.text import within_code
from .flows.options import entry_urls, replace_webhook
from .hub.issues import RemovedCamera, removed_cameras
from .sources import SOURCES

# A secret that fits where a longer one was cut off: 96 bits in 16 characters.
_SHORT_SECRET_BYTES: Final = 12


class UndoSetupFlow(RepairsFlow):
    """Restores the settings that a camera had before it was set up from Home Assistant."""

    def __init__(self, removed_id: str, camera: RemovedCamera) -> None:
        """Prepare for a camera whose subentry was removed; `removed_id` is the id of its issue."""
        self._removed_id = removed_id
        self._camera = camera

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show the confirmation."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Write the former settings to the camera."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                if (setup := SOURCES[self._camera.source].camera_setup) is not None:
                    await setup.async_undo(self.hass, self._camera.data)
            except RequestError:
                errors["base"] = "undo_failed"
            else:
                removed_cameras(self.hass).pop(self._removed_id, None)
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"camera": within_code(self._camera.title)},
        )


class CutUrlFlow(RepairsFlow):
    """Replaces a URL that is too long for a camera by a shorter one."""

    def __init__(self, entry: ConfigEntry, placeholders: Mapping[str, str]) -> None:
        """Prepare for an entry; `placeholders` are those of the issue."""
        self._entry = entry
        self._placeholders = placeholders

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show the confirmation."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Make a shorter secret; the old one stops working at once."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", data_schema=vol.Schema({}), description_placeholders=self._placeholders
            )
        replace_webhook(self.hass, self._entry, secrets.token_urlsafe(_SHORT_SECRET_BYTES))
        return await self.async_step_paste()

    async def async_step_paste(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Show the new URL."""
        if user_input is not None:
            return self.async_create_entry(data={})
        urls = entry_urls(self.hass, self._entry)
        return self.async_show_form(
            step_id="paste", data_schema=vol.Schema({}), description_placeholders={"urls": urls}
        )


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: Mapping[str, Any] | None
) -> RepairsFlow:
    """Return the flow that solves an issue."""
    if (camera := removed_cameras(hass).get(issue_id)) is not None:
        return UndoSetupFlow(issue_id, camera)
    entry = hass.config_entries.async_get_entry((data or {}).get("entry_id", ""))
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    if entry is None or issue is None or issue.translation_key != ISSUE_CUT_URL:
        return ConfirmRepairFlow()
    return CutUrlFlow(entry, issue.translation_placeholders or {})
