"""What an event of a camera cloud does to its camera."""

from __future__ import annotations

from typing import Final

from ...const import KEY_CLOUD_EVENT, KEY_CONNECTIVITY, KEY_SNAPSHOT
from ...domain.bounded import bounded
from ...domain.messages import CloudEvent
from ..camera import CameraDevice
from ..effects import Effects, EffectsBuilder, iso
from ..signals import alarm_aspect
from ..trigger_events import Kind

OTHER_EVENT: Final = "other"


def react_to_cloud_event(camera: CameraDevice, event: CloudEvent) -> Effects:
    """Change the camera's record as an event says, and return what else there is to do."""
    if camera.is_repeated(event.key):
        return Effects(durable=False)
    record = camera.record
    record.note_event(event.captured_at, event.received_at)
    draft = EffectsBuilder(camera, event, min(event.captured_at or event.received_at, event.received_at))
    draft.reaction.key = event.key
    picture = draft.keep(event.picture, "cloud") if event.picture is not None else None
    draft.show(KEY_SNAPSHOT, picture)
    draft.drop_what_is_not_shown()
    data = {
        "name": event.name,
        "meta": bounded(event.meta),
        "captured_at": iso(event.captured_at),
        "late": event.late,
        "picture": draft.uri(picture),
    }
    draft.fire(Kind.CLOUD_EVENT, data)
    draft.trigger(KEY_CLOUD_EVENT, event.name if event.name in record.event_types else OTHER_EVENT, data)
    if not event.late and event.name in camera.hub.source.held_sensors:
        draft.hold(event.name)
    if event.online is not None:
        record.online = event.online
        draft.reaction.aspects[alarm_aspect(KEY_CONNECTIVITY)] = None
    return draft.reaction
