"""What each kind of message does to a camera: record, pictures to keep, entities, bus events."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from homeassistant.components.event import DoorbellEventType

from .camera_device import CameraDevice, alarm_aspect, event_aspect, picture_aspect, value_aspect
from .const import (
    DOMAIN,
    EVENT_ALARM,
    EVENT_PLATE,
    KEY_ALARM,
    KEY_DOORBELL,
    KEY_PLATE,
    KEY_SNAPSHOT,
)
from .core.clock import age
from .core.media import Clip, Picture, PictureRole
from .core.messages import Alarm, AlarmType, Heartbeat, Message, PlateRead, Snapshot
from .core.record import EventRecord, PictureRecord, ValueRecord
from .media.model import NewMedia

# Where a media id is found in an event's data.
_MEDIA_KEYS: Final = ("picture", "clip", "plate_picture")


@dataclass(slots=True, kw_only=True)
class Reaction:
    """What a message leads to, once it is on disk.

    `aspects` are the entities to tell, with the event for those that show one; `holds` the
    alarms to keep on; `pictures` the new content of image entities.
    """

    media: list[NewMedia] = field(default_factory=list)
    pictures: dict[str, Picture] = field(default_factory=dict)
    holds: dict[AlarmType, datetime] = field(default_factory=dict)
    aspects: dict[str, EventRecord | None] = field(default_factory=dict)
    bus: tuple[str, dict[str, Any]] | None = None
    key: str | None = None
    durable: bool = True

    def forget_media(self) -> None:
        """Take back all media ids: the disk did not take the pictures, but the alarm counts."""
        data = [record.attributes for record in self.aspects.values() if record is not None]
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


def react(camera: CameraDevice, message: Message) -> Reaction:
    """Change the camera's record as the message says, and return what else there is to do."""
    camera.record.last_seen = message.received_at
    if message.address is not None:
        camera.record.address = message.address
    match message:
        case Alarm():
            return _alarm(camera, message)
        case PlateRead():
            return _plate_read(camera, message)
        case Snapshot():
            return _snapshot(camera, message)
        case Heartbeat():
            camera.heartbeat(message)
    return Reaction(durable=False)


class _Draft:
    """A reaction in the making: keeps pictures, shows them, writes events."""

    def __init__(self, camera: CameraDevice, message: Message, taken_at: datetime) -> None:
        self.reaction = Reaction()
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
        """Make a picture the one that an entity shows, unless that shows a newer one already."""
        current = self._camera.record.pictures.get(key)
        if kept is None or (current is not None and current.captured_at > self._taken_at):
            return
        self._camera.record.pictures[key] = PictureRecord(
            media_id=kept.id,
            type=kept.content.type,
            updated_at=self._received_at,
            captured_at=self._taken_at,
        )
        self.reaction.pictures[key] = kept.content
        self.reaction.aspects[picture_aspect(key)] = None

    def fire(self, event: str, data: dict[str, Any]) -> None:
        """Have an event fired on the bus, with what all of our events say."""
        common = {
            "device_id": self._camera.device_id,
            "source": self._camera.hub.source.key,
            "camera_id": self._camera.camera_id,
            "received_at": _iso(self._received_at),
        }
        self.reaction.bus = (event, common | data)

    def trigger(self, key: str, kind: str, data: dict[str, Any]) -> None:
        """Make something the last event of an event entity."""
        record = EventRecord(type=str(kind), at=self._received_at, attributes=dict(data))
        self._camera.record.events[key] = record
        self.reaction.aspects[event_aspect(key)] = record


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="milliseconds")


