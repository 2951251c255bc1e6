"""The triggers on a known vehicle's visits."""

from ..hub.trigger_events import TriggerKind
from .base import CameraPushTrigger


class VehicleArrived(CameraPushTrigger):
    """A known vehicle was read as its settings require; once in a visit."""

    kind = TriggerKind.VEHICLE_ARRIVED
    sentence = "the arrival of {device}"


class VehicleLeft(CameraPushTrigger):
    """A known vehicle was not read for its hold time."""

    kind = TriggerKind.VEHICLE_LEFT
    sentence = "the departure of {device}"
