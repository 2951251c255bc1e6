"""The handler of events of camera clouds."""

from typing import Final

from ...const import KEY_CLOUD_EVENT, KEY_CONNECTIVITY, KEY_SNAPSHOT
from ...domain.bounded import bounded
from ...domain.danger import DANGEROUS_CLOUD_EVENTS
from ...domain.history import EventKind
from ...domain.messages import CloudEvent
from ..camera import CameraDevice
from ..effects import Effects, EffectsBuilder, iso
from ..signals import alarm_key
from ..trigger_events import TriggerKind

# The type of events whose own type the camera is not known to support.
OTHER_EVENT: Final = "other"


def handle_cloud_event(camera: CameraDevice, event: CloudEvent) -> Effects:
    """Show the event, and turn on the binary sensor that is named like it."""
    if camera.knows(event.key):
        return Effects(durable=False)
    record = camera.record
    record.note_event(event.captured_at, event.received_at)
    late, how_old = camera.lateness(event)
    builder = EffectsBuilder(
        camera,
        event,
        min(event.captured_at or event.received_at, event.received_at),
        camera.context.new_media_id() if event.has_row else None,
    )
    builder.effects.key = event.key
    picture = builder.keep(event.picture, "cloud")
    builder.set_picture(KEY_SNAPSHOT, picture)
    builder.drop_what_is_not_shown()
    data = {
        "name": event.name,
        "meta": bounded(event.meta),
        "captured_at": iso(event.captured_at),
        "late": late,
        "picture": builder.media_id(picture),
    }
    builder.set_bus_event(TriggerKind.CLOUD_EVENT, data)
    builder.set_history(
        EventKind.CLOUD_EVENT,
        at=event.received_at - how_old,
        type=event.name,
        late=late,
        danger=event.name.lower() in DANGEROUS_CLOUD_EVENTS,
        meta=data["meta"],
        media={"picture": picture},
    )
    event_type = event.name if event.name in record.event_types else OTHER_EVENT
    builder.set_entity_event(KEY_CLOUD_EVENT, event_type, data)
    if not late and event.name in camera.context.info.binary_sensors:
        builder.hold(event.name)
    if event.online is not None:
        record.online = event.online
        builder.effects.updates[alarm_key(KEY_CONNECTIVITY)] = None
    return builder.effects
