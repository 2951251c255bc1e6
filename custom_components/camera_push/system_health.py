"""The integration's part of the page "System information"."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .entry.runtime import CameraPushConfigEntry
from .storage.library import LibraryError

_MIB = 1024 * 1024


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register the function that collects it."""
    register.async_register_info(async_info, f"/config/integrations/integration/{DOMAIN}")


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return cameras, receivers, the last push, refusals and stored media, over all entries."""
    entries: list[CameraPushConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    loaded = [entry.runtime_data for entry in entries]
    cameras = [camera for runtime in loaded for camera in runtime.hub.cameras.values()]
    # A webhook is open while its entry is loaded.
    receivers = [True for entry in entries if CONF_WEBHOOK_ID in entry.data]
    receivers += [is_up for runtime in loaded for is_up in runtime.receivers.up()]
    received = [at for runtime in loaded if (at := runtime.traffic.last_received_at) is not None]
    now = dt_util.utcnow()
    return {
        "cameras": f"{sum(camera.liveness.is_available for camera in cameras)} / {len(cameras)}",
        "receivers": f"{sum(receivers)} / {len(receivers)}",
        "last_push": max(received, default=None),
        "refused": sum(runtime.traffic.refused_lately(now) for runtime in loaded),
        "stored": _stored(hass, entries),
    }


async def _stored(hass: HomeAssistant, entries: list[CameraPushConfigEntry]) -> str:
    """Return the size of all stores; the page shows it when it is there."""
    items = size = 0
    for entry in entries:
        try:
            found = await entry.runtime_data.store.library.totals()
        except LibraryError as err:
            return str(err)
        items, size = items + found[0], size + found[1]
    return f"{size / _MIB:.1f} MiB, {items}"
