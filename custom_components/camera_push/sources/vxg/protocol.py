"""VXG Cloud VMS's objects: cameras, their event types, and stored events as messages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from ...domain.bounded import bounded
from ...domain.clock import from_iso
from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import Json
from ...domain.media import Picture
from ...domain.messages import CloudEvent, Identification, Message, PlateRead, Vehicle
from ...domain.plates import normalised_plate, raw_plate
from ...domain.text import printable
from ...transports.push import Arrival

# The settings of an event type.
EVENT_SETTINGS: Final = ("notify", "record", "snapshot")
CAN_BE_TRIGGERED: Final = "can_be_triggered"

# The event that says whether a camera is online. How its `meta` says it is not documented: in one of
# these words.
_NET_EVENT: Final = "net"
_ONLINE: Final = frozenset({"online", "connected", "connect", "on", "up", "true", "1", "active"})
_OFFLINE: Final = frozenset(
    {"offline", "disconnected", "disconnect", "off", "down", "false", "0", "inactive"}
)
# What plate recognition says of a car (seen).
_PLATE: Final = "license_plate"
_OF_CAR: Final = frozenset({_PLATE, "car_brand", "car_model", "car_color"})
# Events about faces and persons (seen), and what of their meta would say who that is (inferred: what they
# carry is published nowhere).
_FACE_EVENTS: Final = ("facedetection", "face_detection", "facial_analysis", "person")
_WHO: Final = ("profile_id", "person_id", "face_id", "person_name", "person", "name")
_NOBODY: Final = frozenset({"unknown", "none", "null", "undefined", "0", "-1"})
_CONFIDENCE: Final = ("confidence", "similarity", "score")
LABELS: Final = "labels"
ALIAS: Final = "alias"
_LABEL_KEYS: Final = frozenset({"label", "labels"})
_MAX_LABELS: Final = 32
_MAX_LABEL_LENGTH: Final = 64
_MAX_DEPTH: Final = 8
_MAX_AGE: Final = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class VxgCamera:
    """A camera; `name` is the one that its user gave it."""

    id: str
    name: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> VxgCamera:
        """Return the camera in an object of the interface; raises ProtocolError."""
        if (camera_id := fields.text("id")) is None:
            raise ProtocolError("A camera has no id.")
        return cls(id=camera_id, name=fields.text("name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """An event type that a camera supports, with those settings that it has."""

    name: str
    settings: Mapping[str, bool]

    @classmethod
    def from_fields(cls, fields: Fields) -> EventType:
        """Return the type in an object of the interface; raises ProtocolError."""
        if (name := fields.text("name")) is None:
            raise ProtocolError("An event type has no name.")
        found = {key: value for key in EVENT_SETTINGS if isinstance(value := fields.get(key), bool)}
        found[CAN_BE_TRIGGERED] = fields.fields("caps").get(CAN_BE_TRIGGERED) is True
        return cls(name=name, settings=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event that the server keeps.

    `alias` is the name to show, `time` is in UTC. `picture` is the URL of a picture, `detections` that of
    what was recognised in it.
    """

    id: str
    camera_id: str
    name: str
    alias: str | None
    time: datetime | None
    meta: Mapping[str, Json]
    picture: str | None
    detections: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> StoredEvent:
        """Return the event in an object of the interface; raises ProtocolError."""
        event_id, camera_id, name = fields.text("id"), fields.text("camid"), fields.text("name")
        if event_id is None or camera_id is None or name is None:
            raise ProtocolError("An event has no id, camera or name.")
        meta = fields.get("meta")
        return cls(
            id=event_id,
            camera_id=camera_id,
            name=name,
            alias=fields.text("alias"),
            # UTC without a zone (documented).
            time=from_iso(fields.text("time"), UTC),
            meta=meta if isinstance(meta, dict) else {},
            picture=next(_links(fields.get("thumb")), None) or next(_links(fields.get("images")), None),
            # A JSON text (seen).
            detections=next(_links(fields.fields("filemeta").get("download")), None),
        )

    def message(self, arrival: Arrival, *, late: bool) -> CloudEvent:
        """Return the event as a message, without what lies behind links."""
        return CloudEvent(
            camera_id=self.camera_id,
            received_at=arrival.received_at,
            name=self.name,
            event_id=self.id,
            captured_at=self.time,
            meta=self.meta if self.alias is None else {ALIAS: self.alias, **self.meta},
            late=late,
            online=_online(self.meta) if self.name == _NET_EVENT else None,
        )


