"""How the reads of a visit compare with a known plate, in whole numbers that can be explained.

The reads are laid beside the known plate, place by place. What a read shows in a place is

- *right*: the known character;
- a *look-alike*: one that cameras take for it and that cannot stand there, so that it is no other car's: a
  digit in a letter's place, a letter in a digit's, or a letter with which the plate would be none of the
  country;
- a *misfit*: one that cannot stand there either, but does not look like the known one;
- a *gap*: a character is missing or one too many, and the whole is no plate of the country;
- a *difference*: anything else. Two letters or two digits are two cars.

A look-alike or a misfit is *doubtful* if it looks more like another character that could stand there. A
misfit that looks like none tells nothing about its place; any other speaks against the known plate.

A read fits by itself if it has no difference. Another read that speaks against a place where this one has a
look-alike or a gap is a veto, and so are more reads against a character than for it. Where no read fits by
itself, several fit together if each difference of one is outweighed by others.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .plate_characters import closest, is_swap, look_alikes
from .plate_tolerance import Comparison

# What the edge of a plate's blue band is read as.
_BAND: Final = "1IJL"
_MISSING: Final = ""

type PlateTest = Callable[[str], bool]


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
        2 if wanted == got else got in look_alikes(wanted) for wanted, got in zip(known, shown, strict=True)
    )


class _Place(Enum):
    RIGHT = "right"
    LOOK_ALIKE = "look_alike"
    DOUBTFUL_LOOK_ALIKE = "doubtful_look_alike"
    MISFIT = "misfit"
    DOUBTFUL_MISFIT = "doubtful_misfit"
    DIFFERENCE = "difference"
    MISSING = "missing"


def _judged(known: str, place: int, got: str, is_plate: PlateTest | None) -> _Place:
    """Return what a character in a place of a known plate tells."""
    wanted = known[place]
    if got == wanted:
        return _Place.RIGHT
    if got == _MISSING:
        return _Place.MISSING

    def may_be(character: str) -> bool:
        return is_plate is None or is_plate(known[:place] + character + known[place + 1 :])

    swapped, looks_like_it = is_swap(wanted, got), got in look_alikes(wanted)
    is_impossible = is_plate is not None and not may_be(got)
    if swapped + looks_like_it + is_impossible < 2:
        return _Place.DIFFERENCE
    others = closest(got) if swapped else look_alikes(got)
    is_doubtful = not (swapped and wanted in others) and any(
        other != wanted and not is_swap(wanted, other) and may_be(other) for other in others
    )
    if looks_like_it:
        return _Place.DOUBTFUL_LOOK_ALIKE if is_doubtful else _Place.LOOK_ALIKE
    return _Place.DOUBTFUL_MISFIT if is_doubtful else _Place.MISFIT


_LOOK_ALIKES: Final = frozenset({_Place.LOOK_ALIKE, _Place.DOUBTFUL_LOOK_ALIKE})
# What speaks against the known plate.
_UNLIKE: Final = frozenset({_Place.DIFFERENCE, _Place.DOUBTFUL_MISFIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A text laid beside a known plate: what it shows in each place, and how often it was read."""

    count: int
    places: tuple[_Place, ...]
    has_gap: bool
    is_other_plate: bool

    def number(self, *kinds: _Place) -> int:
        """Return how many places are of some kinds."""
        return sum(self.places.count(kind) for kind in kinds)


def _laid(
    known: str, text: str, count: int, is_plate: PlateTest | None, *, is_crowd: bool = False
) -> _Read | None:
    """Lay a text beside a known plate; None if they have less than half in common."""
    if (aligned := _aligned(known, text)) is None:
        return None
    shown, extra = aligned
    places = tuple(_judged(known, place, got, is_plate) for place, got in enumerate(shown))
    if 2 * places.count(_Place.RIGHT) <= len(known):
        return None
    missing = places.index(_Place.MISSING) if _Place.MISSING in places else None
    has_gap = missing is not None or extra is not None
    is_other_plate = is_plate is not None and (
        (has_gap and (is_plate(text) or any(map(is_plate, _with_gap(known, text, missing, extra)))))
        or (is_crowd and text != known and is_plate(text))
    )
    return _Read(count=count, places=places, has_gap=has_gap, is_other_plate=is_other_plate)


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
            for other in look_alikes(character):
                if is_swap(other, character):
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


def resembles(known: str, text: str) -> bool:
    """Tell whether a text has more than half in common with a known plate."""
    return _laid(known, text, 1, None) is not None


def _votes(laid: list[_Read], place: int) -> tuple[int, int]:
    """Return how many reads show the known character in a place, and how many speak against it."""
    return (
        sum(read.count for read in laid if read.places[place] is _Place.RIGHT),
        sum(read.count for read in laid if read.places[place] in _UNLIKE),
    )


def _by_itself(read: _Read, laid: list[_Read]) -> Comparison:
    vetoes = contested = 0
    for place, shown in enumerate(read.places):
        if shown is _Place.RIGHT:
            for_it, against_it = _votes(laid, place)
            vetoes += against_it > for_it
            contested += 0 < against_it <= for_it
        elif shown in _LOOK_ALIKES:
            vetoes += any(other.places[place] in _UNLIKE for other in laid)
        else:
            # That two reads have the same misfit is no objection.
            vetoes += shown is not _Place.DIFFERENCE and any(
                other.places[place] is _Place.DIFFERENCE for other in laid
            )
    vetoes += _is_outweighed(laid)
    return Comparison(
        look_alikes=read.number(*_LOOK_ALIKES),
        misfits=read.number(_Place.MISFIT, _Place.DOUBTFUL_MISFIT),
        doubtful=read.number(_Place.DOUBTFUL_LOOK_ALIKE, _Place.DOUBTFUL_MISFIT),
        gaps=int(read.has_gap),
        differences=read.number(_Place.DIFFERENCE) + read.is_other_plate,
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
    look_alikes = misfits = vetoes = contested = 0
    for place in range(len(known)):
        for_it, against_it = _votes(taken, place)
        vetoes += against_it > for_it
        contested += 0 < against_it <= for_it
        if not for_it and not against_it:
            seen = {read.places[place] for read in taken}
            look_alikes += not seen.isdisjoint(_LOOK_ALIKES)
            misfits += seen.isdisjoint(_LOOK_ALIKES)
    return Comparison(
        look_alikes=look_alikes, misfits=misfits, vetoes=vetoes, contested=contested, is_together=True
    )
