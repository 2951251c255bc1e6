"""Upkeep of an entry's store: what is past its time goes, and files move to where the user wants them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_time_interval

from ..storage.store import Store, StoreError
from .context import HubContext
from .issues import Issues

_LOGGER = logging.getLogger(__name__)

_EVERY: Final = timedelta(hours=1)


class StoreUpkeep:
    """Looks after the store at the start, and every hour."""

    def __init__(self, context: HubContext, store: Store, issues: Issues) -> None:
        self._context = context
        self._store = store
        self._issues = issues
        self._timer: CALLBACK_TYPE | None = None

    @callback
    def async_start(self, known_ids: Callable[[], Iterable[str]]) -> None:
        """Begin; of known vehicles and persons, only the records of those in `known_ids` are kept."""
        context = self._context
        self._timer = async_track_time_interval(context.hass, self._async_retain, _EVERY)
        context.entry.async_create_background_task(context.hass, self._tidy(known_ids()), "camera_push tidy")

    @callback
    def async_stop(self) -> None:
        """End."""
        if self._timer is not None:
            self._timer()
            self._timer = None

    async def _tidy(self, known_ids: Iterable[str]) -> None:
        try:
            await self._store.tidy(known_ids)
        except StoreError as err:
            _LOGGER.warning("Could not tidy up the stored pictures: %s", err)
        await self._move()

    async def _async_retain(self, _now: datetime) -> None:
        try:
            await self._store.retain()
        except StoreError as err:
            _LOGGER.warning("Could not delete old pictures and clips: %s", err)
        await self._move()

    async def _move(self) -> None:
        """Move pictures and clips to where the user wants them; what cannot be moved is tried again."""
        try:
            await self._store.move()
        except StoreError as err:
            if self._store.is_closed:
                return
            _LOGGER.warning("%s: could not move the stored pictures: %s", self._context.entry.title, err)
            self._issues.async_move(err)
        else:
            self._issues.async_move(None)
