"""Diagnostics, without secrets and personal data."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from hashlib import blake2s
import secrets
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import (
    CONF_API_KEY,
    CONF_HOST,
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_WEBHOOK_ID,
    __version__,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.loader import async_get_loaded_integration

from .const import CONF_HEADER_VALUE, CONF_PLATES, CONF_PROFILES, DOMAIN
from .domain.plates import canonical_pattern
from .domain.record import EventRecord
from .domain.undecoded import shape
from .entry.runtime import CameraPushConfigEntry, RuntimeData
from .hub.camera import CameraDevice
from .hub.devices import find_owned
from .hub.known_device import KnownDevice
from .sources.local_servers import CONF_LOCAL_SERVERS
from .sources.stream import CONF_STREAM_SOURCE
from .storage.library import LibraryError

_SECRETS: Final = {
    CONF_API_KEY,
    CONF_PROFILES,
    "endpoint_id",
    CONF_HEADER_VALUE,
    CONF_HOST,
    CONF_LOCAL_SERVERS,
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_STREAM_SOURCE,
    CONF_WEBHOOK_ID,
    "former",
    "mac",
    "wifi_mac",
    "title",
    "unique_id",
}
# The fields of an event that tell how well something was recognised, and nothing about whom.
_TELLING: Final = (
    "alarm",
    "code",
    "confidence",
    "country",
    "direction",
    "zone",
    "list_mode",
    "late",
    "captured_at",
    "type",
)
_SALT_BYTES: Final = 16


class _Plates:
    """Puts words in the place of plates: the same plate is the same word, within one download."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(_SALT_BYTES)

    def hashed(self, plate: str) -> str:
        return (
            f"plate {blake2s(canonical_pattern(plate).encode(), key=self._salt, digest_size=4).hexdigest()}"
        )


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: CameraPushConfigEntry
) -> dict[str, Any]:
    """Return the state of an entry: options, cameras, transports, what came in, was refused, is stored."""
    runtime = entry.runtime_data
    hub, traffic = runtime.hub, runtime.traffic
    plates = _Plates()
    return {
        "for_an_issue": _for_an_issue(hass, runtime, hub.cameras.values()),
        "data": async_redact_data(entry.data, _SECRETS),
        "options": async_redact_data(entry.options, _SECRETS),
        "subentries": [_subentry(subentry.as_dict(), plates) for subentry in entry.subentries.values()],
        "connected": hub.context.connection.is_connected,
        "cameras": [_camera(camera, plates) for camera in hub.cameras.values()],
        "known": [_known(known, plates) for known in hub.known.devices.values()],
        "limits": runtime.context.limiter.state(),
        "transports": runtime.receivers.state(),
        "received": dict(traffic.received),
        "last_received_at": _iso(traffic.last_received_at),
        "refused": dict(traffic.refused),
        "last_refused": traffic.last_refused,
        "unusable_pictures": traffic.unusable_pictures,
        "store": await _store(runtime),
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: CameraPushConfigEntry, device: dr.DeviceEntry
) -> dict[str, Any]:
    """Return the state of a camera, a known vehicle or person; of a platform, that of its entry."""
    runtime = entry.runtime_data
    hub = runtime.hub
    plates = _Plates()
    owned = find_owned(hass, device.id)
    if owned is not None and (camera := hub.cameras.get(owned.camera_id or "")) is not None:
        return {
            "for_an_issue": _for_an_issue(hass, runtime, [camera]),
            "source": runtime.source.info.key,
            "camera": _camera(camera, plates),
            "transports": runtime.receivers.state(),
            "last_refused": runtime.traffic.last_refused,
        }
    if owned is not None and owned.subentry is not None:
        return {
            "subentry": _subentry(owned.subentry.as_dict(), plates),
            "known": _known(hub.known.devices[owned.subentry.subentry_id], plates),
        }
    return await async_get_config_entry_diagnostics(hass, entry)


def _for_an_issue(
    hass: HomeAssistant, runtime: RuntimeData, cameras: Iterable[CameraDevice]
) -> dict[str, Any]:
    """Return what somebody needs to have a camera understood: to be pasted into an issue as it is.

    Of what was refused, that is the structure: names of fields, kinds and lengths of values, and no values.
    """
    details = [camera.record.details for camera in cameras]
    return {
        "camera_push": str(async_get_loaded_integration(hass, DOMAIN).version),
        "home_assistant": __version__,
        "source": runtime.source.info.key,
        "cameras": [{"model": it.model, "firmware": it.firmware, "app": it.app} for it in details],
        "refused": runtime.traffic.last_refused,
    }


def _subentry(subentry: Mapping[str, Any], plates: _Plates) -> dict[str, Any]:
    redacted: dict[str, Any] = async_redact_data(dict(subentry), _SECRETS)
    if known := subentry["data"].get(CONF_PLATES):
        data = {**redacted["data"], CONF_PLATES: [plates.hashed(plate) for plate in known]}
        redacted["data"] = data
    return redacted


def _camera(camera: CameraDevice, plates: _Plates) -> dict[str, Any]:
    record = camera.record
    silence = camera.liveness.period
    details = asdict(record.details)
    return {
        "model": details["model"],
        "firmware": details["firmware"],
        "app": details["app"],
        "available": camera.liveness.is_available,
        "online": record.online,
        "recognition": _recognition(camera.last_recognition, plates),
        "armed": record.armed,
        "silent_after_seconds": silence.total_seconds() if silence is not None else None,
        "heartbeat_gaps": record.heartbeat_gaps,
        "clock_offset": record.clock_offset,
        "last_seen": _iso(record.last_seen),
        "event_types": record.event_types,
        "pictures": {key: picture.updated_at.isoformat() for key, picture in record.pictures.items()},
        "alarms_until": {key: until.isoformat() for key, until in record.alarms.items()},
        "last_events": {key: _event(event, plates) for key, event in record.events.items()},
    }


def _recognition(numbers: Mapping[str, Any] | None, plates: _Plates) -> dict[str, Any] | None:
    """Return the numbers behind the last recognition, with words for the plates."""
    if numbers is None:
        return None
    return {
        key: plates.hashed(value) if value is not None and key.endswith("plate") else value
        for key, value in numbers.items()
    }


def _event(event: EventRecord, plates: _Plates) -> dict[str, Any]:
    attributes = event.attributes
    plate = attributes.get("plate")
    return {
        "event_type": event.type,
        "at": event.at.isoformat(),
        **({"plate": plates.hashed(plate)} if plate else {}),
        **{key: attributes[key] for key in _TELLING if key in attributes},
        "has_picture": attributes.get("picture") is not None,
        "shape": shape(attributes, 1),
    }


def _known(known: KnownDevice, plates: _Plates) -> dict[str, Any]:
    record = known.record
    return {
        "kind": known.model,
        "present": known.is_present,
        "present_until": _iso(record.present_until),
        "last_seen": _iso(record.last_seen),
        "last_direction": record.last_direction,
        "visits": record.visits,
        "seen": _event(record.seen, plates) if record.seen is not None else None,
    }


async def _store(runtime: RuntimeData) -> dict[str, Any]:
    try:
        items, size = await runtime.store.library.totals()
    except LibraryError as err:
        return {"error": str(err)}
    return {"items": items, "bytes": size}


def _iso(at: Any) -> str | None:
    return at.isoformat() if at is not None else None
