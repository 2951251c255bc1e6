"""Actions on stored pictures and clips."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
import shutil
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .automations.blueprints import INSTALL_BLUEPRINTS, install_blueprints
from .const import DOMAIN
from .domain.history import milliseconds
from .domain.media_id import MediaId
from .domain.messages import AlarmType
from .entry.runtime import RuntimeData, find_runtime
from .hub.devices import device_name, find_owned
from .storage.library import LibraryError
from .storage.model import MediaFilter
from .storage.store import StoreError
from .web.errors import failed, invalid
from .web.event_actions import (
    CORRECT_PLATE,
    CURSOR,
    EXPORT_EVENTS,
    LIST_CHANGES,
    LIST_EVENTS,
    SET_FAVOURITE,
    check_target,
    correct_event_plate,
    export_events,
    file_path,
    list_changes,
    list_events,
    new_file,
    set_event_favourite,
)
from .web.events import Cursor, loaded, plate_pattern
from .web.permissions import readable_cameras, user_of
from .web.share import SHARE_MEDIA, share_media
from .web.views import find_media

ATTR_AFTER: Final = "after"
ATTR_BEFORE: Final = "before"
ATTR_CURSOR: Final = "cursor"
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
        vol.Optional(ATTR_CURSOR): CURSOR,
    }
)
_EXPORT: Final = vol.Schema({vol.Required(ATTR_MEDIA): cv.string, vol.Required(ATTR_FILENAME): file_path})


@callback
def async_register_services(hass: HomeAssistant) -> None:
    """Register the actions: those that only read, and those for administrators."""
    optional, only, none = SupportsResponse.OPTIONAL, SupportsResponse.ONLY, SupportsResponse.NONE
    for name, read, schema in (
        ("list_media", _list_media, _LIST),
        ("list_events", list_events, LIST_EVENTS),
        ("list_changes", list_changes, LIST_CHANGES),
        ("share_media", share_media, SHARE_MEDIA),
    ):
        hass.services.async_register(DOMAIN, name, read, schema, only)
    for name, change, schema, response in (
        ("delete_media", _delete_media, _DELETE, optional),
        ("export_media", _export_media, _EXPORT, none),
        ("export_events", export_events, EXPORT_EVENTS, optional),
        ("correct_plate", correct_event_plate, CORRECT_PLATE, optional),
        ("install_blueprints", install_blueprints, INSTALL_BLUEPRINTS, optional),
        ("set_favourite", set_event_favourite, SET_FAVOURITE, none),
    ):
        async_register_admin_service(hass, DOMAIN, name, change, schema, response)


def _cameras(
    hass: HomeAssistant, device_ids: Iterable[str] | None, user: User | None = None
) -> list[tuple[RuntimeData, frozenset[str] | None]]:
    """Return the entries and ids of the cameras that devices are, None for all; without devices, all entries.

    Those that a user may not see are left out.
    """
    if device_ids is None:
        return [(runtime, readable_cameras(hass, runtime, user)) for runtime in loaded(hass, None)]
    found: list[tuple[RuntimeData, frozenset[str] | None]] = []
    for device_id in dict.fromkeys(device_ids):
        owned = find_owned(hass, device_id)
        runtime = find_runtime(hass, owned.entry.entry_id) if owned is not None else None
        if owned is None or owned.camera_id is None or runtime is None:
            raise invalid("not_a_camera", device=device_name(hass, device_id) or device_id)
        meant = frozenset({owned.camera_id})
        readable = readable_cameras(hass, runtime, user)
        found.append((runtime, meant if readable is None else meant & readable))
    return found


def _filter(call: ServiceCall, camera_ids: frozenset[str] | None) -> MediaFilter:
    def utc(name: str) -> datetime | None:
        return dt_util.as_utc(call.data[name]) if name in call.data else None

    return MediaFilter(
        camera_ids=camera_ids,
        label=call.data.get(ATTR_KIND),
        after=utc(ATTR_AFTER),
        before=utc(ATTR_BEFORE),
    )


async def _delete_media(call: ServiceCall) -> dict[str, Any]:
    """Delete what is meant, but never a picture that an entity shows."""
    deleted = 0
    for runtime, camera_ids in _cameras(call.hass, call.data.get(ATTR_DEVICE_ID)):
        shown = frozenset().union(*(camera.shown_media for camera in runtime.hub.cameras.values()))
        try:
            deleted += await runtime.store.delete_media(_filter(call, camera_ids), shown)
        except StoreError as err:
            raise failed("delete_failed", err) from err
    return {"deleted": deleted}


async def _list_media(call: ServiceCall) -> dict[str, Any]:
    """Return the newest items that are meant, newest first, and where the next page begins."""
    limit, cursor = call.data[ATTR_LIMIT], call.data.get(ATTR_CURSOR)
    cameras = _cameras(call.hass, call.data.get(ATTR_DEVICE_ID), await user_of(call))
    found: list[tuple[tuple[int, str, int], dict[str, Any]]] = []
    for runtime, camera_ids in cameras:
        library, entry_id = runtime.store.library, runtime.context.entry.entry_id
        wanted = _filter(call, camera_ids)
        if cursor is not None:
            wanted = replace(wanted, cursor=cursor.of_entry(entry_id))
        try:
            if ATTR_PLATE in call.data:
                plates = await library.plates_like(plate_pattern(call.data[ATTR_PLATE]))
                wanted = replace(wanted, plates=plates)
            media = await library.find(wanted, limit + 1)
        except LibraryError as err:
            raise failed("library", err) from err
        for item in media:
            camera = runtime.hub.cameras.get(item.camera_id)
            described = {
                "media": MediaId(entry_id, item.id).uri,
                "device_id": camera.device_id if camera is not None else None,
                "camera_id": item.camera_id,
                "kind": item.label,
                "plate": item.plate,
                "taken_at": item.taken_at.isoformat(timespec="milliseconds"),
                "content_type": item.type.content_type,
                "size": item.size,
            }
            found.append(((milliseconds(item.taken_at), entry_id, item.id), described))
    found.sort(key=lambda pair: pair[0], reverse=True)
    page = found[:limit]
    return {
        "media": [described for _, described in page],
        "cursor": str(Cursor(*page[-1][0])) if len(found) > limit else None,
    }


async def _export_media(call: ServiceCall) -> None:
    """Copy an item to a file in a folder that Home Assistant may write to."""
    hass = call.hass
    identifier, filename = call.data[ATTR_MEDIA], call.data[ATTR_FILENAME]
    try:
        found = await find_media(hass, MediaId.parse(identifier), None)
    except LibraryError as err:
        raise failed("library", err) from err
    if found is None:
        raise invalid("unknown_media", identifier=identifier)
    media = found[1]
    target = Path(filename)
    await check_target(hass, filename, media.type.extension)
    try:
        await hass.async_add_executor_job(_copy, media.path, target)
    except FileExistsError as err:
        raise invalid("file_exists", path=filename) from err
    except OSError as err:
        raise failed("export_failed", err) from err


def _copy(source: Path, target: Path) -> None:
    """Copy a file so that the target is there whole or not at all; raises OSError.

    Neither is anything overwritten, nor a link followed that somebody put there meanwhile.
    """
    try:
        with new_file(target) as file, source.open("rb") as content:
            shutil.copyfileobj(content, file)
    except FileExistsError:
        raise
    except BaseException:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        raise
