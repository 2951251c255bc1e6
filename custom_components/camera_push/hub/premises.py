"""How many vehicles are on the premises of an entry: those that came in, less those that went out."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from ..const import KEY_VEHICLES_IN, KEY_VEHICLES_OUT
from ..domain.record import CameraRecord
from ..storage.store import Store, StoreError
from .camera import CameraDevice
from .context import HubContext
from .signals import premises_signal

_SETTING: Final = "vehicles_on_premises"
_RESET: Final = "vehicles_on_premises_reset"


class Premises:
    """Counts by what the cameras counted, and by how much that was put right."""

    def __init__(self, context: HubContext, store: Store, cameras: Mapping[str, CameraDevice]) -> None:
        self._context = context
        self._store = store
        self._cameras = cameras
        self._correction = 0
        self._reset_at = dt_util.utcnow()
        self._cancel: list[CALLBACK_TYPE] = []

    async def async_start(self, settings: Mapping[str, str]) -> None:
        """Take over the correction, and reset the count each day if the user wants that.

        A reset that Home Assistant was not running for is made up for.
        """
        with suppress(ValueError):
            self._correction = int(settings.get(_SETTING, "0"))
        hass, entry_id = self._context.hass, self._context.entry.entry_id
        # Before the sensor does.
        self._cancel.append(async_dispatcher_connect(hass, premises_signal(entry_id), self._async_raise))
        self._async_raise()
        if (at := self._context.options.premises_reset) is None:
            return
        if (last := dt_util.parse_datetime(settings.get(_RESET, ""))) is None:
            last = dt_util.utcnow()
            with suppress(StoreError):
                await self._store.put_setting(_RESET, last.isoformat())
        self._reset_at = last

        async def reset(now: datetime) -> None:
            if self._reset_at < _last_time(at, now):
                await self._async_reset(now)

        # Every hour: a time may be left out or come twice when clocks change, and so when the zone does.
        self._cancel.append(async_track_time_change(hass, reset, minute=at.minute, second=at.second))
        await reset(dt_util.utcnow())

    @callback
    def async_stop(self) -> None:
        """Count no more."""
        while self._cancel:
            self._cancel.pop()()

    async def _async_reset(self, now: datetime) -> None:
        self._reset_at = now
        with suppress(StoreError):
            await self.async_set(0)
            await self._store.put_setting(_RESET, now.isoformat())

    @property
    def count(self) -> int:
        """Return how many vehicles there are."""
        return self._counted + self._correction

    @property
    def _counted(self) -> int:
        return sum(_balance(camera.record) for camera in self._cameras.values())

    @callback
    def _async_raise(self) -> None:
        """Count from zero on if more vehicles went out than came in: some were not seen."""
        if self.count < 0:
            self._context.entry.async_create_task(
                self._context.hass, self._async_set_quietly(0), "camera_push premises", eager_start=True
            )

    async def _async_set_quietly(self, count: int) -> None:
        with suppress(StoreError):
            await self.async_set(count)

    async def async_set(self, count: int) -> None:
        """Say how many vehicles there are now; raises StoreError."""
        self._correction = count - self._counted
        async_dispatcher_send(self._context.hass, premises_signal(self._context.entry.entry_id))
        await self._store.put_setting(_SETTING, str(self._correction))

    async def async_forget(self, record: CameraRecord) -> None:
        """Keep what a camera counted that is deleted."""
        if balance := _balance(record):
            self._correction += balance
            with suppress(StoreError):
                await self._store.put_setting(_SETTING, str(self._correction))


def _last_time(at: time, now: datetime) -> datetime:
    """Return when it was last that time of a day, in local time."""
    local = dt_util.as_local(now)
    # The first of two times that are the same.
    today = local.replace(hour=at.hour, minute=at.minute, second=at.second, microsecond=0, fold=0)
    return today if today <= local else today - timedelta(days=1)


def _balance(record: CameraRecord) -> int:
    return record.counts.get(KEY_VEHICLES_IN, 0) - record.counts.get(KEY_VEHICLES_OUT, 0)
