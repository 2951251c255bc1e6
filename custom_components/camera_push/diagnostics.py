"""What helps to find out why something does not work, without what is nobody else's business."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import (
    CONF_API_KEY,
    CONF_HOST,
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_WEBHOOK_ID,
)
from homeassistant.core import HomeAssistant

from .camera_device import CameraDevice
from .const import CONF_HEADER_VALUE, CONF_PLATES, CONF_PROFILES
from .hub import CameraPushConfigEntry

_SECRETS: Final = {
    CONF_API_KEY,
    CONF_PROFILES,
    "endpoint_id",
    CONF_HEADER_VALUE,
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PLATES,
    CONF_URL,
    CONF_USERNAME,
    CONF_WEBHOOK_ID,
    "former",
    "title",
    "unique_id",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: CameraPushConfigEntry
) -> dict[str, Any]:
    """Return the state of an entry: options, cameras, transports, what was refused or not decoded."""
    hub = entry.runtime_data
    return {
        "data": async_redact_data(entry.data, _SECRETS),
        "options": async_redact_data(entry.options, _SECRETS),
        "subentries": [
            async_redact_data(subentry.as_dict(), _SECRETS) for subentry in entry.subentries.values()
        ],
        "cameras": [_camera(camera) for camera in hub.cameras.values()],
        "transports": hub.listening.state(),
        "refused": dict(hub.refusals),
        "undecoded": [
            {
                "received_at": message.received_at.isoformat(),
                "media_type": message.media_type,
                "size": message.size,
                "text": message.text,
            }
            for message in hub.undecoded
        ],
    }


def _camera(camera: CameraDevice) -> dict[str, Any]:
    record = camera.record
    silence = camera.silence
    details = asdict(record.details)
    return {
        "model": details["model"],
        "firmware": details["firmware"],
        "app": details["app"],
        "available": camera.available,
        "armed": record.armed,
        "silent_after_seconds": silence.total_seconds() if silence is not None else None,
        "heartbeat_gaps": record.heartbeat_gaps,
        "clock_offset": record.clock_offset,
        "last_seen": record.last_seen.isoformat() if record.last_seen is not None else None,
    }
