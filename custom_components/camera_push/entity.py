"""What all entities of a camera have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .domain.record import EventRecord
from .hub.camera import CameraDevice
from .hub.hub import CameraPushConfigEntry


@callback
def async_add_camera_entities(
    entry: CameraPushConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[CameraDevice], Iterable[Entity]],
) -> None:
    """Add what `build` makes of each camera: of those that are known, and of each that appears."""
    hub = entry.runtime_data
    async_add_entities([entity for camera in hub.cameras.values() for entity in build(camera)])

    @callback
    def added(camera: CameraDevice) -> None:
        async_add_entities(build(camera))

    entry.async_on_unload(hub.async_on_new_camera(added))


class CameraPushEntity(Entity):
    """An entity of a camera: a view of one aspect of it."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, camera: CameraDevice, key: str, aspect: str) -> None:
        """Show `aspect` of the camera under the public contract's `key`."""
        self.camera = camera
        self._aspect = aspect
        identifier = f"{camera.hub.entry_id}_{camera.camera_id}"
        self._attr_unique_id = f"{identifier}_{key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, identifier)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the camera."""
        await super().async_added_to_hass()
        self.async_on_remove(self.camera.async_subscribe(self._aspect, self._async_update))

    @callback
    def _async_update(self, event: EventRecord | None) -> None:
        """Write the state anew."""
        self.async_write_ha_state()

    @property
    @override
    def available(self) -> bool:
        """Tell whether the camera is alive."""
        return self.camera.available
