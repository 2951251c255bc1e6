"""Rows of the history as cards and actions get them, with their pictures and clips."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..domain.history import EventId
from ..domain.media import MP4
from ..domain.media_id import MediaId
from ..hub.devices import device_name
from ..hub.known_device import PersonDevice
from ..storage.model import StoredMedia
from .events import FoundEvent, known_devices, profile_name
from .signed_paths import signed_path

# Pictures and clips of a described row.
MAX_MEDIA: Final = 40
# Pictures of a row among which the best one is looked for.
_MAX_MEDIA_READ: Final = 200


async def describe_events(
    hass: HomeAssistant, found: Sequence[FoundEvent], *, signed: bool = True
) -> list[dict[str, Any]]:
    """Return rows with their pictures and clips, as cards and actions get them; raises LibraryError.

    With `signed`, paths come along that show them for a day to whoever has them.
    """
    media: dict[EventId, list[StoredMedia]] = {}
    lengths: dict[str, dict[int, float]] = {}
    by_entry: dict[str, list[FoundEvent]] = {}
    for it in found:
        by_entry.setdefault(it.id.entry_id, []).append(it)
    for entry_id, events in by_entry.items():
        of_events = await events[0].runtime.store.library.media_of_events(
            [it.event.id for it in events], _MAX_MEDIA_READ
        )
        media |= {EventId(entry_id, number): items for number, items in of_events.items()}
        clips = [item for items in of_events.values() for item in items if item.type == MP4]
        lengths[entry_id] = await events[0].runtime.store.library.clip_lengths(clips)
    rows = []
    for it in found:
        rows.append(_describe(hass, it, media[it.id], lengths[it.id.entry_id], signed=signed))
        # Signing the paths of a visit with many pictures takes some milliseconds: others have their turn.
        await asyncio.sleep(0)
    return rows


@callback
def _describe(
    hass: HomeAssistant,
    found: FoundEvent,
    media: Sequence[StoredMedia],
    lengths: Mapping[int, float],
    *,
    signed: bool,
) -> dict[str, Any]:
    event, hub = found.event, found.runtime.hub
    entry_id = found.id.entry_id
    camera = hub.cameras.get(event.camera_id)
    wanted = {event.picture, event.plate_picture, event.face_picture, event.clip}
    items = {
        item.id: _media(hass, entry_id, item, signed=signed) | {"seconds": lengths.get(item.id)}
        for number, item in enumerate(media)
        if number < MAX_MEDIA or item.id in wanted
    }
    device_id = camera.device_id if camera is not None else None
    return {
        "id": str(found.id),
        "entry_id": entry_id,
        "kind": str(event.kind),
        "device_id": device_id,
        "camera_id": event.camera_id,
        "camera": (device_name(hass, device_id) if device_id else None) or event.camera_id,
        **{name: iso(getattr(event, name)) for name in ("at", "first_at", "last_at", "received_at")},
        **{name: getattr(event, name) for name in _PLAIN},
        "vehicle": {name: (event.vehicle or {}).get(name) for name in _VEHICLE} if event.vehicle else None,
        "readings": [
            {"plate": it.plate, "confidence": it.confidence, "at": iso(it.at)} for it in event.readings
        ],
        # A plate that its user confirmed was right before.
        "corrected_from": (event.corrected_from or None) if event.corrected_from != event.plate else None,
        "known": describe_known(hass, found),
        "first_time": event.visits == 0 and (event.plate is not None or event.profile_id is not None),
        "profile_name": profile_name(found),
        "watchlists": [hub.known.watchlist_name(group) for group in event.watchlists],
        "picture": _first(items, event.picture, event.plate_picture, event.face_picture),
        "plate_picture": _first(items, event.plate_picture),
        "face_picture": _first(items, event.face_picture),
        "clip": _first(items, event.clip),
        "media": list(items.values())[:MAX_MEDIA],
        "deleted_after": _deleted_after(found, items),
    }


def _deleted_after(found: FoundEvent, items: Mapping[int, Any]) -> int | None:
    """Return after how many days the picture of a row was deleted, None if it is there or never was."""
    event = found.event
    days = found.runtime.store.retention.days_of(event.kind)
    is_old = dt_util.utcnow() - event.at >= timedelta(days=days)
    return days if event.picture is not None and event.picture not in items and is_old else None


def _first[T](items: Mapping[int, T], *numbers: int | None) -> T | None:
    """Return the first of some items that there is: others may have been deleted."""
    return next((items[it] for it in numbers if it is not None and it in items), None)


_PLAIN: Final = (
    "late",
    "is_over",
    "type",
    "danger",
    "plate",
    "plate_raw",
    "country",
    "region",
    "confidence",
    "direction",
    "zone",
    "list_name",
    "list_mode",
    "visits",
    "profile_id",
    "age",
    "gender",
    "meta",
    "favourite",
)
_VEHICLE: Final = ("make", "model", "type", "color", "view")


def describe_known(hass: HomeAssistant, found: FoundEvent) -> dict[str, str] | None:
    """Return whom a row is about of those that the user knows."""
    if (known_id := found.event.known_id) is None:
        return None
    device = next((it for _, it in known_devices(hass) if it.id == known_id), None)
    if device is None:
        return None
    kind = "person" if isinstance(device, PersonDevice) else "vehicle"
    return {"id": device.id, "name": device.name, "kind": kind}


def _media(hass: HomeAssistant, entry_id: str, media: StoredMedia, *, signed: bool) -> dict[str, Any]:
    media_id = MediaId(entry_id, media.id)
    described = {
        "id": media_id.uri,
        "label": media.label,
        "type": media.type.content_type,
        "taken_at": iso(media.taken_at),
    }
    if signed:
        described["url"] = signed_path(hass, media_id.path)
        described["thumbnail"] = signed_path(hass, media_id.thumbnail_path)
    return described


def iso(time: datetime) -> str:
    """Return a time as events say it."""
    return time.isoformat(timespec="milliseconds")
