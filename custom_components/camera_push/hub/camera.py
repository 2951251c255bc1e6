"""One camera at run time: its record, whether it is alive, and who wants to know."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import KEY_CLOCK_OFFSET
from ..domain.clock import ClockOffset, age
from ..domain.liveness import HeartbeatGaps, expected_interval
from ..domain.messages import Heartbeat, Identification, PlateRead, Snapshot
from ..domain.plates import Visits
from ..domain.record import CameraRecord, ValueRecord
from ..domain.source_info import FetchSnapshot
from ..storage.database import MAX_KEYS
from .signals import Aspects, HoldTimers, alarm_aspect, value_aspect
from .trigger_events import Kind, TriggerEvent, async_send_trigger_event

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)


class CameraDevice(Aspects):
    """A camera: the one place that changes its record and starts its timers.

    Entities subscribe to an aspect each and are called when it changed, and all of them when
    the camera goes silent or is back.
    """

    def __init__(self, hass: HomeAssistant, hub: Hub, record: CameraRecord, keys: list[str]) -> None:
        """Take over what is known of the camera."""
        super().__init__()
        self.hass = hass
        self.hub = hub
        self.record = record
        self.device_id = ""
        self._is_silent = False
        # After a restart, a camera counts as sending until it is silent for as long as it takes.
        self._was_available = True
        # What came late must not decide about the car that is there now.
        self.visits = {False: Visits(), True: Visits()}
        self.clock = ClockOffset(
            timedelta(seconds=record.clock_offset) if record.clock_offset is not None else None
        )
        self.settings = hub.settings.get(record.camera_id)
        self._gaps = HeartbeatGaps(record.heartbeat_gaps, hub.source.heartbeat_periods)
        self._keys = OrderedDict.fromkeys(keys[-MAX_KEYS:])
        self._silence: CALLBACK_TYPE | None = None
        self._holds = HoldTimers(hass, lambda key: self.async_notify(alarm_aspect(key)))

    @property
    def camera_id(self) -> str:
        """Return the id that the camera gives itself."""
        return self.record.camera_id

    @callback
    def async_start(self) -> None:
        """Start the timers of a camera that was known before: a restart gives it a full period again."""
        self._async_watch()
        now = dt_util.utcnow()
        for alarm, until in list(self.record.alarms.items()):
            if until > now:
                # Not for longer than from now on: the clock may have been set back since.
                self._holds.async_hold(alarm, min(until, now + self.hub.options.hold_time(alarm)))

    @callback
    def async_stop(self) -> None:
        """Cancel all timers."""
        if self._silence is not None:
            self._silence()
            self._silence = None
        self._holds.async_stop()

    @property
    def shown_media(self) -> frozenset[int]:
        """Return the numbers of the pictures that entities show."""
        pictures = self.record.pictures.values()
        return frozenset(picture.media_id for picture in pictures if picture.media_id is not None)

    # Messages

    def knows(self, key: str | None) -> bool:
        """Tell whether a message with this key came before."""
        return key is not None and key in self._keys

    def is_repeated(self, key: str | None) -> bool:
        """Tell whether a message with this key came before, and remember it."""
        if key is None:
            return False
        if key in self._keys:
            return True
        self._keys[key] = None
        if len(self._keys) > MAX_KEYS:
            self._keys.popitem(last=False)
        return False

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        """Take in a heartbeat: it arms the camera's liveness and tells about its clock."""
        self.record.armed = True
        self._gaps.heartbeat(heartbeat.received_at)
        self.record.heartbeat_gaps = self._gaps.seconds
        if heartbeat.sent_at is not None:
            self.clock.sample(heartbeat.sent_at, heartbeat.received_at)
            self._note_clock()
        for key, number in heartbeat.counters.items():
            self.record.values[key] = ValueRecord(value=number)

    def is_late(self, read: PlateRead | Identification) -> tuple[bool, timedelta]:
        """Tell whether a read is too old to be about now, and how old it is, the clock put right."""
        if read.captured_at is None:
            return False, timedelta()
        is_usable = self.clock.event(read.captured_at, read.received_at)
        self._note_clock()
        how_old = age(read.captured_at, read.received_at, self.clock.offset)
        return not is_usable or how_old > self.hub.options.lateness_limit, max(how_old, timedelta())

    def forget_clock(self) -> None:
        """Forget what was relative to our clock, which was set."""
        self.clock.forget()
        self._gaps.forget_last()
        self.record.clock_offset = None
        if self.record.values.pop(KEY_CLOCK_OFFSET, None) is not None:
            self.async_notify(value_aspect(KEY_CLOCK_OFFSET))

    def _note_clock(self) -> None:
        if (offset := self.clock.offset) is not None:
            self.record.clock_offset = offset.total_seconds()
            self.record.values[KEY_CLOCK_OFFSET] = ValueRecord(value=round(self.record.clock_offset))

    async def async_fetch_snapshot(self, fetch: FetchSnapshot) -> None:
        """Ask a camera that was set up for a picture, and show it; raises SnapshotError."""
        picture = await fetch()
        message = Snapshot(camera_id=self.camera_id, received_at=dt_util.utcnow(), picture=picture)
        await self.hub.async_receive([message])

    # Liveness

    @property
    def available(self) -> bool:
        """Tell whether the camera is alive, and we would hear of it."""
        return not self._is_silent and self.hub.is_connected

    @property
    def silence(self) -> timedelta | None:
        """Return after what silence the camera counts as gone, or None while it is not armed."""
        options = self.hub.options
        # What was read from the camera is as good as what the user says.
        known = options.heartbeat_interval or (self.settings.interval if self.settings is not None else None)
        if not self.record.armed and known is None:
            return None
        interval = expected_interval(known, self._gaps.interval, self.hub.source.heartbeat_interval)
        return interval * options.missed_heartbeats

    @callback
    def async_alive(self) -> None:
        """Note a sign of life: the camera is available, and its time starts again."""
        if self._is_silent:
            self._is_silent = False
            _LOGGER.info("%s is sending again", self.name)
            self.async_availability_changed()
        self._async_watch()

    @callback
    def _async_watch(self) -> None:
        if self._silence is not None:
            self._silence()
            self._silence = None
        if (silence := self.silence) is not None:
            self._silence = async_call_later(self.hass, silence, self._async_silent)

    @callback
    def _async_silent(self, _now: datetime) -> None:
        self._silence = None
        self._is_silent = True
        _LOGGER.warning("%s has sent nothing for %s: it is unavailable now", self.name, self.silence)
        self.async_availability_changed()

    @callback
    def async_availability_changed(self) -> None:
        """Tell everybody that the camera went silent, or is back."""
        self.async_notify_all()
        if self.available == self._was_available:
            return
        self._was_available = self.available
        kind = Kind.SENDING if self.available else Kind.SILENT
        async_send_trigger_event(
            self.hass, TriggerEvent(kind=kind, device_id=self.device_id, data=self._about())
        )

    def _about(self) -> dict[str, str | None]:
        last_seen = self.record.last_seen
        return {
            "device_id": self.device_id,
            "source": self.hub.source.key,
            "camera_id": self.camera_id,
            "last_seen": last_seen.isoformat(timespec="milliseconds") if last_seen is not None else None,
        }

    @property
    def name(self) -> str:
        """Return the camera's own name: what a device is called until its user names it."""
        return self.record.details.name or self.hub.source.default_name(
            self.record.camera_id, self.record.details
        )

    # Binary sensors

    def is_on(self, key: str) -> bool:
        """Tell whether a binary sensor's hold time is running."""
        return key in self._holds

    @callback
    def async_hold(self, key: str, until: datetime) -> None:
        """Keep a binary sensor on until then; a later end extends an earlier one."""
        if self._holds.async_hold(key, until):
            self.async_notify(alarm_aspect(key))
