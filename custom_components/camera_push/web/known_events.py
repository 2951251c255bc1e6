"""Known vehicles and persons from events: named by a card, for the time to come and for the past."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import (
    CONF_HOLD_TIME,
    CONF_PLATES,
    CONF_PROFILES,
    DOMAIN,
    SUBENTRY_PERSON,
    SUBENTRY_VEHICLE,
)
from ..domain.history import EventFilter, EventKind
from ..domain.media_id import MediaId
from ..domain.plates import canonical_pattern
from ..hub.known_device import RECOGNITION_DEFAULTS, KnownDevice, PersonDevice, VehicleDevice
from ..hub.strangers import unknown_plates
from .errors import invalid
from .event_changes import correct_plate
from .event_descriptions import describe_events, iso
from .event_media import selector_texts, vehicle_words
from .events import FoundEvent, known_devices, loaded, profile_name
from .permissions import may_read_all, readable_cameras
from .signed_paths import signed_path

# The prefilled fields of the form for a person.
_NEW_PERSON: Final[dict[str, Any]] = {CONF_HOLD_TIME: 60}
_MAX_NAME: Final = 64
_MAX_UNDO: Final = 100
_MAX_SEEN: Final = 20
_MAX_EARLIER: Final = 5
# The similarity from which on one plate may be a misread other one.
_SIMILAR: Final = 0.75
_REASONS: Final = ("similar", "same_make", None)
# So many of those known are looked at, the ones of the most similar plates, and so many are offered.
_MAX_LOOKED_UP: Final = 24
_MAX_CANDIDATES: Final = 8


@dataclass(frozen=True, slots=True)
class _Undo:
    """How an assignment is undone: `value` is taken out of a list of the subentry, or all of it goes."""

    entry_id: str
    subentry_id: str
    key: str
    value: str | None


_UNDO: HassKey[OrderedDict[str, _Undo]] = HassKey(f"{DOMAIN}_undo_assign")


@dataclass(frozen=True, slots=True)
class _Subject:
    """The identity in an event: a plate or a profile."""

    subentry_type: str
    key: str
    value: str
    new: dict[str, Any]
    rows: EventFilter


def _subject(found: FoundEvent) -> _Subject:
    """Return the identity in an event; raises ServiceValidationError if it has none."""
    event = found.event
    if event.kind is EventKind.VISIT and event.plate is not None:
        rows = EventFilter(plate=event.plate_key)
        return _Subject(SUBENTRY_VEHICLE, CONF_PLATES, event.plate, RECOGNITION_DEFAULTS, rows)
    if event.kind is EventKind.IDENTIFICATION and event.profile_id is not None:
        rows = EventFilter(profile_ids=frozenset({event.profile_id}))
        return _Subject(SUBENTRY_PERSON, CONF_PROFILES, event.profile_id, _NEW_PERSON, rows)
    raise invalid("nobody_to_know", identifier=str(found.id))


# Suggestions


async def suggestions(hass: HomeAssistant, found: FoundEvent, user: User | None) -> dict[str, Any]:
    """Return known candidates, and earlier visits that a user may see; raises LibraryError."""
    event, library = found.event, found.runtime.store.library
    earlier: list[FoundEvent] = []
    if (rows := _rows_like(found)) is not None:
        rows = replace(rows, camera_ids=readable_cameras(hass, found.runtime, user))
        events = await library.events(rows, _MAX_EARLIER + 1)
        earlier = [FoundEvent(found.runtime, it) for it in events if it.id != event.id][:_MAX_EARLIER]
    return {
        "name": await _suggested_name(hass, found),
        # Candidates come with pictures of any camera.
        "known": await _candidates(hass, found) if may_read_all(user) else [],
        "earlier": await describe_events(hass, earlier),
        "visits": event.visits,
    }


def _rows_like(found: FoundEvent) -> EventFilter | None:
    event = found.event
    if event.plate_key is not None:
        return EventFilter(plate=event.plate_key)
    return EventFilter(profile_ids=frozenset({event.profile_id})) if event.profile_id is not None else None


async def _suggested_name(hass: HomeAssistant, found: FoundEvent) -> str:
    """Return the name that whom a row is about could get: in Home Assistant's language, since it stays."""
    event = found.event
    looks = vehicle_words(event.vehicle or {}, await selector_texts(hass, "card"))
    return looks or event.plate_raw or event.plate or profile_name(found) or ""


async def _candidates(hass: HomeAssistant, found: FoundEvent) -> list[dict[str, Any]]:
    """Return the known vehicles or persons that it may be: those of a similar plate first."""
    event = found.event
    is_person = event.kind is EventKind.IDENTIFICATION
    near: dict[str, tuple[str | None, float]] = {}
    devices: list[KnownDevice] = []
    for runtime, device in known_devices(hass):
        if isinstance(device, PersonDevice if is_person else VehicleDevice):
            devices.append(device)
            plates = runtime.context.entry.subentries[device.id].data.get(CONF_PLATES, [])
            plate = max(plates, key=lambda it: _likeness(it, event.plate_key), default=None)
            near[device.id] = plate, _likeness(plate, event.plate_key) if plate else 0
    devices.sort(key=lambda it: near[it.id][1], reverse=True)
    make = (event.vehicle or {}).get("make")
    candidates: list[tuple[KnownDevice, str | None, FoundEvent | None]] = []
    for device in devices[:_MAX_LOOKED_UP]:
        last = await _last_seen(hass, device)
        is_alike = last is not None and make is not None and (last.event.vehicle or {}).get("make") == make
        is_similar = near[device.id][1] >= _SIMILAR
        candidates.append((device, "similar" if is_similar else "same_make" if is_alike else None, last))
    candidates.sort(key=lambda it: _REASONS.index(it[1]))
    found_candidates = []
    for device, reason, last in candidates[:_MAX_CANDIDATES]:
        (row,) = await describe_events(hass, [last]) if last is not None else [None]
        found_candidates.append(
            {
                "id": device.id,
                "name": device.name,
                "kind": "person" if is_person else "vehicle",
                "plate": near[device.id][0],
                "reason": reason,
                "picture": (row["face_picture"] or row["picture"]) if row is not None else None,
            }
        )
    return found_candidates


