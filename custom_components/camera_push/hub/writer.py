"""Writes what messages leave: with their telling, or a few seconds later with others."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from ..domain.record import CameraRecord
from ..storage.model import Commit, Stored
from ..storage.remuxer import Remuxer
from ..storage.store import Store, StoreClosedError, StoreError
from .camera import CameraDevice
from .context import HubContext
from .effects import Effects, KnownEffects
from .issues import Issues

_LOGGER = logging.getLogger(__name__)

# That a camera is alive still is written this much later, with what is to be written of others.
_DEFER_SECONDS: Final = 10
# How long a gate waits for the disk.
_USED_WITHIN_SECONDS: Final = 5

# How often a store that could not be opened is tried again.
_REOPEN_EVERY: Final = timedelta(minutes=1)


class RecordWriter:
    """The hub's one way to the store: hands it pictures and records, and reads what is known at the start."""

    def __init__(self, context: HubContext, store: Store, issues: Issues) -> None:
        self._context = context
        self._hass = context.hass
        self._store = store
        self._issues = issues
        self._remuxer = Remuxer(context.hass, context.entry, store)
        self._deferred: dict[str, CameraDevice] = {}
        self._timer: CALLBACK_TYPE | None = None
        self._reopening: CALLBACK_TYPE | None = None
        self._has_failed = False
        self._is_closed = False

    async def async_open(self) -> Stored:
        """Return what is known.

        A disk that does not take anything must not cost an alarm: then what can be read is known, nothing is
        written, and the entry is loaded anew once the disk is back.
        """
        try:
            stored = await self._store.open()
        except StoreError as err:
            self._issues.async_storage(err)
            self._reopening = async_track_time_interval(self._hass, self._async_reopen, _REOPEN_EVERY)
            return await self._store.open_read_only()
        # Without the folder for pictures, all else is kept.
        self._issues.async_storage(stored.media_error)
        self._has_failed = stored.media_error is not None
        return stored

    async def _async_reopen(self, _now: datetime) -> None:
        """Load the entry anew if the disk is back."""
        try:
            await self._store.probe()
        except StoreError as err:
            _LOGGER.debug("The disk is not back: %s", err)
            return
        self._hass.config_entries.async_schedule_reload(self._context.entry.entry_id)

    @property
    def is_open(self) -> bool:
        """Tell whether the store is open."""
        return self._reopening is None

    async def async_keep_known(self, known_ids: Iterable[str]) -> None:
        """Delete the records of all known vehicles and persons but those, now or at the next start."""
        with suppress(StoreError):
            await self._store.keep_known(known_ids)

    async def async_picture(self, media_id: int, camera_name: str) -> bytes | None:
        """Return a picture's content, None if it cannot be read."""
        try:
            return await self._store.read(media_id)
        except StoreError as err:
            _LOGGER.warning("Could not read a picture of %s: %s", camera_name, err)
            return None

    @callback
    def async_write(self, camera: CameraDevice, effects: Effects) -> asyncio.Future[Any] | None:
        """Have the effects of a message written; None where they need not be waited for."""
        if effects.is_deferrable:
            self.async_defer(camera)
            return None
        try:
            return self._commit(camera, effects)
        except StoreClosedError:
            # Whoever closes the store has waited for all that was received.
            _LOGGER.debug("The record of %s is not written: the store is closed", camera.name)
            return None
        except Exception as err:
            # It is told all the same.
            _LOGGER.exception("What %s sent cannot be written", camera.name)
            failed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            failed.set_exception(StoreError(str(err)))
            failed.exception()
            return failed

    def _commit(self, camera: CameraDevice, effects: Effects) -> asyncio.Future[Any]:
        entry_id = self._context.entry.entry_id
        devices = {it.device.id: it.device for it in effects.known if not it.is_mere_refusal}
        # A vehicle's record is kept with its own entry.
        others = [device.async_write() for device in devices.values() if device.entry_id != entry_id]
        written = self._store.commit(
            Commit(
                camera_id=camera.camera_id,
                record=camera.dump(),
                media=tuple(effects.media),
                key=effects.key,
                only=camera.shown_media if effects.media and not self._context.options.store else None,
                durable=effects.durable,
                known={
                    key: device.record.dump()
                    for key, device in devices.items()
                    if device.entry_id == entry_id
                },
                event=effects.history,
            )
        )
        writes = [written, *(write for write in others if write is not None)]
        return written if len(writes) == 1 else asyncio.gather(*writes)

    @callback
    def async_write_known(self, known_id: str, record: str) -> asyncio.Future[None] | None:
        """Have the record of a known vehicle or person written; None after the store was closed."""
        try:
            return self._store.commit(Commit(known={known_id: record}))
        except StoreClosedError:
            return None

    async def async_keep_used(self, known: Iterable[KnownEffects]) -> None:
        """Have it on the disk that somebody used up the right to come once, before they come in.

        A disk that takes nothing shuts nobody out: then it is remembered until the end of the process.
        """
        writes = [write for it in known if it.is_used_up and (write := it.device.async_write()) is not None]
        if writes:
            await asyncio.wait(writes, timeout=_USED_WITHIN_SECONDS)

    async def async_written(self, writes: Sequence[tuple[Effects, asyncio.Future[Any]]]) -> None:
        """Return once everything is on the disk, or the disk has not taken it."""
        if not writes:
            return
        failed: StoreError | None = None
        for effects, write in writes:
            try:
                await write
            except StoreError as err:
                failed = failed or err
            else:
                self._remuxer.add(effects.media)
        if failed is not None or self._has_failed:
            self._has_failed = failed is not None
            self._issues.async_storage(failed)

    @callback
    def async_defer(self, camera: CameraDevice) -> None:
        """Write a camera's record in a few seconds, but not after the end."""
        if self._is_closed:
            return
        self._deferred[camera.camera_id] = camera
        if self._timer is None:
            self._timer = async_call_later(self._hass, _DEFER_SECONDS, self._async_write_deferred)

    @callback
    def async_write_record(self, camera: CameraDevice) -> None:
        """Have a camera's record written now: nobody waits for it."""
        self.async_write(camera, Effects(durable=False))

    async def async_forget(self, camera_id: str) -> None:
        """Delete all that is kept of a camera; raises StoreError."""
        self.async_drop(camera_id)
        await self._store.forget_camera(camera_id)

    @callback
    def async_drop(self, camera_id: str) -> None:
        """Write nothing of a camera that still waits to be written."""
        self._deferred.pop(camera_id, None)

    async def async_remember_forgotten(self, camera_id: str) -> None:
        """Remember over a restart that the user deleted a camera; raises StoreError."""
        record = CameraRecord(camera_id=camera_id, is_forgotten=True)
        await self._store.commit(Commit(camera_id=camera_id, record=record.dump(), durable=False))

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
        """Write what still waits, and close the store."""
        self._is_closed = True
        if self._reopening is not None:
            self._reopening()
            self._reopening = None
        if self._timer is not None:
            self._timer()
            await self._async_write_deferred()
        await self._store.close()
