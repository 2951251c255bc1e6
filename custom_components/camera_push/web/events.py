"""The history over all entries: queries, permissions, and the rows as cards and actions get them."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self, override

from homeassistant.auth.models import User
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..domain.history import EventFilter, EventId, EventKind, HistoryEvent, TextMatch, milliseconds
from ..domain.media import MP4
from ..domain.media_id import MediaId
from ..domain.plates import canonical_pattern
from ..entry.runtime import RuntimeData, find_runtime
from ..hub.devices import device_name, find_owned
from ..hub.known_device import KnownDevice, PersonDevice
from ..storage.model import StoredMedia
from .permissions import readable_cameras

# Pictures and clips of a described row.
MAX_MEDIA: Final = 40
# Pictures of a row among which the best one is looked for.
_MAX_MEDIA_READ: Final = 200
SIGNED_FOR: Final = timedelta(hours=24)
_MAX_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """A query of the history, as users and cards make it; None means any.

    `nameable` are the ids of the known vehicles and persons that the text may find by their names.
    """

    entry_ids: Collection[str] | None = None
    device_ids: Collection[str] | None = None
    kinds: Collection[EventKind] | None = None
    known: bool | None = None
    favourite: bool | None = None
    danger: bool | None = None
    plate: str | None = None
    person: str | None = None
    known_id: str | None = None
    text: str | None = None
    nameable: Collection[str] | None = None
    after: datetime | None = None
    before: datetime | None = None
    ids: Collection[EventId] | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended."""

    at: int
    entry_id: str
    number: int

    @override
    def __str__(self) -> str:
        return f"{self.at}.{self.entry_id}.{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the cursor in a text; raises ValueError if it is none."""
        at, entry_id, number = text.split(".")
        cursor = cls(int(at), entry_id, int(number))
        if max(abs(cursor.at), abs(cursor.number)) > _MAX_ID:
            raise ValueError("No number of the index")
        return cursor

    def of_entry(self, entry_id: str) -> tuple[int, int]:
        """Return where the page ended in an entry's rows: of one time, those of later entries come first."""
        if entry_id == self.entry_id:
            return self.at, self.number
        return self.at, _MAX_ID if entry_id < self.entry_id else 0


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """A row of an entry."""

    runtime: RuntimeData
    event: HistoryEvent

    @property
    def id(self) -> EventId:
        """Return the row's id over all entries."""
        return EventId(self.runtime.context.entry.entry_id, self.event.id)


def loaded(hass: HomeAssistant, entry_ids: Collection[str] | None) -> list[RuntimeData]:
    """Return the runtime data of entries that are loaded."""
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    return [it.runtime_data for it in entries if entry_ids is None or it.entry_id in entry_ids]


@callback
def entry_filter(
    hass: HomeAssistant, runtime: RuntimeData, query: EventQuery, user: User | None
) -> EventFilter:
    """Return the query of an entry's rows, of those that a user may see."""
    entry_id = runtime.context.entry.entry_id
    readable = camera_ids = readable_cameras(hass, runtime, user)
    if query.device_ids is not None:
        owned = [it for device_id in query.device_ids if (it := find_owned(hass, device_id)) is not None]
        meant = frozenset(it.camera_id for it in owned if it.entry is runtime.context.entry and it.camera_id)
        camera_ids = meant if readable is None else meant & readable
    known_ids = frozenset({query.known_id}) if query.known_id is not None else None
    profile_ids = None
    if query.person is not None:
        known_ids, profile_ids = _person(runtime, query.person)
    return EventFilter(
        camera_ids=camera_ids,
        kinds=frozenset(query.kinds) if query.kinds is not None else None,
        known=query.known,
        favourite=query.favourite,
        danger=query.danger,
        plate=plate_pattern(query.plate) if query.plate is not None else None,
        known_ids=known_ids,
        profile_ids=profile_ids,
        after=query.after,
        before=query.before,
        ids=(
            frozenset(it.number for it in query.ids if it.entry_id == entry_id)
            if query.ids is not None
            else None
        ),
    )


def plate_pattern(text: str) -> str:
    """Return the pattern of what a user writes: part of a plate in any spelling, or `?` and `*` in it."""
    pattern = canonical_pattern(text)
    return pattern if "?" in pattern or "*" in pattern else f"*{pattern}*"


