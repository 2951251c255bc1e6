"""Actions on the history: list, export, put a plate right, mark as a favourite."""

from collections.abc import Iterable
from contextlib import suppress
import csv
from io import StringIO
import os
from pathlib import Path
from typing import IO, Any, Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..domain.history import EventKind
from ..entry.runtime import find_runtime
from ..hub.devices import device_name, find_owned
from ..storage.library import LibraryError
from ..storage.store import StoreError
from .errors import failed, invalid
from .event_changes import correct_plate
from .event_descriptions import describe_events, describe_known, iso
from .events import Cursor, EventQuery, FoundEvent, find_event, find_events
from .permissions import readable_cameras, user_of

_MAX_TEXT: Final = 128
_PAGE: Final = 500
_FILE_MODE: Final = 0o644
_TEXT: Final = vol.All(cv.string, vol.Length(max=_MAX_TEXT))
CURSOR: Final = vol.All(cv.string, Cursor.parse)


def file_path(value: Any) -> str:
    """Return a path; raises Invalid for a text that cannot be one."""
    path = cv.path(value)
    if "\0" in path:
        raise vol.Invalid("A file name cannot hold a NUL character")
    return path


_FILTER: Final = {
    vol.Optional(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional("kind"): vol.All(cv.ensure_list, [vol.Coerce(EventKind)]),
    vol.Optional("known"): cv.boolean,
    vol.Optional("favourite"): cv.boolean,
    vol.Optional("danger"): cv.boolean,
    vol.Optional("plate"): _TEXT,
    vol.Optional("person"): _TEXT,
    vol.Optional("text"): _TEXT,
    vol.Optional("after"): cv.datetime,
    vol.Optional("before"): cv.datetime,
}
LIST_EVENTS: Final = vol.Schema(
    {
        **_FILTER,
        vol.Optional("limit", default=50): vol.All(vol.Coerce(int), vol.Range(1, 500)),
        vol.Optional("cursor"): CURSOR,
    }
)
LIST_CHANGES: Final = vol.Schema(
    {
        vol.Required("config_entry_id"): cv.string,
        vol.Optional("after", default=0): vol.All(vol.Coerce(int), vol.Range(0)),
        vol.Optional("limit", default=100): vol.All(vol.Coerce(int), vol.Range(1, 500)),
    }
)
EXPORT_EVENTS: Final = vol.Schema({**_FILTER, vol.Required("filename"): file_path})
CORRECT_PLATE: Final = vol.Schema({vol.Required("event_id"): cv.string, vol.Required("plate"): _TEXT})
SET_FAVOURITE: Final = vol.Schema(
    {vol.Required("event_id"): cv.string, vol.Optional("favourite", default=True): cv.boolean}
)


def _query(call: ServiceCall) -> EventQuery:
    data = call.data
    for device_id in (device_ids := data.get(ATTR_DEVICE_ID)) or ():
        if (owned := find_owned(call.hass, device_id)) is None or owned.camera_id is None:
            raise invalid("not_a_camera", device=device_name(call.hass, device_id) or device_id)
    return EventQuery(
        device_ids=device_ids,
        kinds=data.get("kind"),
        after=dt_util.as_utc(data["after"]) if "after" in data else None,
        before=dt_util.as_utc(data["before"]) if "before" in data else None,
        **{name: data.get(name) for name in ("known", "favourite", "danger", "plate", "person", "text")},
    )


async def list_events(call: ServiceCall) -> dict[str, Any]:
    """Return the newest rows that are meant, and where the next page begins."""
    try:
        found, cursor = await find_events(
            call.hass, _query(call), call.data["limit"], call.data.get("cursor"), await user_of(call)
        )
        events = await describe_events(call.hass, found)
    except LibraryError as err:
        raise failed("library", err) from err
    return {"events": events, "cursor": str(cursor) if cursor is not None else None}


async def list_changes(call: ServiceCall) -> dict[str, Any]:
    """Return an entry's rows in the order in which they changed, for who forwards them: each has an id."""
    hass, limit = call.hass, call.data["limit"]
    if (runtime := find_runtime(hass, call.data["config_entry_id"])) is None:
        raise invalid("entry_not_loaded", entry=call.data["config_entry_id"])
    readable = readable_cameras(hass, runtime, await user_of(call))
    try:
        changed, last = await runtime.store.library.changes(call.data["after"], limit)
        cameras = runtime.hub.cameras
        found = [
            FoundEvent(runtime, event)
            for event in changed
            if event.camera_id in cameras and (readable is None or event.camera_id in readable)
        ]
        events = await describe_events(hass, found, signed=False)
    except LibraryError as err:
        raise failed("library", err) from err
    return {"events": events, "after": last, "more": len(changed) == limit}


async def _found(call: ServiceCall) -> FoundEvent:
    event_id = call.data["event_id"]
    if (found := await find_event(call.hass, event_id)) is None:
        raise invalid("unknown_event", identifier=event_id)
    return found


async def correct_event_plate(call: ServiceCall) -> dict[str, Any]:
    """Put a visit's plate right, and return the visit."""
    try:
        found = await correct_plate(await _found(call), call.data["plate"])
        (event,) = await describe_events(call.hass, [found])
    except (LibraryError, StoreError) as err:
        raise failed("library", err) from err
    return {"event": event}


async def set_event_favourite(call: ServiceCall) -> None:
    """Mark a row with its pictures and clips, or release it."""
    try:
        found = await _found(call)
        await found.runtime.store.history.set_favourite(found.event.id, favourite=call.data["favourite"])
    except (LibraryError, StoreError) as err:
        raise failed("library", err) from err


# Export


async def check_target(hass: HomeAssistant, filename: str, extension: str) -> None:
    """Raise ServiceValidationError unless Home Assistant may write a file of this format there."""
    if Path(filename).suffix.lower() != f".{extension}":
        raise invalid("wrong_extension", path=filename, extension=extension)
    if not await hass.async_add_executor_job(hass.config.is_allowed_path, filename):
        raise invalid("path_not_allowed", path=filename)


def new_file(target: Path) -> IO[bytes]:
    """Return a new file, opened for writing; raises OSError.

    Neither is anything overwritten, nor a link followed that somebody put there meanwhile.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _FILE_MODE)
    return os.fdopen(descriptor, "wb")


async def export_events(call: ServiceCall) -> dict[str, Any]:
    """Write the rows that are meant to a CSV file, newest first; return how many."""
    hass, filename = call.hass, call.data["filename"]
    query = _query(call)
    await check_target(hass, filename, "csv")
    try:
        return {"events": await _export(hass, query, Path(filename))}
    except FileExistsError as err:
        raise invalid("file_exists", path=filename) from err
    except OSError as err:
        raise failed("export_failed", err) from err
    except LibraryError as err:
        raise failed("library", err) from err


async def _export(hass: HomeAssistant, query: EventQuery, target: Path) -> int:
    """Write rows page by page: there can be a million."""
    file = await hass.async_add_executor_job(new_file, target)
    count, cursor = 0, None
    try:
        await hass.async_add_executor_job(file.write, b"\xef\xbb\xbf" + _lines([_COLUMNS]))
        while True:
            found, cursor = await find_events(hass, query, _PAGE, cursor)
            rows = [_row(hass, it) for it in found]
            await hass.async_add_executor_job(file.write, _lines(rows))
            count += len(rows)
            if cursor is None:
                break
        await hass.async_add_executor_job(file.close)
    except BaseException:

        def discard() -> None:
            with suppress(OSError):
                file.close()
                target.unlink(missing_ok=True)

        await hass.async_add_executor_job(discard)
        raise
    return count


_PLAIN: Final = (
    "type",
    "plate",
    "confidence",
    "direction",
    "zone",
    "country",
    "region",
    "list_name",
    "list_mode",
    "corrected_from",
    "profile_id",
    "age",
    "gender",
    "visits",
    "danger",
    "late",
    "favourite",
)
_VEHICLE: Final = ("make", "model", "color")
_COLUMNS: Final = ("id", "time", "first", "last", "kind", "camera", "known", *_PLAIN, *_VEHICLE)


def _row(hass: HomeAssistant, found: FoundEvent) -> list[Any]:
    event = found.event
    camera = found.runtime.hub.cameras.get(event.camera_id)
    known = describe_known(hass, found)
    return [
        str(found.id),
        iso(dt_util.as_local(event.at)),
        iso(dt_util.as_local(event.first_at)),
        iso(dt_util.as_local(event.last_at)),
        str(event.kind),
        (device_name(hass, camera.device_id) if camera is not None else None) or event.camera_id,
        known["name"] if known is not None else None,
        *(getattr(event, name) for name in _PLAIN),
        *((event.vehicle or {}).get(name) for name in _VEHICLE),
    ]


def _lines(rows: Iterable[Iterable[Any]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue().encode()


# With the wide ones that spreadsheets take for the same.
_FORMULA: Final = (*"=+-@\t\r\n", *map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20)))


def _harmless(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
