"""The triggers that Home Assistant offers, by name."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .automations.alarm import AlarmRaised
from .automations.base import CameraPushTrigger
from .automations.cloud_event import CloudEvent
from .automations.liveness import CameraIsBack, CameraWentSilent
from .automations.observation import ActivityDetected, FaceHidden, LineCrossed, ZoneEvent
from .automations.person import PersonRecognised
from .automations.plate import PlateRead
from .automations.stranger import UnknownPerson, UnknownVehicle
from .automations.vehicle import VehicleArrived, VehicleLeft

TRIGGERS: Final[dict[str, type[CameraPushTrigger]]] = {
    "activity_detected": ActivityDetected,
    "alarm_raised": AlarmRaised,
    "camera_is_back": CameraIsBack,
    "camera_went_silent": CameraWentSilent,
    "cloud_event": CloudEvent,
    "face_hidden": FaceHidden,
    "line_crossed": LineCrossed,
    "person_recognised": PersonRecognised,
    "plate_read": PlateRead,
    "unknown_person": UnknownPerson,
    "unknown_vehicle": UnknownVehicle,
    "vehicle_arrived": VehicleArrived,
    "vehicle_left": VehicleLeft,
    "zone_event": ZoneEvent,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by name."""
    return dict[str, type[Trigger]](TRIGGERS)
