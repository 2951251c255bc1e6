"""The triggers on a known vehicle's visits."""

from typing import override

from ..hub.trigger_events import TriggerEvent, TriggerKind
from .base import CameraPushTrigger


class VehicleArrived(CameraPushTrigger):
    """A known vehicle was read as its settings require; once in a visit."""

    kind = TriggerKind.VEHICLE_ARRIVED

    @override
    def description(self, event: TriggerEvent, name: str) -> str:
        return f"the arrival of {name}"


class VehicleLeft(CameraPushTrigger):
    """A known vehicle was not read for its hold time."""

    kind = TriggerKind.VEHICLE_LEFT

    @override
    def description(self, event: TriggerEvent, name: str) -> str:
        return f"the departure of {name}"
