"""Alarms as binary sensors: on for a while after each push, because a push never says "over"."""

from __future__ import annotations

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import KEY_CLOUD_EVENT, KEY_CONNECTIVITY
from .descriptions import BINARY_SENSORS
from .entity import CameraPushEntity, async_add_camera_entities
from .hub.camera import CameraDevice
from .hub.hub import CameraPushConfigEntry
from .hub.known import PRESENT, KnownDevice
from .hub.signals import alarm_aspect
from .subject_entity import KnownEntity, async_add_subject_entities

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors of an entry's cameras, known vehicles and persons."""
    keys = entry.runtime_data.source.binary_sensors
    has_cloud = KEY_CLOUD_EVENT in entry.runtime_data.source.events

    def build(camera: CameraDevice) -> list[Entity]:
        return [
            ConnectivitySensor(camera)
            if key == KEY_CONNECTIVITY
            else CameraPushBinarySensor(camera, BINARY_SENSORS[key])
            for key in keys
            if key != KEY_CONNECTIVITY or has_cloud
        ]

    async_add_camera_entities(entry, async_add_entities, build)
    async_add_subject_entities(entry, async_add_entities, lambda subject: [SubjectPresence(subject)])


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


class ConnectivitySensor(CameraPushEntity, BinarySensorEntity):
    """Whether a camera is online, as its cloud says."""

    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, camera: CameraDevice) -> None:
        """Show what the cloud said last."""
        super().__init__(camera, KEY_CONNECTIVITY, alarm_aspect(KEY_CONNECTIVITY))

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether the camera is online, None before anything said so."""
        return self.camera.record.online


class SubjectPresence(KnownEntity, BinarySensorEntity):
    """Whether a known vehicle or person was seen a short while ago."""

    _attr_translation_key = PRESENT
    _attr_device_class = BinarySensorDeviceClass.OCCUPANCY

    def __init__(self, subject: KnownDevice) -> None:
        """Show whether the hold time is running."""
        super().__init__(subject, PRESENT, PRESENT)

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the vehicle or person is present."""
        return self.subject.is_present
