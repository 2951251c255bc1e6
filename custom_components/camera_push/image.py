"""The last pictures of a camera, as images that say when they changed."""

from __future__ import annotations

from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .descriptions import image_descriptions
from .domain.record import EventRecord
from .entity import CameraPushEntity, async_add_camera_entities
from .hub.camera import CameraDevice
from .hub.hub import CameraPushConfigEntry
from .hub.signals import picture_aspect

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the image entities of an entry's cameras."""
    descriptions = image_descriptions(entry.runtime_data.source)
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [CameraPushImage(hass, camera, description) for description in descriptions],
    )


class CameraPushImage(CameraPushEntity, ImageEntity):
    """The last picture of one kind."""

    def __init__(
        self, hass: HomeAssistant, camera: CameraDevice, description: ImageEntityDescription
    ) -> None:
        """Show the picture that the description is named after."""
        CameraPushEntity.__init__(self, camera, description.key, picture_aspect(description.key))
        ImageEntity.__init__(self, hass)
        self.entity_description = description
        self._take_over()

    def _take_over(self) -> None:
        if (picture := self.camera.record.pictures.get(self.entity_description.key)) is not None:
            self._attr_image_last_updated = picture.updated_at
            self._attr_content_type = picture.type.content_type

    @callback
    @override
    def _async_update(self, event: EventRecord | None) -> None:
        self._take_over()
        super()._async_update(event)

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture as it was pushed, or None before the first one."""
        return await self.camera.hub.async_picture(self.camera, self.entity_description.key)
