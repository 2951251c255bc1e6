"""Fleets, visits, near neighbours and strangers, and what becomes of them with each way of matching."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import itertools
from random import Random
from typing import Final

from custom_components.camera_push.domain.plate_index import KnownPlate, PlateIndex
from custom_components.camera_push.domain.plate_tolerance import Tolerance
from custom_components.camera_push.domain.plates import canonical_plate
from custom_components.camera_push.domain.recognition import Evidence, Terms, recognise

from .formats import FORMATS, neighbour

# Vehicles that are known at one gate.
FLEET: Final = 12

# What is recognised in the reads of a visit: a known plate as it was typed in, or None.
type Matcher = Callable[[Sequence[str]], str | None]
# What a camera writes for a car with a plate.
type Reads = Callable[[str], list[str]]


def exact(fleet: Sequence[str]) -> Matcher:
    """Compare as typed in."""

    def match(reads: Sequence[str]) -> str | None:
        return next((read for read in reads if read in fleet), None)

    return match


def levenshtein(fleet: Sequence[str], limit: int) -> Matcher:
    """Compare by edit distance, as Frigate's `match_distance` does; of several, the closest one."""
    pieces = {plate: _pieces(plate, limit + 1) for plate in fleet}

    def match(reads: Sequence[str]) -> str | None:
        for read in reads:
            found = min(
                (
                    (distance, plate)
                    for plate in fleet
                    if abs(len(plate) - len(read)) <= limit
                    # With so few changes, one piece at least is whole.
                    and any(piece in read for piece in pieces[plate])
                    and (distance := _distance(plate, read)) <= limit
                ),
                default=None,
            )
            if found is not None:
                return found[1]
        return None

    return match


def _pieces(plate: str, number: int) -> list[str]:
    ends = [round(len(plate) * part / number) for part in range(number + 1)]
    return [plate[start:end] for start, end in itertools.pairwise(ends) if end > start]


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for number, character in enumerate(one, 1):
        before, row = row, [number]
        for place, theirs in enumerate(other, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (character != theirs)))
    return row[-1]


def ours(fleet: Sequence[str], tolerance: Tolerance, country: str | None) -> Matcher:
    """Match as Camera Push does, read by read."""
    index = PlateIndex()
    typed = {canonical_plate(plate): plate for plate in fleet}
    for pattern in typed:
        index.add(KnownPlate(owner=pattern, pattern=pattern, tolerance=tolerance))

    def match(reads: Sequence[str]) -> str | None:
        evidence = Evidence()
        for read in reads:
            evidence.add(read, 0.9)
            known = recognise(
                index, evidence, read, countries=(country,), terms=lambda _: Terms(minimum_confidence=0.8)
            ).known
            if known:
                return typed[known[0].pattern]
        return None

    return match


def matchers(fleet: Sequence[str], country: str | None) -> dict[str, Matcher]:
    """Return all ways of matching."""
    return {
        "exact match, as typed": exact(fleet),
        "Levenshtein 1": levenshtein(fleet, 1),
        "Levenshtein 2": levenshtein(fleet, 2),
        **{str(tolerance): ours(fleet, tolerance, country) for tolerance in Tolerance},
    }


@dataclass(frozen=True, slots=True)
class Score:
    """How many visits there were, and for how many of them each way of matching opens."""

    visits: int
    right: Mapping[str, int]
    wrong: Mapping[str, int]
    neighbours: int
    opened_for_neighbours: Mapping[str, int]
    strangers: int
    opened_for_strangers: Mapping[str, int]


def evaluate(reads: Callable[[Random], Reads], seed: int, visits: int, strangers: int) -> Score:
    """Have cars pass in each country; the numbers are of all countries together."""
    rng = Random(seed)
    counts: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    near: Counter[str] = Counter()
    strange: Counter[str] = Counter()
    read = reads(rng)
    for country, generate in FORMATS.items():
        fleet = sorted({generate(rng) for _ in range(FLEET)})
        ways = matchers(fleet, country)
        for _ in range(visits // len(FORMATS)):
            plate = rng.choice(fleet)
            seen = read(plate)
            counts["visits"] += 1
            for name, match in ways.items():
                found = match(seen)
                right[name] += found == plate
                wrong[name] += found not in (None, plate)
            other = neighbour(rng, country, plate)
            if other is None or canonical_plate(other) in map(canonical_plate, fleet):
                continue
            counts["neighbours"] += 1
            seen = read(other)
            near.update(name for name, match in ways.items() if match(seen) is not None)
        for _ in range(strangers // len(FORMATS)):
            plate = generate(rng)
            if plate in fleet:
                continue
            counts["strangers"] += 1
            seen = read(plate)
            strange.update(name for name, match in ways.items() if match(seen) is not None)
    return Score(
        counts["visits"],
        dict(right),
        dict(wrong),
        counts["neighbours"],
        dict(near),
        counts["strangers"],
        dict(strange),
    )
