"""Known vehicles and misread plates: never a wrong one, and most of the right ones."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
import json
from pathlib import Path

from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.domain.messages import PlateRead, VisitState
from custom_components.camera_push.domain.plates import normalised_plate
from custom_components.camera_push.domain.vehicles import (
    KnownVehicle,
    canonical_pattern,
    canonical_plate,
    misread_cost,
    recognise,
)

MISREADS = json.loads((Path(__file__).parent / "plate_misreads.json").read_text())
README = (Path(__file__).parents[2] / "README.md").read_text()


def vehicle(name: str, *plates: str, **changes) -> KnownVehicle:
    values = {"misreads": 1, "minimum_confidence": 0.0} | changes
    return KnownVehicle(id=name, name=name, patterns=tuple(map(canonical_pattern, plates)), **values)


def read(plate: str, camera_id: str = "gate") -> PlateRead:
    return PlateRead(
        camera_id=camera_id,
        received_at=datetime(2026, 11, 21, tzinfo=UTC),
        state=VisitState.NEW,
        plate=normalised_plate(plate),
    )


def recognised(vehicles: list[KnownVehicle], plate: str) -> str | None:
    found = recognise(vehicles, read(plate))
    return found.name if found is not None else None


@dataclass
class Score:
    """What became of the labelled set."""

    right: int = 0
    missed: int = 0
    wrong: int = 0
    strangers: int = 0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed + self.wrong)


def score(tolerated: int) -> Score:
    vehicles = [vehicle(plate, plate, misreads=tolerated) for plate in MISREADS["known"]]
    result = Score()
    for plate, label in MISREADS["reads"]:
        found = recognised(vehicles, plate)
        if found is not None and found != label:
            result.wrong += 1
        elif label is None:
            result.strangers += 1
        elif found == label:
            result.right += 1
        else:
            result.missed += 1
    return result


@pytest.mark.parametrize("tolerated", [0, 1, 2])
def test_labelled_misreads(tolerated: int) -> None:
    """No wrong vehicle ever; what the README says about the right ones is so."""
    result = score(tolerated)
    assert result.wrong == 0
    reads = result.right + result.missed
    told = f"({len(MISREADS['known'])} vehicles, {reads} reads of them of which {reads - score(0).right}"
    assert told in README.replace("\n", " ")
    assert f"{result.strangers} plates of strangers" in README
    assert f"| {tolerated} | 1.00 | {result.recall:.2f} |" in README


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("47-atd pn", "47ATDPN"),
        ("А123ВС77", "A123BC77"),
        ("а123вс77", "A123BC77"),
        ("ΑΒΕ-1234", "ABE1234"),
        ("ÄÖ 12", "ÄÖ12"),
        ("", ""),
        (None, ""),
        ("--", ""),
    ],
)
def test_canonical_plate(text: str | None, canonical: str) -> None:
    assert canonical_plate(text) == canonical


@pytest.mark.parametrize(
    ("pattern", "plates", "others"),
    [
        ("47ATDPN", ["47ATDPN", "47-atd-pn"], ["47ATDP", "47ATDPNX", "X47ATDPN"]),
        ("BMK 47??", ["BMK4711", "bmk-47AA"], ["BMK471", "BMK47111", "BMX4711"]),
        ("POL*", ["POL", "POL1", "POL-12345"], ["APOL", "PO1"]),
        ("*99", ["99", "AB99", "A-99"], ["991", "9"]),
        ("A*Z", ["AZ", "A1Z", "A12345Z"], ["A", "ZA", "A1"]),
        ("?1", ["A1", "11"], ["1", "A11"]),
    ],
)
def test_patterns(pattern: str, plates: list[str], others: list[str]) -> None:
    vehicles = [vehicle("mine", pattern, misreads=0)]
    assert [recognised(vehicles, plate) for plate in plates] == ["mine"] * len(plates)
    assert [recognised(vehicles, plate) for plate in others] == [None] * len(others)


@pytest.mark.parametrize(
    ("plate", "cost"),
    [
        ("47ATDPN", 0),
        ("47A7DPN", 1),
        ("A7ATDPN", 1),
        ("47AT0PN", 1),
        ("47ATOPN", 2),
        ("47ATDP", 2),
        ("147ATDPN", 2),
        ("47ATDPM", 3),
        ("4IATDPN", 3),
        ("", 14),
    ],
)
def test_cost(plate: str, cost: int) -> None:
    assert misread_cost("47ATDPN", plate) == cost


@pytest.mark.parametrize(
    ("tolerated", "pattern", "plate", "expected"),
    [
        (0, "47ATDPN", "47AT0PN", None),
        (1, "47ATDPN", "47AT0PN", "mine"),
        (1, "47ATDPN", "A7AT0PN", None),
        (2, "47ATDPN", "A7AT0PN", "mine"),
        (1, "47ATDPN", "47ATDP", None),
        (2, "47ATDPN", "47ATDP", "mine"),
        # Another car's plate, whatever is tolerated.
        (2, "47ATDPN", "47ATDPM", None),
        (2, "47ATDPN", "48ATDPN", None),
        # Short plates tolerate less.
        (2, "AB1", "A81", None),
        (2, "ABC1", "A8C1", "mine"),
        (2, "ABC1", "A8CI", None),
        # Wild cards do not count as characters.
        (2, "A*", "4", None),
        (1, "BMK47*", "8MK4711", "mine"),
    ],
)
def test_tolerance(tolerated: int, pattern: str, plate: str, expected: str | None) -> None:
    assert recognised([vehicle("mine", pattern, misreads=tolerated)], plate) == expected


def test_what_could_be_two_is_neither() -> None:
    two = [vehicle("a", "ABD1234"), vehicle("b", "AB01234")]
    assert recognised(two, "ABD1234") == "a"
    assert recognised(two, "AB01234") == "b"
    # Both a misread D and a misread 0 look like that.
    assert recognised([vehicle("a", "AB8D12"), vehicle("b", "A88012", misreads=2)], "AB8012") is None
    assert recognised([vehicle("a", "AB*"), vehicle("b", "*12")], "AB12") is None


def test_exact_beats_pattern_beats_misread() -> None:
    vehicles = [vehicle("exact", "ABC1234"), vehicle("pattern", "ABC*"), vehicle("near", "A8C1234")]
    assert recognised(vehicles, "ABC1234") == "exact"
    assert recognised(vehicles, "ABC9999") == "pattern"
    assert recognised(vehicles, "A8C1234") == "near"


def test_vehicles_of_other_cameras_are_no_ambiguity() -> None:
    vehicles = [
        vehicle("here", "ABC1234", cameras=frozenset({"gate"})),
        vehicle("there", "ABC1234", cameras=frozenset({"exit"})),
    ]
    assert recognised(vehicles, "ABC1234") == "here"
    found = recognise(vehicles, read("ABC1234", "exit"))
    assert found is not None
    assert found.name == "there"
    assert recognise(vehicles, read("ABC1234", "other")) is None


def test_nothing_read_is_nobody() -> None:
    assert recognised([vehicle("all", "*")], "") is None


plates = st.text("ABD018", min_size=1, max_size=8)


@given(plates, plates)
def test_cost_is_a_distance(one: str, two: str) -> None:
    assert (misread_cost(one, two) == 0) is (one == two)
    assert misread_cost(one, two) == misread_cost(two, one)


@given(plates, st.integers(0, 8), st.integers(0, 8))
def test_wild_cards_fit_what_they_stand_for(plate: str, start: int, end: int) -> None:
    start, end = sorted((start, end))
    assert misread_cost(plate[:start] + "*" + plate[end:], plate) == 0
    replaced = plate[:start] + "?" * len(plate[start:end]) + plate[end:]
    assert misread_cost(replaced, plate) == 0


@given(st.lists(plates, min_size=2, max_size=5, unique=True), plates)
def test_a_match_is_never_one_of_two_equal_ones(known: list[str], plate: str) -> None:
    vehicles = [vehicle(name, name, misreads=2) for name in known]
    found = recognised(vehicles, plate)
    fits = {other.name: fit for other in vehicles if (fit := other.fit(plate)) is not None}
    best = [name for name, fit in fits.items() if fit == min(fits.values())]
    assert found == (best[0] if len(best) == 1 else None)
    for one, two in combinations(best, 2):
        assert one != two
