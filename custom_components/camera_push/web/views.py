"""Pictures and clips over HTTP: for those who are logged in, or hold a path that Home Assistant signed."""

from http import HTTPStatus
import os
from typing import Final

from aiohttp import hdrs, web
from homeassistant.auth.models import User
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from ..const import DOMAIN
from ..domain.media import JPEG, MP4, PICTURE_TYPES, MediaType
from ..domain.media_id import MediaId
from ..entry.runtime import RuntimeData, find_runtime
from ..storage.library import LibraryError
from ..storage.model import StoredMedia
from ..storage.remux import RAW_FORMATS
from .permissions import readable_cameras
from .placeholder import placeholder

# Types that browsers show; any other is offered as a download.
SHOWN_BY_BROWSERS: Final = PICTURE_TYPES | {MP4}

_IMMUTABLE: Final = "private, max-age=31536000, immutable"
_CHANGING: Final = "private, no-cache"


async def find_media(
    hass: HomeAssistant, media_id: MediaId | None, user: User | None
) -> tuple[RuntimeData, StoredMedia] | None:
    """Return an item that a user may see, and its entry's runtime data; None if there is no such item.

    Raises LibraryError.
    """
    if media_id is None or (runtime := find_runtime(hass, media_id.entry_id)) is None:
        return None
    media = await runtime.store.find(media_id.number)
    readable = readable_cameras(hass, runtime, user)
    if media is None or (readable is not None and media.camera_id not in readable):
        return None
    return runtime, media


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Serve pictures and clips."""
    hass.http.register_view(MediaView)
    hass.http.register_view(ThumbnailView)


def _headers(kind: MediaType, *, is_immutable: bool = True) -> dict[str, str]:
    return {
        hdrs.CONTENT_TYPE: kind.content_type,
        "X-Content-Type-Options": "nosniff",
        # Should a browser ever take a file for a page: nothing in it runs.
        "Content-Security-Policy": "default-src 'none'; sandbox",
        hdrs.CACHE_CONTROL: _IMMUTABLE if is_immutable else _CHANGING,
    }


class MediaView(HomeAssistantView):
    """A picture or clip."""

    url = f"/api/{DOMAIN}/media/{{entry_id}}/{{number}}"
    name = f"api:{DOMAIN}:media"

    async def get(self, request: web.Request, entry_id: str, number: str) -> web.StreamResponse:
        """Serve the item from memory until it is on the disk, then its file, whole or in ranges."""
        hass = request.app[KEY_HASS]
        media_id = MediaId.parse(f"{entry_id}/{number}")
        try:
            found = await find_media(hass, media_id, request[KEY_HASS_USER])
        except LibraryError:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        if found is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        runtime, media = found
        if (picture := runtime.store.not_on_disk(media.id)) is not None:
            return web.Response(body=picture.data, headers=_headers(picture.type))
        # A raw clip is replaced by one that browsers can play.
        headers = _headers(media.type, is_immutable=media.type not in RAW_FORMATS)
        if media.type not in SHOWN_BY_BROWSERS:
            headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{media.path.name}"'
        # That of a clip that is being written waits for it, as everybody who opens it does.
        path = await hass.async_add_executor_job(os.fspath, media.path)
        return web.FileResponse(path, headers=headers)


class ThumbnailView(HomeAssistantView):
    """The thumbnail of a picture, or of the picture that came with a clip."""

    url = f"/api/{DOMAIN}/thumbnail/{{entry_id}}/{{number}}"
    name = f"api:{DOMAIN}:thumbnail"

    async def get(self, request: web.Request, entry_id: str, number: str) -> web.StreamResponse:
        """Serve the thumbnail; a picture of which none can be made has a placeholder."""
        try:
            media_id = MediaId.parse(f"{entry_id}/{number}")
            found = await find_media(request.app[KEY_HASS], media_id, request[KEY_HASS_USER])
            thumbnail = await found[0].store.thumbnail(found[1]) if found is not None else None
        except LibraryError:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        if found is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if thumbnail is None:
            return web.Response(body=placeholder(), headers=_headers(JPEG, is_immutable=False))
        return web.Response(body=thumbnail, headers=_headers(JPEG))
