"""Known vehicles: their plates, and the reads that count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .messages import Direction, PlateRead
from .plate_index import KnownPlate, PlateIndex
from .plate_tolerance import Tolerance
from .recognition import Evidence, Reason, Terms, recognise as recognise_plate


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionRules:
    """Which reads of a known plate count, and for how long it is present then.

    `minimum_confidence` is 0..1; a read without a confidence counts only where it is 0. `agreeing_reads` is
    how many reads must fit by themselves. Empty `directions`, `zones` and `cameras` mean any; cameras are
    those of all entries, each as its entry's id, an underscore and its own. `home_direction` is the direction
    that brings a vehicle home, where there is such.
    """

    tolerance: Tolerance = Tolerance.CAUTIOUS
    agreeing_reads: int = 1
    minimum_confidence: float = 0.8
    directions: frozenset[Direction] = frozenset()
    zones: frozenset[int] = frozenset()
    cameras: frozenset[str] = frozenset()
    home_direction: Direction | None = None
    hold_time: timedelta = timedelta(seconds=60)

    def is_certain(self, read: PlateRead) -> bool:
        """Tell whether a read is certain enough."""
        return read.certainty >= self.minimum_confidence

    def trusts(self, read: PlateRead) -> bool:
        """Tell whether a read is certain enough, and in a zone that counts."""
        return self.is_certain(read) and (not self.zones or read.zone in self.zones)

    def expects(self, read: PlateRead) -> bool:
        """Tell whether a vehicle moves in a direction that counts."""
        return not self.directions or read.direction in self.directions

    def refuses(self, read: PlateRead, agreeing_reads: int) -> Reason | None:
        """Return why a read of a known plate sets nothing off, None if it does."""
        if not self.is_certain(read):
            return Reason.NOT_CERTAIN_ENOUGH
        if not self.trusts(read):
            return Reason.ANOTHER_ZONE
        # Where one read is enough, several may fit only together.
        if self.agreeing_reads > 1 and agreeing_reads < self.agreeing_reads:
            return Reason.NEEDS_ANOTHER_READ
        return None if self.expects(read) else Reason.ANOTHER_DIRECTION

    def terms(self, known: KnownPlate, camera: str, at: datetime) -> Terms:
        """Return the terms for reads of a plate at a camera and time."""
        is_there = not self.cameras or camera in self.cameras
        return Terms(
            minimum_confidence=self.minimum_confidence, refusal=None if is_there else Reason.ANOTHER_CAMERA
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVehicle(RecognitionRules):
    """A known vehicle; `patterns` are canonical."""

    id: str
    name: str
    patterns: tuple[str, ...]

    def plates(self) -> list[KnownPlate]:
        """Return the plates as they are recognised."""
        return [
            KnownPlate(owner=self.id, pattern=pattern, tolerance=self.tolerance) for pattern in self.patterns
        ]


# The most characters by which the length of a fit differs, and that are missing of a plate's.
_MAX_GAPS: Final = 1
_MAX_MISREAD: Final = 4


def may_fit(pattern: str, plate: str) -> bool:
    """Tell, quickly, whether a plate can fit a pattern: with too many characters missing, it cannot."""
    if "*" not in pattern and abs(len(pattern) - len(plate)) > _MAX_GAPS:
        return False
    return len(set(pattern) - {"?", "*"} - set(plate)) <= _MAX_MISREAD


def recognise(
    vehicles: Iterable[KnownVehicle], read: PlateRead, *countries: str | None
) -> KnownVehicle | None:
    """Return the vehicle that a read by itself is of, None if it is none of them or could be two.

    `countries` are those that the camera stands in. Cameras, direction, zone and confidence are not looked
    at.
    """
    index = PlateIndex()
    by_id = {vehicle.id: vehicle for vehicle in vehicles}
    for vehicle in by_id.values():
        for known in vehicle.plates():
            index.add(known)
    evidence = Evidence()
    evidence.add(read.plate, read.certainty)
    found = recognise_plate(
        index,
        evidence,
        read.plate,
        countries=(read.country, *countries),
        terms=lambda _: Terms(),
    ).known
    return by_id[found[0].owner] if found else None
