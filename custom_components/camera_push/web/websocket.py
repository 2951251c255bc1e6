"""WebSocket commands for cards: the history in pages and numbers, and as it changes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import wraps
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..domain.history import EventId, EventKind
from ..storage.library import LibraryError
from ..storage.store import StoreError
from .event_changes import correct_plate, invalid
from .event_subscription import EventSubscription
from .events import (
    Cursor,
    EventQuery,
    FoundEvent,
    describe_events,
    entry_filter,
    find_event,
    find_events,
    latest_events,
    loaded,
    with_text,
)
from .known_events import assign, seen_plates, suggestions, undo_assign

_PREFIX: Final = f"{DOMAIN}/events"
_MAX_IDS: Final = 100
_MAX_NAMES: Final = 1000
_MAX_TEXT: Final = 128
_TEXT: Final = vol.All(str, vol.Length(max=_MAX_TEXT))


def _time(value: Any) -> Any:
    """Return a time; one without a zone is Home Assistant's local time."""
    try:
        return dt_util.as_utc(cv.datetime(value))
    except OverflowError as err:
        raise vol.Invalid("No time that can be converted") from err


def _event_id(value: Any) -> EventId:
    if not isinstance(value, str) or (event_id := EventId.parse(value)) is None:
        raise vol.Invalid("No id of an event")
    return event_id


def _cursor(value: Any) -> Cursor:
    try:
        return Cursor.parse(cv.string(value))
    except ValueError as err:
        raise vol.Invalid("No cursor") from err


def _names(item: Any) -> vol.All:
    """Return the schema of a list; its length is looked at first."""
    return vol.All(list, vol.Length(max=_MAX_NAMES), [item])


_IDS: Final = vol.All([_event_id], vol.Length(min=1, max=_MAX_IDS))
_FILTERS: Final = {
    vol.Optional("entry_ids"): _names(str),
    vol.Optional("device_ids"): _names(str),
    vol.Optional("kinds"): _names(vol.Coerce(EventKind)),
    vol.Optional("known"): bool,
    vol.Optional("favourite"): bool,
    vol.Optional("danger"): bool,
    vol.Optional("plate"): _TEXT,
    vol.Optional("person"): _TEXT,
    vol.Optional("after"): _time,
    vol.Optional("before"): _time,
}
_SEARCHES: Final = {vol.Optional("text"): _TEXT, vol.Optional("ids"): _IDS}

_SUMMARY: Final = {
    vol.Required("start"): _time,
    vol.Required("end"): _time,
    vol.Optional("slots", default=96): vol.All(int, vol.Range(1, 400)),
}

# By the translation key of the error.
_CODES: Final = {
    "unknown_event": websocket_api.ERR_NOT_FOUND,
    "unknown_known": websocket_api.ERR_NOT_FOUND,
    "library": "storage",
}

type _Command = Callable[[HomeAssistant, ActiveConnection, dict[str, Any]], Awaitable[dict[str, Any]]]


def _answers(command: _Command) -> Callable[[HomeAssistant, ActiveConnection, dict[str, Any]], Any]:
    """Send the result of a command, or the reason why it failed."""

    @websocket_api.async_response
    @wraps(command)
    async def answer(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
        try:
            connection.send_result(msg["id"], await command(hass, connection, msg))
        except (LibraryError, StoreError) as err:
            _send_error(connection, msg["id"], invalid("library", error=str(err)))
        except ServiceValidationError as err:
            _send_error(connection, msg["id"], err)

    return answer


def _asks(command: _Command) -> Callable[[HomeAssistant, ActiveConnection, dict[str, Any]], Any]:
    """Send the result of a command that only reads; it ends when its connection does, or is unsubscribed."""

    @wraps(command)
    async def ask(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
        if (task := asyncio.current_task()) is not None:
            connection.subscriptions[msg["id"]] = task.cancel
        try:
            return await command(hass, connection, msg)
        finally:
            connection.subscriptions.pop(msg["id"], None)

    return _answers(ask)


def _send_error(connection: ActiveConnection, msg_id: int, err: ServiceValidationError) -> None:
    # The sentence is in English; cards translate it by its key.
    connection.send_error(
        msg_id,
        _CODES.get(err.translation_key or "", websocket_api.ERR_INVALID_FORMAT),
        str(err),
        translation_domain=DOMAIN,
        translation_key=err.translation_key,
        translation_placeholders=err.translation_placeholders,
    )


@callback
def async_register_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in _COMMANDS:
        websocket_api.async_register_command(hass, command)


def query_of(values: dict[str, Any]) -> EventQuery:
    """Return the query in the fields of a command or action."""
    names = EventQuery.__dataclass_fields__.keys()
    return EventQuery(**{name: value for name, value in values.items() if name in names})


async def _found(hass: HomeAssistant, event_id: EventId, user: User | None = None) -> FoundEvent:
    if (found := await find_event(hass, str(event_id), user)) is None:
        raise invalid("unknown_event", identifier=str(event_id))
    return found


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{_PREFIX}/list",
        **_FILTERS,
        **_SEARCHES,
        vol.Optional("cursor"): vol.Any(None, _cursor),
        vol.Optional("limit", default=50): vol.All(int, vol.Range(1, 100)),
        vol.Optional("summary"): _SUMMARY,
    }
)
@_asks
async def _list(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
    """Return a page of rows, newest first, and how many there are in a time if that is asked for, too."""

    async def rows() -> dict[str, Any]:
        found, cursor = await find_events(
            hass, query_of(msg), msg["limit"], msg.get("cursor"), connection.user
        )
        return {
            "events": await describe_events(hass, found),
            "cursor": str(cursor) if cursor is not None else None,
        }

    if (wanted := msg.get("summary")) is None:
        return await rows()
    page, counts = await asyncio.gather(rows(), _counts(hass, connection, query_of(msg), wanted))
    return page | {"summary": counts}


@websocket_api.websocket_command({vol.Required("type"): f"{_PREFIX}/latest", vol.Required("of"): _names(str)})
@_asks
async def _latest(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
    """Return the newest row of each of some cameras, known vehicles and persons."""
    found = await latest_events(hass, list(dict.fromkeys(msg["of"])), connection.user)
    return {"events": dict(zip(found, await describe_events(hass, list(found.values())), strict=True))}


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{_PREFIX}/summary",
        **_FILTERS,
        **_SEARCHES,
        **_SUMMARY,
    }
)
@_asks
async def _summary(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
    """Return how many rows there are in a time."""
    return await _counts(hass, connection, query_of(msg), msg)


async def _counts(
    hass: HomeAssistant, connection: ActiveConnection, query: EventQuery, wanted: dict[str, Any]
) -> dict[str, Any]:
    """Return how many rows of a query there are in a time, by kind: in slots of it, in all, by camera."""
    start, end = wanted["start"], wanted["end"]
    if end <= start:
        raise invalid("end_before_start")
    slots: list[dict[str, int]] = []
    totals: dict[str, int] = {}
    cameras: dict[str, dict[str, int]] = {}
    for runtime in loaded(hass, query.entry_ids):
        rows = entry_filter(hass, runtime, query, connection.user)
        if query.text is not None:
            rows = await with_text(hass, runtime, rows, query.text)
        counts = asdict(await runtime.store.library.event_summary(rows, start, end, wanted["slots"]))
        slots = (
            [_sum(*both) for both in zip(slots, counts["slots"], strict=True)] if slots else counts["slots"]
        )
        totals = _sum(totals, counts["totals"])
        for camera_id, of_camera in counts["cameras"].items():
            if (camera := runtime.hub.cameras.get(camera_id)) is not None:
                cameras[camera.device_id] = of_camera
    return {"slots": slots, "totals": totals, "cameras": cameras}


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}


