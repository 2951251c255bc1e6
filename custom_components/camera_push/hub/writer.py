"""Writes what messages leave: with their telling, or a few seconds later with others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..domain.record import CameraRecord
from ..storage.model import Commit
from ..storage.remuxer import Remuxer
from ..storage.store import Store, StoreClosedError, StoreError
from .camera import CameraDevice
from .effects import Effects

_LOGGER = logging.getLogger(__name__)

# That a camera is alive still is written this much later, with what is to be written of others.
_DEFER_SECONDS: Final = 10


class RecordWriter:
    """Hands pictures and records to the store.

    `storage_state` is called with an error when the disk does not take something, None when it does again.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        store: Store,
        remuxer: Remuxer,
        storage_state: Callable[[StoreError | None], None],
        *,
        stores_all: bool,
    ) -> None:
        """Keep everything with `stores_all`, else only the pictures that entities show."""
        self._hass = hass
        self._store = store
        self._remuxer = remuxer
        self._storage_state = storage_state
        self._stores_all = stores_all
        self._deferred: dict[str, CameraDevice] = {}
        self._timer: CALLBACK_TYPE | None = None
        self._has_failed = False

    @callback
    def async_write(self, camera: CameraDevice, effects: Effects) -> asyncio.Future[None] | None:
        """Have the effects of a message written; None where they need not be waited for."""
        if effects.is_deferrable:
            self.async_defer(camera)
            return None
        known = effects.known.device if effects.known is not None else None
        try:
            return self._store.commit(
                Commit(
                    camera_id=camera.camera_id,
                    record=camera.dump(),
                    media=tuple(effects.media),
                    key=effects.key,
                    only=None if self._stores_all or not effects.media else camera.shown_media,
                    durable=effects.durable,
                    known={known.id: known.record.dump()} if known is not None else {},
                )
            )
        except StoreClosedError:
            # Whoever closes the store has waited for all that was received.
            _LOGGER.debug("The record of %s is not written: the store is closed", camera.name)
            return None

    async def async_written(self, writes: Sequence[tuple[Effects, asyncio.Future[None]]]) -> None:
        """Return once everything is on the disk, or the disk has not taken it."""
        if not writes:
            return
        errors = await asyncio.gather(*(write for _, write in writes), return_exceptions=True)
        error = next((error for error in errors if isinstance(error, StoreError)), None)
        if error is not None or self._has_failed:
            self._has_failed = error is not None
            self._storage_state(error)
        for (effects, _), failed in zip(writes, errors, strict=True):
            if failed is None:
                self._remuxer.add(effects.media)

    async def async_write_record(self, record: CameraRecord) -> None:
        """Write the record of a camera that is not there; raises StoreError."""
        await self._store.commit(Commit(camera_id=record.camera_id, record=record.dump(), durable=False))

    @callback
    def async_defer(self, camera: CameraDevice) -> None:
        """Write a camera's record in a few seconds."""
        self._deferred[camera.camera_id] = camera
        if self._timer is None:
            self._timer = async_call_later(self._hass, _DEFER_SECONDS, self._async_write_deferred)

    @callback
    def async_forget(self, camera_id: str) -> None:
        """Write nothing of a camera any more: it must not come back."""
        self._deferred.pop(camera_id, None)

    async def _async_write_deferred(self, _now: datetime | None = None) -> None:
        self._timer = None
        deferred, self._deferred = self._deferred, {}
        writes = [
            (effects, write)
            for camera in deferred.values()
            if (write := self.async_write(camera, effects := Effects(durable=False))) is not None
        ]
        await self.async_written(writes)

    async def async_close(self) -> None:
        """Write what still waits."""
        if self._timer is not None:
            self._timer()
            await self._async_write_deferred()