async def _last_seen(hass: HomeAssistant, device: KnownDevice) -> FoundEvent | None:
    """Return the last row about a vehicle or person, of whichever entry's camera."""
    rows = EventFilter(known_ids=frozenset({device.id}))
    found = [
        FoundEvent(runtime, event)
        for runtime in loaded(hass, None)
        for event in await runtime.store.library.events(rows, 1)
    ]
    return max(found, key=lambda it: it.event.at, default=None)


def _likeness(pattern: str, plate: str | None) -> float:
    return SequenceMatcher(None, canonical_pattern(pattern), plate or "").ratio()


def seen_plates(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return the plates seen lately that are no known vehicle's; paths show their pictures for a day."""
    found = []
    for seen in unknown_plates(hass, _MAX_SEEN):
        media_id = MediaId.parse(seen.picture) if seen.picture is not None else None
        thumbnail = signed_path(hass, media_id.thumbnail_path) if media_id else None
        found.append(
            {
                "plate": seen.shown,
                "camera": seen.camera,
                "first_at": iso(seen.first_at),
                "at": iso(seen.last_at),
                "visits": seen.visits,
                "thumbnail": thumbnail,
            }
        )
    return found


# Assigning


async def assign(
    hass: HomeAssistant, found: FoundEvent, *, known_id: str | None, name: str | None
) -> dict[str, Any]:
    """Have an event be that of a known vehicle or person, or of a new one with a name.

    Raises ServiceValidationError, LibraryError or StoreError.
    """
    subject = _subject(found)
    if known_id is not None:
        entry, subentry = _known_subentry(hass, known_id, subject)
        undo = _add_value(hass, entry, subentry, subject)
    else:
        entry, title = found.runtime.context.entry, (name or "").strip()[:_MAX_NAME]
        if not title:
            raise invalid("name_missing")
        subentry = ConfigSubentry(
            data=MappingProxyType({**subject.new, subject.key: [subject.value]}),
            subentry_type=subject.subentry_type,
            title=title,
            unique_id=None,
        )
        hass.config_entries.async_add_subentry(entry, subentry)
        undo = _Undo(entry.entry_id, subentry.subentry_id, subject.key, None)
    # Home Assistant tells of the change later; here it is needed now.
    await entry.runtime_data.hub.async_update_known()
    if subject.subentry_type == SUBENTRY_VEHICLE:
        # That the user says so is certain, however uncertain the camera was.
        await correct_plate(found, subject.value)
    await found.runtime.store.history.set_known([found.event.id], subentry.subentry_id)
    return {
        "known": {
            "id": subentry.subentry_id,
            "name": subentry.title,
            "kind": "vehicle" if subject.subentry_type == SUBENTRY_VEHICLE else "person",
        },
        "visits": await found.runtime.store.library.count_events(subject.rows),
        "undo": _remember(hass, undo),
    }


def _known_subentry(
    hass: HomeAssistant, known_id: str, subject: _Subject
) -> tuple[ConfigEntry, ConfigSubentry]:
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        subentry = entry.subentries.get(known_id)
        if subentry is not None and subentry.subentry_type == subject.subentry_type:
            return entry, subentry
    raise invalid("unknown_known", identifier=known_id)


@callback
def _add_value(hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, subject: _Subject) -> _Undo:
    values: list[str] = list(subentry.data[subject.key])
    same: Callable[[str], str] = canonical_pattern if subject.key == CONF_PLATES else str
    if same(subject.value) in {same(value) for value in values}:
        # It was known already, by a read that was not certain enough.
        return _Undo(entry.entry_id, subentry.subentry_id, subject.key, "")
    data = {**subentry.data, subject.key: [*values, subject.value]}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    return _Undo(entry.entry_id, subentry.subentry_id, subject.key, subject.value)


@callback
def _remember(hass: HomeAssistant, undo: _Undo) -> str:
    remembered = hass.data.setdefault(_UNDO, OrderedDict())
    token = uuid4().hex
    remembered[token] = undo
    if len(remembered) > _MAX_UNDO:
        remembered.popitem(last=False)
    return token


async def undo_assign(hass: HomeAssistant, token: str) -> None:
    """Undo an assignment; raises ServiceValidationError if it cannot be undone any more."""
    undo = hass.data.get(_UNDO, OrderedDict()).pop(token, None)
    entry = hass.config_entries.async_get_entry(undo.entry_id) if undo is not None else None
    if undo is None or entry is None or (subentry := entry.subentries.get(undo.subentry_id)) is None:
        raise invalid("too_late_to_undo")
    if undo.value is None:
        hass.config_entries.async_remove_subentry(entry, undo.subentry_id)
        return
    values = [value for value in subentry.data[undo.key] if value != undo.value]
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, undo.key: values})
