"""The history in the media browser: one item for each thing that happened, with its pictures and clips."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from homeassistant.components.media_player import MediaClass, MediaType
from homeassistant.components.media_source import BrowseMediaSource
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..domain.history import EventFilter, EventKind
from ..domain.media_id import MediaId
from ..domain.plates import canonical_plate
from ..hub.devices import device_name
from ..hub.known_device import KnownDevice, PersonDevice
from ..storage.model import StoredMedia
from .events import EventQuery, FoundEvent, find_event, find_events, known_devices, loaded, profile_name
from .permissions import connected_user, may_read_all, readable_cameras

# Folders over all entries begin with this, and what is in one row of the history.
EVENTS: Final = "events"
EVENT: Final = "event"
# Newest rows that a folder shows.
MAX_EVENTS: Final = 500
_MAX_PLATES: Final = 1000
_MAX_MEDIA: Final = 200


def folder(
    identifier: str | None,
    title: str,
    children: Sequence[BrowseMediaSource] | None = None,
    thumbnail: str | None = None,
) -> BrowseMediaSource:
    """Return a folder, with the thumbnail of its first item."""
    if thumbnail is None and children:
        thumbnail = next((child.thumbnail for child in children if child.thumbnail), None)
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=MediaType.VIDEO,
        title=title,
        can_play=False,
        can_expand=True,
        can_search=True,
        children=children,
        thumbnail=thumbnail,
    )


def media_item(entry_id: str, media: StoredMedia, title: str) -> BrowseMediaSource:
    """Return a picture or clip."""
    media_id = MediaId(entry_id, media.id)
    is_picture = media.type.content_type.startswith("image/")
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=media_id.identifier,
        media_class=MediaClass.IMAGE if is_picture else MediaClass.VIDEO,
        media_content_type=media.type.content_type,
        title=title,
        can_play=True,
        can_expand=False,
        thumbnail=media_id.thumbnail_path,
    )


async def top_folders(hass: HomeAssistant) -> list[BrowseMediaSource]:
    """Return the folders over all entries, with the picture that came last; raises LibraryError."""
    kinds = {type(device) for device in await _known(hass)}
    has_plates = bool(await _all_plates(hass, 1))
    titles = await _titles(hass)
    return [
        *[await _peek(hass, name, titles[name]) for name in _QUERIES],
        *([folder(f"{EVENTS}/vehicles", titles["vehicles"])] if kinds - {PersonDevice} else []),
        *([folder(f"{EVENTS}/persons", titles["persons"])] if PersonDevice in kinds else []),
        *([folder(f"{EVENTS}/plates", titles["plates"])] if has_plates else []),
    ]


async def _titles(hass: HomeAssistant) -> dict[str, str]:
    """Return the titles of the folders over all entries, in Home Assistant's language."""
    texts = await selector_texts(hass, "media_folder")
    return {name: texts.get(name, name) for name in (*_QUERIES, "vehicles", "persons", "plates")}


