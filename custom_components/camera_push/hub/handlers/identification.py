"""The handler of identifications: their camera, and the known person that they are about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

from ...const import (
    KEY_FACE,
    KEY_IDENTIFICATION,
    KEY_LAST_CONFIDENCE,
    KEY_LAST_PERSON,
    KEY_LAST_WATCHLIST,
    KEY_SNAPSHOT,
)
from ...domain.danger import is_dangerous_observation
from ...domain.history import EventKind
from ...domain.media import Picture, PictureRole
from ...domain.messages import Identification, LaterPictures
from ...domain.record import ValueRecord
from ...domain.visits import Unsettled, Visit
from ..camera import CameraDevice
from ..effects import Effects, EffectsBuilder, Kept, KnownEffects, iso, seen_in_the_past
from ..known_device import LAST_CAMERA, PersonDevice
from ..known_devices import KnownDevices
from ..signals import LAST_SEEN, value_key
from ..strangers import PROFILE, strangers
from ..trigger_events import TriggerKind

# What of the identification is an attribute of the states that it sets.
_ATTRIBUTES: Final = ("profile_id", "person", "watchlists", "confidence", "age", "gender", "captured_at")
# What triggers compare with later messages of the same activity.
_TOLD: Final = ("profile_id", "person", "watchlists", "confidence", "late")
_OTHER: Final = "other"
# Somebody who is in no list (documented).
_NON_IDENTIFICATION: Final = "non_identification"
_UNKNOWN_PERSON: Final = "unknown person"
_UNKNOWN_LASTS: Final = timedelta(seconds=15)


def handle_identification(camera: CameraDevice, message: Identification, known: KnownDevices) -> Effects:
    """Show who was seen; a person who is certain enough is present."""
    if camera.knows(message.key):
        return Effects(durable=False)
    camera.record.note_event(message.captured_at, message.received_at)
    visit = camera.visits.of_activity(message.activity_id, message.received_at)
    builder = EffectsBuilder(
        camera,
        message,
        min(message.captured_at or message.received_at, message.received_at),
        visit.row(message.type, camera.context.new_media_id),
    )
    builder.effects.key = message.key
    view, face = _set_pictures(builder, message.pictures)
    if message.links and message.event_id is not None:
        camera.expect_pictures(message.event_id, visit.rows[message.type])

    late, how_old = camera.lateness(message)
    # An identification below the user's minimum is told, but is nobody in particular.
    is_certain = (message.confidence or 0.0) >= camera.context.options.minimum_confidence
    person = known.person(message.profile_id) if is_certain else None
    data = {
        "type": message.type,
        "profile_id": message.profile_id,
        "person": person.name if person is not None else None,
        "watchlists": [known.watchlist_name(group) for group in message.watchlists],
        "age": message.age,
        "gender": message.gender,
        "confidence": message.confidence,
        "activity_id": message.activity_id,
        "captured_at": iso(message.captured_at),
        "late": late,
        "details": dict(message.more),
        "picture": builder.media_id(view),
    }
    event = builder.set_bus_event(TriggerKind.IDENTIFICATION, data)
    name = known.names.profiles.get(message.profile_id or "")
    builder.effects.trigger_event = replace(
        event,
        data={**event.data, "watchlist_ids": list(message.watchlists), "profile_name": name},
        known_device_id=person.device_id if person is not None else None,
        is_certain=is_certain,
        acted=visit.triggered,
        previous=visit.told,
    )
    builder.set_history(
        EventKind.IDENTIFICATION,
        at=message.received_at - how_old,
        late=late,
        type=message.type,
        danger=is_dangerous_observation(message.type, message.more),
        known_id=person.id if person is not None else None,
        profile_id=message.profile_id,
        watchlists=message.watchlists,
        age=message.age,
        gender=message.gender,
        confidence=message.confidence,
        media={"picture": view, "face_picture": face},
    )
    types = camera.context.info.events[KEY_IDENTIFICATION]
    before = strangers(camera.context.hass).before
    shown = data | (before(f"{PROFILE}{message.profile_id}") if message.profile_id is not None else {})
    shown |= {"profile_name": name} if name is not None else {}
    builder.set_entity_event(KEY_IDENTIFICATION, message.type if message.type in types else _OTHER, shown)
    if message.profile_id is not None and is_certain:
        known.note_profile(
            message.profile_id, camera.name, message.received_at, builder.media_id(face or view)
        )
        if not late:
            _set_last_person(camera, builder.effects, data, name)
    if person is not None:
        builder.effects.known.append(
            seen_in_the_past(person, message.captured_at or message.received_at)
            if late
            else _set_present(camera, person, message, visit, data)
        )
    if not late:
        told = dict(builder.effects.trigger_event.data)
        judged = _noted(camera, message, visit, told, is_certain=is_certain)
        if judged is not None:
            builder.effects.settling = partial(
                strangers(camera.context.hass).async_judge, camera, judged, is_over=False
            )
    visit.add(message.received_at, {key: data[key] for key in _TOLD})
    return builder.effects


def handle_later_pictures(camera: CameraDevice, message: LaterPictures) -> Effects:
    """Add pictures to the row of an identification that was told before, and show them if none are newer."""
    taken_at = min(message.captured_at or message.received_at, message.received_at)
    row = camera.expected_row(message.event_id)
    builder = EffectsBuilder(camera, message, taken_at, row)
    view, face = _set_pictures(builder, message.pictures)
    builder.set_history(
        EventKind.IDENTIFICATION,
        at=taken_at,
        late=True,
        type=message.type,
        media={"picture": view, "face_picture": face},
    )
    return builder.effects


def _set_pictures(
    builder: EffectsBuilder, pictures: Sequence[Picture]
) -> tuple[Kept[Picture] | None, Kept[Picture] | None]:
    """Keep and show the pictures; return the view and the face."""
    faces: list[Kept[Picture]] = []
    views: list[Kept[Picture]] = []
    for picture in pictures:
        is_face = picture.role is PictureRole.FACE
        if (item := builder.keep(picture, "face" if is_face else "person")) is not None:
            (faces if is_face else views).append(item)
    face, view = next(iter(faces), None), next(iter(views + faces), None)
    builder.set_picture(KEY_SNAPSHOT, view)
    builder.set_picture(KEY_FACE, face)
    builder.drop_what_is_not_shown()
    return view, face


def _noted(
    camera: CameraDevice, message: Identification, visit: Visit, data: dict[str, Any], *, is_certain: bool
) -> Visit | None:
    """Return the visit in which it is to be judged whether a camera sees a stranger.

    Somebody who is in no list has no profile, so that nobody knows whether they were there before. A known
    person at the same camera a moment later is taken to be the one that was not recognised at first.
    """
    unknown = camera.visits.find(_UNKNOWN_PERSON, message.received_at, lasts=_UNKNOWN_LASTS)
    is_known = data["person"] is not None or bool(data["watchlists"])
    profile = message.profile_id if is_certain else None
    if is_known and profile is not None:
        strangers(camera.context.hass).async_excuse(unknown)
    if profile is None and message.type != _NON_IDENTIFICATION:
        return None
    if profile is None:
        visit = unknown
    elif message.activity_id is None:
        visit = camera.visits.find(f"{PROFILE}{profile}", message.received_at, lasts=_UNKNOWN_LASTS)
    what = Unsettled(
        key=f"{PROFILE}{profile}" if profile is not None else None,
        shown=profile or "",
        kind=TriggerKind.UNKNOWN_PERSON,
        data=data,
        is_known=is_known,
    )
    visit.note(what, is_better=True)
    return visit


def _set_last_person(
    camera: CameraDevice, effects: Effects, data: dict[str, Any], profile_name: str | None
) -> None:
    """Show who was seen last in the sensors: by the user's name, else the platform's, else the profile."""
    attributes = {key: data[key] for key in _ATTRIBUTES}
    values: dict[str, str | int | None] = {
        KEY_LAST_PERSON: data["person"] or profile_name or data["profile_id"],
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
        effects.updates[value_key(key)] = None


def _set_present(
    camera: CameraDevice, person: PersonDevice, message: Identification, visit: Visit, data: dict[str, Any]
) -> KnownEffects:
    """Show that a person is seen right now, and trigger their event once in an activity."""
    effects = KnownEffects(device=person)
    person.record.last_seen = message.received_at
    person.record.last_camera = camera.name
    effects.updates |= {LAST_SEEN, LAST_CAMERA}
    # Without an activity, somebody comes anew after having been gone.
    begins = not person.is_present if message.activity_id is None else visit.begins(person.id)
    if begins:
        attributes = {key: data[key] for key in (*_ATTRIBUTES, "picture")}
        attributes |= {"device_id": camera.device_id, "camera_id": camera.camera_id}
        effects.set_seen(message.received_at, attributes)
    effects.set_present(message.received_at)
    return effects
