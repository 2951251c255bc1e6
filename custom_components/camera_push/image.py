"""The last pictures of a camera, as images that say when they changed."""

from __future__ import annotations

from typing import Final, override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import KEY_FACE, KEY_PLATE, KEY_SNAPSHOT
from .domain.record import EventRecord
from .entity import DescribedCameraEntity, async_add_described_entities
from .entry.runtime import CameraPushConfigEntry, RuntimeData
from .hub.camera import CameraDevice
from .hub.signals import picture_key

PARALLEL_UPDATES = 0

# Which of these a camera has is up to its system (`SourceInfo.images`).
DESCRIPTIONS: Final = tuple(
    ImageEntityDescription(key=key, translation_key=key) for key in (KEY_SNAPSHOT, KEY_PLATE, KEY_FACE)
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the image entities of an entry's cameras."""
    keys = entry.runtime_data.source.info.images
    async_add_described_entities(entry, async_add_entities, CameraImage, DESCRIPTIONS, keys)


class CameraImage(DescribedCameraEntity, ImageEntity):
    """The last picture of one kind."""

    signal_key_fn = picture_key

    def __init__(
        self, runtime: RuntimeData, camera: CameraDevice, description: ImageEntityDescription
    ) -> None:
        DescribedCameraEntity.__init__(self, runtime, camera, description)
        ImageEntity.__init__(self, runtime.context.hass)
        self._take_over()

    def _take_over(self) -> None:
        if (picture := self.camera.record.pictures.get(self.entity_description.key)) is not None:
            self._attr_image_last_updated = picture.updated_at
            self._attr_content_type = picture.type.content_type

    @property
    @override
    def available(self) -> bool:
        """Stay available: the last picture of a camera that was stolen is the one that matters."""
        return True

    @callback
    @override
    def _async_update(self, event: EventRecord | None) -> None:
        self._take_over()
        super()._async_update(event)

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture as it was pushed, or None before the first one."""
        return await self.runtime.hub.async_picture(self.camera, self.entity_description.key)
