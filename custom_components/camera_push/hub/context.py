"""What the parts of a hub share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..domain.messages import DeviceDetails
from ..domain.options import EntryOptions
from ..domain.source_info import SourceInfo
from .connection import PlatformConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredCamera:
    """What is known of a camera that was set up from Home Assistant; `interval` is that of its heartbeats."""

    camera_id: str
    details: DeviceDetails
    interval: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HubContext:
    """One config entry as the hub's parts see it.

    `record_changed` is called with the id of a camera whose record changed without a message.
    """

    hass: HomeAssistant
    entry: ConfigEntry
    info: SourceInfo
    options: EntryOptions
    connection: PlatformConnection
    configured: dict[str, ConfiguredCamera]
    new_media_id: Callable[[], int]
    record_changed: Callable[[str], None]

    def owner(self, camera_id: str) -> str:
        """Return what identifies a camera in unique ids, device identifiers and signals."""
        return f"{self.entry.entry_id}_{camera_id}"
