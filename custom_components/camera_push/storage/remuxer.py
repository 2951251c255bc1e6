"""Remuxes raw clips in the background, where Home Assistant has ffmpeg."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .model import NewMedia
from .remux import RAW_FORMATS
from .store import Store, StoreError

# Beyond that, clips stay as they came: somebody sends faster than this machine can copy.
_MAX_WAITING: Final = 100

_ONE_AT_A_TIME: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_remux")


class Remuxer:
    """Turns an entry's raw clips into MP4 files, one at a time in all of Home Assistant."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, store: Store) -> None:
        """Work on the clips of `store` while `entry` is loaded."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._waiting: deque[int] = deque(maxlen=_MAX_WAITING)
        self._task: asyncio.Task[None] | None = None

    @callback
    def add(self, media: Iterable[NewMedia]) -> None:
        """Remux the raw clips among items that were stored."""
        raw = [item.id for item in media if item.content.type in RAW_FORMATS]
        if not raw or (ffmpeg := _ffmpeg(self._hass)) is None:
            return
        self._waiting.extend(raw)
        if self._task is None or self._task.done():
            self._task = self._entry.async_create_background_task(
                self._hass, self._work(ffmpeg), "camera_push remux"
            )

    async def _work(self, ffmpeg: str) -> None:
        lock = self._hass.data.setdefault(_ONE_AT_A_TIME, asyncio.Lock())
        while self._waiting:
            async with lock:
                try:
                    await self._store.remux(ffmpeg, self._waiting.popleft())
                except StoreError:
                    # The clip stays as it came.
                    continue


@callback
def _ffmpeg(hass: HomeAssistant) -> str | None:
    """Return the program that Home Assistant's ffmpeg component uses, or None without it."""
    if "ffmpeg" not in hass.config.components:
        return None
    from homeassistant.components.ffmpeg import get_ffmpeg_manager  # noqa: PLC0415  # May not be installed.

    return str(get_ffmpeg_manager(hass).binary)
