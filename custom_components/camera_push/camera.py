"""The last picture of a camera, as a camera."""

from __future__ import annotations

from typing import override

from homeassistant.components.camera import Camera
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import KEY_SNAPSHOT
from .domain.record import EventRecord
from .entity import CameraPushEntity, async_add_camera_entities
from .hub.camera import CameraDevice
from .hub.hub import CameraPushConfigEntry
from .hub.signals import picture_aspect

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the camera entities of an entry's cameras."""
    async_add_camera_entities(entry, async_add_entities, lambda camera: [CameraPushCamera(camera)])


class CameraPushCamera(CameraPushEntity, Camera):
    """A camera without a stream: it shows what was pushed last, or what can be fetched."""

    _attr_translation_key = KEY_SNAPSHOT

    def __init__(self, camera: CameraDevice) -> None:
        """Show the camera's snapshot."""
        CameraPushEntity.__init__(self, camera, KEY_SNAPSHOT, picture_aspect(KEY_SNAPSHOT))
        Camera.__init__(self)
        # Cameras have no device classes of their own. This is what targets of triggers find those by that
        # can do it: an entity filter knows nothing else that tells one system's cameras from another's.
        self._attr_device_class = camera.hub.source.key
        self._take_over()

    def _take_over(self) -> None:
        self._attr_brand = self.camera.hub.source.manufacturer_of(self.camera.record.details)
        self._attr_model = self.camera.record.details.model
        self._shown = (self._attr_brand, self._attr_model, self.available)
        if (picture := self.camera.record.pictures.get(KEY_SNAPSHOT)) is not None:
            self.content_type = picture.type.content_type

    @callback
    @override
    def _async_update(self, event: EventRecord | None) -> None:
        shown = self._shown
        self._take_over()
        if self._shown != shown:
            # A new picture alone changes nothing of the state.
            super()._async_update(event)

    @override
    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        """Return a picture of now where there is such, else the last one as it was pushed, if any."""
        if (live := await self.camera.hub.live_pictures.async_get(self.camera)) is not None:
            return live
        return await self.camera.hub.async_picture(self.camera, KEY_SNAPSHOT)
