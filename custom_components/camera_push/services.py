"""Actions on stored pictures and clips."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
import shutil
from typing import Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .domain.messages import AlarmType
from .hub.hub import Hub
from .storage.library import LibraryError
from .storage.model import MediaFilter
from .storage.store import StoreError
from .web.views import find_hub, find_media

ATTR_AFTER: Final = "after"
ATTR_BEFORE: Final = "before"
ATTR_FILENAME: Final = "filename"
ATTR_KIND: Final = "kind"
ATTR_LIMIT: Final = "limit"
ATTR_MEDIA: Final = "media"
ATTR_PLATE: Final = "plate"

KINDS: Final = (
    *(str(alarm) for alarm in AlarmType),
    "plate",
    "vehicle",
    "person",
    "face",
    "cloud",
    "snapshot",
)
_URI: Final = f"media-source://{DOMAIN}/"

_FILTER: Final = {
    vol.Optional(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional(ATTR_BEFORE): cv.datetime,
    vol.Optional(ATTR_KIND): vol.In(KINDS),
}
_DELETE: Final = vol.All(vol.Schema(_FILTER), cv.has_at_least_one_key(ATTR_DEVICE_ID, ATTR_BEFORE, ATTR_KIND))
_LIST: Final = vol.Schema(
    _FILTER
    | {
        vol.Optional(ATTR_AFTER): cv.datetime,
        vol.Optional(ATTR_PLATE): cv.string,
        vol.Optional(ATTR_LIMIT, default=100): vol.All(vol.Coerce(int), vol.Range(1, 10_000)),
    }
)
_EXPORT: Final = vol.Schema({vol.Required(ATTR_MEDIA): cv.string, vol.Required(ATTR_FILENAME): cv.path})


@callback
def async_register_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN, "delete_media", _delete_media, _DELETE, supports_response=SupportsResponse.OPTIONAL
    )
    hass.services.async_register(DOMAIN, "export_media", _export_media, _EXPORT)
    hass.services.async_register(
        DOMAIN, "list_media", _list_media, _LIST, supports_response=SupportsResponse.ONLY
    )


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def _failed(key: str, err: Exception) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"error": str(err)}
    )


def _cameras(hass: HomeAssistant, device_ids: Iterable[str] | None) -> list[tuple[Hub, str | None]]:
    """Return the hubs and ids of the cameras that devices are; without devices, all hubs."""
    if device_ids is None:
        return [(entry.runtime_data, None) for entry in hass.config_entries.async_loaded_entries(DOMAIN)]
    registry = dr.async_get(hass)
    found: list[tuple[Hub, str | None]] = []
    for device_id in device_ids:
        if (device := registry.async_get(device_id)) is None:
            raise _invalid("not_a_camera", device=device_id)
        cameras: list[tuple[Hub, str | None]] = [
            (hub, camera.camera_id)
            for entry_id in device.config_entries
            if (hub := find_hub(hass, entry_id)) is not None
            for camera in hub.cameras.values()
            if camera.device_id == device_id
        ]
        if not cameras:
            raise _invalid("not_a_camera", device=device.name_by_user or device.name or device_id)
        found += cameras
    return found


def _filter(call: ServiceCall, camera_id: str | None) -> MediaFilter:
    def utc(name: str) -> datetime | None:
        return dt_util.as_utc(call.data[name]) if name in call.data else None

    return MediaFilter(
        camera_id=camera_id,
        label=call.data.get(ATTR_KIND),
        plate=call.data.get(ATTR_PLATE),
        after=utc(ATTR_AFTER),
        before=utc(ATTR_BEFORE),
    )


async def _delete_media(call: ServiceCall) -> dict[str, Any]:
    """Delete what is meant, but never a picture that an entity shows."""
    deleted = 0
    for hub, camera_id in _cameras(call.hass, call.data.get(ATTR_DEVICE_ID)):
        shown = frozenset().union(*(camera.shown_media for camera in hub.cameras.values()))
        try:
            deleted += await hub.store.delete_media(_filter(call, camera_id), shown)
        except StoreError as err:
            raise _failed("delete_failed", err) from err
    return {"deleted": deleted}


async def _list_media(call: ServiceCall) -> dict[str, Any]:
    """Return the newest items that are meant, newest first."""
    limit = call.data[ATTR_LIMIT]
    found = []
    for hub, camera_id in _cameras(call.hass, call.data.get(ATTR_DEVICE_ID)):
        try:
            media = await hub.store.library.find(_filter(call, camera_id), limit)
        except LibraryError as err:
            raise _failed("library", err) from err
        for item in media:
            camera = hub.cameras.get(item.camera_id)
            described = {
                "media": f"{_URI}{hub.entry_id}/{item.id}",
                "device_id": camera.device_id if camera is not None else None,
                "camera_id": item.camera_id,
                "kind": item.label,
                "plate": item.plate,
                "taken_at": item.taken_at.isoformat(timespec="milliseconds"),
                "content_type": item.type.content_type,
                "size": item.size,
            }
            found.append((item.taken_at, described))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return {"media": [described for _, described in found[:limit]]}


async def _export_media(call: ServiceCall) -> None:
    """Copy an item to a file in a folder that Home Assistant may write to."""
    hass = call.hass
    uri, filename = call.data[ATTR_MEDIA], call.data[ATTR_FILENAME]
    if not hass.config.is_allowed_path(filename):
        raise _invalid("path_not_allowed", path=filename)
    entry_id, _, media_id = uri.removeprefix(_URI).partition("/")
    try:
        found = await find_media(hass, entry_id, media_id) if uri.startswith(_URI) else None
    except LibraryError as err:
        raise _failed("library", err) from err
    if found is None:
        raise _invalid("unknown_media", identifier=uri)
    try:
        await hass.async_add_executor_job(_copy, found[1].path, Path(filename))
    except OSError as err:
        raise _failed("export_failed", err) from err


def _copy(source: Path, target: Path) -> None:
    """Copy a file so that the target is there whole or not at all; raises OSError."""
    temporary = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, temporary)
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
