"""How many vehicles are on the premises of an entry: those that came in, less those that went out."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import KEY_VEHICLES_IN, KEY_VEHICLES_OUT
from ..domain.record import CameraRecord
from ..storage.store import Store, StoreError
from .camera import CameraDevice
from .context import HubContext
from .signals import premises_signal

_SETTING: Final = "vehicles_on_premises"


class Premises:
    """Counts by what the cameras counted, and by how much a user put it right."""

    def __init__(self, context: HubContext, store: Store, cameras: Mapping[str, CameraDevice]) -> None:
        self._context = context
        self._store = store
        self._cameras = cameras
        self._correction = 0

    @callback
    def async_start(self, settings: Mapping[str, str]) -> None:
        """Take over what was remembered."""
        with suppress(ValueError):
            self._correction = int(settings.get(_SETTING, "0"))

    @property
    def count(self) -> int:
        """Return how many vehicles there are; never less than none, whatever was missed."""
        return max(0, self._counted + self._correction)

    @property
    def _counted(self) -> int:
        return sum(_balance(camera.record) for camera in self._cameras.values())

    async def async_set(self, count: int) -> None:
        """Say how many vehicles there are now; raises StoreError."""
        self._correction = count - self._counted
        await self._store.put_setting(_SETTING, str(self._correction))
        async_dispatcher_send(self._context.hass, premises_signal(self._context.entry.entry_id))

    async def async_forget(self, record: CameraRecord) -> None:
        """Keep what a camera counted that is deleted."""
        if balance := _balance(record):
            self._correction += balance
            with suppress(StoreError):
                await self._store.put_setting(_SETTING, str(self._correction))


def _balance(record: CameraRecord) -> int:
    return record.counts.get(KEY_VEHICLES_IN, 0) - record.counts.get(KEY_VEHICLES_OUT, 0)
