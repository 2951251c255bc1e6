"""Known plates by what a misread one looks like: finding them takes as long among ten thousand as among ten.

Each plate is filed under its folded form, in which characters that are swapped for each other are one, and
under that form with each of its characters left out (a *deletion neighbourhood*). A text is looked up in the
same way: what is swapped for a look-alike, and what differs in one place, is missing or too much, meets under
one of its keys. The number of look-ups is the text's length and one, however many plates there are. Patterns,
which are few, are compared one by one.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from operator import ne
import re
import string
from typing import Final, NamedTuple

from .plate_characters import folded
from .plate_formats import has_country
from .plate_tolerance import Tolerance

_WILD_CARDS: Final = "?*"
# Of more that fit, each could be meant.
_MAX_NEAR: Final = 12
# With more plates of one owner, some are by chance like a stranger's; where many are like each other, so they
# are with fewer.
_MAX_FEW: Final = 500
_MAX_FEW_ALIKE: Final = 50
# The share of plates that are like another one; see docs/vehicles-and-people.md for what comes through.
_CROWDED: Final = 0.01
_DENSE: Final = 0.05
_SHAPES: Final = str.maketrans(
    string.ascii_uppercase + string.digits, "A" * len(string.ascii_uppercase) + "0" * len(string.digits)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlate:
    """A plate of a known vehicle or of a list's row.

    `pattern` is canonical. `owner` is the id of the vehicle or list that it is of, `row` that of the list's
    row.
    """

    owner: str
    pattern: str
    row: str = ""
    tolerance: Tolerance = Tolerance.CAUTIOUS

    @property
    def is_plate(self) -> bool:
        """Tell whether this is one plate: no character stands for others."""
        return not any(character in _WILD_CARDS for character in self.pattern)


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\?", ".").replace(r"\*", ".*"), re.DOTALL)


def matches_pattern(pattern: str, plate: str) -> bool:
    """Tell whether a plate is the one of a pattern, or one of those."""
    return pattern == plate or _expression(pattern).fullmatch(plate) is not None


def _kind(character: str) -> str:
    return "0" if character.isdigit() else "A"


def shape(plate: str) -> str:
    """Return a plate with `A` for each letter and `0` for each digit."""
    return plate.translate(_SHAPES) if plate.isascii() else "".join(map(_kind, plate))


def _keys(text: str) -> Iterator[str]:
    text = folded(text)
    yield text
    previous = None
    for place, character in enumerate(text):
        # Of equal characters in a row, it does not matter which one is left out.
        if character != previous:
            yield text[:place] + text[place + 1 :]
        previous = character


class _Text(NamedTuple):
    text: str
    shape: str


def _distance(pattern: str, seen: _Text) -> tuple[int, int, str]:
    """Return how far a text is from a plate, quickly: differences within a kind of character count first."""
    text = seen.text
    if len(pattern) == len(text):
        differing = sum(map(ne, pattern, text, strict=True))
        return differing - sum(map(ne, shape(pattern), seen.shape, strict=True)), differing, pattern
    # What is between a common beginning and a common end was misread, but for the gap.
    shorter = min(len(pattern), len(text))
    start = next((at for at in range(shorter) if pattern[at] != text[at]), shorter)
    end = next((at for at in range(shorter) if pattern[-1 - at] != text[-1 - at]), shorter)
    return 0, max(0, shorter - start - end) + 1, pattern


class PlateIndex:
    """All known plates.

    `shapes` are those of plates that no country with known formats has: another text of such a shape may be a
    plate of theirs.
    """

    def __init__(self) -> None:
        self.shapes: Counter[str] = Counter()
        self._filed: dict[str, list[KnownPlate]] = {}
        self._patterns: dict[KnownPlate, None] = {}
        self._sizes: Counter[str] = Counter()
        self._pairs = 0

    def __len__(self) -> int:
        return self._sizes.total()

    def _is_alike(self, owner: str, share: float) -> bool:
        # How many known plates are like another one tells how many strangers' are, of one neighbourhood.
        return self._sizes[owner] > _MAX_FEW_ALIKE and self._pairs > share * len(self)

    def is_crowd(self, owner: str) -> bool:
        """Tell whether a vehicle or list has enough plates for strangers to resemble some by chance."""
        return self._sizes[owner] > _MAX_FEW or self._is_alike(owner, _CROWDED)

    def is_dense(self, owner: str) -> bool:
        """Tell whether its plates are so alike that a misread stranger's is like one of them."""
        return self._is_alike(owner, _DENSE)

    def add(self, known: KnownPlate) -> None:
        """Add a plate."""
        self._sizes[known.owner] += 1
        if not known.is_plate:
            self._patterns[known] = None
            return
        for key in _keys(known.pattern):
            filed = self._filed.setdefault(key, [])
            self._pairs += len(filed)
            filed.append(known)
        if not has_country(known.pattern):
            self.shapes[shape(known.pattern)] += 1

    def discard(self, known: KnownPlate) -> None:
        """Remove a plate that was added."""
        self._sizes -= Counter([known.owner])
        if not known.is_plate:
            self._patterns.pop(known, None)
            return
        for key in _keys(known.pattern):
            filed = self._filed[key]
            filed.remove(known)
            self._pairs -= len(filed)
            if not filed:
                del self._filed[key]
        if not has_country(known.pattern):
            self.shapes -= Counter([shape(known.pattern)])

    def near(self, text: str) -> Collection[KnownPlate]:
        """Return the plates, without wild cards, that a text may be a misread one of; of many, the closest.

        Where plates follow each other, as a company's do, hundreds meet under one key.
        """
        found = {known for key in _keys(text) for known in self._filed.get(key, ())}
        if len(found) <= _MAX_NEAR:
            return found
        seen = _Text(text, shape(text))
        return nsmallest(_MAX_NEAR, found, key=lambda known: (*_distance(known.pattern, seen), known.owner))

    def of(self, pattern: str) -> Iterator[KnownPlate]:
        """Yield all that have the same plate or pattern."""
        filed = self._filed.get(folded(pattern), ())
        yield from (it for it in (*filed, *self._patterns) if it.pattern == pattern)

    def patterns(self) -> Iterator[KnownPlate]:
        """Yield the plates with wild cards."""
        yield from self._patterns
