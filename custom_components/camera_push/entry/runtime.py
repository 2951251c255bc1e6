"""A config entry's runtime data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from ..domain.source_info import CameraSettings
from ..domain.traffic import Traffic
from ..hub.hub import Hub
from ..hub.live_snapshots import LiveSnapshots
from ..sources.base import EntryContext, Source
from ..storage.store import Store
from .receive import EntryReceiver
from .receivers import Receivers


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeData:
    """What a loaded entry consists of, each part in one place.

    `source` and `context` are a system and what it sees of the entry; `receivers` and, inside the webhook,
    `receiver` are the ways in; `hub` has the cameras and what they share (`hub.context`); `store` has the
    media, for those that look at them. `set_up_with` is what of the entry can only change with a reload;
    `platforms` are those that are set up.
    """

    source: Source
    context: EntryContext
    receiver: EntryReceiver
    receivers: Receivers
    traffic: Traffic
    hub: Hub
    store: Store
    live_snapshots: LiveSnapshots | None
    set_up_with: Mapping[str, Any]
    platforms: list[Platform] = field(default_factory=list)


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
