"""The handler of plate reads: their camera, and the known vehicle that they are about."""

from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final

from ...const import (
    KEY_ALLOW_LIST,
    KEY_BLOCK_LIST,
    KEY_CLOCK_OFFSET,
    KEY_PLATE,
    KEY_SNAPSHOT,
    KEY_VEHICLES_IN,
    KEY_VEHICLES_OUT,
)
from ...domain.bounded import bounded
from ...domain.history import EventKind
from ...domain.media import Picture, PictureRole
from ...domain.messages import Direction, PlateRead, VisitState
from ...domain.plates import canonical_plate
from ...domain.record import ValueRecord
from ...domain.visits import Visit
from ..camera import CameraDevice
from ..effects import Effects, EffectsBuilder, Kept, iso
from ..signals import value_key
from ..strangers import PLATE, strangers
from ..trigger_events import TriggerKind
from .known_vehicle import Passing, known_effects, sighted, unsettled

# The binary sensors that show the camera's own lists, by the list's mode.
_BLOCK: Final = "block"
# What a visit is counted by, once it is known which way it goes.
_COUNTERS: Final = {Direction.IN: KEY_VEHICLES_IN, Direction.OUT: KEY_VEHICLES_OUT}
# Among a visit's rows, that it was counted: the rest of a visit that comes late has its rows.
_COUNTED: Final = "counted"
_LISTS: Final = {"allow": KEY_ALLOW_LIST, _BLOCK: KEY_BLOCK_LIST}

# What the plate sensors say along with the plate.
_PLATE_ATTRIBUTES: Final = (
    "plate_raw",
    "country",
    "region",
    "confidence",
    "direction",
    "zone",
    "car_id",
    "list_name",
    "list_mode",
    "captured_at",
)
# What triggers compare with later messages of the same visit.
_TOLD: Final = ("plate", "confidence", "direction", "zone", "list_mode", "known_vehicle", "late")

# The fields of a read in the history.
_HISTORY: Final = (
    "plate",
    "plate_raw",
    "country",
    "region",
    "confidence",
    "direction",
    "zone",
    "list_name",
    "list_mode",
)
_VEHICLE_DETAILS: Final = ("make", "model", "type", "color", "view")