def _person(runtime: RuntimeData, text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the known persons of a name, and their profiles; the text may be a profile's id itself."""
    wanted = text.strip().casefold()
    persons = [it for it in runtime.hub.known.persons.values() if it.name.casefold() == wanted]
    profiles = {profile for person in persons for profile in person.known.profiles}
    return frozenset(person.id for person in persons), frozenset({text.strip(), *profiles})


async def with_text(
    hass: HomeAssistant,
    runtime: RuntimeData,
    wanted: EventFilter,
    text: str,
    nameable: Collection[str] | None = None,
) -> EventFilter:
    """Return the filter with a text that is searched for; raises LibraryError."""
    words = text.strip().casefold()
    if not words:
        return wanted
    cameras = runtime.hub.cameras.values()
    names = {it.camera_id: device_name(hass, it.device_id) or it.name for it in cameras}
    pattern = canonical_pattern(text).strip("*")
    types = await runtime.store.library.event_types()
    return replace(
        wanted,
        text=TextMatch(
            camera_ids=frozenset(key for key, name in names.items() if words in name.casefold()),
            known_ids=frozenset(
                it.id
                for _, it in known_devices(hass)
                if words in it.name.casefold() and (nameable is None or it.id in nameable)
            ),
            profile_ids=frozenset(
                key for key, name in runtime.hub.known.names.profiles.items() if words in name.casefold()
            ),
            types=frozenset(it for it in types if any(words in name for name in _names(hass, it))),
            plate=f"*{pattern}*" if pattern.strip("?") else None,
        ),
    )


def _names(hass: HomeAssistant, type_: str) -> set[str]:
    """Return what a user may call a type of event: by its name in English, and as it is shown."""
    texts = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    ending = f".event_type.state.{type_}"
    return {
        type_.casefold(),
        type_.replace("_", " ").casefold(),
        *(text.casefold() for key, text in texts.items() if key.endswith(ending)),
    }


async def find_events(
    hass: HomeAssistant, query: EventQuery, limit: int, cursor: Cursor | None = None, user: User | None = None
) -> tuple[list[FoundEvent], Cursor | None]:
    """Return a page of rows, newest first, and where it ended if there are more; raises LibraryError."""

    async def of_entry(runtime: RuntimeData) -> list[FoundEvent]:
        wanted = entry_filter(hass, runtime, query, user)
        if wanted.camera_ids == frozenset():
            return []
        if query.text is not None:
            wanted = await with_text(hass, runtime, wanted, query.text, query.nameable)
        if cursor is not None:
            wanted = replace(wanted, cursor=cursor.of_entry(runtime.context.entry.entry_id))
        return [FoundEvent(runtime, event) for event in await runtime.store.library.events(wanted, limit + 1)]

    pages = await asyncio.gather(*(of_entry(runtime) for runtime in loaded(hass, query.entry_ids)))
    found = [it for page in pages for it in page]
    found.sort(key=_order, reverse=True)
    page = found[:limit]
    if len(found) <= limit or not page:
        return page, None
    at, entry_id, number = _order(page[-1])
    return page, Cursor(at, entry_id, number)


async def latest_events(
    hass: HomeAssistant, ids: Collection[str], user: User | None
) -> dict[str, FoundEvent]:
    """Return the newest row that a user may see of each camera (by its device) and known vehicle or person.

    Raises LibraryError.
    """
    known = {device.id for _, device in known_devices(hass)}
    pages = await asyncio.gather(
        *(
            find_events(
                hass, EventQuery(known_id=it) if it in known else EventQuery(device_ids=[it]), 1, user=user
            )
            for it in ids
        )
    )
    return {it: page[0] for it, (page, _) in zip(ids, pages, strict=True) if page}


def _order(found: FoundEvent) -> tuple[int, str, int]:
    return milliseconds(found.event.at), found.id.entry_id, found.id.number


async def find_event(hass: HomeAssistant, event_id: str, user: User | None = None) -> FoundEvent | None:
    """Return a row that a user may see, None if there is none; raises LibraryError."""
    if (parsed := EventId.parse(event_id)) is None or find_runtime(hass, parsed.entry_id) is None:
        return None
    query = EventQuery(entry_ids=[parsed.entry_id], ids=[parsed])
    found, _ = await find_events(hass, query, 1, user=user)
    return found[0] if found else None


# Descriptions of rows


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
    described = _media_signed if signed else _media
    rows = []
    for it in found:
        rows.append(_describe(hass, it, media[it.id], lengths[it.id.entry_id], described))
        # Signing the paths of a visit with many pictures takes some milliseconds: others have their turn.
        await asyncio.sleep(0)
    return rows


type _DescribeMedia = Callable[[HomeAssistant, str, StoredMedia], dict[str, Any]]


@callback
def _describe(
    hass: HomeAssistant,
    found: FoundEvent,
    media: Sequence[StoredMedia],
    lengths: Mapping[int, float],
    describe_media: _DescribeMedia,
) -> dict[str, Any]:
    event, hub = found.event, found.runtime.hub
    entry_id = found.id.entry_id
    camera = hub.cameras.get(event.camera_id)
    wanted = {event.picture, event.plate_picture, event.face_picture, event.clip}
    items = {
        item.id: describe_media(hass, entry_id, item) | {"seconds": lengths.get(item.id)}
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


def known_devices(hass: HomeAssistant) -> Iterator[tuple[RuntimeData, KnownDevice]]:
    """Yield the known vehicles and persons of all entries."""
    for runtime in loaded(hass, None):
        for device in runtime.hub.known.devices.values():
            yield runtime, device


def profile_name(found: FoundEvent) -> str | None:
    """Return the name that a row's platform has for its person."""
    return found.runtime.hub.known.names.profiles.get(found.event.profile_id or "")


def describe_known(hass: HomeAssistant, found: FoundEvent) -> dict[str, str] | None:
    """Return whom a row is about of those that the user knows."""
    if (known_id := found.event.known_id) is None:
        return None
    device = next((it for _, it in known_devices(hass) if it.id == known_id), None)
    if device is None:
        return None
    kind = "person" if isinstance(device, PersonDevice) else "vehicle"
    return {"id": device.id, "name": device.name, "kind": kind}


def _media(hass: HomeAssistant, entry_id: str, media: StoredMedia) -> dict[str, Any]:
    return {
        "id": MediaId(entry_id, media.id).uri,
        "label": media.label,
        "type": media.type.content_type,
        "taken_at": iso(media.taken_at),
    }


def _media_signed(hass: HomeAssistant, entry_id: str, media: StoredMedia) -> dict[str, Any]:
    media_id = MediaId(entry_id, media.id)
    return {
        **_media(hass, entry_id, media),
        "url": async_sign_path(hass, media_id.path, SIGNED_FOR),
        "thumbnail": async_sign_path(hass, media_id.thumbnail_path, SIGNED_FOR),
    }


def iso(time: datetime) -> str:
    """Return a time as events say it."""
    return time.isoformat(timespec="milliseconds")
