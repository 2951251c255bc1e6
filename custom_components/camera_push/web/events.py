"""The history over all entries: queries, permissions, and the rows as cards and actions get them."""

import asyncio
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self, override

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ..const import DOMAIN
from ..domain.history import EventFilter, EventId, EventKind, HistoryEvent, TextMatch, milliseconds
from ..domain.plates import canonical_pattern
from ..entry.runtime import RuntimeData, find_runtime
from ..hub.devices import device_name, find_owned
from ..hub.known_device import KnownDevice
from .permissions import readable_cameras

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


def known_devices(hass: HomeAssistant) -> Iterator[tuple[RuntimeData, KnownDevice]]:
    """Yield the known vehicles and persons of all entries."""
    for runtime in loaded(hass, None):
        for device in runtime.hub.known.devices.values():
            yield runtime, device


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


def profile_name(found: FoundEvent) -> str | None:
    """Return the name that a row's platform has for its person."""
    return found.runtime.hub.known.names.profiles.get(found.event.profile_id or "")
