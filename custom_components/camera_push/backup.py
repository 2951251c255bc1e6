"""Backups: a consistent copy of each index, and no file that is gone while it is read."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
import logging
import sqlite3
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .entry.runtime import RuntimeData
from .storage.deletion import HOLD_SECONDS
from .storage.snapshot import keep_open
from .storage.store import StoreError

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class _RunningBackup:
    """A backup that is being made.

    `connections` keep the files beside an index there whose entry is unloaded meanwhile; `deletions` are left
    for the end.
    """

    connections: list[sqlite3.Connection] = field(default_factory=list)
    deletions: list[Callable[[], None]] = field(default_factory=list)
    cancel: CALLBACK_TYPE | None = None


_RUNNING: Final[HassKey[_RunningBackup]] = HassKey(f"{DOMAIN}_backup")


@callback
def is_backup_running(hass: HomeAssistant) -> bool:
    """Tell whether a backup is being made."""
    return _RUNNING in hass.data


async def async_after_backup(hass: HomeAssistant, delete: Callable[[], None]) -> None:
    """Delete something once no backup is being made."""
    if (running := hass.data.get(_RUNNING)) is not None:
        running.deletions.append(delete)
    else:
        await hass.async_add_executor_job(delete)


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Prepare for a backup; never raises: that would make the backup fail."""
    await _end(hass)
    running = hass.data[_RUNNING] = _RunningBackup()

    async def end(_now: datetime) -> None:
        _LOGGER.warning("Nobody has told that the backup is over: files are deleted again")
        await async_post_backup(hass)

    # The end of a backup may never be told.
    running.cancel = async_call_later(hass, HOLD_SECONDS, end)
    await asyncio.gather(*(_begin(hass, running, runtime) for runtime in _loaded(hass)))


async def _begin(hass: HomeAssistant, running: _RunningBackup, runtime: RuntimeData) -> None:
    store = runtime.store
    try:
        await store.begin_backup()
        running.connections.append(await hass.async_add_executor_job(keep_open, store.folders))
    except (StoreError, sqlite3.Error) as err:
        _LOGGER.warning(
            "%s: the backup has no copy of the index and the history: %s", runtime.context.entry.title, err
        )


async def async_post_backup(hass: HomeAssistant) -> None:
    """Go on as before the backup; never raises."""
    await _end(hass)
    for runtime in _loaded(hass):
        try:
            await runtime.store.end_backup()
        except StoreError as err:
            _LOGGER.debug("%s: %s", runtime.context.entry.title, err)


async def _end(hass: HomeAssistant) -> None:
    if (running := hass.data.pop(_RUNNING, None)) is None:
        return
    if running.cancel is not None:
        running.cancel()

    def end() -> None:
        for connection in running.connections:
            connection.close()
        for delete in running.deletions:
            delete()

    await hass.async_add_executor_job(end)


def _loaded(hass: HomeAssistant) -> list[RuntimeData]:
    return [entry.runtime_data for entry in hass.config_entries.async_loaded_entries(DOMAIN)]
