"""What a plate read does to the known vehicles and lists that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from ...domain.messages import Direction, PlateRead
from ...domain.plate_index import KnownPlate
from ...domain.recognition import Reason
from ...domain.visits import Visit
from ..camera import CameraDevice
from ..effects import KnownEffects, seen_in_the_past
from ..known_device import HOME, LAST_CAMERA, LAST_DIRECTION, VISITS, PlateDevice
from ..known_plates import known_plates
from ..signals import LAST_SEEN
from ..trigger_events import TriggerEvent, TriggerKind

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
    visit.evidence.add(read.plate, read.confidence)
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
    for sighting in sightings:
        if (device := sighting.device) is None:
            continue
        effects, reason = KnownEffects(device=device), sighting.reason
        if sighting.is_recognised and passing.data["late"]:
            effects, reason = seen_in_the_past(device, passing.at), Reason.LATE
        elif sighting.is_recognised:
            has_begun = _set_seen(effects, device, sighting, passing)
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


def _set_seen(effects: KnownEffects, device: PlateDevice, sighting: Sighting, passing: Passing) -> bool:
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
    begins = passing.visit.begins(device.id)
    if begins:
        record.visits += 1
        effects.updates.add(VISITS)
        attributes = {key: passing.data[key] for key in _SEEN_ATTRIBUTES}
        attributes |= {"device_id": camera.device_id, "camera_id": camera.camera_id, "visits": record.visits}
        effects.set_seen(read.received_at, attributes | device.async_used(sighting.plate, read.received_at))
        effects.numbers = sighting.numbers
    if begins or (device.is_present and not passing.is_over):
        effects.set_present(read.received_at)
    return begins
