"""Pictures of now, of cameras whose source has such: fetched once for everybody who looks."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from ..domain.media import Picture
from ..domain.source_info import FetchSnapshot, SnapshotError
from .camera import CameraDevice

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

# A picture of now may be so old: several people look at one dashboard.
_SECONDS: Final = 5.0


class LivePictures:
    """The pictures of now of one entry."""

    def __init__(self, hub: Hub) -> None:
        """Fetch for `hub`."""
        self._hub = hub
        self._fetching: dict[str, tuple[float, asyncio.Task[Picture | None]]] = {}

    async def async_get(self, camera: CameraDevice) -> bytes | None:
        """Return a picture of now where the source has one, a few seconds old at most; None if not."""
        hub = self._hub
        if hub.parts.live_snapshot is None:
            return None
        fetch = hub.parts.live_snapshot(hub.context, camera.camera_id)
        now = hub.hass.loop.time()
        at, task = self._fetching.get(camera.camera_id, (0.0, None))
        if task is None or now - at > _SECONDS:
            task = hub.hass.async_create_background_task(_or_none(fetch), "camera_push live picture")
            self._fetching[camera.camera_id] = (now, task)
        picture = await asyncio.shield(task)
        return picture.data if picture is not None else None


async def _or_none(fetch: FetchSnapshot) -> Picture | None:
    try:
        return await fetch()
    except SnapshotError as err:
        _LOGGER.debug("No picture of now: %s", err)
        return None