@websocket_api.websocket_command({vol.Required("type"): f"{_PREFIX}/subscribe", **_FILTERS})
@callback
def _subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Send rows as they are written, changed and deleted."""
    subscription = EventSubscription(hass, connection, msg["id"], query_of(msg))
    connection.subscriptions[msg["id"]] = subscription.async_start()
    connection.send_result(msg["id"])


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{_PREFIX}/set_favourite",
        vol.Required("event_id"): _event_id,
        vol.Required("favourite"): bool,
    }
)
@_answers
async def _set_favourite(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Mark a row with its pictures and clips, which then outlive the retention, or release it."""
    found = await _found(hass, msg["event_id"])
    await found.runtime.store.set_favourite(found.event.id, favourite=msg["favourite"])
    return {}


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): f"{_PREFIX}/delete", vol.Required("ids"): _IDS})
@_answers
async def _delete(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
    """Delete rows with their pictures and clips, but for those that entities show."""
    deleted = 0
    for runtime in loaded(hass, None):
        entry_id = runtime.context.entry.entry_id
        numbers = [it.number for it in msg["ids"] if it.entry_id == entry_id]
        shown = frozenset[int]().union(*(camera.shown_media for camera in runtime.hub.cameras.values()))
        if numbers:
            deleted += len(await runtime.store.delete_events(numbers, shown))
    return {"deleted": deleted}


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{_PREFIX}/correct_plate",
        vol.Required("event_id"): _event_id,
        vol.Required("plate"): _TEXT,
    }
)
@_answers
async def _correct_plate(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Put a misread plate right."""
    found = await correct_plate(await _found(hass, msg["event_id"]), msg["plate"])
    (event,) = await describe_events(hass, [found])
    return {"event": event}


@websocket_api.websocket_command(
    {vol.Required("type"): f"{_PREFIX}/suggestions", vol.Required("event_id"): _event_id}
)
@_asks
async def _suggestions(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Return who it may be."""
    found = await _found(hass, msg["event_id"], connection.user)
    return await suggestions(hass, found, connection.user)


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): f"{DOMAIN}/plates/seen"})
@callback
def _seen_plates(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Return the plates seen lately that are no known vehicle's, with a picture, when and how often."""
    connection.send_result(msg["id"], {"plates": seen_plates(hass)})


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{_PREFIX}/assign",
        vol.Required("event_id"): _event_id,
        vol.Exclusive("known_id", "who"): str,
        vol.Exclusive("name", "who"): _TEXT,
    }
)
@_answers
async def _assign(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
    """Say who it is."""
    found = await _found(hass, msg["event_id"])
    return await assign(hass, found, known_id=msg.get("known_id"), name=msg.get("name"))


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): f"{_PREFIX}/undo_assign", vol.Required("undo"): str})
@_answers
async def _undo_assign(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Undo that somebody was said to be."""
    await undo_assign(hass, msg["undo"])
    return {}


_COMMANDS: Final = (
    _list,
    _latest,
    _summary,
    _subscribe,
    _set_favourite,
    _delete,
    _correct_plate,
    _suggestions,
    _seen_plates,
    _assign,
    _undo_assign,
)