def handle_plate(camera: CameraDevice, read: PlateRead) -> Effects:
    """Show the read; a known vehicle that it is certain enough about is present."""
    if camera.knows(read.key):
        return Effects(durable=False)
    clock_offset = camera.clock.offset
    late, how_old = camera.lateness(read)
    if late and camera.was_told_of(read):
        # From what the camera has on record, or by a push before that was asked for.
        return Effects(durable=False)
    visit = camera.visits.of_car(read, late=late)
    # A camera whose clock is ahead must not keep its later pictures from being shown.
    builder = EffectsBuilder(
        camera,
        read,
        min(read.captured_at or read.received_at, read.received_at),
        visit.row(EventKind.VISIT, camera.context.new_media_id),
    )
    effects = builder.effects
    effects.key = read.key
    if camera.clock.offset != clock_offset:
        effects.updates[value_key(KEY_CLOCK_OFFSET)] = None
    view, crop = _set_pictures(builder, read, visit)
    state = read.state or (VisitState.UPDATE if visit.messages else VisitState.NEW)
    sightings = sighted(camera, read, visit)
    camera.last_recognition = {**sightings[0].numbers, "reason": sightings[0].reason}
    data = {
        "state": str(state),
        "plate": read.plate,
        "plate_raw": read.plate_raw,
        "country": read.country,
        "region": read.region,
        "confidence": read.confidence,
        "direction": str(read.direction),
        "zone": read.zone,
        "car_id": read.car_id,
        "vehicle": asdict(read.vehicle),
        "list_name": read.list_name,
        "list_mode": read.list_mode,
        "known_vehicle": sightings[0].name,
        "captured_at": iso(read.captured_at),
        "late": late,
        "picture": builder.media_id(view),
        "plate_picture": builder.media_id(crop),
        "details": bounded(read.more) or None,
    }
    event = builder.set_bus_event(TriggerKind.PLATE, data)
    effects.trigger_event = replace(
        event,
        data={**event.data, "recognition": sightings[0].numbers},
        known_device_id=next((it.device.device_id for it in sightings if it.device and it.is_expected), None),
        refused_device_ids={it.device.device_id: it.reason for it in sightings if it.device and it.reason},
        acted=visit.triggered,
        previous=visit.told,
    )
    builder.set_history(
        EventKind.VISIT,
        at=read.received_at - how_old,
        late=late,
        is_over=_is_over(read),
        danger=read.list_mode == _BLOCK,
        known_id=next((it.device.id for it in sightings if it.device is not None and it.is_recognised), None),
        vehicle=_vehicle_details(read),
        **{key: data[key] for key in _HISTORY},
        media={"picture": None if view is crop else view, "plate_picture": crop},
    )
    if (counter := _COUNTERS.get(read.direction)) is not None and _COUNTED not in visit.rows:
        visit.rows[_COUNTED] = 1
        builder.count(counter, read.received_at - how_old)
    plate = canonical_plate(read.plate)
    shown = data | (strangers(camera.context.hass).before(f"{PLATE}{plate}") if plate else {})
    builder.set_entity_event(KEY_PLATE, state, {key: value for key, value in shown.items() if key != "state"})
    passing = Passing(
        camera=camera,
        read=read,
        visit=visit,
        data=dict(event.data),
        at=read.received_at - how_old,
        is_over=_is_over(read),
    )
    effects.known += known_effects(passing, sightings)
    if not late:
        is_better = visit.improves(read)
        if is_better:
            _set_plate(camera, effects, read, data)
        if (what := unsettled(passing, sightings)) is not None:
            visit.note(what, is_better=is_better)
            effects.settling = partial(
                strangers(camera.context.hass).async_judge, camera, visit, is_over=_is_over(read)
            )
        key = _LISTS.get(read.list_mode or "")
        if key is not None and visit.keeps_on(key, is_on=camera.is_on(key), is_over=_is_over(read)):
            builder.hold(key)
    visit.add(read.received_at, {key: data[key] for key in _TOLD}, is_over=_is_over(read))
    return effects


def _vehicle_details(read: PlateRead) -> dict[str, str] | None:
    """Return what the history says of the vehicle."""
    found = {key: getattr(read.vehicle, key) for key in _VEHICLE_DETAILS}
    return {key: value for key, value in found.items() if value is not None} or None


def _is_over(read: PlateRead) -> bool:
    return read.state is VisitState.LOST


def _set_pictures(
    builder: EffectsBuilder, read: PlateRead, visit: Visit
) -> tuple[Kept[Picture] | None, Kept[Picture] | None]:
    """Keep and show the pictures; return the view and the plate's crop."""
    kept = [
        item
        for picture in read.pictures
        if (item := builder.keep(picture, _label(picture), read.plate)) is not None
    ]
    crop = next((item for item in kept if item.content.role is PictureRole.PLATE), None)
    # A scene or a vehicle before a plate, and the larger one.
    view = max(
        kept,
        key=lambda item: (item.content.role is not PictureRole.PLATE, len(item.content.data)),
        default=None,
    )
    is_view = view is not None and view.content.role is not PictureRole.PLATE
    if is_view or not visit.has_view:
        # A crop of the plate is better than nothing, but not than the view that came before it.
        builder.set_picture(KEY_SNAPSHOT, view)
    visit.has_view |= is_view
    builder.set_picture(KEY_PLATE, crop)
    builder.drop_what_is_not_shown()
    return view, crop


def _label(picture: Picture) -> str:
    return "plate" if picture.role is PictureRole.PLATE else "vehicle"


def _set_plate(camera: CameraDevice, effects: Effects, read: PlateRead, data: dict[str, Any]) -> None:
    """Show the best reading of a visit in the plate sensors."""
    attributes = {key: data[key] for key in _PLATE_ATTRIBUTES}
    shown = {KEY_PLATE, f"{KEY_PLATE}_zone_{read.zone}"} & set(camera.context.info.sensors)
    for key in shown:
        camera.record.values[key] = ValueRecord(value=data["plate"], attributes=attributes)
        effects.updates[value_key(key)] = None
