"""Known vehicles: which of them a camera read, given that cameras misread characters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Final

from .messages import Direction, PlateRead
from .plates import normalised_plate

# Letters of other alphabets that look like a Latin one: Cyrillic plates use only such letters,
# and Greek ones do too, so a camera may write either.
_LATIN: Final = str.maketrans(
    "АВЕЗІЈКМНОРСТУХѴΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",  # noqa: RUF001  # That they look alike is the point.
    "ABE3IJKMHOPCTYXVABEZHIKMNOPTYX",
)

# Characters that optical recognition takes for each other.
_LOOK_ALIKES: Final = ("0OQD", "1IL", "2Z", "4A", "5S", "6G", "7T", "8B")
_LOOKS_LIKE: Final = {
    character: frozenset(group) - {character} for group in _LOOK_ALIKES for character in group
}
# What a misread character uses up of what a vehicle tolerates. A digit in a letter's place is
# hardly ever another car's plate; a letter in a letter's place often is one, and where the two do
# not even look alike, it nearly always is: that is more than can be tolerated.
_LETTER_AND_DIGIT_COST: Final = 1
_LOOK_ALIKE_COST: Final = 2
_GAP_COST: Final = 2
_OTHER_COST: Final = 3

# So many characters of a pattern must be right for each one that may be wrong.
_CHARACTERS_PER_MISREAD: Final = 3

MAX_MISREADS: Final = 2


def canonical_plate(text: str | None) -> str:
    """Return a plate as it is compared: upper case, Latin letters and digits only."""
    return normalised_plate((text or "").upper().translate(_LATIN)) or ""


def canonical_pattern(text: str) -> str:
    """Return a pattern as it is compared: a plate in which `?` is any character, `*` any number of them."""
    upper = text.upper().translate(_LATIN)
    kept = (character if character in "?*" else canonical_plate(character) for character in upper)
    return "".join(kept)


class Fit(IntEnum):
    """How well a plate fits a pattern; lower is better."""

    EXACT = 0
    PATTERN = 1
    MISREAD = 2


@lru_cache(maxsize=4096)
def misread_cost(pattern: str, plate: str) -> int:
    """Return what it takes to read `plate` where there was one that fits `pattern`, 0 if it does fit.

    A digit and a letter that look alike cost 1, two such letters 2, a missing or an additional
    character 2, and any other one 3. Both texts are canonical.
    """
    # One row per character of the pattern: costs[n] is that of reading the plate's first n.
    costs = [_GAP_COST * number for number in range(len(plate) + 1)]
    for wanted in pattern:
        if wanted == "*":
            row = [costs[0]]
            for number in range(1, len(plate) + 1):
                row.append(min(costs[number], row[number - 1]))
        else:
            row = [costs[0] + _GAP_COST]
            for number, character in enumerate(plate, 1):
                row.append(
                    min(
                        costs[number - 1] + _substitution_cost(wanted, character),
                        costs[number] + _GAP_COST,
                        row[number - 1] + _GAP_COST,
                    )
                )
        costs = row
    return costs[-1]


def may_fit(pattern: str, plate: str) -> bool:
    """Tell, quickly, whether a plate can fit a pattern: with a character too many missing, it cannot."""
    if "*" not in pattern and abs(len(pattern) - len(plate)) > MAX_MISREADS // _GAP_COST:
        return False
    return len(set(pattern) - {"?", "*"} - set(plate)) <= MAX_MISREADS


def _substitution_cost(wanted: str, character: str) -> int:
    if wanted in ("?", character):
        return 0
    if character not in _LOOKS_LIKE.get(wanted, ()):
        return _OTHER_COST
    return _LOOK_ALIKE_COST if wanted.isalpha() and character.isalpha() else _LETTER_AND_DIGIT_COST


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownVehicle:
    """A vehicle that its user told us about.

    `patterns` are canonical. `misreads` (0..2) is what misread characters may cost, see `misread_cost`.
    `minimum_confidence` is 0..1; a read without a confidence counts only where it is 0. Empty
    `directions`, `zones` and `cameras` mean any. `home_direction` is the direction that brings
    the vehicle home, where there is such. `hold_time` is how long it counts as present.
    """

    id: str
    name: str
    patterns: tuple[str, ...]
    misreads: int = 1
    minimum_confidence: float = 0.8
    directions: frozenset[Direction] = frozenset()
    zones: frozenset[int] = frozenset()
    cameras: frozenset[str] = frozenset()
    home_direction: Direction | None = None
    hold_time: timedelta = timedelta(seconds=60)

    def fit(self, plate: str) -> Fit | None:
        """Return how well a canonical plate fits, None if it does not."""
        return min(
            (fit for pattern in self.patterns if (fit := self._fit(pattern, plate)) is not None), default=None
        )

    def _fit(self, pattern: str, plate: str) -> Fit | None:
        if pattern == plate:
            return Fit.EXACT
        cost = misread_cost(pattern, plate)
        if cost == 0:
            return Fit.PATTERN
        characters = sum(character not in "?*" for character in pattern)
        # A short pattern would tolerate its way to other people's plates.
        tolerated = min(self.misreads, max(0, characters - 1) // _CHARACTERS_PER_MISREAD)
        return Fit.MISREAD if cost <= tolerated else None

    def trusts(self, read: PlateRead) -> bool:
        """Tell whether a read of this vehicle is certain enough, and in a zone that counts."""
        return (read.confidence or 0.0) >= self.minimum_confidence and (
            not self.zones or read.zone in self.zones
        )

    def expects(self, read: PlateRead) -> bool:
        """Tell whether the vehicle moves in a direction that counts."""
        return not self.directions or read.direction in self.directions


def recognise(vehicles: Iterable[KnownVehicle], read: PlateRead) -> KnownVehicle | None:
    """Return the vehicle whose plate was read, None if it is none of them or could be two.

    An exact plate beats a pattern, and either beats a misread plate. Among those that fit best
    there must be only one: where two known vehicles could be meant, a gate had better stay shut.
    Direction, zone and confidence are not looked at.
    """
    plate = canonical_plate(read.plate)
    if not plate:
        return None
    fits = [
        (fit, vehicle)
        for vehicle in vehicles
        if (not vehicle.cameras or read.camera_id in vehicle.cameras)
        and (fit := vehicle.fit(plate)) is not None
    ]
    best = min((fit for fit, _ in fits), default=None)
    candidates = [vehicle for fit, vehicle in fits if fit is best]
    return candidates[0] if len(candidates) == 1 else None
