"""The WebSocket command that the dashboard's strategy asks for its views."""

from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..const import DOMAIN
from .dashboard import async_views


@callback
def async_register_dashboard(hass: HomeAssistant) -> None:
    """Register the command."""
    websocket_api.async_register_command(hass, _views)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/dashboard/views",
        vol.Optional("language"): vol.All(cv.string, vol.Length(max=32)),
    }
)
@websocket_api.async_response
async def _views(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Return the dashboard's views, in the user's language."""
    views = await async_views(hass, msg.get("language") or hass.config.language)
    connection.send_result(msg["id"], {"views": views})
