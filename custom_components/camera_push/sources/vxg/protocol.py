"""VXG Cloud VMS's objects: cameras, their event types, and stored events as messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from ...domain.clock import from_iso
from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import Json
from ...domain.messages import CloudEvent
from ...domain.plates import normalised_plate
from ...transports.push import Arrival

# The settings of an event type.
EVENT_SETTINGS: Final = ("notify", "record", "snapshot")
CAN_BE_TRIGGERED: Final = "can_be_triggered"

# The event that says whether a camera is online. How its `meta` says it is not documented: in one of
# these words.
_NET_EVENT: Final = "net"
_ONLINE: Final = frozenset({"online", "connected", "connect", "on", "up", "true", "1", "active"})
# What plate recognition says of a car (seen).
_PLATE: Final = "license_plate"
_OFFLINE: Final = frozenset(
    {"offline", "disconnected", "disconnect", "off", "down", "false", "0", "inactive"}
)


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
    """An event that the server keeps; `time` is in UTC, `picture` a URL."""

    id: str
    camera_id: str
    name: str
    time: datetime | None
    meta: Mapping[str, Json]
    picture: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> StoredEvent:
        """Return the event in an object of the interface; raises ProtocolError."""
        event_id, camera_id, name = fields.text("id"), fields.text("camid"), fields.text("name")
        if event_id is None or camera_id is None or name is None:
            raise ProtocolError("An event has no id, camera or name.")
        meta = fields.get("meta")
        # Signed links are longer than a text that is shown may be.
        links = (fields.fields("thumb").get("url"), fields.fields("filemeta").fields("download").get("url"))
        return cls(
            id=event_id,
            camera_id=camera_id,
            name=name,
            # UTC without a zone (documented).
            time=from_iso(fields.text("time"), UTC),
            meta=meta if isinstance(meta, dict) else {},
            picture=next((link for link in links if isinstance(link, str) and link), None),
        )

    def message(self, arrival: Arrival, *, late: bool) -> CloudEvent:
        """Return the event as a message, without its picture."""
        return CloudEvent(
            camera_id=self.camera_id,
            received_at=arrival.received_at,
            name=self.name,
            event_id=self.id,
            captured_at=self.time,
            meta=self.meta,
            late=late,
            online=_online(self.meta) if self.name == _NET_EVENT else None,
            plate=normalised_plate(plate) if isinstance(plate := self.meta.get(_PLATE), str) else None,
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
