"""One camera at run time: its record, its clock and its timers."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import KEY_CLOCK_OFFSET
from ..domain.clock import ClockOffset, age
from ..domain.messages import MISSED, CloudEvent, Heartbeat, Identification, PlateRead
from ..domain.record import CameraRecord, EventRecord, ValueRecord
from ..domain.visits import Visit, Visits
from ..storage.database import MAX_KEYS
from .context import HubContext
from .hold_timers import HoldTimers
from .liveness import Liveness
from .signals import AVAILABILITY, alarm_key, update_signal, value_key
from .trigger_events import TriggerEvent, TriggerKind, async_send_trigger_event

# Events whose pictures are on their way; there is a limit of pictures that wait, too.
_MAX_EXPECTED: Final = 1000

# A visit's messages are about times this close; car ids start anew when a camera's software does.
_SAME_VISIT_SECONDS: Final = 60


class CameraDevice:
    """A camera: the one place that changes its record and starts its timers."""

    def __init__(
        self,
        context: HubContext,
        record: CameraRecord,
        keys: list[str],
        record_changed: Callable[[CameraDevice], None],
        write_record: Callable[[CameraDevice], None],
    ) -> None:
        """Take over what is known of the camera.

        `record_changed` is called when the record changes without a message; `write_record` has it written.
        """
        self.context = context
        self.record = record
        self.owner = context.owner(record.camera_id)
        self.device_id = ""
        self.clock = ClockOffset(
            timedelta(seconds=record.clock_offset) if record.clock_offset is not None else None
        )
        self.last_recognition: Mapping[str, Any] | None = None
        self.visits = Visits(Visit.load(visit) for visit in record.visits)
        self.liveness = Liveness(context, record, self._async_liveness_changed)
        self._hass = context.hass
        self._record_changed = record_changed
        self._write_record = write_record
        self._keys = OrderedDict.fromkeys(keys[-MAX_KEYS:])
        # The rows of events whose pictures are on their way, by the events' keys.
        self._expected: OrderedDict[str, int] = OrderedDict()
        self._holds = HoldTimers(self._hass, lambda key: self.async_notify(alarm_key(key)))

    @callback
    def async_changed(self) -> None:
        """Have the record written: it changed without a message."""
        self._write_record(self)

    @property
    def camera_id(self) -> str:
        """Return the id that the camera gives itself."""
        return self.record.camera_id

    @property
    def name(self) -> str:
        """Return the camera's own name: that of its device until the user changes it."""
        return self.context.camera_name(self.record)

    @callback
    def async_start(self) -> None:
        """Start the timers of a camera that was known before: a restart gives it a full period again."""
        self.liveness.async_start()
        for alarm, until in self.record.alarms.items():
            self._holds.async_restore(alarm, until, self.context.options.hold_time(alarm))

    @callback
    def async_stop(self) -> None:
        """Cancel all timers."""
        self.liveness.async_stop()
        self._holds.async_stop()

    @callback
    def async_notify(self, key: str, event: EventRecord | None = None) -> None:
        """Have the entities that show `key` write their states."""
        async_dispatcher_send(self._hass, update_signal(self.owner, key), event)

    def has(self, key: str) -> bool:
        """Tell whether the camera has an entity that its system can have."""
        record = self.record
        return key not in self.context.info.optional or key in record.events or key in record.values

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

    def was_told_of(self, read: PlateRead) -> bool:
        """Tell whether a read is about a visit that was told before.

        Of a read on the camera's record, that is any visit, of a push one from that record: both have the
        same car id, and times within the visit.
        """
        if read.captured_at is None:
            return False
        beginning, at = f"{read.car}|", read.captured_at.timestamp()
        kind = "" if read.part == MISSED else f"{MISSED}|"
        for key in self._keys:
            if key.startswith(beginning + kind):
                with suppress(ValueError):
                    if abs(float(key.rpartition("|")[2]) - at) <= _SAME_VISIT_SECONDS:
                        return True
        return False

    def remember(self, key: str) -> None:
        """Remember that a message with this key is told."""
        self._keys[key] = None
        if len(self._keys) > MAX_KEYS:
            self._keys.popitem(last=False)

    def expect_pictures(self, key: str, row: int) -> None:
        """Remember which row of the history the pictures of an event belong to that come after it."""
        self._expected[key] = row
        if len(self._expected) > _MAX_EXPECTED:
            self._expected.popitem(last=False)

    def expected_row(self, key: str) -> int | None:
        """Return the row of an event whose pictures have come, None if it is not known any more."""
        return self._expected.pop(key, None)

    def heartbeat(self, heartbeat: Heartbeat) -> None:
        """Take in a heartbeat: it arms the camera's liveness and tells about its clock."""
        self.liveness.heartbeat(heartbeat.received_at)
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
        limit = self.context.options.lateness_limit
        is_usable = self.clock.event(message.captured_at, message.received_at, limit)
        self._note_clock()
        how_old = age(message.captured_at, message.received_at, self.clock.offset)
        return not is_usable or how_old > limit, max(how_old, timedelta())

    def discard_clock_offset(self) -> None:
        """Discard what is relative to the system clock, which was changed."""
        self.clock.forget()
        self.liveness.forget_last_heartbeat()
        self.record.clock_offset = None
        if self.record.values.pop(KEY_CLOCK_OFFSET, None) is not None:
            self.async_notify(value_key(KEY_CLOCK_OFFSET))

    def _note_clock(self) -> None:
        if (offset := self.clock.offset) is not None:
            self.record.values[KEY_CLOCK_OFFSET] = ValueRecord(value=round(offset.total_seconds()))
        trusted = self.clock.trusted
        self.record.clock_offset = trusted.total_seconds() if trusted is not None else None

    # Liveness

    @property
    def is_online(self) -> bool | None:
        """Tell whether the camera can be reached; None while nothing is known that would tell."""
        if not self.liveness.is_available:
            return False
        if self.record.online is not None:
            return self.record.online
        return True if self.liveness.period is not None else None

    @callback
    def _async_liveness_changed(self, news: TriggerKind | None) -> None:
        self.async_notify(AVAILABILITY)
        if news is None:
            return
        self._record_changed(self)
        last_seen = self.record.last_seen
        data = {
            "device_id": self.device_id,
            "source": self.context.info.key,
            "camera_id": self.camera_id,
            "last_seen": last_seen.isoformat(timespec="milliseconds") if last_seen is not None else None,
        }
        async_send_trigger_event(self._hass, TriggerEvent(kind=news, device_id=self.device_id, data=data))

    # Binary sensors

    def is_on(self, key: str) -> bool:
        """Tell whether a binary sensor's hold time is running."""
        return key in self._holds

    @callback
    def async_hold(self, key: str, until: datetime) -> None:
        """Keep a binary sensor on until then; a later end extends an earlier one."""
        if self._holds.async_hold(key, until):
            self.async_notify(alarm_key(key))
