"""The known vehicles and lists in a plate read, and its effects on them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ...domain.messages import Direction, PlateRead
from ...domain.plate_index import KnownPlate
from ...domain.plates import canonical_plate
from ...domain.recognition import Reason
from ...domain.visits import Unsettled, Visit
from ..camera import CameraDevice
from ..effects import KnownEffects, seen_in_the_past
from ..known_device import HOME, LAST_CAMERA, LAST_DIRECTION, VISITS, PlateDevice, VehicleDevice
from ..known_plates import known_plates
from ..signals import LAST_SEEN
from ..strangers import PLATE
from ..trigger_events import TriggerEvent, TriggerKind

# The read is of a known vehicle, or may be, unless it is for one of these reasons that nothing is set off.
_OF_STRANGERS: Final = frozenset(
    {Reason.NOT_KNOWN, Reason.ANOTHER_PLATE, Reason.CONTRADICTED, Reason.ANOTHER_TIME}
)
# In a visit's `acted`, before the plate and the vehicle or list that it was of.
_PLATE: Final = "plate "
# What a known vehicle's event says of the read that it was recognised in.
_SEEN_ATTRIBUTES: Final = ("plate", "confidence", "direction", "zone", "car_id", "captured_at", "picture")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A vehicle or list that a read is about; with a `reason`, nothing is set off for it.

    `is_recognised` is false for one that only comes closest. `numbers` are what is behind that.
    """

    device: PlateDevice | None = None
    plate: KnownPlate | None = None
    is_recognised: bool = False
    reason: Reason | None = None
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def is_expected(self) -> bool:
        """Tell whether it is recognised, and everything is as its user wants it."""
        return self.is_recognised and self.reason is None

    @property
    def name(self) -> str | None:
        """Return the name that events tell."""
        if self.device is None or self.plate is None or not self.is_expected:
            return None
        return self.device.name_of(self.plate)


def sighted(camera: CameraDevice, read: PlateRead, visit: Visit) -> list[Sighting]:
    """Return whom a visit's latest read is about, one at least; the visit takes the read as evidence."""
    visit.evidence.add(read.plate, read.certainty)
    plates = known_plates(camera.context.hass)
    recognition = plates.recognise(camera.owner, read, visit.evidence)
    numbers = recognition.numbers()
    if not recognition.known:
        nearest = recognition.nearest
        device = plates.device(nearest) if nearest is not None else None
        return [Sighting(device=device, plate=nearest, reason=recognition.reason, numbers=numbers)]
    sightings: list[Sighting] = []
    for plate in recognition.known:
        device = plates.device(plate)
        if any(it.device is device for it in sightings):
            continue
        reason = device.known.refuses(read, recognition.agreeing)
        # The direction is not known at once: what is seen is shown all the same.
        is_recognised = reason in (None, Reason.ANOTHER_DIRECTION)
        sightings.append(
            Sighting(device=device, plate=plate, is_recognised=is_recognised, reason=reason, numbers=numbers)
        )
    # Who has a vehicle of their own is told of as that, whatever list it is on as well.
    sightings.sort(key=lambda it: not isinstance(it.device, VehicleDevice))
    return sightings


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A read of a visit, with its `data` as events tell it, when it was, and whether it was the last one."""

    camera: CameraDevice
    read: PlateRead
    visit: Visit
    data: dict[str, Any]
    at: datetime
    is_over: bool


def known_effects(passing: Passing, sightings: Sequence[Sighting]) -> list[KnownEffects]:
    """Show that vehicles are seen; a late read is history, and sets nothing off.

    What is refused is told to the triggers that could have run, for their traces.
    """
    found: list[KnownEffects] = []
    acted = frozenset(passing.visit.acted)
    for sighting in sightings:
        if (device := sighting.device) is None:
            continue
        effects, reason = KnownEffects(device=device), sighting.reason
        if sighting.is_recognised and passing.data["late"]:
            effects, reason = seen_in_the_past(device, passing.at), Reason.LATE
        elif sighting.is_recognised:
            has_begun = _set_seen(effects, device, sighting, passing, acted)
            if reason is None and not has_begun:
                reason = Reason.SAME_VISIT
        if reason is not None:
            effects.refusal = TriggerEvent(
                kind=TriggerKind.VEHICLE_ARRIVED,
                device_id=device.device_id,
                data={"name": device.name, **passing.data, "recognition": sighting.numbers},
                refusal=reason,
            )
        found.append(effects)
    return found


def _set_seen(
    effects: KnownEffects, device: PlateDevice, sighting: Sighting, passing: Passing, acted: frozenset[str]
) -> bool:
    """Show that a vehicle is seen right now; tell whether that sets something off."""
    camera, read, record = passing.camera, passing.read, device.record
    record.last_seen = read.received_at
    record.last_camera = camera.name
    effects.updates |= {LAST_SEEN, LAST_CAMERA}
    if read.direction is not Direction.UNKNOWN:
        record.last_direction = read.direction
        effects.updates.add(LAST_DIRECTION)
        if (home_direction := device.known.home_direction) is not None:
            record.is_home = read.direction is home_direction
            effects.updates.add(HOME)
    if not sighting.is_expected or sighting.plate is None:
        return False
    begins = _begins(camera, passing.visit, device, sighting.plate, acted)
    if begins:
        effects.is_used_up = device.is_once(sighting.plate)
        record.visits += 1
        effects.updates.add(VISITS)
        attributes = {key: passing.data[key] for key in _SEEN_ATTRIBUTES}
        attributes |= {"device_id": camera.device_id, "camera_id": camera.camera_id, "visits": record.visits}
        effects.set_seen(read.received_at, attributes | device.async_used(sighting.plate, read.received_at))
        effects.numbers = sighting.numbers
    if begins or (device.is_present and not passing.is_over):
        effects.set_present(read.received_at)
    return begins


def _begins(
    camera: CameraDevice, visit: Visit, device: PlateDevice, plate: KnownPlate, acted: frozenset[str]
) -> bool:
    """Tell whether a plate sets something off for the first time in a visit, and remember that it did.

    What a vehicle or list set off that had the plate then, and has it no more, counts for whoever has it now.
    """
    begins = f"{_PLATE}{plate.pattern} "
    owners = [it.removeprefix(begins) for it in acted if it.startswith(begins)]
    plates = known_plates(camera.context.hass)
    if device.id in acted or any(not plates.has(owner, plate.pattern) for owner in owners):
        return False
    visit.acted |= {device.id, f"{begins}{device.id}"}
    return True


def unsettled(passing: Passing, sightings: Sequence[Sighting]) -> Unsettled | None:
    """Return whose visit it is by its latest read, None if there is no plate in it."""
    first = sightings[0]
    recognised = next((it.plate for it in sightings if it.is_recognised and it.plate is not None), None)
    plate = recognised.pattern if recognised is not None and recognised.is_plate else passing.read.plate
    if not (key := canonical_plate(plate)):
        return None
    return Unsettled(
        key=f"{PLATE}{key}",
        shown=passing.read.plate_raw or passing.read.plate or key,
        kind=TriggerKind.UNKNOWN_VEHICLE,
        data=passing.data,
        is_known=first.reason not in _OF_STRANGERS,
    )
