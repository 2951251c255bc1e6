"""Which known plate a visit's reads are of, and why not."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Final, Self

from .plate_characters import is_look_alike
from .plate_formats import countries_around, is_plate
from .plate_index import KnownPlate, PlateIndex, shape
from .plate_matching import PlateTest, compare, resembles
from .plate_tolerance import Comparison, Tolerance
from .plates import MAX_PLATE_LENGTH, canonical_plate

# A camera that follows a car writes a handful of texts for it.
_MAX_TEXTS: Final = 8


class Reason(StrEnum):
    """Why nothing is set off by a plate read."""

    NOTHING_READ = "nothing_read"
    NOT_KNOWN = "not_known"
    ANOTHER_PLATE = "another_plate"
    CONTRADICTED = "contradicted"
    TOO_MANY_MISREADS = "too_many_misreads"
    COULD_BE_TWO = "could_be_two"
    NOT_CERTAIN_ENOUGH = "not_certain_enough"
    NEEDS_ANOTHER_READ = "needs_another_read"
    ANOTHER_CAMERA = "another_camera"
    ANOTHER_TIME = "another_time"
    ANOTHER_ZONE = "another_zone"
    ANOTHER_DIRECTION = "another_direction"
    LATE = "late"
    SAME_VISIT = "same_visit"


class Evidence:
    """What was read of one passing car: texts, how often, and with which confidence at best."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def add(self, text: str | None, confidence: float | None) -> None:
        """Add a read."""
        if not (plate := canonical_plate(text)):
            return
        count, best = self._texts.pop(plate, (0, 0.0))
        self._texts[plate] = (count + 1, max(best, confidence or 0.0))
        if len(self._texts) > _MAX_TEXTS:
            # The rarest; of those, the oldest.
            del self._texts[min(self._texts, key=lambda text: self._texts[text][0])]

    def texts(self, minimum_confidence: float, *, also: str) -> dict[str, int]:
        """Return how often each text was read, without those that never were with that confidence."""
        return {
            text: count
            for text, (count, confidence) in self._texts.items()
            if confidence >= minimum_confidence or text == also
        }

    def dump(self) -> list[list[Any]]:
        """Return the evidence as JSON values."""
        return [[text, count, confidence] for text, (count, confidence) in self._texts.items()]

    @classmethod
    def load(cls, data: Iterable[Iterable[Any]]) -> Self:
        """Return the evidence that `dump` returned; raises TypeError or ValueError otherwise."""
        evidence = cls()
        for text, count, confidence in data:
            evidence._texts[str(text)[:MAX_PLATE_LENGTH]] = (int(count), float(confidence))
        return evidence


