"""What the parts of a hub share."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..domain.options import EntryOptions
from ..domain.record import CameraRecord
from ..domain.source_info import CameraSettings, SourceInfo
from .connection import PlatformConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class HubContext:
    """One config entry as the hub's parts see it.

    `configured` are the cameras that were set up from Home Assistant, by their ids.
    """

    hass: HomeAssistant
    entry: ConfigEntry
    info: SourceInfo
    options: EntryOptions
    connection: PlatformConnection
    configured: dict[str, CameraSettings]
    new_media_id: Callable[[], int]

    def owner(self, camera_id: str) -> str:
        """Return what identifies a camera in unique ids, device identifiers and signals."""
        return f"{self.entry.entry_id}_{camera_id}"

    def subentry_id(self, camera_id: str) -> str | None:
        """Return the id of the subentry of a camera that was set up from Home Assistant, None for others."""
        settings = self.configured.get(camera_id)
        return settings.subentry_id if settings is not None else None

    def camera_name(self, record: CameraRecord) -> str:
        """Return a camera's own name: that of its device until the user changes it."""
        return record.details.name or self.info.default_name(record.camera_id, record.details)
