"""What each kind of message does to a camera."""

from __future__ import annotations

from homeassistant.components.event import DoorbellEventType

from .aspects import value_aspect
from .camera_device import CameraDevice
from .cloud_reactions import react_to_cloud_event
from .const import KEY_ALARM, KEY_CLOCK_OFFSET, KEY_DOORBELL, KEY_SNAPSHOT
from .core.messages import (
    Alarm,
    AlarmType,
    CloudEvent,
    Heartbeat,
    Identification,
    Message,
    PlateRead,
    Snapshot,
)
from .occurrences import Kind
from .person_reactions import react_to_identification
from .plate_reactions import react_to_plate
from .reaction import Draft, Reaction


def react(camera: CameraDevice, message: Message) -> Reaction:
    """Change the camera's record as the message says, and return what else there is to do."""
    camera.record.last_seen = message.received_at
    if message.address is not None:
        camera.record.address = message.address
    match message:
        case Alarm():
            return _alarm(camera, message)
        case PlateRead():
            return react_to_plate(camera, message)
        case CloudEvent():
            return react_to_cloud_event(camera, message)
        case Identification():
            return react_to_identification(camera, message)
        case Snapshot():
            return _snapshot(camera, message)
        case Heartbeat():
            return _heartbeat(camera, message)
    return Reaction(durable=False)


def _heartbeat(camera: CameraDevice, heartbeat: Heartbeat) -> Reaction:
    was_armed = camera.record.armed
    camera.heartbeat(heartbeat)
    told = [*heartbeat.counters, KEY_CLOCK_OFFSET]
    reaction = Reaction(durable=False, is_deferrable=was_armed)
    reaction.aspects |= dict.fromkeys(value_aspect(key) for key in told)
    return reaction


def _alarm(camera: CameraDevice, alarm: Alarm) -> Reaction:
    draft = Draft(camera, alarm, alarm.received_at)
    picture = draft.keep(alarm.picture, alarm.alarm)
    clip = draft.keep(alarm.clip, alarm.alarm) if alarm.clip is not None else None
    draft.show(KEY_SNAPSHOT, picture)
    draft.drop_what_is_not_shown()

    draft.hold(alarm.alarm)

    details = {"code": alarm.code, "picture": draft.uri(picture), "clip": draft.uri(clip)}
    draft.fire(Kind.ALARM, {"alarm": str(alarm.alarm), **details})
    draft.trigger(KEY_ALARM, alarm.alarm, details)
    if alarm.alarm is AlarmType.DOORBELL:
        draft.trigger(KEY_DOORBELL, DoorbellEventType.RING, details)
    return draft.reaction


def _snapshot(camera: CameraDevice, snapshot: Snapshot) -> Reaction:
    draft = Draft(camera, snapshot, snapshot.received_at)
    draft.show(KEY_SNAPSHOT, draft.keep(snapshot.picture, KEY_SNAPSHOT))
    return draft.reaction
