"""Fetch a picture right now, from cameras whose address and login are known."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .domain.errors import ProtocolError
from .domain.media import Picture
from .domain.messages import Snapshot
from .domain.source_info import RequestError
from .entity import CameraEntity
from .entry.runtime import CameraPushConfigEntry, RuntimeData
from .hub.camera import CameraDevice
from .hub.signals import configured_camera_signal

PARALLEL_UPDATES = 1

_KEY: Final = "fetch_snapshot"


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the buttons of cameras that can be asked for a picture."""
    runtime = entry.runtime_data
    configured = runtime.hub.context.configured
    # By its id: a camera that was deleted and comes back is another one, with a device of its own.
    there: dict[str, CameraDevice] = {}

    @callback
    def added(camera_id: str) -> None:
        camera = runtime.hub.cameras[camera_id]
        settings = configured.get(camera_id)
        if settings is None or settings.fetch_snapshot is None:
            return
        if there.get(camera_id) is not camera:
            there[camera_id] = camera
            async_add_entities(
                [FetchSnapshotButton(runtime, camera)],
                config_subentry_id=configured[camera_id].subentry_id,
            )

    for camera_id in configured:
        added(camera_id)
    entry.async_on_unload(async_dispatcher_connect(hass, configured_camera_signal(entry.entry_id), added))


class FetchSnapshotButton(CameraEntity, ButtonEntity):
    """Asks the camera for a picture and shows it like one that was pushed."""

    _attr_translation_key = _KEY

    def __init__(self, runtime: RuntimeData, camera: CameraDevice) -> None:
        super().__init__(runtime, camera, _KEY, _KEY)

    @override
    async def async_press(self) -> None:
        camera = self.camera
        try:
            picture = await self._fetched()
            message = Snapshot(camera_id=camera.camera_id, received_at=dt_util.utcnow(), picture=picture)
            await self.runtime.receiver.async_receive([message])
        except (RequestError, ProtocolError) as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="snapshot_refused" if isinstance(err, ProtocolError) else "snapshot_failed",
                translation_placeholders={"camera": camera.name, "error": str(err)},
            ) from err

    async def _fetched(self) -> Picture:
        settings = self.runtime.hub.context.configured.get(self.camera.camera_id)
        if settings is None or settings.fetch_snapshot is None:
            raise RequestError("The camera is not set up from Home Assistant any more")
        return await settings.fetch_snapshot()
