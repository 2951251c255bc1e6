"""WebSocket commands for cards: the history in pages and numbers, and as it changes."""

import asyncio
from dataclasses import asdict
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import DOMAIN
from ..domain.history import EventId, EventKind
from .errors import invalid
from .event_changes import correct_plate
from .event_descriptions import describe_events
from .event_subscription import EventSubscription
from .events import (
    Cursor,
    EventQuery,
    FoundEvent,
    entry_filter,
    find_event,
    find_events,
    latest_events,
    loaded,
    with_text,
)
from .known_events import assign, seen_plates, suggestions, undo_assign
from .websocket_command import COMMANDS, command

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


@callback
def async_register_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    for handler in (*COMMANDS, _subscribe):
        websocket_api.async_register_command(hass, handler)


def query_of(values: dict[str, Any]) -> EventQuery:
    """Return the query in the fields of a command or action."""
    names = EventQuery.__dataclass_fields__.keys()
    return EventQuery(**{name: value for name, value in values.items() if name in names})


async def _found(hass: HomeAssistant, event_id: EventId, user: User | None = None) -> FoundEvent:
    if (found := await find_event(hass, str(event_id), user)) is None:
        raise invalid("unknown_event", identifier=str(event_id))
    return found


@command(
    "events/list",
    {
        **_FILTERS,
        **_SEARCHES,
        vol.Optional("cursor"): vol.Any(None, vol.All(cv.string, Cursor.parse)),
        vol.Optional("limit", default=50): vol.All(int, vol.Range(1, 100)),
        vol.Optional("summary"): _SUMMARY,
    },
)
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


@command("events/latest", {vol.Required("of"): _names(str)})
async def _latest(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
    """Return the newest row of each of some cameras, known vehicles and persons."""
    found = await latest_events(hass, list(dict.fromkeys(msg["of"])), connection.user)
    return {"events": dict(zip(found, await describe_events(hass, list(found.values())), strict=True))}


@command(
    "events/summary",
    {**_FILTERS, **_SEARCHES, **_SUMMARY},
)
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


@websocket_api.websocket_command({vol.Required("type"): f"{DOMAIN}/events/subscribe", **_FILTERS})
@callback
def _subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Send rows as they are written, changed and deleted."""
    subscription = EventSubscription(hass, connection, msg["id"], query_of(msg))
    connection.subscriptions[msg["id"]] = subscription.async_start()
    connection.send_result(msg["id"])


@command(
    "events/set_favourite",
    {vol.Required("event_id"): _event_id, vol.Required("favourite"): bool},
    for_admins=True,
)
async def _set_favourite(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Mark a row with its pictures and clips, which then outlive the retention, or release it."""
    found = await _found(hass, msg["event_id"])
    await found.runtime.store.history.set_favourite(found.event.id, favourite=msg["favourite"])
    return {}


@command("events/delete", {vol.Required("ids"): _IDS}, for_admins=True)
async def _delete(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
    """Delete rows with their pictures and clips, but for those that entities show."""
    deleted = 0
    for runtime in loaded(hass, None):
        entry_id = runtime.context.entry.entry_id
        numbers = [it.number for it in msg["ids"] if it.entry_id == entry_id]
        shown = frozenset[int]().union(*(camera.shown_media for camera in runtime.hub.cameras.values()))
        if numbers:
            deleted += len(await runtime.store.history.delete(numbers, shown))
    return {"deleted": deleted}


@command(
    "events/correct_plate",
    {vol.Required("event_id"): _event_id, vol.Required("plate"): _TEXT},
    for_admins=True,
)
async def _correct_plate(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Put a misread plate right."""
    found = await correct_plate(await _found(hass, msg["event_id"]), msg["plate"])
    (event,) = await describe_events(hass, [found])
    return {"event": event}


@command("events/suggestions", {vol.Required("event_id"): _event_id})
async def _suggestions(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Return who it may be."""
    found = await _found(hass, msg["event_id"], connection.user)
    return await suggestions(hass, found, connection.user)


@command("plates/seen", {}, for_admins=True)
async def _seen_plates(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Return the plates seen lately that are no known vehicle's, with a picture, when and how often."""
    return {"plates": seen_plates(hass)}


@command(
    "events/assign",
    {
        vol.Required("event_id"): _event_id,
        vol.Exclusive("known_id", "who"): str,
        vol.Exclusive("name", "who"): _TEXT,
    },
    for_admins=True,
)
async def _assign(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> dict[str, Any]:
    """Say who it is."""
    found = await _found(hass, msg["event_id"])
    return await assign(hass, found, known_id=msg.get("known_id"), name=msg.get("name"))


@command("events/undo_assign", {vol.Required("undo"): str}, for_admins=True)
async def _undo_assign(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> dict[str, Any]:
    """Undo that somebody was said to be."""
    await undo_assign(hass, msg["undo"])
    return {}