def _alarm(camera: CameraDevice, alarm: Alarm) -> Reaction:
    draft = _Draft(camera, alarm, alarm.received_at)
    picture = draft.keep(alarm.picture, alarm.alarm)
    clip = draft.keep(alarm.clip, alarm.alarm) if alarm.clip is not None else None
    draft.show(KEY_SNAPSHOT, picture)
    draft.drop_what_is_not_shown()

    until = alarm.received_at + camera.hub.options.hold_times[alarm.alarm]
    camera.record.alarms[alarm.alarm] = until
    draft.reaction.holds[alarm.alarm] = until
    draft.reaction.aspects[alarm_aspect(alarm.alarm)] = None

    details = {"code": alarm.code, "picture": draft.uri(picture), "clip": draft.uri(clip)}
    draft.fire(EVENT_ALARM, {"alarm": str(alarm.alarm), **details})
    draft.trigger(KEY_ALARM, alarm.alarm, details)
    if alarm.alarm is AlarmType.DOORBELL:
        draft.trigger(KEY_DOORBELL, DoorbellEventType.RING, details)
    return draft.reaction


def _snapshot(camera: CameraDevice, snapshot: Snapshot) -> Reaction:
    draft = _Draft(camera, snapshot, snapshot.received_at)
    draft.show(KEY_SNAPSHOT, draft.keep(snapshot.picture, KEY_SNAPSHOT))
    return draft.reaction


def _plate_read(camera: CameraDevice, read: PlateRead) -> Reaction:
    if camera.is_repeated(read.key):
        return Reaction(durable=False)
    # A camera whose clock is ahead must not keep its later pictures from being shown.
    draft = _Draft(camera, read, min(read.captured_at or read.received_at, read.received_at))
    draft.reaction.key = read.key
    kept = [draft.keep(picture, _label(picture), read.plate) for picture in read.pictures]
    view = _view(kept)
    crop = next((item for item in kept if item.content.role is PictureRole.PLATE), None)
    draft.show(KEY_SNAPSHOT, view)
    draft.show(KEY_PLATE, crop)
    draft.drop_what_is_not_shown()

    late = (
        read.captured_at is not None
        and age(read.captured_at, read.received_at, camera.clock.offset) > camera.hub.options.lateness_limit
    )
    details = {
        "plate": read.plate,
        "plate_raw": read.plate_raw,
        "country": read.country,
        "region": read.region,
        "confidence": read.confidence,
        "direction": str(read.direction),
        "zone": read.zone,
        "car_id": read.car_id,
        "vehicle": asdict(read.vehicle),
        "list_name": read.list_name,
        "list_mode": read.list_mode,
        "known_vehicle": None,
        "captured_at": _iso(read.captured_at),
        "late": late,
        "picture": draft.uri(view),
        "plate_picture": draft.uri(crop),
    }
    draft.fire(EVENT_PLATE, {"state": str(read.state), **details})
    draft.trigger(KEY_PLATE, read.state, details)
    if not late:
        _show_plate(camera, draft.reaction, read, details)
    return draft.reaction


def _show_plate(camera: CameraDevice, reaction: Reaction, read: PlateRead, data: dict[str, Any]) -> None:
    """Let the plate sensors follow the best reading of the visit that the read belongs to."""
    if not camera.visits.add(read) or read.plate is None:
        return
    attributes = {
        key: data[key]
        for key in (
            "plate_raw",
            "country",
            "region",
            "confidence",
            "direction",
            "zone",
            "car_id",
            "list_name",
            "list_mode",
            "captured_at",
        )
    }
    shown = {description.key for description in camera.hub.source.sensors}
    for key in shown & {KEY_PLATE, f"{KEY_PLATE}_zone_{read.zone}"}:
        camera.record.values[key] = ValueRecord(value=read.plate, attributes=attributes)
        reaction.aspects[value_aspect(key)] = None


def _label(picture: Picture) -> str:
    return "plate" if picture.role is PictureRole.PLATE else "vehicle"


def _view(pictures: list[Kept[Picture]]) -> Kept[Picture] | None:
    """Return the picture that shows most: a scene or a vehicle before a plate, and the larger one."""
    return max(
        pictures,
        key=lambda kept: (kept.content.role is not PictureRole.PLATE, len(kept.content.data)),
        default=None,
    )
