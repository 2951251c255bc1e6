"""The conditions that Home Assistant offers, by name."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition

from .automations.conditions import AnyVehicleIsPresent, CameraIsSending, PersonIsPresent, VehicleIsPresent

CONDITIONS: Final[dict[str, type[Condition]]] = {
    "any_vehicle_is_present": AnyVehicleIsPresent,
    "camera_is_sending": CameraIsSending,
    "person_is_present": PersonIsPresent,
    "vehicle_is_present": VehicleIsPresent,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by name."""
    return CONDITIONS
