"""What a message leads to: pictures to keep, entities to tell, a bus event to fire."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ..const import DOMAIN, EVENT_ALARM, EVENT_CLOUD, EVENT_IDENTIFICATION, EVENT_PLATE
from ..domain.media import Clip, Picture
from ..domain.messages import Message
from ..domain.record import EventRecord, PictureRecord
from ..storage.model import NewMedia
from .camera import CameraDevice
from .known import PRESENT, SEEN, KnownDevice
from .signals import LAST_SEEN, event_aspect, picture_aspect
from .trigger_events import TriggerEvent, TriggerKind

# The bus events, and what triggers take them for.
_EVENTS: Final = {
    TriggerKind.ALARM: EVENT_ALARM,
    TriggerKind.PLATE: EVENT_PLATE,
    TriggerKind.IDENTIFICATION: EVENT_IDENTIFICATION,
    TriggerKind.CLOUD_EVENT: EVENT_CLOUD,
}

# Where a media id is found in an event's data.
_MEDIA_KEYS: Final = ("picture", "clip", "plate_picture")


@dataclass(slots=True, kw_only=True)
class KnownEffects:
    """What a message leads to for the known vehicle or person that it is about."""

    subject: KnownDevice
    aspects: set[str] = field(default_factory=set)
    seen: EventRecord | None = None
    present_until: datetime | None = None

    def see(self, at: datetime, attributes: dict[str, Any]) -> None:
        """Have the subject's event fired: it is there."""
        record = EventRecord(type=SEEN, at=at, attributes=attributes)
        self.subject.record.seen = self.seen = record

    def hold(self, at: datetime) -> None:
        """Have the subject be present for its hold time from then on."""
        self.subject.record.present_until = self.present_until = at + self.subject.hold_time
        self.aspects.add(PRESENT)


def subject_was_there(subject: KnownDevice, at: datetime) -> KnownEffects:
    """Note that a subject was seen some time ago: that is history, and sets nothing off."""
    reaction = KnownEffects(subject=subject)
    if subject.record.last_seen is None or at > subject.record.last_seen:
        subject.record.last_seen = at
        reaction.aspects.add(LAST_SEEN)
    return reaction


@dataclass(slots=True, kw_only=True)
class Effects:
    """What a message leads to, once it is on disk.

    `aspects` are the entities to tell, with the event for those that show one; `holds` the
    binary sensors to keep on; `pictures` the new content of image entities. With `is_deferrable`, the
    disk may learn of it a few seconds later: it is only that the camera is alive still.
    """

    media: list[NewMedia] = field(default_factory=list)
    pictures: dict[str, Picture] = field(default_factory=dict)
    holds: dict[str, datetime] = field(default_factory=dict)
    aspects: dict[str, EventRecord | None] = field(default_factory=dict)
    bus: tuple[str, dict[str, Any]] | None = None
    occurrence: TriggerEvent | None = None
    key: str | None = None
    durable: bool = True
    is_deferrable: bool = False
    subject: KnownEffects | None = None

    def forget_media(self) -> None:
        """Take back all media ids: the disk did not take the pictures, but the alarm counts."""
        records = [*self.aspects.values(), self.subject.seen if self.subject is not None else None]
        data = [record.attributes for record in records if record is not None]
        if self.bus is not None:
            data.append(self.bus[1])
        for mapping in data:
            for key in _MEDIA_KEYS:
                if key in mapping:
                    mapping[key] = None


@dataclass(frozen=True, slots=True)
class Kept[T: (Picture, Clip)]:
    """A picture or clip and the number that it is stored under."""

    id: int
    content: T


class EffectsBuilder:
    """A reaction in the making: keeps pictures, shows them, writes events."""

    def __init__(self, camera: CameraDevice, message: Message, taken_at: datetime) -> None:
        """Begin with a reaction that does nothing."""
        self.reaction = Effects()
        self._camera = camera
        self._received_at = message.received_at
        self._taken_at = taken_at

    def keep[T: (Picture, Clip)](self, content: T, label: str, plate: str | None = None) -> Kept[T]:
        """Have a picture or clip stored."""
        media = NewMedia(
            id=self._camera.hub.store.new_media_id(),
            label=label,
            taken_at=self._taken_at,
            content=content,
            plate=plate,
        )
        self.reaction.media.append(media)
        return Kept(media.id, content)

    def drop_what_is_not_shown(self) -> None:
        """Where storing is switched off, keep only the pictures that entities show."""
        if not self._camera.hub.options.store:
            shown = self._camera.shown_media
            self.reaction.media = [media for media in self.reaction.media if media.id in shown]

    def uri(self, kept: Kept[Picture] | Kept[Clip] | None) -> str | None:
        """Return the media source id of something that is going to be stored."""
        if kept is None or all(media.id != kept.id for media in self.reaction.media):
            return None
        return f"media-source://{DOMAIN}/{self._camera.hub.entry_id}/{kept.id}"

    def show(self, key: str, kept: Kept[Picture] | None) -> None:
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
        self.reaction.pictures[key] = kept.content
        self.reaction.aspects[picture_aspect(key)] = None

    def fire(self, kind: TriggerKind, data: dict[str, Any]) -> TriggerEvent:
        """Have an event fired on the bus, with what all of our events say, and triggers told."""
        common = {
            "device_id": self._camera.device_id,
            "source": self._camera.hub.source.key,
            "camera_id": self._camera.camera_id,
            "received_at": iso(self._received_at),
        }
        data = common | data
        self.reaction.bus = (_EVENTS[kind], data)
        self.reaction.occurrence = TriggerEvent(kind=kind, device_id=self._camera.device_id, data=data)
        return self.reaction.occurrence

    def trigger(self, key: str, kind: str, data: dict[str, Any]) -> None:
        """Make something the last event of an event entity."""
        record = EventRecord(type=str(kind), at=self._received_at, attributes=dict(data))
        self._camera.record.events[key] = record
        self.reaction.aspects[event_aspect(key)] = record

    def hold(self, key: str) -> None:
        """Keep a binary sensor on for its hold time from now on."""
        until = self._received_at + self._camera.hub.options.hold_time(key)
        self._camera.record.alarms[key] = until
        self.reaction.holds[key] = until


def iso(time: datetime | None) -> str | None:
    """Return a time as our events say it: ISO 8601 with milliseconds."""
    return None if time is None else time.isoformat(timespec="milliseconds")
