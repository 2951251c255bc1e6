"""The last pictures of a camera, and of a known vehicle, as images that say when they changed."""

from typing import Final, override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import KEY_FACE, KEY_PLATE, KEY_SNAPSHOT
from .domain.media_id import MediaId
from .entity import (
    DescribedCameraEntity,
    KnownEntity,
    async_add_described_entities,
    async_add_known_entities,
)
from .entry.runtime import CameraPushConfigEntry, RuntimeData, find_runtime
from .hub.camera import CameraDevice
from .hub.known_device import SEEN, VehicleDevice
from .hub.signals import event_key, picture_key
from .storage.store import StoreError

PARALLEL_UPDATES = 0

PICTURE: Final = "picture"

# Which of these a camera has is up to its system (`SourceInfo.images`).
DESCRIPTIONS: Final = tuple(
    ImageEntityDescription(key=key, translation_key=key) for key in (KEY_SNAPSHOT, KEY_PLATE, KEY_FACE)
)


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the image entities of an entry's cameras and known vehicles."""
    keys = entry.runtime_data.source.info.images
    async_add_described_entities(entry, async_add_entities, CameraImage, DESCRIPTIONS, keys)
    async_add_known_entities(
        entry,
        async_add_entities,
        lambda known: [VehicleImage(hass, known)] if isinstance(known, VehicleDevice) else [],
    )


class CameraImage(DescribedCameraEntity, ImageEntity):
    """The last picture of one kind."""

    signal_key_fn = picture_key

    def __init__(
        self, runtime: RuntimeData, camera: CameraDevice, description: ImageEntityDescription
    ) -> None:
        DescribedCameraEntity.__init__(self, runtime, camera, description)
        ImageEntity.__init__(self, runtime.context.hass)
        self._take_over()

    @override
    def _take_over(self) -> None:
        if (picture := self.camera.record.pictures.get(self.entity_description.key)) is not None:
            self._attr_image_last_updated = picture.updated_at
            self._attr_content_type = picture.type.content_type

    @property
    @override
    def available(self) -> bool:
        """Stay available: the last picture of a camera that was stolen is the one that matters."""
        return True

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture as it was pushed, or None before the first one."""
        return await self.runtime.hub.async_picture(self.camera, self.entity_description.key)


class VehicleImage(KnownEntity[VehicleDevice], ImageEntity):
    """The picture with which a known vehicle was last seen, by whichever camera."""

    _attr_translation_key = "vehicle"

    def __init__(self, hass: HomeAssistant, vehicle: VehicleDevice) -> None:
        KnownEntity.__init__(self, vehicle, PICTURE, event_key(SEEN))
        ImageEntity.__init__(self, hass)
        self._take_over()

    @override
    def _take_over(self) -> None:
        if (seen := self.known.record.seen) is not None and seen.attributes.get("picture") is not None:
            self._attr_image_last_updated = seen.at

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture as it was pushed, None if there is none or it is kept no more."""
        seen = self.known.record.seen
        media_id = MediaId.parse((seen.attributes.get("picture") if seen is not None else None) or "")
        if media_id is None or (runtime := find_runtime(self.hass, media_id.entry_id)) is None:
            return None
        try:
            return await runtime.store.read(media_id.number)
        except StoreError:
            return None
