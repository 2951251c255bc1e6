"""Crashes in tests: Home Assistant goes on from what was on the disk at some moment."""

from collections.abc import Callable
from copy import deepcopy
import shutil
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.camera_push.hub import strangers
from custom_components.camera_push.hub.publish import async_publish
from tests.common import folders_of


class Crash:
    """Remembers what is on the disk now, and starts from it later as if all since had not been."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, storage: dict[str, Any]) -> None:
        self._hass = hass
        self._entry = entry
        self._storage = storage
        self._folder = folders_of(hass, entry).index
        self._copy = self._folder.with_name("copy")
        self._stored: dict[str, Any] = {}

    def happens(self) -> None:
        """Note what is on the disk, as at a kill."""
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self._folder, self._copy)
        self._stored = deepcopy(self._storage)

    async def happens_now(self) -> None:
        """Note what is on the disk once that has taken what waits."""
        await self._hass.async_block_till_done()
        # Its thread does one thing after the other.
        await self._entry.runtime_data.store.probe()
        self.happens()

    async def start(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Start again with that; something happens `meanwhile`."""
        await self._hass.config_entries.async_unload(self._entry.entry_id)
        meanwhile()
        # It is of the whole process.
        self._hass.data.pop(strangers._KEY, None)  # noqa: SLF001  # There is a new process.
        shutil.rmtree(self._folder)
        self._copy.rename(self._folder)
        self._storage.clear()
        self._storage.update(self._stored)
        await self._hass.config_entries.async_setup(self._entry.entry_id)
        await self._hass.async_block_till_done()


def at_telling(happens: Callable[[], None], *, before: bool):
    """Have something happen in the moment before or after a message is told."""

    def told(camera, effects) -> None:
        if before:
            happens()
        async_publish(camera, effects)
        if not before:
            happens()

    return patch("custom_components.camera_push.hub.hub.async_publish", told)
