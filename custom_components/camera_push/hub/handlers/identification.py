"""What an identification does: to the camera that it is from, and to the known person that it is about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...const import (
    KEY_FACE,
    KEY_IDENTIFICATION,
    KEY_LAST_CONFIDENCE,
    KEY_LAST_PERSON,
    KEY_LAST_WATCHLIST,
    KEY_SNAPSHOT,
)
from ...domain.media import PictureRole
from ...domain.messages import Identification
from ...domain.record import ValueRecord
from ..camera import CameraDevice
from ..effects import Effects, EffectsBuilder, KnownEffects, iso, subject_was_there
from ..known import LAST_CAMERA, PersonDevice
from ..signals import LAST_SEEN, value_aspect
from ..trigger_events import Kind

# What of the identification is an attribute of what it sets.
_ATTRIBUTES = ("profile_id", "person", "watchlists", "confidence", "age", "gender", "captured_at")


def react_to_identification(camera: CameraDevice, message: Identification) -> Effects:
    """Change the records as an identification says, and return what else there is to do."""
    if camera.is_repeated(message.key):
        return Effects(durable=False)
    camera.record.note_event(message.captured_at, message.received_at)
    draft = EffectsBuilder(
        camera, message, min(message.captured_at or message.received_at, message.received_at)
    )
    draft.reaction.key = message.key
    kept = [
        draft.keep(picture, "face" if picture.role is PictureRole.FACE else "person")
        for picture in message.pictures
    ]
    faces = [item for item in kept if item.content.role is PictureRole.FACE]
    views = [item for item in kept if item.content.role is not PictureRole.FACE]
    view = next(iter(views + faces), None)
    draft.show(KEY_SNAPSHOT, view)
    draft.show(KEY_FACE, next(iter(faces), None))
    draft.drop_what_is_not_shown()

    late = message.late or (not message.live and camera.is_late(message)[0])
    hub = camera.hub
    # What is less certain than the user wants is told, but is nobody in particular.
    is_certain = (message.confidence or 0.0) >= hub.options.minimum_confidence
    person = hub.subjects.person(message.profile_id) if is_certain else None
    details = {
        "profile_id": message.profile_id,
        "person": person.name if person is not None else None,
        "watchlists": [hub.subjects.watchlists.get(group, group) for group in message.watchlists],
        "age": message.age,
        "gender": message.gender,
        "confidence": message.confidence,
        "activity_id": message.activity_id,
        "captured_at": iso(message.captured_at),
        "late": late,
        "details": dict(message.more),
        "picture": draft.uri(view),
    }
    previous = camera.record.events.get(KEY_IDENTIFICATION)
    draft.reaction.occurrence = replace(
        draft.fire(Kind.IDENTIFICATION, {"type": message.type, **details}),
        subject=person.device_id if person is not None else None,
        is_certain=is_certain,
        acted=hub.subjects.acted(camera.camera_id, message.activity_id),
        previous=(
            previous.attributes
            if previous is not None
            and message.activity_id is not None
            and previous.attributes["activity_id"] == message.activity_id
            else None
        ),
    )
    types = hub.source.events[KEY_IDENTIFICATION]
    event_type = message.type if message.type in types else "other"
    draft.trigger(KEY_IDENTIFICATION, event_type, {"type": message.type, **details})
    if message.profile_id is not None and is_certain:
        face = draft.uri(next(iter(faces), view))
        hub.subjects.note_profile(message.profile_id, camera.name, message.received_at, face)
        if not late:
            _show_person(camera, draft.reaction, details)
    if person is not None:
        draft.reaction.subject = (
            subject_was_there(person, message.captured_at or message.received_at)
            if late
            else _person_is_there(camera, person, message, details)
        )
    return draft.reaction


def _show_person(camera: CameraDevice, reaction: Effects, data: dict[str, Any]) -> None:
    """Show who was seen last in the sensors."""
    attributes = {key: data[key] for key in _ATTRIBUTES}
    values: dict[str, str | int | None] = {
        KEY_LAST_PERSON: data["person"] or data["profile_id"],
        KEY_LAST_CONFIDENCE: round(data["confidence"] * 100) if data["confidence"] is not None else None,
        KEY_LAST_WATCHLIST: next(iter(data["watchlists"]), None),
    }
    for key, value in values.items():
        if value is None:
            camera.record.values.pop(key, None)
        else:
            camera.record.values[key] = ValueRecord(
                value=value, attributes=attributes if key == KEY_LAST_PERSON else {}
            )
        reaction.aspects[value_aspect(key)] = None


def _person_is_there(
    camera: CameraDevice, person: PersonDevice, message: Identification, data: dict[str, Any]
) -> KnownEffects:
    """Show that a person is seen right now."""
    reaction = KnownEffects(subject=person)
    person.record.last_seen = message.received_at
    person.record.last_camera = camera.name
    reaction.aspects |= {LAST_SEEN, LAST_CAMERA}
    if person.begins_visit(camera.camera_id, message.activity_id, message.received_at):
        attributes = {key: data[key] for key in (*_ATTRIBUTES, "picture")}
        attributes |= {"device_id": camera.device_id, "camera_id": camera.camera_id}
        reaction.see(message.received_at, attributes)
    reaction.hold(message.received_at)
    return reaction
