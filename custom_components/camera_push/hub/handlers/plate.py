"""What a plate read does: to the camera that sent it, and to the known vehicle that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from ...const import (
    KEY_ALLOW_LIST,
    KEY_BLOCK_LIST,
    KEY_CLOCK_OFFSET,
    KEY_PLATE,
    KEY_SNAPSHOT,
)
from ...domain.clock import is_within
from ...domain.media import Picture, PictureRole
from ...domain.messages import Direction, PlateRead, VisitState
from ...domain.plates import Visit, ends_after
from ...domain.record import ValueRecord
from ..camera import CameraDevice
from ..effects import Effects, EffectsBuilder, Kept, KnownEffects, iso, subject_was_there
from ..known import HOME, LAST_DIRECTION, VehicleDevice
from ..signals import LAST_SEEN, value_aspect
from ..trigger_events import Kind

# The binary sensor that shows a list mode.
_LISTS: Final = {"allow": KEY_ALLOW_LIST, "block": KEY_BLOCK_LIST}

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
# What a known vehicle's event says of the read that it was recognised in.
_SEEN_ATTRIBUTES: Final = ("plate", "confidence", "direction", "zone", "car_id", "captured_at", "picture")


def react_to_plate(camera: CameraDevice, read: PlateRead) -> Effects:
    """Change the records as a plate read says, and return what else there is to do."""
    if camera.is_repeated(read.key):
        return Effects(durable=False)
    clock_offset = camera.record.clock_offset
    late, how_old = camera.is_late(read)
    visit = camera.visits[late].visit(read)
    # A camera whose clock is ahead must not keep its later pictures from being shown.
    draft = EffectsBuilder(camera, read, min(read.captured_at or read.received_at, read.received_at))
    draft.reaction.key = read.key
    if camera.record.clock_offset != clock_offset:
        draft.reaction.aspects[value_aspect(KEY_CLOCK_OFFSET)] = None
    kept = [draft.keep(picture, _label(picture), read.plate) for picture in read.pictures]
    view = _view(kept)
    crop = next((item for item in kept if item.content.role is PictureRole.PLATE), None)
    is_view = view is not None and view.content.role is not PictureRole.PLATE
    if is_view or not visit.has_view:
        # A crop of the plate is better than nothing, but not than the view that came before it.
        draft.show(KEY_SNAPSHOT, view)
    visit.has_view |= is_view
    draft.show(KEY_PLATE, crop)
    draft.drop_what_is_not_shown()

    state = read.state or (VisitState.UPDATE if visit.messages else VisitState.NEW)
    previous = _previous(camera, read)
    is_best = visit.add(read)

    vehicle = camera.hub.subjects.recognise(read)
    known = vehicle is not None and vehicle.known.expects(read)
    details = {
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
        "known_vehicle": vehicle.known.name if vehicle is not None and known else None,
        "captured_at": iso(read.captured_at),
        "late": late,
        "picture": draft.uri(view),
        "plate_picture": draft.uri(crop),
    }
    draft.reaction.occurrence = replace(
        draft.fire(Kind.PLATE, {"state": str(state), **details}),
        subject=vehicle.device_id if vehicle is not None and known else None,
        acted=visit.acted,
        previous=previous,
    )
    draft.trigger(KEY_PLATE, state, details)
    if vehicle is not None:
        draft.reaction.subject = (
            subject_was_there(vehicle, read.received_at - how_old)
            if late
            else _vehicle_is_there(camera, vehicle, read, visit if known else None, details)
        )
    if not late:
        if is_best and read.plate is not None:
            _show_plate(camera, draft.reaction, read, read.plate, details)
        _show_list(camera, draft, read, visit, previous)
    return draft.reaction


def _show_plate(
    camera: CameraDevice, reaction: Effects, read: PlateRead, plate: str, data: dict[str, Any]
) -> None:
    """Show the best reading of a visit in the plate sensors."""
    attributes = {key: data[key] for key in _PLATE_ATTRIBUTES}
    shown = set(camera.hub.source.sensors)
    for key in shown & {KEY_PLATE, f"{KEY_PLATE}_zone_{read.zone}"}:
        camera.record.values[key] = ValueRecord(value=plate, attributes=attributes)
        reaction.aspects[value_aspect(key)] = None


def _previous(camera: CameraDevice, read: PlateRead) -> Mapping[str, Any] | None:
    """Return what was told last of the same car in the same visit, even before a restart."""
    last = camera.record.events.get(KEY_PLATE)
    if last is None or read.state is VisitState.NEW or last.type == VisitState.LOST:
        return None
    is_same = (
        last.attributes["car_id"] == read.car_id
        if read.car_id is not None
        else read.plate is not None and last.attributes["plate"] == read.plate
    )
    return last.attributes if is_same and is_within(last.at, read.received_at, ends_after(read)) else None


def _show_list(
    camera: CameraDevice,
    draft: EffectsBuilder,
    read: PlateRead,
    visit: Visit,
    previous: Mapping[str, Any] | None,
) -> None:
    """Turn on the binary sensor of the camera's own list that the plate is on, once in a visit."""
    key = _LISTS.get(read.list_mode or "")
    if key is None:
        return
    if previous is not None and previous["list_mode"] == read.list_mode and not previous["late"]:
        visit.acted.add(key)
    if _acts(visit, key, read, is_on=camera.is_on(key)):
        draft.hold(key)


def _acts(visit: Visit, key: str, read: PlateRead, *, is_on: bool) -> bool:
    """Tell whether a read turns something on or keeps it on.

    It is turned on once in a visit: a gate that opens for it opens once. Later reads keep it
    on while it is; that the car is gone does not.
    """
    begins = key not in visit.acted
    visit.acted.add(key)
    return begins or (is_on and read.state is not VisitState.LOST)


def _vehicle_is_there(
    camera: CameraDevice,
    vehicle: VehicleDevice,
    read: PlateRead,
    visit: Visit | None,
    data: dict[str, Any],
) -> KnownEffects:
    """Show that a vehicle is seen right now; with `visit`, in a direction that counts."""
    reaction = KnownEffects(subject=vehicle)
    record = vehicle.record
    record.last_seen = read.received_at
    reaction.aspects.add(LAST_SEEN)
    if read.direction is not Direction.UNKNOWN:
        record.last_direction = read.direction
        reaction.aspects.add(LAST_DIRECTION)
        if (home_direction := vehicle.known.home_direction) is not None:
            record.is_home = read.direction is home_direction
            reaction.aspects.add(HOME)
    if visit is None:
        return reaction
    begins = vehicle.begins_visit(read, visit)
    if begins:
        attributes = {key: data[key] for key in _SEEN_ATTRIBUTES}
        attributes |= {"device_id": camera.device_id, "camera_id": camera.camera_id}
        reaction.see(read.received_at, attributes)
    if begins or (vehicle.is_present and read.state is not VisitState.LOST):
        reaction.hold(read.received_at)
    return reaction


def _label(picture: Picture) -> str:
    return "plate" if picture.role is PictureRole.PLATE else "vehicle"


def _view(pictures: list[Kept[Picture]]) -> Kept[Picture] | None:
    """Return the picture that shows most: a scene or a vehicle before a plate, and the larger one."""
    return max(
        pictures,
        key=lambda kept: (kept.content.role is not PictureRole.PLATE, len(kept.content.data)),
        default=None,
    )
