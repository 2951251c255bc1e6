"""What the page "System information" says about the integration."""

from __future__ import annotations

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .hub.hub import CameraPushConfigEntry
from .storage.library import LibraryError

_MIB = 1024 * 1024


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what there is to say."""
    register.async_register_info(async_info, f"/config/integrations/integration/{DOMAIN}")


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return cameras, receivers, the last push, what was refused and what is stored, over all entries."""
    entries: list[CameraPushConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    hubs = [entry.runtime_data for entry in entries]
    cameras = [camera for hub in hubs for camera in hub.cameras.values()]
    receivers = [is_up for hub in hubs for is_up in hub.receivers()]
    received = [hub.traffic.last_received_at for hub in hubs if hub.traffic.last_received_at is not None]
    now = dt_util.utcnow()
    return {
        "cameras": f"{sum(camera.available for camera in cameras)} / {len(cameras)}",
        "receivers": f"{sum(receivers)} / {len(receivers)}",
        "last_push": max(received, default=None),
        "refused": sum(hub.traffic.refused_lately(now) for hub in hubs),
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
