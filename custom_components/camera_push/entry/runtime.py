"""A config entry's runtime data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_CAMERA_ID, DOMAIN, SUBENTRY_STREAM
from ..domain.messages import DeviceDetails
from ..domain.source_info import CameraSettings
from ..domain.traffic import Traffic
from ..hub.hub import Hub
from ..hub.live_snapshots import LiveSnapshots
from ..sources.base import EntryContext, Source
from ..sources.stream import stream_source
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
    """Return the settings of the cameras that have a subentry, by their ids.

    One with a stream alone may be set up from Home Assistant later: its set-up counts, and of its streams the
    one that was found or typed there.
    """
    found = {
        subentry.data[CONF_CAMERA_ID]: CameraSettings(
            camera_id=subentry.data[CONF_CAMERA_ID],
            details=DeviceDetails(),
            interval=None,
            stream_source=stream_source(subentry.data),
            subentry_id=subentry.subentry_id,
        )
        for subentry in entry.subentries.values()
        if subentry.subentry_type == SUBENTRY_STREAM
    }
    if (setup := source.camera_setup) is None:
        return found
    for subentry in entry.subentries.values():
        if (settings := setup.settings(hass, subentry)) is not None:
            alone = found.get(settings.camera_id)
            if alone is not None and settings.stream_source is None:
                settings = replace(settings, stream_source=alone.stream_source)
            found[settings.camera_id] = settings
    return found


@callback
def find_runtime(hass: HomeAssistant, entry_id: str) -> RuntimeData | None:
    """Return the runtime data of an entry that is loaded, or None."""
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN or entry.state is not ConfigEntryState.LOADED:
        return None
    runtime: RuntimeData = entry.runtime_data
    return runtime
