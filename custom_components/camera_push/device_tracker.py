"""Whether a known vehicle is at home, from the direction in which it was last seen moving."""

from typing import override

from homeassistant.components.device_tracker import TrackerEntity
from homeassistant.components.zone import ENTITY_ID_HOME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import KnownEntity, async_add_known_entities
from .entry.runtime import CameraPushConfigEntry
from .hub.known_device import HOME, VehicleDevice

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the trackers of vehicles whose user said which direction leads home."""
    async_add_known_entities(
        entry,
        async_add_entities,
        lambda known: (
            [VehicleTracker(known)]
            if isinstance(known, VehicleDevice) and known.known.home_direction is not None
            else []
        ),
    )


class VehicleTracker(KnownEntity[VehicleDevice], TrackerEntity):
    """Home or not, unknown until the vehicle was seen moving."""

    _attr_translation_key = "vehicle"
    # The vehicle is what is tracked: its name needs nothing added.
    _attr_name = None

    def __init__(self, vehicle: VehicleDevice) -> None:
        super().__init__(vehicle, HOME, HOME)

    @property
    @override
    def device_info(self) -> DeviceInfo:
        return self._device_info

    @property
    @override
    def in_zones(self) -> list[str] | None:
        """Return the home zone, nothing, or None while it is not known."""
        is_home = self.known.record.is_home
        if is_home is None:
            return None
        return [ENTITY_ID_HOME] if is_home else []
