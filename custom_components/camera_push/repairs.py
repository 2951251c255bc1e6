"""Repairs that can be done from Home Assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant
import voluptuous as vol

from .sources import SOURCES
from .sources.base import UndoError

if TYPE_CHECKING:
    # Not there yet in the oldest release that is supported.
    from homeassistant.components.repairs import RepairsFlowResult


class UndoSetupFlow(RepairsFlow):
    """Puts back what a camera was set to before it was set up from Home Assistant."""

    def __init__(self, data: dict[str, Any]) -> None:
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
                await SOURCES[self._data["source"]].async_undo_setup(self.hass, self._data)
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


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow for an issue."""
    return UndoSetupFlow(data) if data is not None else ConfirmRepairFlow()