def _links(value: Json, depth: int = 3) -> Iterator[str]:
    """Yield the links in a field: it is one, or an object or list of such that have a URL."""
    # Signed links are longer than a text that is shown may be.
    if isinstance(value, str):
        if value:
            yield value
    elif depth and isinstance(value, list):
        for item in value:
            yield from _links(item, depth - 1)
    elif depth and isinstance(value, dict):
        yield from _links(value.get("url"), 0)


def labels_of(detections: Json) -> list[str]:
    """Return the labels in detections, wherever they are; their form is not published."""
    found: dict[str, None] = {}
    _collect(detections, found, _MAX_DEPTH, is_label=False)
    return list(found)


def _collect(value: Json, found: dict[str, None], depth: int, *, is_label: bool) -> None:
    if len(found) >= _MAX_LABELS or depth == 0:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            _collect(item, found, depth - 1, is_label=key.lower() in _LABEL_KEYS)
    elif isinstance(value, list):
        for item in value:
            _collect(item, found, depth - 1, is_label=is_label)
    elif is_label and isinstance(value, str) and (label := printable(value, _MAX_LABEL_LENGTH)):
        found[label] = None


def messages(event: CloudEvent, picture: Picture | None, labels: Sequence[str]) -> list[Message]:
    """Return the messages of an event: what it recognised, if anything, and the event itself."""
    meta = dict(event.meta)
    if labels:
        meta.setdefault(LABELS, list(labels))
    found = _plate_read(event, meta, picture) or _identification(event, meta, picture)
    whole = replace(event, meta=meta, picture=picture, has_row=found is None)
    return [whole] if found is None else [found, whole]


def _plate_read(event: CloudEvent, meta: Mapping[str, Json], picture: Picture | None) -> PlateRead | None:
    fields = Fields(meta)
    text = fields.text(_PLATE)
    if (plate := normalised_plate(text)) is None:
        return None
    return PlateRead(
        camera_id=event.camera_id,
        received_at=event.received_at,
        state=None,
        plate=plate,
        plate_raw=raw_plate(text or ""),
        # The cloud tells no confidence.
        is_rated=False,
        vehicle=Vehicle(
            make=fields.text("car_brand"), model=fields.text("car_model"), color=fields.text("car_color")
        ),
        captured_at=event.captured_at,
        late=event.late,
        more={key: value for key, value in meta.items() if key.lower() not in _OF_CAR},
        pictures=(picture,) if picture is not None else (),
    )


def _identification(
    event: CloudEvent, meta: Mapping[str, Json], picture: Picture | None
) -> Identification | None:
    if not any(word in event.name.lower() for word in _FACE_EVENTS):
        return None
    fields = Fields(meta)
    who = fields.text(*_WHO)
    if who is None or who.casefold() in _NOBODY:
        return None
    age = fields.number("age")
    return Identification(
        camera_id=event.camera_id,
        received_at=event.received_at,
        type="identification",
        event_id=f"{event.event_id} person",
        profile_id=who,
        age=int(age) if age is not None and 0 <= age <= _MAX_AGE else None,
        gender=fields.text("gender"),
        confidence=next(
            (found for key in _CONFIDENCE if (found := fields.confidence(key)) is not None), None
        ),
        captured_at=event.captured_at,
        late=event.late,
        more=bounded(meta),
        pictures=(picture,) if picture is not None else (),
    )


def _online(meta: Mapping[str, Any]) -> bool | None:
    """Return whether the camera is online, None if nothing says that."""
    words = {str(value).strip().lower() for value in meta.values()}
    if words & _OFFLINE:
        return False
    return True if words & _ONLINE else None


def format_time(time: datetime) -> str:
    """Return a time as the interface takes it."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
