"""What each kind of message does to a camera."""

from __future__ import annotations

from homeassistant.components.event import DoorbellEventType

from ...const import KEY_ALARM, KEY_CLOCK_OFFSET, KEY_DOORBELL, KEY_SNAPSHOT
from ...domain.messages import (
    Alarm,
    AlarmType,
    CloudEvent,
    Heartbeat,
    Identification,
    Message,
    PlateRead,
    Snapshot,
)
from ..camera import CameraDevice
from ..effects import Effects, EffectsBuilder
from ..signals import value_aspect
from ..trigger_events import TriggerKind
from .cloud_event import react_to_cloud_event
from .identification import react_to_identification
from .plate import react_to_plate


def react(camera: CameraDevice, message: Message) -> Effects:
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
    return Effects(durable=False)


def _heartbeat(camera: CameraDevice, heartbeat: Heartbeat) -> Effects:
    was_armed = camera.record.armed
    camera.heartbeat(heartbeat)
    told = [*heartbeat.counters, KEY_CLOCK_OFFSET]
    reaction = Effects(durable=False, is_deferrable=was_armed)
    reaction.aspects |= dict.fromkeys(value_aspect(key) for key in told)
    return reaction


def _alarm(camera: CameraDevice, alarm: Alarm) -> Effects:
    draft = EffectsBuilder(camera, alarm, alarm.received_at)
    picture = draft.keep(alarm.picture, alarm.alarm)
    clip = draft.keep(alarm.clip, alarm.alarm) if alarm.clip is not None else None
    draft.show(KEY_SNAPSHOT, picture)
    draft.drop_what_is_not_shown()

    draft.hold(alarm.alarm)

    details = {"code": alarm.code, "picture": draft.uri(picture), "clip": draft.uri(clip)}
    draft.fire(TriggerKind.ALARM, {"alarm": str(alarm.alarm), **details})
    draft.trigger(KEY_ALARM, alarm.alarm, details)
    if alarm.alarm is AlarmType.DOORBELL:
        draft.trigger(KEY_DOORBELL, DoorbellEventType.RING, details)
    return draft.reaction


def _snapshot(camera: CameraDevice, snapshot: Snapshot) -> Effects:
    draft = EffectsBuilder(camera, snapshot, snapshot.received_at)
    draft.show(KEY_SNAPSHOT, draft.keep(snapshot.picture, KEY_SNAPSHOT))
    return draft.reaction
