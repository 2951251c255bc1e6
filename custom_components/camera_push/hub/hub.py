"""One config entry's cameras: makes effects of messages, tells them, and has them written."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
import logging
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from ..const import KEY_CLOCK_OFFSET, KEY_IDENTIFICATION
from ..domain.clock import ClockJumpDetector
from ..domain.errors import ProtocolError, Refusal
from ..domain.messages import DeviceDetails, Message
from ..domain.recent_keys import RecentKeys
from ..domain.record import CameraRecord
from ..domain.source_info import CameraSettings
from ..storage.model import StoredCamera
from ..storage.store import Store
from .camera import CameraDevice
from .context import HubContext
from .devices import CameraRegistrar, identify
from .effects import Effects
from .forgetting import ForgettingCameras
from .handlers import handle
from .history_recognition import Recogniser
from .issues import Issues
from .known_devices import KnownDevices
from .platform_history import PlatformHistory
from .premises import Premises
from .publish import async_publish
from .signals import (
    HISTORY,
    configured_camera_signal,
    new_camera_signal,
    value_key,
)
from .strangers import strangers
from .upkeep import StoreUpkeep
from .writer import RecordWriter

_LOGGER = logging.getLogger(__name__)

# Messages whose errors are logged in full once.
_MAX_FAILURES: Final = 256
# Of many messages that came together, some are told at a time; then others have their turn.
_TELLING_SECONDS: Final = 0.01


class Hub:
    """Knows an entry's cameras, vehicles and persons."""

    def __init__(self, context: HubContext, store: Store) -> None:
        """Prepare; `async_open` reads what is known."""
        hass, entry = context.hass, context.entry
        self.context = context
        self.cameras: dict[str, CameraDevice] = {}
        self.issues = Issues(hass, entry)
        self._hass = hass
        self._entry = entry
        self._registrar = CameraRegistrar(context)
        self._writer = RecordWriter(context, store, self.issues)
        self.premises = Premises(context, store, self.cameras)
        self._failures = RecentKeys(_MAX_FAILURES)
        self.known = KnownDevices(context, self._writer.async_write_known)
        self._upkeep = StoreUpkeep(context, store, self.issues)
        self._recogniser = Recogniser(hass, entry, store, self.known, context.options.minimum_confidence)
        store.history.on_changed(
            lambda changed, deleted: async_dispatcher_send(hass, HISTORY, entry.entry_id, changed, deleted)
        )
        self._clock = ClockJumpDetector()
        self.history = PlatformHistory(context, store, self.cameras, self.known, self._ensure_listed)
        # New cameras of messages that are being told.
        self._coming: set[str] = set()
        self._forgetting = ForgettingCameras(self._forget_camera)

    # Life

    async def async_open(self) -> None:
        """Read what is known of the cameras."""
        self.issues.async_start()
        stored = await self._writer.async_open()
        await strangers(self._hass).async_load()
        self.known.async_start(stored.known)
        await self.known.async_load_lists()
        self.history.async_start(stored.settings)
        for camera in stored.cameras:
            self._restore(camera)
        for configured in self.context.configured.values():
            self._ensure_configured(configured)
        await self.premises.async_start(stored.settings)
        self._note_profiles()
        self._clear_max_cameras()
        self.context.connection.async_start(self._async_connection_changed)
        if self._writer.is_open:
            self._upkeep.async_start(lambda: self.known.devices)

    def _restore(self, stored: StoredCamera) -> None:
        try:
            record = CameraRecord.load(stored.record)
            if record.is_forgotten:
                self.history.forgotten.add(record.camera_id)
                return
            camera = self._add(record, stored.keys)
        except (KeyError, TypeError, ValueError, AttributeError) as err:
            _LOGGER.warning("The record of %s cannot be read (%s)", stored.camera_id, err)
            camera = self._add(CameraRecord(camera_id=stored.camera_id), stored.keys)
        camera.async_start()
        strangers(self._hass).async_start(camera)

    async def async_close(self) -> None:
        """Stop all timers, write what still waits and close the store."""
        self.context.connection.async_stop()
        self._registrar.async_stop()
        self._upkeep.async_stop()
        self.premises.async_stop()
        for camera in self.cameras.values():
            camera.async_stop()
            strangers(self._hass).async_stop(camera)
        self.known.async_stop()
        await self._writer.async_close()

    # Cameras

    def _add(self, record: CameraRecord, keys: list[str]) -> CameraDevice:
        camera = CameraDevice(
            self.context, record, keys, self._writer.async_defer, self._writer.async_write_record
        )
        if (added_meanwhile := self.cameras.get(record.camera_id)) is not None:
            # It was set up from Home Assistant while the store was being read.
            added_meanwhile.async_stop()
        self.cameras[record.camera_id] = camera
        self.history.forgotten.discard(record.camera_id)
        self._registrar.async_register(camera)
        return camera

    def _ensure(
        self, camera_id: str, details: DeviceDetails, known_since: datetime | None = None
    ) -> CameraDevice:
        """Return a camera, a new one if it was not known."""
        if (camera := self.cameras.get(camera_id)) is None:
            record = CameraRecord(camera_id=camera_id, details=details, known_since=known_since)
            camera = self._add(record, [])
            self.issues.async_url_is_whole()
            async_dispatcher_send(self._hass, new_camera_signal(self._entry.entry_id), camera_id)
        elif camera.record.learn(details):
            self._registrar.async_update(camera)
        return camera

    def _ensure_listed(self, camera_id: str, details: DeviceDetails, since: datetime) -> None:
        """Have a device for a camera that its platform lists; raises ProtocolError at the limit."""
        if camera_id not in self.cameras:
            self._check_max_cameras(1)
        self._ensure(camera_id, details, since)

    def _ensure_configured(self, configured: CameraSettings) -> None:
        """Have a device for a camera that was set up from Home Assistant, before it first pushes."""
        camera = self._ensure(configured.camera_id, configured.details)
        self._registrar.async_register(camera)
        camera.liveness.async_period_changed()

    async def async_update_known(self) -> list[ConfigSubentry]:
        """Take over vehicles and persons that were added, changed or removed; return what was removed."""
        removed = self.known.async_update()
        self._recogniser.async_update()
        if removed:
            await self._writer.async_keep_known(self.known.devices)
        return removed

    @callback
    def async_configure(self, configured: Mapping[str, CameraSettings]) -> None:
        """Take over that cameras were set up from Home Assistant, changed, or are not set up any more."""
        before = dict(self.context.configured)
        self.context.configured.clear()
        self.context.configured.update(configured)
        for camera_id, settings in configured.items():
            if before.get(camera_id) != settings:
                self._ensure_configured(settings)
            async_dispatcher_send(self._hass, configured_camera_signal(self._entry.entry_id), camera_id)
        for camera_id in before.keys() - configured.keys():
            async_dispatcher_send(self._hass, configured_camera_signal(self._entry.entry_id), camera_id)
            if (camera := self.cameras.get(camera_id)) is not None:
                self._registrar.async_register(camera)
                camera.liveness.async_period_changed()

    async def async_forget_camera(self, camera_id: str) -> None:
        """Forget a camera and all that is kept of it, until it sends something; raises StoreError.

        What it sends meanwhile waits until its device is gone, which Home Assistant removes in the step in
        which this returns.
        """
        await self._forgetting.async_forget(camera_id)

    async def _forget_camera(self, camera_id: str) -> None:
        # First what can fail: a camera whose device stays must go on.
        await self._writer.async_forget(camera_id)
        if self.context.info.has_platform_device:
            # Its platform goes on listing it.
            self.history.forgotten.add(camera_id)
            await self._writer.async_remember_forgotten(camera_id)
        if (camera := self.cameras.pop(camera_id, None)) is not None:
            camera.async_stop()
            strangers(self._hass).async_stop(camera)
            self._writer.async_drop(camera_id)
            self._registrar.async_forget(camera)
            self.issues.async_clock(camera_id, camera.name, None)
            await self.premises.async_forget(camera.record)
        self._clear_max_cameras()

    def _check_max_cameras(self, new: int) -> None:
        """Raise ProtocolError, and a repair issue, when that many more cameras are too many."""
        limit = self.context.options.max_cameras
        if len(self.cameras) + new <= limit:
            return
        self.issues.async_max_cameras(limit)
        raise ProtocolError("The limit of cameras is reached; no more are added.", Refusal.MAX_CAMERAS)

    def _clear_max_cameras(self) -> None:
        if len(self.cameras) < self.context.options.max_cameras:
            self.issues.async_max_cameras(None)

    @callback
    def _async_connection_changed(self) -> None:
        for camera in self.cameras.values():
            camera.liveness.async_update()

    def _note_profiles(self) -> None:
        """Remember the profiles that were seen last, to offer them where a person is added."""
        for camera in self.cameras.values():
            if (event := camera.record.events.get(KEY_IDENTIFICATION)) is None:
                continue
            if profile := event.attributes.get("profile_id"):
                self.known.note_profile(profile, camera.name, event.at, event.attributes.get("picture"))

    # Messages

    async def async_receive(self, messages: Sequence[Message], told: Callable[[], object]) -> None:
        """Tell messages at once, in their order; call `told`, and return when they are on the disk.

        Raises ProtocolError, and tells none of them, when one names no camera or there are too many cameras;
        after an internal error, when the others are told. A disk that takes nothing keeps no alarm from being
        told.
        """
        await self._forgetting.async_wait(messages)
        self._check_clock()
        left = deque(identify(message, self.cameras.values()) for message in messages)
        new = {message.camera_id for message in left} - self.cameras.keys() - self._coming
        if new:
            self._check_max_cameras(len((new | self._coming) - self.cameras.keys()))
        self._coming |= new
        writes: list[tuple[Effects, asyncio.Future[Any]]] = []
        failed = 0
        try:
            while left:
                failed += await self._tell(left, writes)
                if left:
                    await asyncio.sleep(0)
                    await self._forgetting.async_wait(left)
        finally:
            self._coming -= new
        told()
        await self._writer.async_written(writes)
        if failed:
            raise ProtocolError("Home Assistant could not handle the push.", Refusal.INTERNAL)

    async def _tell(self, left: deque[Message], writes: list[tuple[Effects, asyncio.Future[Any]]]) -> int:
        """Tell messages for a moment, and note what is being written; return how many failed."""
        end = time.monotonic() + _TELLING_SECONDS
        failed = 0
        while left and time.monotonic() <= end:
            message = left.popleft()
            try:
                camera = self._ensure(message.camera_id, message.details)
                effects = handle(camera, message, self.known)
                if any(it.is_used_up for it in effects.known):
                    # A crash must not let anybody in twice who may come once.
                    await self._writer.async_keep_used(effects.known)
                # Before the telling: whoever is told can have the picture.
                if (write := self._writer.async_write(camera, effects)) is not None:
                    writes.append((effects, write))
                async_publish(camera, effects)
            except Exception as err:
                # An error in one message must not silence those that came with it.
                if self._fails_anew(message):
                    _LOGGER.exception("Error while handling a message of %s", message.camera_id)
                else:
                    _LOGGER.debug("Error while handling a message of %s again: %s", message.camera_id, err)
                failed += 1
                continue
            if value_key(KEY_CLOCK_OFFSET) in effects.updates:
                self.issues.async_clock(camera.camera_id, camera.name, camera.clock.offset)
        return failed

    def _fails_anew(self, message: Message) -> bool:
        """Tell whether a message failed for the first time: a platform gives it again at each question."""
        key = getattr(message, "key", None)
        return key is None or self._failures.is_news((message.camera_id, key))

    def _check_clock(self) -> None:
        """Discard clock offsets if the system clock was changed."""
        if self._clock.was_set(dt_util.utcnow()):
            _LOGGER.info("%s: the system clock was changed", self._entry.title)
            for camera in self.cameras.values():
                camera.discard_clock_offset()

    async def async_picture(self, camera: CameraDevice, key: str) -> bytes | None:
        """Return the picture that an entity shows, or None while there is none."""
        record = camera.record.pictures.get(key)
        if record is None or record.media_id is None:
            return None
        return await self._writer.async_picture(record.media_id, camera.name)
