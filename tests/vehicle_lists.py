"""Lists of vehicles in tests: their form, and the actions that keep them."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.camera_push.const import DOMAIN
from tests.automations.helpers import device_id
from tests.vehicles import SECTIONS

FORM = {"name": "Guests", "directions": [], "hold_time": 60.0, **SECTIONS}


async def act(hass: HomeAssistant, ff_entry: ConfigEntry, guests: str, action: str, /, **data):
    """Call an action on a list, and return its response."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": device_id(hass, ff_entry, guests), **data},
        blocking=True,
        return_response=True,
    )
