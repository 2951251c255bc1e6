"""The handlers: one for each kind of message."""

from collections.abc import Callable
from typing import Any, Final

from ...domain.messages import (
    Alarm,
    CloudEvent,
    Heartbeat,
    Identification,
    LaterPictures,
    Message,
    PlateRead,
    Snapshot,
)
from ..camera import CameraDevice
from ..effects import Effects
from ..known_devices import KnownDevices
from .alarm import handle_alarm
from .cloud_event import handle_cloud_event
from .heartbeat import handle_heartbeat
from .identification import handle_identification, handle_later_pictures
from .plate import handle_plate
from .snapshot import handle_snapshot

_HANDLERS: Final[dict[type[Message], Callable[[CameraDevice, Any], Effects]]] = {
    Alarm: handle_alarm,
    CloudEvent: handle_cloud_event,
    Heartbeat: handle_heartbeat,
    LaterPictures: handle_later_pictures,
    PlateRead: handle_plate,
    Snapshot: handle_snapshot,
}


def handle(camera: CameraDevice, message: Message, known: KnownDevices) -> Effects:
    """Change the camera's record as the message says, and return what it leads to."""
    camera.record.last_seen = message.received_at
    if message.address is not None:
        camera.record.address = message.address
    if isinstance(message, Identification):
        return handle_identification(camera, message, known)
    return _HANDLERS[type(message)](camera, message)
