"""Pictures and clips in Home Assistant's media browser.

An item's identifier is `<entry>/<number>`, as in the bus events. Folders are `<entry>`,
`<entry>/camera/<camera>`, `<entry>/camera/<camera>/<day>`, `<entry>/kind/<label>`,
`<entry>/plates` and `<entry>/plates/<plate>`; ids of cameras are quoted as in URLs. Over all entries there
are `events/today`, `events/week`, `events/favourites`, `events/vehicles`, `events/persons`,
`events/known/<id>`, `events/plates` and `events/plates/<plate>`; `event/<id>` has what belongs to one row of
the history.
"""

from typing import Final, override
from urllib.parse import quote, unquote

from homeassistant.components.media_player import BrowseError, SearchMedia, SearchMediaQuery
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .const import DOMAIN, KEY_PLATE
from .domain.media_id import MediaId
from .entry.runtime import RuntimeData, find_runtime
from .hub.camera import CameraDevice
from .hub.devices import device_name
from .storage.library import LibraryError
from .storage.model import MediaFilter, StoredMedia
from .web.event_media import (
    EVENT,
    EVENTS,
    MAX_EVENTS,
    event_folder,
    event_items,
    events_folder,
    folder,
    in_words,
    media_item,
    selector_texts,
    top_folders,
)
from .web.events import EventQuery, find_events, loaded
from .web.permissions import connected_user, may_read_entry, readable_cameras
from .web.views import find_media

# Newest items that a folder shows; older ones are found by camera and day.
_MAX_ITEMS: Final = 1000
_MAX_PLATES: Final = 1000


async def async_get_media_source(hass: HomeAssistant) -> CameraPushMediaSource:
    """Return the media source."""
    return CameraPushMediaSource(hass)


def _unknown(identifier: str) -> BrowseError:
    return BrowseError(
        translation_domain=DOMAIN,
        translation_key="unknown_media",
        translation_placeholders={"identifier": identifier},
    )


def _unreadable(err: LibraryError) -> BrowseError:
    return BrowseError(
        translation_domain=DOMAIN,
        translation_key="library",
        translation_placeholders={"error": str(err)},
    )


