"""Pictures and clips in Home Assistant's media browser.

An item's identifier is `<entry>/<number>`, as in the bus events. Folders are `<entry>`,
`<entry>/camera/<camera>`, `<entry>/camera/<camera>/<day>`, `<entry>/kind/<label>`,
`<entry>/plates` and `<entry>/plates/<plate>`; ids of cameras are quoted as in URLs.
"""

from __future__ import annotations

from typing import Final, override
from urllib.parse import quote, unquote

from homeassistant.components.media_player import BrowseError, MediaClass, MediaType
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from .const import DOMAIN, KEY_PLATE
from .domain.media_id import MediaId
from .entry.runtime import RuntimeData, find_runtime
from .hub.camera import CameraDevice
from .storage.library import LibraryError
from .storage.model import MediaFilter, StoredMedia
from .web.views import find_media

# A folder shows the newest so many; older ones are found by camera and day.
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
            found = await find_media(self.hass, media_id)
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
        if not item.identifier:
            return self._root()
        entry_id, *parts = item.identifier.split("/")
        if (runtime := find_runtime(self.hass, entry_id)) is None:
            raise _unknown(item.identifier)
        try:
            match parts:
                case []:
                    return await self._entry(runtime)
                case ["camera", camera]:
                    return await self._camera(runtime, self._find_camera(runtime, camera, item.identifier))
                case ["camera", camera, day]:
                    return await self._day(runtime, self._find_camera(runtime, camera, item.identifier), day)
                case ["kind", label]:
                    title, wanted = _title(label), MediaFilter(label=label)
                case ["plates"]:
                    return await self._plates(runtime)
                case ["plates", plate]:
                    title, wanted = unquote(plate), MediaFilter(plate=unquote(plate))
                case _:
                    raise _unknown(item.identifier)
            folder = _folder(item.identifier, title)
            folder.children = await self._items(runtime, wanted, with_day=True)
        except LibraryError as err:
            raise BrowseError(
                translation_domain=DOMAIN,
                translation_key="library",
                translation_placeholders={"error": str(err)},
            ) from err
        return folder

    def _find_camera(self, runtime: RuntimeData, quoted: str, identifier: str) -> CameraDevice:
        if (camera := runtime.hub.cameras.get(unquote(quoted))) is None:
            raise _unknown(identifier)
        return camera

    def _root(self) -> BrowseMediaSource:
        root = _folder(None, self.name)
        root.children = [
            _folder(entry.entry_id, entry.title)
            for entry in self.hass.config_entries.async_loaded_entries(DOMAIN)
        ]
        return root

    async def _entry(self, runtime: RuntimeData) -> BrowseMediaSource:
        folder = _folder(runtime.context.entry.entry_id, runtime.context.entry.title)
        cameras = sorted(
            (
                _folder(
                    f"{runtime.context.entry.entry_id}/camera/{quote(camera.camera_id, safe='')}",
                    self._name(camera),
                )
                for camera in runtime.hub.cameras.values()
            ),
            key=lambda camera: camera.title.casefold(),
        )
        labels = await runtime.store.library.labels()
        kinds = [
            _folder(f"{runtime.context.entry.entry_id}/kind/{label}", f"All: {_title(label)}")
            for label in labels
        ]
        plates = (
            [_folder(f"{runtime.context.entry.entry_id}/plates", "By plate")]
            if KEY_PLATE in runtime.source.info.images
            else []
        )
        folder.children = [*cameras, *kinds, *plates]
        return folder

    def _name(self, camera: CameraDevice) -> str:
        device = dr.async_get(self.hass).async_get(camera.device_id)
        return (device.name_by_user or device.name if device is not None else None) or camera.camera_id

    async def _camera(self, runtime: RuntimeData, camera: CameraDevice) -> BrowseMediaSource:
        identifier = f"{runtime.context.entry.entry_id}/camera/{quote(camera.camera_id, safe='')}"
        folder = _folder(identifier, self._name(camera))
        days = await runtime.store.library.days(camera.camera_id)
        folder.children = [_folder(f"{identifier}/{day}", day) for day in days]
        return folder

    async def _day(self, runtime: RuntimeData, camera: CameraDevice, day: str) -> BrowseMediaSource:
        identifier = f"{runtime.context.entry.entry_id}/camera/{quote(camera.camera_id, safe='')}/{day}"
        folder = _folder(identifier, f"{self._name(camera)} {day}")
        folder.children = await self._items(runtime, MediaFilter(camera_id=camera.camera_id, day=day))
        return folder

    async def _plates(self, runtime: RuntimeData) -> BrowseMediaSource:
        folder = _folder(f"{runtime.context.entry.entry_id}/plates", "By plate")
        plates = await runtime.store.library.plates(_MAX_PLATES)
        folder.children = [
            _folder(f"{runtime.context.entry.entry_id}/plates/{quote(plate, safe='')}", plate)
            for plate in plates
        ]
        return folder

    async def _items(
        self, runtime: RuntimeData, wanted: MediaFilter, *, with_day: bool = False
    ) -> list[BrowseMediaSource]:
        media = await runtime.store.library.find(wanted, _MAX_ITEMS)
        return [_item(runtime, item, with_day=with_day) for item in media]


def _title(label: str) -> str:
    return label.replace("_", " ").capitalize()


def _folder(identifier: str | None, title: str) -> BrowseMediaSource:
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type=MediaType.VIDEO,
        title=title,
        can_play=False,
        can_expand=True,
    )


def _item(runtime: RuntimeData, media: StoredMedia, *, with_day: bool) -> BrowseMediaSource:
    media_id = MediaId(runtime.context.entry.entry_id, media.id)
    is_picture = media.type.content_type.startswith("image/")
    time = f"{dt_util.as_local(media.taken_at):%H:%M:%S}"
    title = f"{media.day} {time}" if with_day else time
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=media_id.identifier,
        media_class=MediaClass.IMAGE if is_picture else MediaClass.VIDEO,
        media_content_type=media.type.content_type,
        title=" ".join(filter(None, (title, _title(media.label), media.plate))),
        can_play=True,
        can_expand=False,
        thumbnail=media_id.thumbnail_path,
    )
