"""How much a known plate may be misread: the weakest link decides, not a sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Tolerance(StrEnum):
    """How much a known plate may be misread, and still be it.

    *Exact*: not at all. *Cautious*: up to two look-alikes, or one gap with one at most; a doubtful one only
    alone. *Tolerant*: up to three look-alikes, one gap with two, or one misfit with one, doubtful or not.
    More than half of the characters are right in any case, and of three all.
    """

    EXACT = "exact"
    CAUTIOUS = "cautious"
    TOLERANT = "tolerant"


type _Limits = Mapping[Tolerance, Mapping[tuple[int, int], int]]

# The number of look-alikes, by those of gaps and of misfits; what is not listed is never tolerated.
_LIMITS: Final[_Limits] = {
    Tolerance.EXACT: {(0, 0): 0},
    Tolerance.CAUTIOUS: {(0, 0): 2, (1, 0): 1},
    Tolerance.TOLERANT: {(0, 0): 3, (1, 0): 2, (0, 1): 1},
}
# Of a plate that no known format has, nobody knows whether a gap makes another car's of it.
_WITHOUT_FORMATS: Final[_Limits] = {
    Tolerance.EXACT: {(0, 0): 0},
    Tolerance.CAUTIOUS: {(0, 0): 2},
    Tolerance.TOLERANT: {(0, 0): 3, (1, 0): 0},
}
# Among thousands of plates there are some that are close to any stranger's.
_IN_A_CROWD: Final[_Limits] = {
    Tolerance.EXACT: {(0, 0): 0},
    Tolerance.CAUTIOUS: {(0, 0): 2},
    Tolerance.TOLERANT: {(0, 0): 2},
}
# The number of places in which reads that fit only together may contradict each other.
_MAX_CONTESTED: Final = 4
_MIN_CHARACTERS: Final = 4
_GAP_COST: Final = 2
_DIFFERENCE_COST: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a known plate and the reads of a visit have in common.

    `doubtful` counts the look-alikes and misfits that look more like another character that could stand
    there. `vetoes` counts the objections of other reads, `contested` the places in which those objections are
    outweighed. `is_together` tells that no read fits by itself.
    """

    look_alikes: int = 0
    misfits: int = 0
    doubtful: int = 0
    gaps: int = 0
    differences: int = 0
    vetoes: int = 0
    contested: int = 0
    is_together: bool = False

    @property
    def _misread(self) -> int:
        return self.look_alikes + _GAP_COST * (self.gaps + self.misfits)

    @property
    def cost(self) -> int:
        """Return how far the reads are from the plate, 0 if they are it."""
        return self._misread + _DIFFERENCE_COST * (self.differences + self.vetoes) + self.is_together

    def fits(
        self, tolerance: Tolerance, characters: int, *, has_formats: bool, is_crowd: bool = False
    ) -> bool:
        """Tell whether this is close enough to a plate of a number of characters."""
        if self.differences or self.vetoes:
            return False
        if self.is_together and (tolerance is Tolerance.EXACT or self.contested > _MAX_CONTESTED):
            return False
        is_tolerant = tolerance is Tolerance.TOLERANT
        if not self._misread:
            return True
        wrong = self.look_alikes + self.gaps + self.misfits
        if characters < _MIN_CHARACTERS or 2 * (wrong if is_tolerant else self._misread) >= characters:
            return False
        if self.doubtful and (is_crowd or not (is_tolerant or wrong == self.look_alikes == 1)):
            return False
        limits = _IN_A_CROWD if is_crowd else _LIMITS
        if not has_formats:
            limits = _WITHOUT_FORMATS
        return self.look_alikes <= limits[tolerance].get((self.gaps, self.misfits), -1)
