"""What a camera said last, as sensors: plates, and when it was heard of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import KEY_LAST_SEEN
from .descriptions import SENSORS
from .domain.messages import Direction
from .entity import CameraPushEntity, async_add_camera_entities
from .hub.camera import CameraDevice
from .hub.hub import CameraPushConfigEntry
from .hub.known import LAST_CAMERA, LAST_DIRECTION, KnownDevice, VehicleDevice
from .hub.signals import LAST_SEEN, value_aspect
from .subject_entity import KnownEntity, async_add_subject_entities

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the sensors of an entry's cameras, known vehicles and persons."""
    descriptions = [SENSORS[key] for key in entry.runtime_data.source.sensors]

    def build(camera: CameraDevice) -> list[Entity]:
        return [
            LastSeenSensor(camera),
            *(CameraPushSensor(camera, description) for description in descriptions),
        ]

    async_add_camera_entities(entry, async_add_entities, build)
    async_add_subject_entities(
        entry,
        async_add_entities,
        lambda subject: [
            SubjectLastSeenSensor(subject),
            VehicleDirectionSensor(subject)
            if isinstance(subject, VehicleDevice)
            else PersonCameraSensor(subject),
        ],
    )


class CameraPushSensor(CameraPushEntity, SensorEntity):
    """The last value of one kind, with what belongs to it as attributes."""

    # Different each time: in the state, but not in the history.
    _unrecorded_attributes = frozenset({"captured_at"})

    def __init__(self, camera: CameraDevice, description: SensorEntityDescription) -> None:
        """Show the value that the description is named after."""
        super().__init__(camera, description.key, value_aspect(description.key))
        self.entity_description = description

    @property
    @override
    def native_value(self) -> str | int | None:
        """Return the value, None before the first one."""
        record = self.camera.record.values.get(self.entity_description.key)
        return record.value if record is not None else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return what was said along with the value."""
        record = self.camera.record.values.get(self.entity_description.key)
        return record.attributes or None if record is not None else None


class LastSeenSensor(CameraPushEntity, SensorEntity):
    """When the camera last sent anything; of all its entities, this one says so when it is silent."""

    _attr_translation_key = KEY_LAST_SEEN
    _attr_device_class = SensorDeviceClass.TIMESTAMP
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, camera: CameraDevice) -> None:
        """Show the camera's last sign of life."""
        super().__init__(camera, KEY_LAST_SEEN, LAST_SEEN)

    @property
    @override
    def available(self) -> bool:
        """Stay available: this is what one wants to know about a silent camera."""
        return True

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return the time of the last message."""
        return self.camera.record.last_seen


class SubjectLastSeenSensor(KnownEntity, SensorEntity):
    """When a known vehicle or person was last seen, late reads included."""

    _attr_translation_key = KEY_LAST_SEEN
    _attr_device_class = SensorDeviceClass.TIMESTAMP

    def __init__(self, subject: KnownDevice) -> None:
        """Show when the vehicle or person was last seen."""
        super().__init__(subject, KEY_LAST_SEEN, LAST_SEEN)

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return the time of the last read."""
        return self.subject.record.last_seen


class VehicleDirectionSensor(KnownEntity, SensorEntity):
    """Which way a known vehicle was last seen moving."""

    _attr_translation_key = LAST_DIRECTION
    _attr_device_class = SensorDeviceClass.ENUM

    def __init__(self, vehicle: VehicleDevice) -> None:
        """Show the vehicle's last direction."""
        super().__init__(vehicle, LAST_DIRECTION, LAST_DIRECTION)
        self._attr_options = [str(Direction.IN), str(Direction.OUT)]

    @property
    @override
    def native_value(self) -> str | None:
        """Return the direction, None before the first one."""
        return self.subject.record.last_direction


class PersonCameraSensor(KnownEntity, SensorEntity):
    """Where a known person was last seen."""

    _attr_translation_key = LAST_CAMERA

    def __init__(self, person: KnownDevice) -> None:
        """Show the camera that last saw the person."""
        super().__init__(person, LAST_CAMERA, LAST_CAMERA)

    @property
    @override
    def native_value(self) -> str | None:
        """Return the camera's name, None before the first time."""
        return self.subject.record.last_camera