class Fit(IntEnum):
    """How well the reads fit a known plate; lower is better."""

    EXACT = 0
    PATTERN = 1
    MISREAD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What the reads of a visit are, and the numbers behind it.

    `known` are the plates that were recognised: one, or the same one that several lists have. `agreeing`
    counts the reads that fit by themselves. `nearest` is the plate that comes closest if none was recognised,
    `other` the one that comes closest beside it; both come with what they would cost.
    """

    known: tuple[KnownPlate, ...] = ()
    fit: Fit | None = None
    comparison: Comparison | None = None
    agreeing: int = 0
    nearest: KnownPlate | None = None
    other: KnownPlate | None = None
    other_cost: int | None = None
    reason: Reason | None = None

    @property
    def margin(self) -> int | None:
        """Return how much further away the next other known plate is, None without one."""
        if self.other_cost is None or self.comparison is None:
            return None
        return self.other_cost - self.comparison.cost

    def numbers(self) -> dict[str, Any]:
        """Return what is behind the decision, for traces and diagnostics."""
        comparison = self.comparison or Comparison()
        plate = self.known[0] if self.known else self.nearest
        return {
            "plate": plate.pattern if plate is not None else None,
            "look_alikes": comparison.look_alikes,
            "gaps": comparison.gaps,
            "misfits": comparison.misfits,
            "differences": comparison.differences,
            "vetoes": comparison.vetoes,
            "agreeing_reads": self.agreeing,
            "best_other_plate": self.other.pattern if self.other is not None else None,
            "margin": self.margin,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What reads of a known plate need there and then: a confidence; with a `refusal` none is enough."""

    minimum_confidence: float = 0.0
    refusal: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A known plate that reads resemble; `could_be` tells whether they fit it at the highest tolerance."""

    known: KnownPlate
    refusal: Reason | None
    comparison: Comparison
    fit: Fit | None
    agreeing: int
    could_be: bool


def recognise(
    index: PlateIndex,
    evidence: Evidence,
    read: str | None,
    *,
    countries: Iterable[str | None] = (),
    terms: Callable[[KnownPlate], Terms],
) -> Recognition:
    """Return which known plate the reads of a visit are of.

    `read` is the latest one, which the evidence has already. `countries` are where the camera stands and what
    it read. `terms` are those of a known plate.

    An exact plate beats a pattern, and either beats a misread plate. What could be two cars is neither, even
    if one of them tolerates less, or does not count there and then: its car is about all the same.
    """
    text = canonical_plate(read)
    if not text:
        return Recognition(reason=Reason.NOTHING_READ)
    visit = _Visit(index=index, evidence=evidence, text=text, places=tuple(countries))
    near = {known for seen in {*evidence.texts(0.0, also=text), text} for known in index.near(seen)}
    candidates = [
        candidate
        for known in near
        if resembles(known.pattern, text)
        and (candidate := _candidate(visit, known, terms(known))) is not None
    ]
    candidates += (
        candidate
        for known in index.patterns()
        if (candidate := _by_pattern(known, terms(known).refusal, text)) is not None
    )
    return _decided(candidates)


def _decided(candidates: list[_Candidate]) -> Recognition:
    # The order of plates that come equally close must not depend on that of a set.
    candidates.sort(key=lambda it: (it.comparison.cost, it.known.pattern, it.known.owner, it.known.row))
    best = min((it.fit for it in candidates if it.fit is not None), default=None)
    fitting = [it for it in candidates if it.fit is best and best is not None]
    found = [it for it in fitting if it.refusal is None] or fitting
    first = found[0] if found else candidates[0] if candidates else None
    if first is None:
        return Recognition(reason=Reason.NOT_KNOWN)
    other = next((it for it in candidates if not _is_same(it.known, first.known)), None)
    recognition = Recognition(
        known=tuple(it.known for it in found),
        fit=best,
        comparison=first.comparison,
        agreeing=first.agreeing,
        other=other.known if other is not None else None,
        other_cost=other.comparison.cost if other is not None else None,
    )
    if not found:
        return _refused(recognition, first.known, _why_not(first.comparison))
    rivals = [it for it in candidates if it.could_be] if best is Fit.MISREAD else fitting
    if any(not _is_same(it.known, first.known) for it in rivals):
        return _refused(recognition, first.known, Reason.COULD_BE_TWO)
    if first.refusal is not None:
        return _refused(recognition, first.known, first.refusal)
    return recognition


def _refused(recognition: Recognition, nearest: KnownPlate, reason: Reason) -> Recognition:
    return Recognition(
        comparison=recognition.comparison,
        agreeing=recognition.agreeing,
        nearest=nearest,
        other=recognition.other,
        other_cost=recognition.other_cost,
        reason=reason,
    )


def _why_not(comparison: Comparison) -> Reason:
    if comparison.vetoes:
        return Reason.CONTRADICTED
    return Reason.ANOTHER_PLATE if comparison.differences else Reason.TOO_MANY_MISREADS


def _is_same(one: KnownPlate, other: KnownPlate) -> bool:
    """Tell whether two known plates are one car: the same plate, or those of one vehicle."""
    return one.pattern == other.pattern or (one.owner, one.row) == (other.owner, other.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """What was read in a visit, `text` at last, among which known plates and where."""

    index: PlateIndex
    evidence: Evidence
    text: str
    places: tuple[str | None, ...]


def _candidate(visit: _Visit, known: KnownPlate, terms: Terms) -> _Candidate | None:
    index, text, plate = visit.index, visit.text, known.pattern
    reads = visit.evidence.texts(terms.minimum_confidence, also=text)
    countries = countries_around(plate, *visit.places)

    def is_plate_there(other: str) -> bool:
        return any(is_plate(other, country) for country in countries) or shape(other) in index.shapes

    test: PlateTest | None = is_plate_there if countries else None
    is_crowd = index.is_crowd(known.owner)
    tolerance = Tolerance.EXACT if index.is_dense(known.owner) else known.tolerance
    if (comparison := compare(plate, reads, test, is_crowd=is_crowd)) is None:
        return None

    def fits(it: Comparison, tolerance: Tolerance = tolerance) -> bool:
        # Without formats, texts of a shape that a known plate has may be plates as well.
        return it.fits(tolerance, len(plate), has_formats=bool(countries), is_crowd=is_crowd) and not (
            it.gaps and not countries and shape(text) in index.shapes
        )

    fit = None
    if fits(comparison):
        fit = Fit.MISREAD if comparison.cost else Fit.EXACT
    agreeing = sum(
        count
        for read, count in reads.items()
        if (alone := compare(plate, {read: count}, test, is_crowd=is_crowd)) is not None and fits(alone)
    )
    return _Candidate(
        known=known,
        refusal=terms.refusal,
        comparison=comparison,
        fit=fit,
        agreeing=agreeing,
        could_be=fits(comparison, Tolerance.TOLERANT),
    )


def _by_pattern(known: KnownPlate, refusal: Reason | None, text: str) -> _Candidate | None:
    look_alikes = _pattern_look_alikes(known.pattern, text)
    if look_alikes is None:
        return None
    comparison = Comparison(look_alikes=look_alikes)
    characters = sum(character not in "?*" for character in known.pattern)
    fit = None
    if comparison.fits(known.tolerance, characters, has_formats=False):
        fit = Fit.MISREAD if look_alikes else Fit.PATTERN
    return _Candidate(
        known=known,
        refusal=refusal,
        comparison=comparison,
        fit=fit,
        agreeing=int(fit is not None),
        could_be=fit is not None,
    )


def _pattern_look_alikes(pattern: str, text: str) -> int | None:
    """Return how many look-alikes it takes for a text to be one of a pattern, None if no number does."""
    # One row per character of the pattern: row[n] is what the text's first n characters take.
    impossible = len(text) + 1
    row = [0] + [impossible] * len(text)
    for wanted in pattern:
        if wanted == "*":
            for place in range(1, len(text) + 1):
                row[place] = min(row[place], row[place - 1])
            continue
        row = [impossible] + [
            row[place] + (0 if wanted in ("?", got) else 1 if is_look_alike(wanted, got) else impossible)
            for place, got in enumerate(text)
        ]
    return row[-1] if row[-1] < impossible else None


def tolerance_of(stored: Any) -> Tolerance:
    """Return the tolerance that a stored vehicle has: a word, or the number of misreads of older releases."""
    older = {0: Tolerance.EXACT, 1: Tolerance.CAUTIOUS, 2: Tolerance.TOLERANT}
    return older.get(stored) or Tolerance(stored)