class CameraPushMediaSource(MediaSource):
    """Everything that cameras pushed and that is still kept."""

    name = "Camera Push"

    def __init__(self, hass: HomeAssistant) -> None:
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        media_id = MediaId.parse(item.identifier)
        try:
            found = await find_media(self.hass, media_id, connected_user())
        except LibraryError:
            found = None
        if found is None or media_id is None:
            raise Unresolvable(
                translation_domain=DOMAIN,
                translation_key="unknown_media",
                translation_placeholders={"identifier": item.identifier},
            )
        _, media = found
        return PlayMedia(media_id.path, media.type.content_type, path=media.path)

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        try:
            if not item.identifier:
                contexts = [it.context for it in loaded(self.hass, None) if self._may_read(it)]
                folders = [folder(it.entry.entry_id, it.entry.title) for it in contexts]
                over_all = await top_folders(self.hass) if folders else []
                return folder(None, self.name, [*over_all, *folders])
            title, children = await self._folder(item.identifier)
        except LibraryError as err:
            raise _unreadable(err) from err
        return folder(item.identifier, title, children)

    async def _folder(self, identifier: str) -> tuple[str, list[BrowseMediaSource]]:
        """Return the title of a folder and its items; raises BrowseError or LibraryError."""
        first, *parts = [unquote(part) for part in identifier.split("/")]
        found: tuple[str, list[BrowseMediaSource]] | None = None
        if first == EVENTS:
            found = await events_folder(self.hass, parts)
        elif first == EVENT and len(parts) == 1:
            found = await event_folder(self.hass, parts[0])
        elif (runtime := find_runtime(self.hass, first)) is not None and self._may_read(runtime):
            found = await self._content(runtime, identifier, parts)
        if found is None:
            raise _unknown(identifier)
        return found

    @override
    async def async_search_media(self, item: MediaSourceItem, query: SearchMediaQuery) -> SearchMedia:
        """Search in all entries, or in the one in whose folder the user is."""
        first = (item.identifier or "").partition("/")[0]
        wanted = EventQuery(
            entry_ids=[first] if find_runtime(self.hass, first) is not None else None, text=query.search_query
        )
        try:
            found, _ = await find_events(self.hass, wanted, MAX_EVENTS, user=connected_user())
            items = await event_items(self.hass, found)
        except LibraryError as err:
            raise _unreadable(err) from err
        classes = query.media_filter_classes
        return SearchMedia(result=[it for it in items if not classes or it.media_class in classes])

    async def _content(
        self, runtime: RuntimeData, identifier: str, parts: list[str]
    ) -> tuple[str, list[BrowseMediaSource]]:
        """Return the title of a folder of an entry, and its items; raises BrowseError or LibraryError."""
        library, readable = runtime.store.library, readable_cameras(self.hass, runtime, connected_user())
        cameras = self._cameras(runtime)
        match parts:
            case []:
                return runtime.context.entry.title, await self._folders(runtime, identifier, readable)
            case ["camera", camera_id] if camera_id in cameras:
                days = await library.days(camera_id)
                return self._name(cameras[camera_id]), [folder(f"{identifier}/{day}", day) for day in days]
            case ["camera", camera_id, day] if camera_id in cameras:
                wanted = MediaFilter(camera_ids=frozenset({camera_id}), day=day)
                return f"{self._name(cameras[camera_id])} {day}", await _items(
                    self.hass, runtime, wanted, with_day=False
                )
            case ["kind", label]:
                return in_words(label, await selector_texts(self.hass, "kind")), await _items(
                    self.hass, runtime, MediaFilter(label=label, camera_ids=readable)
                )
            case ["plates"]:
                plates = await library.plates(_MAX_PLATES, readable)
                return await self._by_plate(), [
                    folder(f"{identifier}/{quote(plate, safe='')}", plate) for plate in plates
                ]
            case ["plates", plate]:
                wanted = MediaFilter(plates=frozenset({plate}), camera_ids=readable)
                return plate, await _items(self.hass, runtime, wanted)
        raise _unknown(identifier)

    async def _folders(
        self, runtime: RuntimeData, entry_id: str, readable: frozenset[str] | None
    ) -> list[BrowseMediaSource]:
        cameras = [
            folder(f"{entry_id}/camera/{quote(camera.camera_id, safe='')}", self._name(camera))
            for camera in self._cameras(runtime).values()
        ]
        cameras.sort(key=lambda camera: camera.title.casefold())
        labels = await runtime.store.library.labels(readable)
        texts = await selector_texts(self.hass, "kind")
        kinds = [folder(f"{entry_id}/kind/{label}", in_words(label, texts)) for label in labels]
        has_plates = KEY_PLATE in runtime.source.info.images
        return [
            *cameras,
            *kinds,
            *([folder(f"{entry_id}/plates", await self._by_plate())] if has_plates else []),
        ]

    async def _by_plate(self) -> str:
        return (await selector_texts(self.hass, "media_folder")).get("plates", "plates")

    def _cameras(self, runtime: RuntimeData) -> dict[str, CameraDevice]:
        readable = readable_cameras(self.hass, runtime, connected_user())
        cameras = runtime.hub.cameras
        return {key: cameras[key] for key in cameras if readable is None or key in readable}

    def _may_read(self, runtime: RuntimeData) -> bool:
        return may_read_entry(self.hass, runtime, connected_user())

    def _name(self, camera: CameraDevice) -> str:
        return device_name(self.hass, camera.device_id) or camera.camera_id


async def _items(
    hass: HomeAssistant, runtime: RuntimeData, wanted: MediaFilter, *, with_day: bool = True
) -> list[BrowseMediaSource]:
    media = await runtime.store.library.find(wanted, _MAX_ITEMS)
    texts = await selector_texts(hass, "kind")
    return [_item(runtime, item, texts, with_day=with_day) for item in media]


def _item(
    runtime: RuntimeData, media: StoredMedia, texts: dict[str, str], *, with_day: bool
) -> BrowseMediaSource:
    time = f"{dt_util.as_local(media.taken_at):%H:%M:%S}"
    words = (media.plate, f"{media.day} {time}" if with_day else time, in_words(media.label, texts))
    title = " · ".join(word for word in words if word)
    if media.is_favourite:
        title = f"★ {title}"
    return media_item(runtime.context.entry.entry_id, media, title)
