"""What all entities of a known vehicle have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .core.record import EventRecord
from .hub import CameraPushConfigEntry
from .vehicle_device import VehicleDevice


@callback
def async_add_vehicle_entities(
    entry: CameraPushConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[VehicleDevice], Iterable[Entity]],
) -> None:
    """Add what `build` makes of each known vehicle."""
    for vehicle_id, vehicle in entry.runtime_data.vehicles.devices.items():
        async_add_entities(build(vehicle), config_subentry_id=vehicle_id)


class VehicleEntity(Entity):
    """An entity of a known vehicle: a view of one aspect of it."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, vehicle: VehicleDevice, key: str, aspect: str) -> None:
        """Show `aspect` of the vehicle."""
        self.vehicle = vehicle
        self._aspect = aspect
        self._attr_unique_id = f"{vehicle.known.id}_{key}"

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the vehicle's device."""
        return DeviceInfo(identifiers={(DOMAIN, self.vehicle.known.id)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the vehicle."""
        await super().async_added_to_hass()
        self.async_on_remove(self.vehicle.async_subscribe(self._aspect, self._async_update))

    @callback
    def _async_update(self, event: EventRecord | None) -> None:
        """Write the state anew."""
        self.async_write_ha_state()
