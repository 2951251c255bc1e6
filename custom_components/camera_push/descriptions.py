"""How the entities of a source's keys look: until the platforms hold their descriptions themselves."""

from __future__ import annotations

from typing import Final

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntityDescription
from homeassistant.components.event import EventDeviceClass, EventEntityDescription
from homeassistant.components.image import ImageEntityDescription
from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime

from .domain.source_info import SourceInfo

BINARY_SENSORS: Final = {
    it.key: it
    for it in (
        BinarySensorEntityDescription(key="motion", device_class=BinarySensorDeviceClass.MOTION),
        BinarySensorEntityDescription(
            key="humanoid", translation_key="humanoid", device_class=BinarySensorDeviceClass.MOTION
        ),
        BinarySensorEntityDescription(
            key="smoke_alarm", translation_key="smoke_alarm", device_class=BinarySensorDeviceClass.SMOKE
        ),
        BinarySensorEntityDescription(
            key="fire", translation_key="fire", device_class=BinarySensorDeviceClass.SAFETY
        ),
        BinarySensorEntityDescription(key="smoke", device_class=BinarySensorDeviceClass.SMOKE),
        BinarySensorEntityDescription(
            key="baby_crying", translation_key="baby_crying", device_class=BinarySensorDeviceClass.SOUND
        ),
        BinarySensorEntityDescription(key="absence", translation_key="absence"),
        BinarySensorEntityDescription(key="on_allow_list", translation_key="on_allow_list"),
        BinarySensorEntityDescription(key="on_block_list", translation_key="on_block_list"),
        BinarySensorEntityDescription(key="sound", device_class=BinarySensorDeviceClass.SOUND),
    )
}
SENSORS: Final = {
    it.key: it
    for it in (
        SensorEntityDescription(key="plate", translation_key="plate"),
        *(
            SensorEntityDescription(
                key=f"plate_zone_{zone}",
                translation_key="plate_zone",
                translation_placeholders={"zone": str(zone)},
            )
            for zone in (1, 2)
        ),
        SensorEntityDescription(
            key="clock_offset",
            translation_key="clock_offset",
            device_class=SensorDeviceClass.DURATION,
            native_unit_of_measurement=UnitOfTime.SECONDS,
            suggested_display_precision=0,
            state_class=SensorStateClass.MEASUREMENT,
            entity_category=EntityCategory.DIAGNOSTIC,
        ),
        *(
            SensorEntityDescription(
                key=key,
                translation_key=key,
                state_class=SensorStateClass.TOTAL_INCREASING,
                entity_category=EntityCategory.DIAGNOSTIC,
                entity_registry_enabled_default=False,
            )
            for key in ("frames", "plate_reads")
        ),
        SensorEntityDescription(key="last_person", translation_key="last_person"),
        SensorEntityDescription(
            key="last_confidence",
            translation_key="last_confidence",
            native_unit_of_measurement=PERCENTAGE,
            state_class=SensorStateClass.MEASUREMENT,
        ),
        SensorEntityDescription(key="last_watchlist", translation_key="last_watchlist"),
    )
}


def event_descriptions(info: SourceInfo) -> list[EventEntityDescription]:
    """Return how the event entities of a source look."""
    return [
        EventEntityDescription(
            key=key,
            translation_key=key,
            device_class=EventDeviceClass.DOORBELL if key == "doorbell" else None,
            event_types=list(types) or None,
        )
        for key, types in info.events.items()
    ]


def image_descriptions(info: SourceInfo) -> list[ImageEntityDescription]:
    """Return how the images of a source look."""
    return [ImageEntityDescription(key=key, translation_key=key) for key in info.images]
