"""Config, options and subentry flows, as the frontend drives them."""

from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigFlowContext, SubentryFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
import voluptuous as vol

from custom_components.camera_push.const import DOMAIN

type Flow = Any


async def start_flow(hass: HomeAssistant, *menu: str) -> Flow:
    """Start adding an entry, and choose from the menus."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    for option in menu:
        assert option in flow["menu_options"]
        flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": option})
    return flow


async def start_reconfigure(hass: HomeAssistant, entry: ConfigEntry) -> Flow:
    """Start changing an entry."""
    return await _start_change(hass, entry, "reconfigure")


async def start_reauth(hass: HomeAssistant, entry: ConfigEntry) -> Flow:
    """Start entering other credentials."""
    return await _start_change(hass, entry, "reauth")


async def _start_change(hass: HomeAssistant, entry: ConfigEntry, source: str) -> Flow:
    context: ConfigFlowContext = {"source": source, "entry_id": entry.entry_id}
    return await hass.config_entries.flow.async_init(DOMAIN, context=context)


async def start_options(hass: HomeAssistant, entry: ConfigEntry) -> Flow:
    """Start changing an entry's options."""
    return await hass.config_entries.options.async_init(entry.entry_id)


async def start_subentry(
    hass: HomeAssistant, entry: ConfigEntry, kind: str, subentry_id: str | None = None
) -> Flow:
    """Start adding a subentry, or changing the one that is named."""
    context: SubentryFlowContext = {"source": "user"}
    if subentry_id is not None:
        context = {"source": "reconfigure", "subentry_id": subentry_id}
    return await hass.config_entries.subentries.async_init((entry.entry_id, kind), context=context)


async def submit(hass: HomeAssistant, flow: Flow, user_input: dict[str, Any]) -> Flow:
    """Fill in a form of any flow; returns what the flow says next."""
    match flow["handler"]:
        case tuple():
            manager: Any = hass.config_entries.subentries
        case handler:
            manager = hass.config_entries.flow if handler == DOMAIN else hass.config_entries.options
    result = await manager.async_configure(flow["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


async def add_subentry(hass: HomeAssistant, entry: ConfigEntry, kind: str, **data: Any) -> str:
    """Add a subentry of one form; returns its id."""
    before = set(entry.subentries)
    result = await submit(hass, await start_subentry(hass, entry, kind), data)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    (added,) = set(entry.subentries) - before
    return added


def suggested_values(flow: Flow) -> dict[str, Any]:
    """Return what a form is filled in with, its sections as dictionaries."""
    return _suggested(flow["data_schema"])


def _suggested(schema: vol.Schema) -> dict[str, Any]:
    values = {}
    for key, field in schema.schema.items():
        if isinstance(field, section):
            values[str(key)] = _suggested(field.schema)
        elif key.description and "suggested_value" in key.description:
            values[str(key)] = key.description["suggested_value"]
    return values
