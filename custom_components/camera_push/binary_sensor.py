"""Alarms as binary sensors: on for a while after each push, because a push never says "over"."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import KEY_ALLOW_LIST, KEY_BLOCK_LIST, KEY_CONNECTIVITY, KEY_SOUND
from .domain.messages import AlarmType
from .entity import (
    DescribedCameraEntity,
    KnownEntity,
    VehiclesEntity,
    async_add_described_entities,
    async_add_known_entities,
    async_add_with_first_vehicle,
)
from .entry.runtime import CameraPushConfigEntry
from .hub.camera import CameraDevice
from .hub.known_device import PRESENT, KnownDevice, PersonDevice
from .hub.signals import alarm_key

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CameraBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a camera; without `value_fn`, it is on for its hold time."""

    value_fn: Callable[[CameraDevice], bool | None] | None = None
    # Whether it tells about the link itself, and so is available while the camera is not.
    is_about_link: bool = False


# Which of these a camera has is up to its system (`SourceInfo.binary_sensors`).
DESCRIPTIONS: Final = (
    CameraBinarySensorDescription(key=AlarmType.MOTION, device_class=BinarySensorDeviceClass.MOTION),
    CameraBinarySensorDescription(
        key=AlarmType.HUMANOID,
        translation_key=AlarmType.HUMANOID,
        device_class=BinarySensorDeviceClass.MOTION,
    ),
    CameraBinarySensorDescription(
        key=AlarmType.SMOKE_ALARM,
        translation_key=AlarmType.SMOKE_ALARM,
        device_class=BinarySensorDeviceClass.SMOKE,
    ),
    CameraBinarySensorDescription(
        key=AlarmType.FIRE, translation_key=AlarmType.FIRE, device_class=BinarySensorDeviceClass.SAFETY
    ),
    CameraBinarySensorDescription(key=AlarmType.SMOKE, device_class=BinarySensorDeviceClass.SMOKE),
    CameraBinarySensorDescription(
        key=AlarmType.BABY_CRYING,
        translation_key=AlarmType.BABY_CRYING,
        device_class=BinarySensorDeviceClass.SOUND,
    ),
    CameraBinarySensorDescription(key=AlarmType.ABSENCE, translation_key=AlarmType.ABSENCE),
    CameraBinarySensorDescription(key=KEY_SOUND, device_class=BinarySensorDeviceClass.SOUND),
    CameraBinarySensorDescription(key=KEY_ALLOW_LIST, translation_key=KEY_ALLOW_LIST),
    CameraBinarySensorDescription(key=KEY_BLOCK_LIST, translation_key=KEY_BLOCK_LIST),
    CameraBinarySensorDescription(
        key=KEY_CONNECTIVITY,
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda camera: camera.is_online,
        is_about_link=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors of an entry's cameras, known vehicles and persons."""
    keys = entry.runtime_data.source.info.binary_sensors
    async_add_described_entities(entry, async_add_entities, CameraBinarySensor, DESCRIPTIONS, keys)
    async_add_known_entities(entry, async_add_entities, lambda known: [PresentSensor(known)])
    async_add_with_first_vehicle(
        entry, async_add_entities, lambda: AnyVehiclePresentSensor(entry, "any_vehicle_present")
    )


class CameraBinarySensor(DescribedCameraEntity, BinarySensorEntity):
    """An alarm, or whether the camera can be reached."""

    entity_description: CameraBinarySensorDescription
    signal_key_fn = alarm_key

    @property
    @override
    def available(self) -> bool:
        """Tell whether the camera is alive; what is about the link itself is always available."""
        return self.entity_description.is_about_link or super().available

    @property
    @override
    def is_on(self) -> bool | None:
        if (value_fn := self.entity_description.value_fn) is not None:
            return value_fn(self.camera)
        return self.camera.is_on(self.entity_description.key)


class PresentSensor(KnownEntity[KnownDevice], BinarySensorEntity):
    """Whether a known vehicle or person was seen a short while ago."""

    _attr_translation_key = PRESENT
    _attr_device_class = BinarySensorDeviceClass.OCCUPANCY

    def __init__(self, known: KnownDevice) -> None:
        super().__init__(known, PRESENT, PRESENT)
        if isinstance(known, PersonDevice):
            self._attr_translation_key = f"person_{PRESENT}"

    @property
    @override
    def is_on(self) -> bool:
        return self.known.is_present


class AnyVehiclePresentSensor(VehiclesEntity, BinarySensorEntity):
    """Whether any of the known vehicles is present."""

    followed = PRESENT
    _attr_device_class = BinarySensorDeviceClass.PRESENCE

    @property
    @override
    def is_on(self) -> bool:
        return any(vehicle.is_present for vehicle in self.vehicles.values())