async def selector_texts(hass: HomeAssistant, selector: str) -> dict[str, str]:
    """Return the texts of a selector's options, in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "selector", [DOMAIN])
    prefix = f"component.{DOMAIN}.selector.{selector}.options."
    return {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix)}


async def _peek(hass: HomeAssistant, name: str, title: str) -> BrowseMediaSource:
    found, _ = await find_events(hass, _QUERIES[name](), 1, user=connected_user())
    thumbnail = None
    if found and (media := await _media_of(found)) and (best := _best(found[0], media[0])) is not None:
        thumbnail = MediaId(found[0].id.entry_id, best.id).thumbnail_path
    return folder(f"{EVENTS}/{name}", title, thumbnail=thumbnail)


def _today() -> EventQuery:
    return EventQuery(after=dt_util.as_utc(dt_util.start_of_local_day()))


def _week() -> EventQuery:
    # By dates: days are an hour shorter or longer when clocks change.
    first = dt_util.now().date() - timedelta(days=6)
    return EventQuery(after=dt_util.as_utc(dt_util.start_of_local_day(first)))


def _favourites() -> EventQuery:
    return EventQuery(favourite=True)


_QUERIES: Final = {"today": _today, "week": _week, "favourites": _favourites}


async def events_folder(
    hass: HomeAssistant, parts: Sequence[str]
) -> tuple[str, list[BrowseMediaSource]] | None:
    """Return the title of a folder over all entries and its items, None if there is no such folder."""
    match parts:
        case [name] if name in _QUERIES:
            found, _ = await find_events(hass, _QUERIES[name](), MAX_EVENTS, user=connected_user())
            return (await _titles(hass))[name], await event_items(hass, found, with_day=name != "today")
        case ["vehicles" | "persons" as kind]:
            devices = [it for it in await _known(hass) if isinstance(it, PersonDevice) is (kind == "persons")]
            devices.sort(key=lambda device: device.name.casefold())
            items = [await _known_folder(hass, device) for device in devices]
            return (await _titles(hass))[kind], items
        case ["known", known_id]:
            device = next((it for it in await _known(hass) if it.id == known_id), None)
            if device is None:
                return None
            found = await _events_of(hass, EventFilter(known_ids=frozenset({known_id})), MAX_EVENTS)
            return device.name, await event_items(hass, found)
        case ["plates"]:
            plates = await _all_plates(hass, _MAX_PLATES)
            items = [folder(f"{EVENTS}/plates/{quote(plate, safe='')}", plate) for plate in plates]
            return (await _titles(hass))["plates"], items
        case ["plates", plate]:
            wanted = EventFilter(plate=canonical_plate(plate))
            return plate, await event_items(hass, await _events_of(hass, wanted, MAX_EVENTS))
    return None


async def _known(hass: HomeAssistant) -> list[KnownDevice]:
    """Return the known vehicles and persons; a user with a policy learns of those seen by their cameras."""
    devices = [device for _, device in known_devices(hass)]
    if may_read_all(connected_user()):
        return devices
    return [it for it in devices if await _events_of(hass, EventFilter(known_ids=frozenset({it.id})), 1)]


async def _all_plates(hass: HomeAssistant, limit: int) -> list[str]:
    """Return the plates of all entries, the one read last first."""
    found: list[str] = []
    for runtime in loaded(hass, None):
        readable = readable_cameras(hass, runtime, connected_user())
        found += await runtime.store.library.plates(limit, readable)
    return list(dict.fromkeys(found))


async def _known_folder(hass: HomeAssistant, device: KnownDevice) -> BrowseMediaSource:
    found = await _events_of(hass, EventFilter(known_ids=frozenset({device.id})), 1)
    items = await event_items(hass, found)
    return folder(f"{EVENTS}/known/{device.id}", device.name, thumbnail=items[0].thumbnail if items else None)


async def _events_of(hass: HomeAssistant, wanted: EventFilter, limit: int) -> list[FoundEvent]:
    """Return the newest rows of all entries that are meant."""
    found: list[FoundEvent] = []
    for runtime in loaded(hass, None):
        readable = replace(wanted, camera_ids=readable_cameras(hass, runtime, connected_user()))
        events = await runtime.store.library.events(readable, limit)
        found += [FoundEvent(runtime, event) for event in events]
    found.sort(key=lambda it: it.event.at, reverse=True)
    return found[:limit]


async def event_folder(hass: HomeAssistant, event_id: str) -> tuple[str, list[BrowseMediaSource]] | None:
    """Return the title of a row and its pictures and clips, None if there is no such row."""
    if (found := await find_event(hass, event_id, connected_user())) is None:
        return None
    (media,) = await _media_of([found])
    best = _best(found, media)
    ordered = sorted(media, key=lambda item: item is not best)
    kinds = await selector_texts(hass, "kind")
    return event_title(hass, found, await selector_texts(hass, "card")), [
        media_item(found.id.entry_id, item, f"{_clock(item)} {in_words(item.label, kinds)}")
        for item in ordered
    ]


async def event_items(
    hass: HomeAssistant, found: Sequence[FoundEvent], *, with_day: bool = True
) -> list[BrowseMediaSource]:
    """Return an item for each row that has pictures or clips; one that has one only is that one."""
    items: list[BrowseMediaSource] = []
    texts = await selector_texts(hass, "card")
    for event, media in zip(found, await _media_of(found), strict=True):
        title = event_title(hass, event, texts, with_day=with_day)
        if len(media) == 1:
            items.append(media_item(event.id.entry_id, media[0], title))
        elif (best := _best(event, media)) is not None:
            thumbnail = MediaId(event.id.entry_id, best.id).thumbnail_path
            items.append(folder(f"{EVENT}/{event.id}", title, thumbnail=thumbnail))
    return items


async def _media_of(found: Sequence[FoundEvent]) -> list[list[StoredMedia]]:
    """Return the pictures and clips of each row."""
    media: dict[str, dict[int, list[StoredMedia]]] = {}
    for entry_id in {it.id.entry_id for it in found}:
        events = [it for it in found if it.id.entry_id == entry_id]
        media[entry_id] = await events[0].runtime.store.library.media_of_events(
            [it.event.id for it in events], _MAX_MEDIA
        )
    return [media[it.id.entry_id][it.event.id] for it in found]


def _best(found: FoundEvent, media: Sequence[StoredMedia]) -> StoredMedia | None:
    by_number = {item.id: item for item in media}
    event = found.event
    for number in (event.picture, event.plate_picture, event.face_picture):
        if number is not None and number in by_number:
            return by_number[number]
    return media[0] if media else None


def event_title(
    hass: HomeAssistant, found: FoundEvent, texts: Mapping[str, str], *, with_day: bool = True
) -> str:
    """Return a short summary of a row, the most important first, with the texts of the cards."""
    event = found.event
    at = dt_util.as_local(event.at)
    time = f"{at:%Y-%m-%d %H:%M}" if with_day else f"{at:%H:%M}"
    device = next((it for _, it in known_devices(hass) if it.id == event.known_id), None)
    camera = found.runtime.hub.cameras.get(event.camera_id)
    place = (device_name(hass, camera.device_id) if camera is not None else None) or event.camera_id
    looks = vehicle_words(event.vehicle or {}, texts)
    type_ = event.type or ""
    if event.kind is EventKind.VISIT:
        what = [device.name if device is not None else None, event.plate_raw or event.plate or looks or "?"]
        way = texts.get(event.direction) if event.direction in ("in", "out") else None
        rest = [way, looks if event.plate else None]
    elif event.kind is EventKind.IDENTIFICATION:
        name = device.name if device is not None else profile_name(found) or event.profile_id
        what = [name, texts.get(f"omni_{type_}") or (texts.get("unknown_person") if name is None else None)]
        rest = [place]
    else:
        what = [(event.meta or {}).get("alias") or texts.get(f"alarm_{type_}") or in_words(type_, {})]
        rest = [place]
    words = [word for word in (*what, time, *rest) if word]
    return ("★ " if event.favourite else "") + " · ".join(words)


def vehicle_words(vehicle: Mapping[str, str | None], texts: Mapping[str, str]) -> str:
    """Return colour, make and model of a vehicle, as much of it as its camera saw."""
    name = " ".join(word for word in (vehicle.get("make"), vehicle.get("model")) if word)
    color = (vehicle.get("color") or "").lower().replace("grey", "gray")
    if (shown := texts.get(f"color_{color}")) is None:
        return name
    colored = texts.get("colored", "{color} {name}").format(color=shown, name=name or texts["some_vehicle"])
    return colored[:1].upper() + colored[1:]


def _clock(media: StoredMedia) -> str:
    return f"{dt_util.as_local(media.taken_at):%H:%M:%S}"


def in_words(label: str, texts: Mapping[str, str]) -> str:
    """Return the text of a label or type; a cloud's own types have none."""
    return texts.get(label) or label.replace("_", " ").capitalize()
