"""One camera at run time: its record, its clock and whether it is alive."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
import logging

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_call_later

from ..const import KEY_CLOCK_OFFSET, KEY_CONNECTIVITY
from ..domain.clock import ClockOffset, age
from ..domain.liveness import HeartbeatGaps, expected_interval
from ..domain.messages import CloudEvent, Heartbeat, Identification, PlateRead
from ..domain.record import CameraRecord, EventRecord, ValueRecord
from ..domain.visits import Visit, Visits
from ..storage.database import MAX_KEYS
from .context import HubContext
from .hold_timers import HoldTimers
from .signals import AVAILABILITY, alarm_key, update_signal, value_key
from .trigger_events import TriggerEvent, TriggerKind, async_send_trigger_event

_LOGGER = logging.getLogger(__name__)


class CameraDevice:
    """A camera: the one place that changes its record and starts its timers."""

    def __init__(
        self,
        context: HubContext,
        record: CameraRecord,
        keys: list[str],
        record_changed: Callable[[str], None],
    ) -> None:
        """Take over what is known of the camera.

        `record_changed` is called with the camera's id when the record changes without a message.
        """
        self.context = context
        self.record = record
        self.owner = context.owner(record.camera_id)
        self.device_id = ""
        self.clock = ClockOffset(
            timedelta(seconds=record.clock_offset) if record.clock_offset is not None else None
        )
        self.visits = Visits(Visit.load(visit) for visit in record.visits)
        self._hass = context.hass
        self._record_changed = record_changed
        self._is_silent = False
        self._was_available = True
        self._was_online: bool | None = None
        # After a restart, automations that waited for a silence to last have forgotten it.
        self._is_silence_told = record.is_silent and context.hass.is_running
        self._gaps = HeartbeatGaps(record.heartbeat_gaps, context.info.heartbeat_periods)
        self._keys = OrderedDict.fromkeys(keys[-MAX_KEYS:])
        self._silence: CALLBACK_TYPE | None = None
        self._holds = HoldTimers(self._hass, lambda key: self.async_notify(alarm_key(key)))

    @property
    def camera_id(self) -> str:
        """Return the id that the camera gives itself."""
        return self.record.camera_id

    @property
    def name(self) -> str:
        """Return the camera's own name: that of its device until the user changes it."""
        details = self.record.details
        return details.name or self.context.info.default_name(self.camera_id, details)

    @callback
    def async_start(self) -> None:
        """Start the timers of a camera that was known before: a restart gives it a full period again."""
        self._async_watch()
        for alarm, until in self.record.alarms.items():
            self._holds.async_restore(alarm, until, self.context.options.hold_time(alarm))

    @callback
    def async_stop(self) -> None:
        """Cancel all timers."""
        self._stop_watching()
        self._holds.async_stop()

    @callback
    def async_notify(self, key: str, event: EventRecord | None = None) -> None:
        """Have the entities that show `key` write their states."""
        async_dispatcher_send(self._hass, update_signal(self.owner, key), event)

    @property
    def shown_media(self) -> frozenset[int]:
        """Return the numbers of the pictures that entities show."""
        pictures = self.record.pictures.values()
        return frozenset(picture.media_id for picture in pictures if picture.media_id is not None)

    def dump(self) -> str:
        """Return the record as it goes to the disk."""
        self.record.visits = self.visits.dump()
        return self.record.dump()

    # Messages

    def knows(self, key: str | None) -> bool:
        """Tell whether a message with this key was told before."""
        return key is not None and key in self._keys

    def remember(self, key: str) -> None:
        """Remember that a message with this key is told."""
        self._keys[key] = None
        if len(self._keys) > MAX_KEYS:
            self._keys.popitem(last=False)

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

    def lateness(self, message: PlateRead | Identification | CloudEvent) -> tuple[bool, timedelta]:
        """Tell whether a message is too old to be about now, and how old it is.

        What the sender's platform says of it decides; without that, the camera's clock, put right.
        """
        if message.captured_at is None:
            return bool(message.late), timedelta()
        if message.late is not None:
            return message.late, max(age(message.captured_at, message.received_at, None), timedelta())
        is_usable = self.clock.event(message.captured_at, message.received_at)
        self._note_clock()
        how_old = age(message.captured_at, message.received_at, self.clock.offset)
        return not is_usable or how_old > self.context.options.lateness_limit, max(how_old, timedelta())

    def discard_clock_offset(self) -> None:
        """Discard what is relative to the system clock, which was changed."""
        self.clock.forget()
        self._gaps.forget_last()
        self.record.clock_offset = None
        if self.record.values.pop(KEY_CLOCK_OFFSET, None) is not None:
            self.async_notify(value_key(KEY_CLOCK_OFFSET))

    def _note_clock(self) -> None:
        if (offset := self.clock.offset) is not None:
            self.record.clock_offset = offset.total_seconds()
            self.record.values[KEY_CLOCK_OFFSET] = ValueRecord(value=round(self.record.clock_offset))

    # Liveness

    @property
    def available(self) -> bool:
        """Tell whether the camera is alive, and its platform connected."""
        return not self._is_silent and self.context.connection.is_connected

    @property
    def is_online(self) -> bool | None:
        """Tell whether the camera can be reached; None while nothing is known that would tell."""
        if not self.available:
            return False
        if self.record.online is not None:
            return self.record.online
        return True if self.silence is not None else None

    @property
    def silence(self) -> timedelta | None:
        """Return after what silence the camera counts as gone, or None while it is not armed."""
        options, configured = self.context.options, self.context.configured.get(self.camera_id)
        # An interval that was read from the camera counts as much as one that the user sets.
        known = options.heartbeat_interval or (configured.interval if configured is not None else None)
        if not self.record.armed and known is None:
            return None
        interval = expected_interval(known, self._gaps.interval, self.context.info.heartbeat_interval)
        return interval * options.missed_heartbeats

    @callback
    def async_alive(self) -> None:
        """Note a sign of life: the camera is available, and its time starts again."""
        if self._is_silent:
            self._is_silent = False
            _LOGGER.info("%s is sending again", self.name)
            self.async_availability_changed()
        elif self.record.is_silent and self.available:
            # It was silent before the entry was reloaded.
            self._tell_liveness(is_silent=False)
        self._async_watch()
        if (is_online := self.is_online) is not self._was_online:
            self._was_online = is_online
            self.async_notify(alarm_key(KEY_CONNECTIVITY))

    @callback
    def _async_watch(self) -> None:
        self._stop_watching()
        if (silence := self.silence) is not None:
            self._silence = async_call_later(self._hass, silence, self._async_silent)

    def _stop_watching(self) -> None:
        if self._silence is not None:
            self._silence()
            self._silence = None

    @callback
    def _async_silent(self, _now: datetime) -> None:
        self._silence = None
        self._is_silent = True
        _LOGGER.warning("%s has sent nothing for %s: it is unavailable now", self.name, self.silence)
        self.async_availability_changed()

    @callback
    def async_availability_changed(self) -> None:
        """Tell that the camera went silent, or is back."""
        self.async_notify(AVAILABILITY)
        if self.available == self._was_available:
            return
        self._was_available = self.available
        self._tell_liveness(is_silent=not self.available)

    def _tell_liveness(self, *, is_silent: bool) -> None:
        self.record.is_silent = is_silent
        self._record_changed(self.camera_id)
        was_told, self._is_silence_told = self._is_silence_told, is_silent
        if was_told and is_silent:
            return
        last_seen = self.record.last_seen
        data = {
            "device_id": self.device_id,
            "source": self.context.info.key,
            "camera_id": self.camera_id,
            "last_seen": last_seen.isoformat(timespec="milliseconds") if last_seen is not None else None,
        }
        kind = TriggerKind.SILENT if is_silent else TriggerKind.SENDING
        async_send_trigger_event(self._hass, TriggerEvent(kind=kind, device_id=self.device_id, data=data))

    # Binary sensors

    def is_on(self, key: str) -> bool:
        """Tell whether a binary sensor's hold time is running."""
        return key in self._holds

    @callback
    def async_hold(self, key: str, until: datetime) -> None:
        """Keep a binary sensor on until then; a later end extends an earlier one."""
        if self._holds.async_hold(key, until):
            self.async_notify(alarm_key(key))
