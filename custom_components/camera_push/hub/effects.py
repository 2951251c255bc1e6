"""What a message leads to: states, a bus event, triggers; pictures and records to keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..const import EVENT_ALARM, EVENT_CLOUD, EVENT_IDENTIFICATION, EVENT_PLATE
from ..domain.history import EventKind, HistoryEvent
from ..domain.media import Clip, Picture
from ..domain.media_id import MediaId
from ..domain.messages import Message
from ..domain.record import EventRecord, PictureRecord
from ..storage.model import NewMedia
from .camera import CameraDevice
from .known_device import PRESENT, SEEN, KnownDevice
from .signals import LAST_SEEN, event_key, picture_key, today_key, value_key
from .trigger_events import TriggerEvent, TriggerKind

# The bus events, and the kinds of trigger event that go with them.
_BUS_EVENTS: Final = {
    TriggerKind.ALARM: EVENT_ALARM,
    TriggerKind.PLATE: EVENT_PLATE,
    TriggerKind.IDENTIFICATION: EVENT_IDENTIFICATION,
    TriggerKind.CLOUD_EVENT: EVENT_CLOUD,
}


@dataclass(slots=True, kw_only=True)
class KnownEffects:
    """What a message leads to for a known vehicle or person that it is about.

    `numbers` are behind the recognition; `refusal` is for the traces of triggers that do not run, and why.
    With `is_used_up`, it sets something off that it never may again.
    """

    device: KnownDevice
    updates: set[str] = field(default_factory=set)
    seen: EventRecord | None = None
    present_until: datetime | None = None
    numbers: Mapping[str, Any] | None = None
    refusal: TriggerEvent | None = None
    is_used_up: bool = False

    @property
    def is_mere_refusal(self) -> bool:
        """Tell whether nothing of the vehicle or person changes."""
        return not self.updates and self.seen is None

    def set_seen(self, at: datetime, attributes: dict[str, Any]) -> None:
        """Have the event of the vehicle or person triggered: it is there."""
        self.device.record.seen = self.seen = EventRecord(type=SEEN, at=at, attributes=attributes)

    def set_present(self, at: datetime) -> None:
        """Have the vehicle or person present for its hold time from then on."""
        self.device.record.present_until = self.present_until = at + self.device.known.hold_time
        self.updates.add(PRESENT)


def seen_in_the_past(device: KnownDevice, at: datetime) -> KnownEffects:
    """Note that a known vehicle or person was seen some time ago: that is history, and sets nothing off."""
    effects = KnownEffects(device=device)
    if device.record.last_seen is None or at > device.record.last_seen:
        device.record.last_seen = at
        effects.updates.add(LAST_SEEN)
    return effects


@dataclass(slots=True, kw_only=True)
class Effects:
    """What a message leads to.

    `updates` are the keys of the entities to write, with the event for those that show one; `holds` the
    binary sensors to keep on. `key` is remembered with the telling; `history` is what the message adds to the
    history. With `is_deferrable`, the disk may learn of it a few seconds later: it is only that the camera is
    alive still. `settling` is called at the end: it judges a visit that is over.
    """

    media: list[NewMedia] = field(default_factory=list)
    holds: dict[str, datetime] = field(default_factory=dict)
    updates: dict[str, EventRecord | None] = field(default_factory=dict)
    bus_event: tuple[str, dict[str, Any]] | None = None
    trigger_event: TriggerEvent | None = None
    key: str | None = None
    durable: bool = True
    is_deferrable: bool = False
    known: list[KnownEffects] = field(default_factory=list)
    history: HistoryEvent | None = None
    settling: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Kept[T: (Picture, Clip)]:
    """A picture or clip and the number that it is stored under."""

    id: int
    content: T


class EffectsBuilder:
    """Builds the effects of a message that has pictures, an event, or both."""

    def __init__(
        self, camera: CameraDevice, message: Message, taken_at: datetime, row: int | None = None
    ) -> None:
        """Begin with nothing; `row` is the number of the history's row that the message belongs to."""
        self.effects = Effects()
        self._camera = camera
        self._row = row
        self._received_at = message.received_at
        self._taken_at = taken_at

    def keep[T: (Picture, Clip)](
        self, content: T | None, label: str, plate: str | None = None
    ) -> Kept[T] | None:
        """Have a picture or clip stored, if there is one."""
        if content is None:
            return None
        media = NewMedia(
            id=self._camera.context.new_media_id(),
            label=label,
            taken_at=self._taken_at,
            content=content,
            plate=plate,
            event=self._row,
        )
        self.effects.media.append(media)
        return Kept(media.id, content)

    def drop_what_is_not_shown(self) -> None:
        """Where storing is switched off, keep only the pictures that entities show."""
        if not self._camera.context.options.store:
            shown = self._camera.shown_media
            self.effects.media = [media for media in self.effects.media if media.id in shown]

    def media_id(self, kept: Kept[Picture] | Kept[Clip] | None) -> str | None:
        """Return the media source id of something that is going to be stored."""
        number = self._number(kept)
        return MediaId(self._camera.context.entry.entry_id, number).uri if number is not None else None

    def _number(self, kept: Kept[Picture] | Kept[Clip] | None) -> int | None:
        """Return the number of something that is going to be stored."""
        return kept.id if kept is not None and any(it.id == kept.id for it in self.effects.media) else None

    def set_picture(self, key: str, kept: Kept[Picture] | None) -> None:
        """Make a picture the one that an entity shows, unless that shows a newer one already.

        One from the future is not newer: our clock was set back since.
        """
        current = self._camera.record.pictures.get(key)
        if kept is None or (
            current is not None and self._taken_at < current.captured_at <= self._received_at
        ):
            return
        self._camera.record.pictures[key] = PictureRecord(
            media_id=kept.id,
            type=kept.content.type,
            updated_at=self._received_at,
            captured_at=self._taken_at,
        )
        self.effects.updates[picture_key(key)] = None

    def set_bus_event(self, kind: TriggerKind, data: dict[str, Any]) -> TriggerEvent:
        """Have an event fired on the bus, with the data common to all of them, and triggers run."""
        common = {
            "device_id": self._camera.device_id,
            "source": self._camera.context.info.key,
            "camera_id": self._camera.camera_id,
            "received_at": iso(self._received_at),
        }
        data = common | data
        self.effects.bus_event = (_BUS_EVENTS[kind], data)
        self.effects.trigger_event = TriggerEvent(kind=kind, device_id=self._camera.device_id, data=data)
        return self.effects.trigger_event

    def set_entity_event(self, key: str, kind: str, data: dict[str, Any]) -> None:
        """Make something the last event of an event entity."""
        record = EventRecord(type=str(kind), at=self._received_at, attributes=dict(data))
        self._camera.record.events[key] = record
        self.effects.updates[event_key(key)] = record

    def set_history(
        self,
        kind: EventKind,
        *,
        at: datetime,
        media: Mapping[str, Kept[Picture] | Kept[Clip] | None],
        **details: Any,
    ) -> None:
        """Have the history say what happened, and when; `media` are by their names there."""
        if self._row is None:
            return
        numbers: dict[str, Any] = {name: self._number(kept) for name, kept in media.items()}
        self.effects.history = HistoryEvent(
            id=self._row,
            kind=kind,
            camera_id=self._camera.camera_id,
            at=at,
            first_at=at,
            last_at=at,
            received_at=self._received_at,
            **numbers,
            **details,
        )

    def count(self, key: str, at: datetime) -> None:
        """Count something that happened at a time."""
        days = [dt_util.as_local(time).date().isoformat() for time in (at, self._received_at)]
        self._camera.record.count(key, *days)
        self.effects.updates |= {value_key(key): None, value_key(today_key(key)): None}

    def hold(self, key: str) -> None:
        """Keep a binary sensor on for its hold time from now on."""
        until = self._received_at + self._camera.context.options.hold_time(key)
        self._camera.record.alarms[key] = until
        self.effects.holds[key] = until


def iso(time: datetime | None) -> str | None:
    """Return a time as events say it: ISO 8601 with milliseconds."""
    return None if time is None else time.isoformat(timespec="milliseconds")
