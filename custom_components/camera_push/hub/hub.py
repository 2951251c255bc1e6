"""One config entry at run time: its cameras, and the way of a message from accepted to shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
import logging
from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_SOURCE,
    DOMAIN,
    KEY_CLOCK_OFFSET,
    KEY_CLOUD_EVENT,
    KEY_IDENTIFICATION,
    SUBENTRY_CAMERA,
)
from ..domain.clock import ClockJumpDetector
from ..domain.errors import ProtocolError, Refusal, unavailable
from ..domain.messages import CloudEvent, DeviceDetails, Identification, Message
from ..domain.record import CameraRecord
from ..domain.traffic import Traffic
from ..entry.receivers import Receivers
from ..flows.options import Options
from ..sources import SOURCES
from ..storage.model import Commit, Stored
from ..storage.picture_cache import PictureCache
from ..storage.remuxer import Remuxer
from ..storage.store import Store, StoreClosedError, StoreError
from ..transports.credentials import FailedLogins
from ..transports.limits import PushLimiter
from ..transports.push import Arrival
from ..transports.serial_executor import SerialExecutor
from .camera import CameraDevice
from .devices import identify, register_camera, register_platform
from .effects import Effects, KnownEffects
from .handlers.dispatch import react
from .issues import Issues
from .known import KnownDevices
from .live_snapshots import LivePictures
from .signals import EVENT_TYPES, LAST_SEEN, event_aspect, value_aspect
from .signs_of_life import SignsOfLife
from .trigger_events import async_send_trigger_event
from .writer import RecordWriter

_LOGGER = logging.getLogger(__name__)

# So many different refusals are logged as warnings; then only at debug level, as a flood would fill the log.
_MAX_WARNINGS: Final = 50
# A platform that cannot be heard for so long after a start: its cameras count as silent.
_CONNECTED_WITHIN: Final = timedelta(minutes=1)
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
        self.subjects = KnownDevices(hass, entry)
        self.issues = Issues(hass, entry)
        self.door = PushLimiter(self.options.rates)
        self.listening = Receivers(hass, self.source.listeners(self), self.issues.async_port)
        self.traffic = Traffic()
        self._failed_logins = FailedLogins()
        self.cameras: dict[str, CameraDevice] = {}
        # Where cameras come to us, there is no connection that could be lost.
        self.is_connected = CONF_WEBHOOK_ID in entry.data
        self.platform_device_id = register_platform(hass, entry, self.source)
        self.pictures = PictureCache()
        self.live_pictures = LivePictures(self)
        self.store = Store(store_folder(hass, entry), dt_util.get_default_time_zone(), self.options.retention)
        self._remuxer = Remuxer(hass, entry, self.store)
        self._tidying: asyncio.Task[None] | None = None
        self._reopening: CALLBACK_TYPE | None = None
        self._expecting: CALLBACK_TYPE | None = None
        self._is_closing = False
        self._busy = 0
        self._idle = asyncio.Event()
        self._keeper = RecordWriter(self)
        self._clock = ClockJumpDetector()
        self._signs_of_life = SignsOfLife(hass)
        self.decoder = SerialExecutor()
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
            self.issues.async_storage(err)
            stored = Stored()
            self._reopening = async_track_time_interval(self.hass, self._async_reopen, _REOPEN_EVERY)
        self.subjects.async_start(stored.subjects)
        for camera in stored.cameras:
            try:
                record = CameraRecord.load(camera.record)
            except (KeyError, TypeError, ValueError, AttributeError) as err:
                _LOGGER.warning("What was kept of %s cannot be read (%s)", camera.camera_id, err)
                record = CameraRecord(camera_id=camera.camera_id)
            self._add_camera(record, camera.keys).async_start()
        self._adopt_cameras()
        self._note_profiles()
        self._clear_cap_issue()
        if not self.is_connected:
            self._expecting = async_call_later(self.hass, _CONNECTED_WITHIN, self._async_tell_availability)
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
            await self.store.tidy(self.subjects.devices)
        except StoreError as err:
            _LOGGER.warning("Could not tidy up the stored pictures: %s", err)

    async def async_close(self) -> None:
        """Close all ports, stop all timers and close the store."""
        self._is_closing = True
        self._forget_expectation()
        if self._busy:
            self._idle.clear()
            await self._idle.wait()
        self._signs_of_life.async_close()
        await self._keeper.async_close()
        await self.listening.async_close()
        if self._tidying is not None:
            self._tidying.cancel()
        if self._reopening is not None:
            self._reopening()
            self._reopening = None
        for camera in self.cameras.values():
            camera.async_stop()
        self.subjects.async_stop()
        await self.store.close()
        await self.hass.async_add_executor_job(self.decoder.close)

    # Cameras

    @callback
    def async_on_new_camera(self, added: Callable[[CameraDevice], None]) -> CALLBACK_TYPE:
        """Call `added` for every camera that appears from now on."""
        self._new_camera.append(added)
        return lambda: self._new_camera.remove(added)

    def _add_camera(self, record: CameraRecord, keys: list[str]) -> CameraDevice:
        camera = CameraDevice(self.hass, self, record, keys)
        self.cameras[record.camera_id] = camera
        register_camera(self, camera)
        return camera

    def _adopt_cameras(self) -> None:
        """Have a device for each camera that was set up from Home Assistant, before it first pushes."""
        for settings in self.settings.values():
            camera = self.cameras.get(settings.camera_id)
            if camera is None:
                record = CameraRecord(camera_id=settings.camera_id, details=settings.details)
                self._add_camera(record, []).async_start()
            elif camera.record.learn(settings.details):
                register_camera(self, camera)

    @callback
    def async_offer_undo(self) -> None:
        """Offer to put back the former settings of cameras whose subentry was removed."""
        for subentry_id, subentry in self._subentries.items():
            if subentry_id in self.entry.subentries or subentry.subentry_type != SUBENTRY_CAMERA:
                continue
            self.issues.async_undo(self.source.key, subentry)

    def _note_profiles(self) -> None:
        """Remember the profiles that were seen last, to offer them where a person is added."""
        for camera in self.cameras.values():
            if (event := camera.record.events.get(KEY_IDENTIFICATION)) is None:
                continue
            if profile := event.attributes.get("profile_id"):
                self.subjects.note_profile(profile, camera.name, event.at, event.attributes.get("picture"))

    async def async_forget_camera(self, camera_id: str) -> None:
        """Forget a camera and all that is kept of it, until it pushes again; raises StoreError."""
        if (camera := self.cameras.pop(camera_id, None)) is not None:
            camera.async_stop()
            for key in camera.record.pictures:
                self.pictures.drop(camera_id, key)
            self.issues.async_forget_camera(camera)
        await self.store.forget_camera(camera_id)
        self._clear_cap_issue()

    def _check_cap(self, newcomers: int) -> None:
        """Raise ProtocolError, and a repair issue, when so many more cameras are too many."""
        if len(self.cameras) + newcomers <= self.options.max_cameras:
            return
        self.issues.async_max_cameras(self.options.max_cameras)
        raise ProtocolError("The limit of cameras is reached; no more are taken in.", Refusal.MAX_CAMERAS)

    def _clear_cap_issue(self) -> None:
        if len(self.cameras) < self.options.max_cameras:
            self.issues.async_max_cameras(None)

    # Messages

    async def async_receive(self, messages: Sequence[Message]) -> None:
        """Take in the messages of one push: all of them or, raising ProtocolError, none.

        When this returns they are on disk, shown and fired. A disk that takes nothing does not
        keep an alarm from being one: it is shown and fired without what could not be stored.
        """
        messages = await self.source.async_complete(self, messages)
        if self._is_closing:
            raise unavailable()
        # Whoever closes waits until what was begun is told: it would start timers afterwards.
        self._busy += 1
        try:
            await self._take_in(messages)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    async def _take_in(self, messages: Sequence[Message]) -> None:
        self._watch_clock()
        identified = [identify(message, self.cameras.values()) for message in messages]
        newcomers = {message.camera_id for message in identified} - self.cameras.keys()
        if newcomers:
            self._check_cap(len(newcomers))
        for message in messages:
            self.traffic.note_received(type(message).__name__, message.received_at)
        reactions = [self._react(message) for message in identified]
        errors = await self._keeper.keep_all(reactions)
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
        if any(not reaction.is_deferrable for _, reaction in reactions):
            self.issues.async_storage(
                next((error for error in errors if isinstance(error, StoreError)), None)
            )

    def _watch_clock(self) -> None:
        """When our clock was set, forget what we know of cameras' clocks: that was relative to it."""
        if self._clock.was_set(dt_util.utcnow()):
            _LOGGER.info("%s: the clock was set", self.entry.title)
            for camera in self.cameras.values():
                camera.forget_clock()

    def _react(self, message: Message) -> tuple[CameraDevice, Effects]:
        if (camera := self.cameras.get(message.camera_id)) is None:
            record = CameraRecord(camera_id=message.camera_id, details=message.details)
            camera = self._add_camera(record, [])
            self.issues.async_url_is_whole()
            for added in self._new_camera:
                added(camera)
        elif camera.record.learn(message.details):
            register_camera(self, camera)
        return camera, react(camera, message)

    @callback
    def _publish(self, camera: CameraDevice, reaction: Effects) -> None:
        """Show a reaction in Home Assistant: states first, so that automations on the bus event see them."""
        if self.cameras.get(camera.camera_id) is not camera:
            # Forgotten while its message was being written.
            return
        for key, picture in reaction.pictures.items():
            self.pictures.put(camera.camera_id, key, picture.data)
        for key, until in reaction.holds.items():
            camera.async_hold(key, until)
        camera.async_alive()
        for aspect, event in reaction.aspects.items():
            camera.async_notify(aspect, event)
        if reaction.is_deferrable:
            self._signs_of_life.async_show(camera)
        else:
            camera.async_notify(LAST_SEEN)
        if value_aspect(KEY_CLOCK_OFFSET) in reaction.aspects:
            self.issues.async_clock(camera)
        if reaction.subject is not None:
            self._publish_subject(reaction.subject)
        if reaction.bus is not None:
            event_type, data = reaction.bus
            self.hass.bus.async_fire(event_type, data)
        if reaction.occurrence is not None:
            async_send_trigger_event(self.hass, reaction.occurrence)

    @callback
    def _publish_subject(self, reaction: KnownEffects) -> None:
        if reaction.present_until is not None:
            reaction.subject.async_hold(reaction.present_until)
        for aspect in reaction.aspects:
            reaction.subject.async_notify(aspect)
        if reaction.seen is not None:
            reaction.subject.async_seen(reaction.seen)

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

    @callback
    def async_refused(self, error: ProtocolError, address: str | None) -> None:
        """Note a refused push in the log: the first of a reason from an address as a warning."""
        self.traffic.note_refused(error, dt_util.utcnow())
        if error.refusal is Refusal.UNDECODED:
            self.issues.async_undecoded()
        level = logging.DEBUG
        if (error.refusal, address) not in self._warned and len(self._warned) < _MAX_WARNINGS:
            self._warned.add((error.refusal, address))
            level = logging.WARNING
        _LOGGER.log(level, "%s: refused a push from %s: %s", self.entry.title, address, error.sentence)

    @callback
    def async_logged_in(self, address: str | None, section: str, *, success: bool) -> None:
        """Note that somebody came with right or wrong credentials: many wrong ones are an issue."""
        address = address or "?"
        if success:
            if self._failed_logins.succeeded(address):
                self.issues.async_credentials_are_right(address)
        elif self._failed_logins.failed(address):
            names = [camera.name for camera in self.cameras.values() if camera.record.address == address]
            self.issues.async_credentials(address, ", ".join(names) or address, section)

    def receivers(self) -> list[bool]:
        """Return of each way in whether it is open."""
        states = self.listening.state().values()
        ways = [bool(state.get("open", state.get("answered", state.get("connected")))) for state in states]
        return [True, *ways] if CONF_WEBHOOK_ID in self.entry.data else ways

    # For those who receive

    @property
    def last_event_at(self) -> datetime | None:
        """Return when the last thing happened that was received, by the sender's clock."""
        return max(
            (camera.record.last_event_at for camera in self.cameras.values() if camera.record.last_event_at),
            default=None,
        )

    @callback
    def async_ensure_camera(self, camera_id: str, details: DeviceDetails, since: datetime) -> None:
        """Have a device for a camera before its first event; events before `since` are not ours."""
        if (camera := self.cameras.get(camera_id)) is None:
            self._check_cap(1)
            record = CameraRecord(camera_id=camera_id, details=details, known_since=since)
            camera = self._add_camera(record, [])
            for added in self._new_camera:
                added(camera)
        elif camera.record.learn(details):
            register_camera(self, camera)

    async def async_set_event_types(self, camera_id: str, types: dict[str, dict[str, bool]]) -> None:
        """Remember the types of event that a camera supports, and their settings."""
        camera = self.cameras[camera_id]
        if camera.record.event_types == types:
            return
        camera.record.event_types = types
        camera.async_notify(event_aspect(KEY_CLOUD_EVENT))
        camera.async_notify(EVENT_TYPES)
        with suppress(StoreError, StoreClosedError):
            await self.store.commit(Commit(camera_id=camera_id, record=camera.record.dump(), durable=False))

    async def async_set_event_setting(self, camera_id: str, name: str, setting: str, *, is_on: bool) -> None:
        """Remember that one setting of a type of event was changed."""
        types = self.cameras[camera_id].record.event_types
        await self.async_set_event_types(camera_id, {**types, name: {**types.get(name, {}), setting: is_on}})

    def known_since(self, camera_id: str) -> datetime | None:
        """Return since when events of a camera are ours, None if it is not known."""
        camera = self.cameras.get(camera_id)
        return camera.record.known_since if camera is not None else None

    def is_known(self, message: Identification | CloudEvent) -> bool:
        """Tell whether a message was received before."""
        camera = self.cameras.get(message.camera_id)
        return camera is not None and camera.knows(message.key)

    @callback
    def async_connected(self, *, is_connected: bool) -> None:
        """Note whether the platform can be heard: without it, its cameras are unavailable."""
        if self._is_closing:
            return
        self._forget_expectation()
        self.is_connected = is_connected
        self._async_tell_availability()

    @callback
    def _async_tell_availability(self, _now: datetime | None = None) -> None:
        for camera in self.cameras.values():
            camera.async_availability_changed()

    def _forget_expectation(self) -> None:
        if self._expecting is not None:
            self._expecting()
            self._expecting = None

    @callback
    def async_start_reauth(self) -> None:
        """Have the user asked for new credentials."""
        self.entry.async_start_reauth(self.hass)

    @callback
    def arrival(self, address: str | None) -> Arrival:
        """Return where and when something comes in now."""
        return Arrival(
            address=address,
            received_at=dt_util.utcnow(),
            time_zone=dt_util.get_default_time_zone(),
            run=self.decoder.runner(address),
        )
