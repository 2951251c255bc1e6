"""Fetch a picture right now, from cameras whose address and login are known."""

from __future__ import annotations

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .domain.source_info import FetchSnapshot, SnapshotError
from .entity import CameraPushEntity, async_add_camera_entities
from .hub.camera import CameraDevice
from .hub.hub import CameraPushConfigEntry

PARALLEL_UPDATES = 1


async def async_setup_entry(
    hass: HomeAssistant, entry: CameraPushConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the buttons of cameras that can be asked for a picture."""
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: (
            [FetchSnapshotButton(camera, fetch)]
            if camera.settings is not None and (fetch := camera.settings.fetch_snapshot) is not None
            else []
        ),
    )


class FetchSnapshotButton(CameraPushEntity, ButtonEntity):
    """Asks the camera for a picture and shows it like one that was pushed."""

    _attr_translation_key = "fetch_snapshot"

    def __init__(self, camera: CameraDevice, fetch: FetchSnapshot) -> None:
        """Be available while the camera is."""
        self._fetch = fetch
        super().__init__(camera, "fetch_snapshot", "fetch_snapshot")

    @override
    async def async_press(self) -> None:
        """Fetch the picture; raises HomeAssistantError."""
        try:
            await self.camera.async_fetch_snapshot(self._fetch)
        except SnapshotError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="snapshot_failed",
                translation_placeholders={"camera": self.camera.name, "error": str(err)},
            ) from err
