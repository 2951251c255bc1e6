"""One config entry at run time: its cameras, and the way of a message from accepted to shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .camera_device import LAST_SEEN, CameraDevice
from .const import CONF_SOURCE, DOMAIN, ISSUE_CAMERA_CAP, ISSUE_STORAGE, ISSUE_UNDO
from .core.errors import ProtocolError, Refusal, unavailable
from .core.messages import Heartbeat, Message
from .core.record import CameraRecord
from .media.model import Commit
from .media.remuxer import Remuxer
from .media.store import Store, StoreClosedError, StoreError
from .options import Options
from .picture_cache import PictureCache
from .reactions import Reaction, react
from .sources import SOURCES

_LOGGER = logging.getLogger(__name__)

# So many different refusals are logged as warnings; then only at debug level, as a flood would fill the log.
_MAX_WARNINGS: Final = 50
# How often a store that could not be opened is tried again.
_REOPEN_EVERY: Final = timedelta(minutes=1)

type CameraPushConfigEntry = ConfigEntry[Hub]


def store_folder(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    """Return the folder of an entry's pictures, clips and records."""
    return Path(hass.config.path(DOMAIN, f"{entry.data[CONF_SOURCE]}_{entry.entry_id[-8:].lower()}"))


class Hub:
    """Knows an entry's cameras; dispatches messages to them and their effects to Home Assistant."""

    def __init__(self, hass: HomeAssistant, entry: CameraPushConfigEntry) -> None:
        """Prepare; `async_open` reads what is known."""
        self.hass = hass
        self.entry = entry
        self.entry_id = entry.entry_id
        self.source = SOURCES[entry.data[CONF_SOURCE]]
        self.options = Options.from_entry(entry.options)
        self.settings = {
            settings.camera_id: settings
            for subentry in entry.subentries.values()
            if (settings := self.source.camera_settings(hass, subentry)) is not None
        }
        self._subentries = {subentry.subentry_id: subentry for subentry in entry.subentries.values()}
        self.cameras: dict[str, CameraDevice] = {}
        self.pictures = PictureCache()
        self.store = Store(store_folder(hass, entry), dt_util.get_default_time_zone(), self.options.retention)
        self._remuxer = Remuxer(hass, entry, self.store)
        self._tidying: asyncio.Task[None] | None = None
        self._reopening: CALLBACK_TYPE | None = None
        self._warned: set[tuple[Refusal, str | None]] = set()
        self._new_camera: list[Callable[[CameraDevice], None]] = []

    # Life

    async def async_open(self) -> None:
        """Read what is known of the cameras.

        A disk that does not let us must not cost an alarm: then we begin knowing nothing, store
        nothing, and begin again once the disk is back.
        """
        try:
            stored = await self.store.open()
        except StoreError as err:
            self._report_storage(err)
            stored = []
            self._reopening = async_track_time_interval(self.hass, self._async_reopen, _REOPEN_EVERY)
        for camera in stored:
            try:
                record = CameraRecord.load(camera.record)
            except (KeyError, TypeError, ValueError, AttributeError) as err:
                _LOGGER.warning("What was kept of %s cannot be read (%s)", camera.camera_id, err)
                record = CameraRecord(camera_id=camera.camera_id)
            self._add_camera(record, camera.keys).async_start()
        self._adopt_cameras()
        self._clear_cap_issue()
        if self._reopening is None:
            self._tidying = self.entry.async_create_background_task(
                self.hass, self._async_tidy(), "camera_push tidy"
            )

    async def _async_reopen(self, _now: datetime) -> None:
        """Begin again if the disk is back."""
        with suppress(StoreError):
            await self.store.open()
            self.hass.config_entries.async_schedule_reload(self.entry_id)

    async def _async_tidy(self) -> None:
        try:
            await self.store.tidy()
        except StoreError as err:
            _LOGGER.warning("Could not tidy up the stored pictures: %s", err)

    async def async_close(self) -> None:
        """Stop all timers and close the store."""
        if self._tidying is not None:
            self._tidying.cancel()
        if self._reopening is not None:
            self._reopening()
            self._reopening = None
        for camera in self.cameras.values():
            camera.async_stop()
        await self.store.close()

    # Cameras

    @callback
    def async_on_new_camera(self, added: Callable[[CameraDevice], None]) -> CALLBACK_TYPE:
        """Call `added` for every camera that appears from now on."""
        self._new_camera.append(added)
        return lambda: self._new_camera.remove(added)

    def _add_camera(self, record: CameraRecord, keys: list[str]) -> CameraDevice:
        camera = CameraDevice(self.hass, self, record, keys)
        self.cameras[record.camera_id] = camera
        self._register_device(camera)
        return camera

    def _adopt_cameras(self) -> None:
        """Have a device for each camera that was set up from Home Assistant, before it first pushes."""
        for settings in self.settings.values():
            camera = self.cameras.get(settings.camera_id)
            if camera is None:
                record = CameraRecord(camera_id=settings.camera_id, details=settings.details)
                self._add_camera(record, []).async_start()
            elif camera.record.learn(settings.details):
                self._register_device(camera)

    @callback
    def async_offer_undo(self) -> None:
        """Offer to put back the former settings of cameras whose subentry was removed."""
        for subentry_id, subentry in self._subentries.items():
            if subentry_id in self.entry.subentries:
                continue
            ir.async_create_issue(
                self.hass,
                DOMAIN,
                f"{ISSUE_UNDO}_{subentry_id}",
                data={"source": self.source.key, "title": subentry.title, **subentry.data},
                is_fixable=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key=ISSUE_UNDO,
                translation_placeholders={"camera": subentry.title},
            )

    def _register_device(self, camera: CameraDevice) -> None:
        details = camera.record.details
        mac = dr.format_mac(details.mac) if details.mac else None
        taken = any(
            other is not camera
            and other.record.details.mac
            and dr.format_mac(other.record.details.mac) == mac
            for other in self.cameras.values()
        )
        device = dr.async_get(self.hass).async_get_or_create(
            config_entry_id=self.entry_id,
            identifiers={(DOMAIN, f"{self.entry_id}_{camera.camera_id}")},
            # Two cameras that claim one address must not become one device.
            connections={(dr.CONNECTION_NETWORK_MAC, mac)} if mac and not taken else set(),
            manufacturer=self.source.device_manufacturer(camera.record),
            model=details.model,
            name=camera.name,
            serial_number=details.serial_number,
            sw_version=details.firmware,
        )
        camera.device_id = device.id

    async def async_forget_camera(self, camera_id: str) -> None:
        """Forget a camera and all that is kept of it, until it pushes again; raises StoreError."""
        if (camera := self.cameras.pop(camera_id, None)) is not None:
            camera.async_stop()
            for key in camera.record.pictures:
                self.pictures.drop(camera_id, key)
        await self.store.forget_camera(camera_id)
        self._clear_cap_issue()

    def _identify(self, message: Message) -> Message:
        """Return the message under the id of the camera that sent it.

        A heartbeat that names its camera only by what cameras share, or not at all, belongs to
        the camera with its serial number or MAC address, else to the only camera at its network
        address (FF keepalive: the user picks the fields). Raises ProtocolError if that is none.
        """
        if not isinstance(message, Heartbeat) or message.identified:
            return message
        serial = message.details.serial_number
        matches = [camera for camera in self.cameras.values() if serial and _serial(camera) == serial.upper()]
        if not matches and message.address is not None:
            matches = [
                camera
                for camera in self.cameras.values()
                if camera.record.address == message.address and not (serial and _serial(camera))
            ]
        if len(matches) == 1:
            return replace(message, camera_id=matches[0].camera_id)
        if not message.camera_id:
            raise ProtocolError(
                "The heartbeat names no camera, and no single camera is known at its address.",
                Refusal.IDENTITY,
            )
        return message

    def _check_cap(self, newcomers: int) -> None:
        """Raise ProtocolError, and a repair issue, when so many more cameras are too many."""
        if len(self.cameras) + newcomers <= self.options.camera_cap:
            return
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            f"{ISSUE_CAMERA_CAP}_{self.entry_id}",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE_CAMERA_CAP,
            translation_placeholders={"entry": self.entry.title, "cap": str(self.options.camera_cap)},
        )
        raise ProtocolError("The limit of cameras is reached; no more are taken in.", Refusal.CAMERA_CAP)

    def _clear_cap_issue(self) -> None:
        if len(self.cameras) < self.options.camera_cap:
            ir.async_delete_issue(self.hass, DOMAIN, f"{ISSUE_CAMERA_CAP}_{self.entry_id}")

    # Messages

    async def async_receive(self, messages: Sequence[Message]) -> None:
        """Take in the messages of one push: all of them or, raising ProtocolError, none.

        When this returns they are on disk, shown and fired. A disk that takes nothing does not
        keep an alarm from being one: it is shown and fired without what could not be stored.
        """
        identified = [self._identify(message) for message in messages]
        newcomers = {message.camera_id for message in identified} - self.cameras.keys()
        if newcomers:
            self._check_cap(len(newcomers))
        reactions = [self._react(message) for message in identified]
        errors = await asyncio.gather(
            *(self._commit(camera, reaction) for camera, reaction in reactions), return_exceptions=True
        )
        for (camera, reaction), error in zip(reactions, errors, strict=True):
            if isinstance(error, StoreError):
                reaction.forget_media()
            elif isinstance(error, StoreClosedError):
                raise unavailable() from error
            elif isinstance(error, BaseException):
                raise error
            self._publish(camera, reaction)
            if error is None:
                self._remuxer.add(reaction.media)
        self._report_storage(next((error for error in errors if isinstance(error, StoreError)), None))

    def _react(self, message: Message) -> tuple[CameraDevice, Reaction]:
        if (camera := self.cameras.get(message.camera_id)) is None:
            record = CameraRecord(camera_id=message.camera_id, details=message.details)
            camera = self._add_camera(record, [])
            for added in self._new_camera:
                added(camera)
        elif camera.record.learn(message.details):
            self._register_device(camera)
        return camera, react(camera, message)

    def _commit(self, camera: CameraDevice, reaction: Reaction) -> asyncio.Future[None]:
        return asyncio.ensure_future(
            self.store.commit(
                Commit(
                    camera_id=camera.camera_id,
                    record=camera.record.dump(),
                    media=tuple(reaction.media),
                    key=reaction.key,
                    only=None if self.options.store or not reaction.media else camera.shown_media,
                    durable=reaction.durable,
                )
            )
        )

    @callback
    def _publish(self, camera: CameraDevice, reaction: Reaction) -> None:
        """Show a reaction in Home Assistant: states first, so that automations on the bus event see them."""
        if self.cameras.get(camera.camera_id) is not camera:
            # Forgotten while its message was being written.
            return
        for key, picture in reaction.pictures.items():
            self.pictures.put(camera.camera_id, key, picture.data)
        for alarm, until in reaction.holds.items():
            camera.async_hold(alarm, until)
        camera.async_alive()
        for aspect, event in reaction.aspects.items():
            camera.async_notify(aspect, event)
        camera.async_notify(LAST_SEEN)
        if reaction.bus is not None:
            event_type, data = reaction.bus
            self.hass.bus.async_fire(event_type, data)

    async def async_picture(self, camera: CameraDevice, key: str) -> bytes | None:
        """Return the picture that an entity shows, or None while there is none."""
        if (data := self.pictures.get(camera.camera_id, key)) is not None:
            return data
        record = camera.record.pictures.get(key)
        if record is None or record.media_id is None:
            return None
        try:
            data = await self.store.read(record.media_id)
        except StoreError as err:
            _LOGGER.warning("Could not read a picture of %s: %s", camera.name, err)
            return None
        if data is not None and camera.record.pictures.get(key) is record:
            self.pictures.put(camera.camera_id, key, data)
        return data

    # What went wrong

    def _report_storage(self, error: StoreError | None) -> None:
        issue_id = f"{ISSUE_STORAGE}_{self.entry_id}"
        if error is None:
            ir.async_delete_issue(self.hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=ISSUE_STORAGE,
            translation_placeholders={"entry": self.entry.title, "error": str(error)},
        )

    @callback
    def async_refused(self, error: ProtocolError, address: str | None) -> None:
        """Note a refused push in the log: the first of a reason from an address as a warning."""
        level = logging.DEBUG
        if (error.refusal, address) not in self._warned and len(self._warned) < _MAX_WARNINGS:
            self._warned.add((error.refusal, address))
            level = logging.WARNING
        _LOGGER.log(level, "%s: refused a push from %s: %s", self.entry.title, address, error.sentence)


def _serial(camera: CameraDevice) -> str:
    """Return a camera's serial number, or its MAC address in an Axis serial number's form."""
    details = camera.record.details
    return (details.serial_number or (details.mac or "").replace(":", "").replace("-", "")).upper()
