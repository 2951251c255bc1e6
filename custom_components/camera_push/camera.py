"""The last picture of a camera, as a camera, and its live stream where there is one."""

from typing import override

from homeassistant.components.camera import Camera, CameraEntityFeature
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import KEY_SNAPSHOT
from .domain.record import EventRecord
from .entity import CameraEntity, async_add_camera_entities
from .entry.runtime import CameraPushConfigEntry, RuntimeData
from .hub.camera import CameraDevice
from .hub.signals import configured_camera_signal, picture_key

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the camera entities of an entry's cameras."""
    async_add_camera_entities(
        entry, async_add_entities, lambda runtime, camera: [SnapshotCamera(runtime, camera)]
    )


class SnapshotCamera(CameraEntity, Camera):
    """Shows the last pushed picture, or a live one where there is one, and offers the camera's stream."""

    # It is the device's main entity.
    _attr_name = None

    def __init__(self, runtime: RuntimeData, camera: CameraDevice) -> None:
        CameraEntity.__init__(self, runtime, camera, KEY_SNAPSHOT, picture_key(KEY_SNAPSHOT))
        Camera.__init__(self)
        self._take_over()

    @override
    def _take_over(self) -> None:
        details = self.camera.record.details
        self._attr_brand = self.runtime.source.info.manufacturer_of(details)
        self._attr_model = details.model
        self._attr_supported_features = (
            CameraEntityFeature.STREAM if self._stream_url is not None else CameraEntityFeature(0)
        )
        self._shown = (self._attr_brand, self._attr_model, self._attr_supported_features)
        if (picture := self.camera.record.pictures.get(KEY_SNAPSHOT)) is not None:
            self.content_type = picture.type.content_type

    @property
    def _stream_url(self) -> str | None:
        settings = self.runtime.hub.context.configured.get(self.camera.camera_id)
        return settings.stream_source if settings is not None else None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        signal = configured_camera_signal(self.runtime.context.entry.entry_id)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self._async_configured))

    @callback
    def _async_configured(self, camera_id: str) -> None:
        """Take over that the camera was set up, moved or is not set up any more."""
        if camera_id != self.camera.camera_id:
            return
        url = self._stream_url
        if self.stream is not None and url is not None:
            self.stream.update_source(url)
        self._async_update(None)

    @override
    async def stream_source(self) -> str | None:
        return self._stream_url

    @callback
    @override
    def _async_update(self, event: EventRecord | None) -> None:
        shown = self._shown
        self._take_over()
        if self._shown != shown:
            # A new picture alone changes nothing of the state.
            self.async_write_ha_state()

    @override
    async def async_camera_image(self, width: int | None = None, height: int | None = None) -> bytes | None:
        """Return a live picture where there is one, else the last one as it was pushed, if any."""
        if (live := self.runtime.live_snapshots) is not None:
            picture = await live.async_get(self.camera.camera_id)
            if picture is not None:
                self.content_type = picture.type.content_type
                return picture.data
        return await self.runtime.hub.async_picture(self.camera, KEY_SNAPSHOT)
