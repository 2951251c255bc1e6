"""Pictures and clips over HTTP: for those who are logged in, or hold a path that Home Assistant signed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from http import HTTPStatus
import logging
from pathlib import Path
import re
from typing import Final, override

from aiohttp import hdrs, web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from ..const import DOMAIN
from ..domain.media import JPEG, MP4, PICTURE_TYPES, MediaType
from ..hub.hub import Hub
from ..storage.library import LibraryError
from ..storage.model import StoredMedia

_LOGGER = logging.getLogger(__name__)

# What a browser shows itself; anything else is offered as a download.
SHOWN_BY_BROWSERS: Final = PICTURE_TYPES | {MP4}

# As many digits as a number in the index may have; Python refuses to read those that have thousands.
_MEDIA_ID: Final = re.compile(r"[0-9]{1,18}")
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    # Should a browser ever take a file for a page: nothing in it runs.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    # An item never changes under its number.
    hdrs.CACHE_CONTROL: "private, max-age=31536000, immutable",
}


def media_path(entry_id: str, media_id: int) -> str:
    """Return the path at which an item is served."""
    return f"/api/{DOMAIN}/media/{entry_id}/{media_id}"


def thumbnail_path(entry_id: str, media_id: int) -> str:
    """Return the path at which an item's thumbnail is served."""
    return f"/api/{DOMAIN}/thumbnail/{entry_id}/{media_id}"


@callback
def find_hub(hass: HomeAssistant, entry_id: str) -> Hub | None:
    """Return the hub of an entry that is loaded, or None."""
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN or entry.state is not ConfigEntryState.LOADED:
        return None
    hub: Hub = entry.runtime_data
    return hub


async def find_media(hass: HomeAssistant, entry_id: str, media_id: str) -> tuple[Hub, StoredMedia] | None:
    """Return an item and its hub, or None if there is no such item; raises LibraryError."""
    hub = find_hub(hass, entry_id)
    if hub is None or not _MEDIA_ID.fullmatch(media_id):
        return None
    media = await hub.store.library.get(int(media_id))
    return None if media is None else (hub, media)


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Serve stored pictures and clips, where the server still takes new views."""
    try:
        hass.http.register_view(MediaView)
        hass.http.register_view(ThumbnailView)
    except RuntimeError as err:
        # Home Assistant's own server always does. One that does not, as in a test's harness, is no
        # reason to take no pushes.
        _LOGGER.warning("Stored pictures and clips cannot be served: %s", err)


class _View(HomeAssistantView, ABC):
    """Common to both views: what is not there is 404, whatever the reason."""

    async def get(self, request: web.Request, entry_id: str, media_id: str) -> web.StreamResponse:
        """Serve the file, whole or in ranges."""
        try:
            found = await find_media(request.app[KEY_HASS], entry_id, media_id)
            file = await self.file(*found) if found is not None else None
        except LibraryError:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        if file is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        path, content_type = file
        headers = _HEADERS | {hdrs.CONTENT_TYPE: content_type.content_type}
        if content_type not in SHOWN_BY_BROWSERS:
            headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{path.name}"'
        return web.FileResponse(path, headers=headers)

    @abstractmethod
    async def file(self, hub: Hub, media: StoredMedia) -> tuple[Path, MediaType] | None:
        """Return the file to serve and its kind."""


class MediaView(_View):
    """A picture or clip."""

    url = f"/api/{DOMAIN}/media/{{entry_id}}/{{media_id}}"
    name = f"api:{DOMAIN}:media"

    @override
    async def file(self, hub: Hub, media: StoredMedia) -> tuple[Path, MediaType] | None:
        """Return the item's file."""
        return media.path, media.type


class ThumbnailView(_View):
    """The thumbnail of a picture, or of the picture that came with a clip."""

    url = f"/api/{DOMAIN}/thumbnail/{{entry_id}}/{{media_id}}"
    name = f"api:{DOMAIN}:thumbnail"

    @override
    async def file(self, hub: Hub, media: StoredMedia) -> tuple[Path, MediaType] | None:
        """Return the thumbnail's file."""
        path = await hub.store.thumbnail(media)
        return None if path is None else (path, JPEG)
