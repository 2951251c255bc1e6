"""The handler of alarms."""

from homeassistant.components.event import DoorbellEventType

from ...const import KEY_ALARM, KEY_ALARMS, KEY_DOORBELL, KEY_SNAPSHOT
from ...domain.history import EventKind
from ...domain.messages import Alarm, AlarmType
from ...domain.options import SAFETY_ALARMS
from ..camera import CameraDevice
from ..effects import Effects, EffectsBuilder
from ..trigger_events import TriggerKind


def handle_alarm(camera: CameraDevice, alarm: Alarm) -> Effects:
    """Turn on the alarm's binary sensor, and show its picture."""
    builder = EffectsBuilder(camera, alarm, alarm.received_at, camera.context.new_media_id())
    picture = builder.keep(alarm.picture, alarm.alarm)
    clip = builder.keep(alarm.clip, alarm.alarm)
    builder.set_picture(KEY_SNAPSHOT, picture)
    builder.drop_what_is_not_shown()
    builder.hold(alarm.alarm)
    details = {"code": alarm.code, "picture": builder.media_id(picture), "clip": builder.media_id(clip)}
    builder.set_bus_event(TriggerKind.ALARM, {"alarm": str(alarm.alarm), **details})
    builder.set_entity_event(KEY_ALARM, alarm.alarm, details)
    builder.set_history(
        EventKind.ALARM,
        at=alarm.received_at,
        type=str(alarm.alarm),
        danger=alarm.alarm in SAFETY_ALARMS,
        media={"picture": picture, "clip": clip},
    )
    builder.count(KEY_ALARMS, alarm.received_at)
    if alarm.alarm is AlarmType.DOORBELL:
        builder.set_entity_event(KEY_DOORBELL, DoorbellEventType.RING, details)
    return builder.effects
