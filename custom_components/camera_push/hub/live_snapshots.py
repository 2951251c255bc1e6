"""Live pictures of cameras whose system offers them: fetched once for everybody who looks."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..domain.media import Picture
from ..domain.source_info import FetchSnapshot, RequestError

_LOGGER = logging.getLogger(__name__)

# A live picture may be this old: several people look at one dashboard.
_FRESH_SECONDS: Final = 5.0


class LiveSnapshots:
    """The live pictures of one entry; `fetch` returns what fetches that of a camera."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, fetch: Callable[[str], FetchSnapshot]
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._fetch = fetch
        self._fetching: dict[str, asyncio.Task[Picture | None]] = {}

    async def async_get(self, camera_id: str) -> Picture | None:
        """Return a live picture, a few seconds old at most; None where there is none."""
        if (task := self._fetching.get(camera_id)) is None:
            task = self._entry.async_create_background_task(
                self._hass, self._get(camera_id), "camera_push live picture"
            )
            self._fetching[camera_id] = task
            async_call_later(
                self._hass,
                _FRESH_SECONDS,
                HassJob(lambda _now: self._forget(camera_id, task), cancel_on_shutdown=True),
            )
        return await asyncio.shield(task)

    @callback
    def _forget(self, camera_id: str, task: asyncio.Task[Picture | None]) -> None:
        if not task.done():
            task.add_done_callback(lambda task: self._forget(camera_id, task))
        elif self._fetching.get(camera_id) is task:
            del self._fetching[camera_id]

    async def _get(self, camera_id: str) -> Picture | None:
        try:
            return await self._fetch(camera_id)()
        except RequestError as err:
            _LOGGER.debug("No live picture: %s", err)
            return None
