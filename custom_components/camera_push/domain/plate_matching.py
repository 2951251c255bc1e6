"""How the reads of a visit compare with a known plate, in whole numbers that can be explained.

The reads are laid beside the known plate, place by place. What a read shows in a place is

- *right*: the known character;
- a *look-alike*: one that cameras take for it and that cannot stand there, so that it is no other car's: a
  digit in a letter's place, a letter in a digit's, or one with which the plate would be none of the country;
- a *misfit*: one that cannot stand there either, but looks like something else;
- a *gap*: a character is missing or one too many, and the whole is no plate of the country;
- a *difference*: anything else. Two letters or two digits are two cars.

A read fits by itself if it has no difference. Another read that shows a difference in a place where this one
has a look-alike or a gap is a veto, and so are more reads against a character than for it. Where no read fits
by itself, several fit together if each difference of one is outweighed by others. The weakest link decides,
not a sum: see `Tolerance`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# A letter and a digit that optical recognition takes for each other. Sources: Genetec Security Center, *OCR
# equivalence* (0ODQ, 1I, 2Z, 5S, 6G, 8B); what open plate readers correct (0C, 0U, 1LTJY, 3BS, 4AH, 7TZY,
# 8S).
_SWAPS: Final = "0O 0D 0Q 0C 0U 1I 1L 1T 1J 1Y 2Z 3B 3S 4A 4H 5S 6G 7T 7Z 7Y 8B 8S"
# Pairs that are taken for each other less often, or of one kind: the latter count only where a country's
# formats rule one of them out. Sources: the survey of obscure characters in *Smart Car Plate Recognition
# System* (PB, PR, OD, QO, CG, KX, FE, B6, Q9, VW, XY, VU, 38, 39, 49, 53, 58, 68, 08), and open plate
# readers.
_OTHERS: Final = (
    "0G 3E 3J 6B 6C 7I 7J 7L 8R 8G 9P 9Q 9G 9S OD OQ OC OU OG DQ CG QG IL IT IJ LT TY ZT BR BP BE BS PR PF EF"
    " KX XY VY VU VW VN MN MW MH NH HK UW AH NW 38 39 35 56 58 68 08 06 09 49 17 27 14 69 89"
)


def _looks_like(pairs: str) -> Mapping[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for pair in pairs.split():
        one, other = pair[0], pair[1]
        table.setdefault(one, set()).add(other)
        table.setdefault(other, set()).add(one)
    return {character: frozenset(others) for character, others in table.items()}


_LOOKS_LIKE: Final = _looks_like(f"{_SWAPS} {_OTHERS}")
_SWAPPED_FOR: Final = _looks_like(_SWAPS)
# What the edge of a plate's blue band is read as.
_BAND: Final = "1IJL"


def _groups() -> dict[int, str]:
    """Return a table that maps characters that are swapped for each other, also by way of others, to one."""
    swaps = _looks_like(_SWAPS)
    table: dict[int, str] = {}
    for first in sorted(swaps):
        waiting = [first]
        while waiting:
            character = waiting.pop()
            if ord(character) not in table:
                table[ord(character)] = first
                waiting.extend(swaps[character])
    return table


_GROUPS: Final = _groups()


def folded(plate: str) -> str:
    """Return a plate with one character for all those that are swapped for each other."""
    return plate.translate(_GROUPS)


class Tolerance(StrEnum):
    """How much a known plate may be misread, and still be it.

    *Exact*: not at all. *Cautious*: up to two look-alikes, or one gap with one look-alike at most.
    *Tolerant*: up to three look-alikes, one gap with two, or one misfit with one. More than half of the
    characters are right in any case, and of three all.
    """

    EXACT = "exact"
    CAUTIOUS = "cautious"
    TOLERANT = "tolerant"


# By the number of gaps and of misfits; combinations that are not listed are never tolerated.
_MAX_LOOK_ALIKES: Final[Mapping[Tolerance, Mapping[tuple[int, int], int]]] = {
    Tolerance.EXACT: {(0, 0): 0},
    Tolerance.CAUTIOUS: {(0, 0): 2, (1, 0): 1},
    Tolerance.TOLERANT: {(0, 0): 3, (1, 0): 2, (0, 1): 1},
}
# Of a plate that no known format has, nobody knows whether a gap makes another car's of it.
_WITHOUT_FORMATS: Final[Mapping[Tolerance, Mapping[tuple[int, int], int]]] = {
    Tolerance.EXACT: {(0, 0): 0},
    Tolerance.CAUTIOUS: {(0, 0): 2},
    Tolerance.TOLERANT: {(0, 0): 3, (1, 0): 0},
}
# The number of places in which reads that fit only together may contradict each other.
_MAX_CONTESTED: Final = 4
# Among thousands of plates there are some that are close to any stranger's.
_IN_A_CROWD: Final[Mapping[Tolerance, Mapping[tuple[int, int], int]]] = {
    Tolerance.EXACT: {(0, 0): 0},
    Tolerance.CAUTIOUS: {(0, 0): 2, (1, 0): 0},
    Tolerance.TOLERANT: {(0, 0): 3, (1, 0): 1},
}
_MIN_CHARACTERS: Final = 4
_GAP_COST: Final = 2
_DIFFERENCE_COST: Final = 3

_MISSING: Final = ""

type PlateTest = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a known plate and the reads of a visit have in common.

    `vetoes` counts the objections of other reads, `contested` the places in which those objections are
    outweighed. `is_together` tells that no read fits by itself.
    """

    look_alikes: int = 0
    misfits: int = 0
    gaps: int = 0
    differences: int = 0
    vetoes: int = 0
    contested: int = 0
    is_together: bool = False

    @property
    def cost(self) -> int:
        """Return how far the reads are from the plate, 0 if they are it."""
        return (
            self.look_alikes
            + _GAP_COST * (self.gaps + self.misfits)
            + _DIFFERENCE_COST * (self.differences + self.vetoes)
            + self.is_together
        )

    def fits(
        self, tolerance: Tolerance, characters: int, *, has_formats: bool, is_crowd: bool = False
    ) -> bool:
        """Tell whether this is close enough to a plate of a number of characters."""
        if self.differences or self.vetoes:
            return False
        if self.is_together and (tolerance is Tolerance.EXACT or self.contested > _MAX_CONTESTED):
            return False
        misread = self.look_alikes + _GAP_COST * (self.gaps + self.misfits)
        if not misread:
            return True
        if characters < _MIN_CHARACTERS or 2 * misread >= characters:
            return False
        limits = _IN_A_CROWD if is_crowd else _MAX_LOOK_ALIKES
        if not has_formats:
            limits = _WITHOUT_FORMATS
        return self.look_alikes <= limits[tolerance].get((self.gaps, self.misfits), -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A text laid beside a known plate: the places in which it is right, and so on."""

    count: int
    right: frozenset[int]
    look_alikes: frozenset[int]
    misfits: frozenset[int]
    differences: frozenset[int]
    missing: int | None
    has_gap: bool
    is_other_plate: bool

    @property
    def unlike(self) -> frozenset[int]:
        """Return the places that speak against the known plate."""
        return self.differences | self.misfits


def _aligned(known: str, text: str) -> tuple[list[str], int | None] | None:
    """Return what a text shows in each place of a known plate, and where it has a character too many.

    None if it differs by more than one character in length.
    """
    more = len(text) - len(known)
    if more == 0:
        return list(text), None
    if more == 1:
        rests = [[*text[:at], *text[at + 1 :]] for at in range(len(text))]
        at = max(range(len(text)), key=lambda at: _likeness(known, rests[at]))
        return rests[at], at
    if more == -1:
        shown = ([*text[:at], _MISSING, *text[at:]] for at in range(len(known)))
        return max(shown, key=lambda characters: _likeness(known, characters)), None
    return None


def _likeness(known: str, shown: list[str]) -> int:
    return sum(
        2 if wanted == got else got in _LOOKS_LIKE.get(wanted, ())
        for wanted, got in zip(known, shown, strict=True)
    )


def _is_taken_for(wanted: str, got: str, *, is_crowd: bool) -> bool:
    """Tell whether a character is a look-alike; in a crowd, only if it looks no more like another one."""
    if got not in _LOOKS_LIKE.get(wanted, ()):
        return False
    swapped = _SWAPPED_FOR.get(got, frozenset())
    return not is_crowd or wanted in swapped or all(it.isdigit() != wanted.isdigit() for it in swapped)


def _laid(
    known: str, text: str, count: int, is_plate: PlateTest | None, *, is_crowd: bool = False
) -> _Read | None:
    """Lay a text beside a known plate; None if they have less than half in common."""
    if (aligned := _aligned(known, text)) is None:
        return None
    shown, extra = aligned
    right, look_alikes, misfits, differences = set[int](), set[int](), set[int](), set[int]()
    missing = None
    for place, (wanted, got) in enumerate(zip(known, shown, strict=True)):
        if got == wanted:
            right.add(place)
            continue
        if got == _MISSING:
            missing = place
            continue
        is_swap = wanted.isdigit() != got.isdigit()
        is_impossible = is_plate is not None and not is_plate(known[:place] + got + known[place + 1 :])
        if _is_taken_for(wanted, got, is_crowd=is_crowd) and (is_swap or is_impossible):
            look_alikes.add(place)
        elif is_swap and is_impossible:
            misfits.add(place)
        else:
            differences.add(place)
    if 2 * len(right) <= len(known):
        return None
    has_gap = missing is not None or extra is not None
    return _Read(
        count=count,
        right=frozenset(right),
        look_alikes=frozenset(look_alikes),
        misfits=frozenset(misfits),
        differences=frozenset(differences),
        missing=missing,
        has_gap=has_gap,
        is_other_plate=is_plate is not None
        and (
            (has_gap and (is_plate(text) or any(map(is_plate, _with_gap(known, text, missing, extra)))))
            or (is_crowd and text != known and is_plate(text))
        ),
    )


def _with_gap(known: str, text: str, missing: int | None, extra: int | None) -> Iterable[str]:
    """Yield the known plate as it would be with the same gap, but without any misread character.

    An additional character may be misread itself, unless it is the edge of the blue band.
    """
    if missing is not None:
        yield known[:missing] + known[missing + 1 :]
    elif extra is not None:
        character = text[extra]
        yield known[:extra] + character + known[extra:]
        if extra or character not in _BAND:
            for other in _LOOKS_LIKE.get(character, ()):
                if other.isdigit() != character.isdigit():
                    yield known[:extra] + other + known[extra:]


def compare(
    known: str, reads: Mapping[str, int], is_plate: PlateTest | None, *, is_crowd: bool = False
) -> Comparison | None:
    """Compare a known plate with the texts that were read in a visit, each with how often it was.

    All are canonical. `is_plate` tells whether a text is a plate of the country, None if nobody knows. With
    `is_crowd`, the plate is one of thousands: then a text that is a plate of the country is taken as read.
    None is returned if the reads have nothing to do with the plate.
    """
    laid = [
        read
        for text, count in reads.items()
        if (read := _laid(known, text, count, is_plate, is_crowd=is_crowd)) is not None
    ]
    if not laid:
        return None
    best = min((_by_itself(read, laid) for read in laid), key=lambda it: (it.differences, it.cost))
    if len(laid) > 1 and (best.differences or best.vetoes or best.misfits):
        together = _together(known, laid)
        if together is not None and together.cost < best.cost:
            return together
    return best


def is_look_alike(wanted: str, got: str) -> bool:
    """Tell whether a letter is taken for a digit, or a digit for a letter."""
    return got in _LOOKS_LIKE.get(wanted, ()) and wanted.isdigit() != got.isdigit()


def resembles(known: str, text: str) -> bool:
    """Tell whether a text has more than half in common with a known plate."""
    return _laid(known, text, 1, None) is not None


def _votes(laid: list[_Read], place: int) -> tuple[int, int]:
    """Return how many reads show the known character in a place, and how many speak against it."""
    return (
        sum(read.count for read in laid if place in read.right),
        sum(read.count for read in laid if place in read.unlike),
    )


def _by_itself(read: _Read, laid: list[_Read]) -> Comparison:
    vetoes = contested = 0
    for place in read.look_alikes:
        vetoes += any(place in other.unlike for other in laid)
    for place in read.misfits if read.missing is None else {read.missing, *read.misfits}:
        vetoes += any(place in other.differences for other in laid)
    for place in read.right:
        for_it, against_it = _votes(laid, place)
        vetoes += against_it > for_it
        contested += 0 < against_it <= for_it
    vetoes += _is_outweighed(laid)
    return Comparison(
        look_alikes=len(read.look_alikes),
        misfits=len(read.misfits),
        gaps=int(read.has_gap),
        differences=len(read.differences) + read.is_other_plate,
        vetoes=vetoes,
        contested=contested,
    )


def _is_outweighed(laid: list[_Read]) -> bool:
    """Tell whether most reads are another car's plate, which is longer or shorter."""
    others = sum(read.count for read in laid if read.is_other_plate)
    return 2 * others > sum(read.count for read in laid)


def _together(known: str, laid: list[_Read]) -> Comparison | None:
    """Compare with all reads together, None if they are too few."""
    taken = [read for read in laid if not read.is_other_plate]
    if sum(read.count for read in taken) < 2 or all(read.has_gap for read in taken) or _is_outweighed(laid):
        return None
    look_alikes = vetoes = contested = 0
    for place in range(len(known)):
        for_it, against_it = _votes(taken, place)
        vetoes += against_it > for_it
        contested += 0 < against_it <= for_it
        look_alikes += not for_it and not against_it
    return Comparison(look_alikes=look_alikes, vetoes=vetoes, contested=contested, is_together=True)
