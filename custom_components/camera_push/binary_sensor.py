"""Alarms as binary sensors: on for a while after each push, because a push never says "over"."""

from __future__ import annotations

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aspects import alarm_aspect
from .camera_device import CameraDevice
from .entity import CameraPushEntity, async_add_camera_entities
from .hub import CameraPushConfigEntry
from .vehicle_device import PRESENT, VehicleDevice
from .vehicle_entity import VehicleEntity, async_add_vehicle_entities

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors of an entry's cameras and known vehicles."""
    descriptions = entry.runtime_data.source.binary_sensors
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [CameraPushBinarySensor(camera, description) for description in descriptions],
    )
    async_add_vehicle_entities(entry, async_add_entities, lambda vehicle: [VehiclePresence(vehicle)])


class CameraPushBinarySensor(CameraPushEntity, BinarySensorEntity):
    """Whether an alarm's hold time is running."""

    def __init__(self, camera: CameraDevice, description: BinarySensorEntityDescription) -> None:
        """Show the alarm that the description is named after."""
        super().__init__(camera, description.key, alarm_aspect(description.key))
        self.entity_description = description

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the alarm is on."""
        return self.camera.is_on(self.entity_description.key)


class VehiclePresence(VehicleEntity, BinarySensorEntity):
    """Whether a known vehicle was seen a short while ago."""

    _attr_translation_key = PRESENT
    _attr_device_class = BinarySensorDeviceClass.OCCUPANCY

    def __init__(self, vehicle: VehicleDevice) -> None:
        """Show whether the vehicle's hold time is running."""
        super().__init__(vehicle, PRESENT, PRESENT)

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the vehicle is present."""
        return self.vehicle.is_present
