"""A config entry's runtime data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..domain.options import EntryOptions
from ..domain.source_info import CameraSettings
from ..domain.traffic import Traffic
from ..hub.hub import Hub
from ..hub.live_snapshots import LiveSnapshots
from ..sources.base import EntryContext, Source
from ..storage.store import Store
from ..transports.limits import PushLimiter
from .receive import EntryReceiver
from .receivers import Receivers


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeData:
    """What a loaded entry consists of.

    `set_up_with` is what of the entry can only change with a reload; `platforms` are those that are set up.
    """

    source: Source
    options: EntryOptions
    set_up_with: Mapping[str, Any]
    platforms: list[Platform]
    store: Store
    hub: Hub
    traffic: Traffic
    limiter: PushLimiter
    receiver: EntryReceiver
    receivers: Receivers
    context: EntryContext
    live_snapshots: LiveSnapshots | None


type CameraPushConfigEntry = ConfigEntry[RuntimeData]


def camera_settings(hass: HomeAssistant, entry: ConfigEntry, source: Source) -> dict[str, CameraSettings]:
    """Return the settings of the cameras that were set up from Home Assistant, by their ids."""
    if source.camera_setup is None:
        return {}
    found = (source.camera_setup.settings(hass, subentry) for subentry in entry.subentries.values())
    return {settings.camera_id: settings for settings in found if settings is not None}


@callback
def find_runtime(hass: HomeAssistant, entry_id: str) -> RuntimeData | None:
    """Return the runtime data of an entry that is loaded, or None."""
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN or entry.state is not ConfigEntryState.LOADED:
        return None
    runtime: RuntimeData = entry.runtime_data
    return runtime
