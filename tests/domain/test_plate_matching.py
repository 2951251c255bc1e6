"""Known vehicles and misread plates: never a wrong one, and most of the right ones."""

from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.domain.messages import PlateRead, VisitState
from custom_components.camera_push.domain.plate_index import KnownPlate, PlateIndex
from custom_components.camera_push.domain.plate_tolerance import Tolerance
from custom_components.camera_push.domain.plates import canonical_pattern, canonical_plate, normalised_plate
from custom_components.camera_push.domain.recognition import (
    Evidence,
    Reason,
    Recognition,
    Terms,
    recognise as recognise_visit,
    tolerance_of,
)
from custom_components.camera_push.domain.vehicles import KnownVehicle, may_fit, recognise

MISREADS = json.loads((Path(__file__).parent / "plate_misreads.json").read_text())
EXACT, CAUTIOUS, TOLERANT = Tolerance
CERTAIN = Terms(minimum_confidence=0.8)


def vehicle(name: str, *plates: str, **changes) -> KnownVehicle:
    values: dict[str, Any] = {"tolerance": CAUTIOUS, "minimum_confidence": 0.0} | changes
    return KnownVehicle(id=name, name=name, patterns=tuple(map(canonical_pattern, plates)), **values)


def read(plate: str, camera_id: str = "gate") -> PlateRead:
    return PlateRead(
        camera_id=camera_id,
        received_at=datetime(2026, 11, 21, tzinfo=UTC),
        state=VisitState.NEW,
        plate=normalised_plate(plate),
    )


def recognised(vehicles: list[KnownVehicle], plate: str, country: str | None = None) -> str | None:
    found = recognise(vehicles, read(plate), country)
    return found.name if found is not None else None


def visited(
    known: list[str], *reads: str, tolerance: Tolerance = CAUTIOUS, country: str | None = "DE"
) -> Recognition:
    """Return what the last read of a visit is taken for."""
    index, evidence = PlateIndex(), Evidence()
    for plate in known:
        index.add(KnownPlate(owner=plate, pattern=plate, tolerance=tolerance))
    found = Recognition()
    for text in reads:
        evidence.add(text, 0.9)
        found = recognise_visit(index, evidence, text, countries=(country,), terms=lambda _: CERTAIN)
    return found


@pytest.mark.parametrize("tolerance", Tolerance)
def test_labelled_misreads(tolerance: Tolerance) -> None:
    """Each vehicle is what it is, and strangers are nobody."""
    vehicles = [vehicle(plate, plate, tolerance=tolerance) for plate in MISREADS["known"]]
    found = [(recognised(vehicles, plate), label) for plate, label in MISREADS["reads"]]
    assert [(name, label) for name, label in found if name not in (None, label)] == []
    right = sum(name == label for name, label in found if label is not None)
    assert right >= {EXACT: 20, CAUTIOUS: 70, TOLERANT: 70}[tolerance]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("47-atd pn", "47ATDPN"),
        ("А123ВС77", "A123BC77"),
        ("а123вс77", "A123BC77"),
        ("ΑΒΕ-1234", "ABE1234"),
        ("MÜ-ÖÄ 12", "MUOA12"),
        ("Škoda É 1", "SKODAE1"),
        ("Ø1 Ł2", "O1L2"),
        ("京A·12345", "京A12345"),
        ("١٢٣", "123"),
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
    vehicles = [vehicle("mine", pattern, tolerance=EXACT)]
    assert [recognised(vehicles, plate) for plate in plates] == ["mine"] * len(plates)
    assert [recognised(vehicles, plate) for plate in others] == [None] * len(others)


# Known plate, country, read, and who tolerates it.
@pytest.mark.parametrize(
    ("plate", "country", "text", "tolerated"),
    [
        ("AB123CD", "FR", "AB123CD", {EXACT, CAUTIOUS, TOLERANT}),
        # Look-alikes.
        ("AB123CD", "FR", "A8123CD", {CAUTIOUS, TOLERANT}),
        ("AB123CD", "FR", "A8I23CD", {CAUTIOUS, TOLERANT}),
        ("AB123CD", "FR", "48I23CD", {TOLERANT}),
        ("AB123CD", "FR", "48I2BCD", set()),
        ("AS137CT", "FR", "A3137CT", {CAUTIOUS, TOLERANT}),
        ("AS137CT", "FR", "AS13ZCT", {CAUTIOUS, TOLERANT}),
        ("AS137CT", "FR", "AS137C1", {CAUTIOUS, TOLERANT}),
        # Two letters, and two digits, are two cars.
        ("AB123CD", "FR", "AB123CG", set()),
        ("AB123CD", "FR", "AB128CD", set()),
        # France has no O: it was a D that was misread.
        ("AB123CD", "FR", "AB123CO", {CAUTIOUS, TOLERANT}),
        ("AB123CD", "SK", "AB123CO", set()),
        # Gaps.
        ("AB123CD", "FR", "B123CD", {CAUTIOUS, TOLERANT}),
        ("AB123CD", "FR", "AB13CD", {CAUTIOUS, TOLERANT}),
        ("AB123CD", "FR", "AB1273CD", {CAUTIOUS, TOLERANT}),
        ("AB123CD", "FR", "A813CD", {CAUTIOUS, TOLERANT}),
        ("AB123CDE", "GB", "A813CDE", set()),
        ("AB123CD", "FR", "48I3CD", set()),
        ("AB123CD", "FR", "B23CD", set()),
        # The blue band.
        ("AB123CD", "FR", "IAB123CD", {CAUTIOUS, TOLERANT}),
        ("AB123CD", "FR", "LAB123CD", {CAUTIOUS, TOLERANT}),
        ("KAAB1234", "DE", "1KAAB1234", {CAUTIOUS, TOLERANT}),
        # Other cars' plates.
        ("HHAB1234", "DE", "HHAB123", set()),
        ("HHAB1234", "DE", "HAB1234", set()),
        ("HHAB123", "DE", "HHAB1234", set()),
        # And so it is with a character that cannot be right.
        ("HHAB123", "DE", "HH4B1234", set()),
        ("BMKL724", "DE", "4BMKL724", set()),
        # What is neither a digit nor like one.
        ("AB123CD", "FR", "AB1F3CD", {TOLERANT}),
        ("AB123CD", "FR", "A81F3CD", {TOLERANT}),
        # What looks more like another one that could stand there is doubtful: of a T, or of a 5.
        ("AB123CD", "FR", "AB123C7", {TOLERANT}),
        ("AB193CD", "FR", "AB1S3CD", {CAUTIOUS, TOLERANT}),
        ("AB193CD", "FR", "A81S3CD", {TOLERANT}),
        # Germany's numbers have no 0 at their beginning, but two digits are two cars.
        ("KED6604", "DE", "KED0604", set()),
        # A foreign plate is compared with those of the countries that have such.
        ("KA05MJ9142", "SE", "KA05MJ942", {CAUTIOUS, TOLERANT}),
        # Of a plate that no country has, nobody knows what is one.
        ("47ATDPN", "DE", "47AT0PN", {CAUTIOUS, TOLERANT}),
        ("47ATDPN", "DE", "A7AT0PN", {CAUTIOUS, TOLERANT}),
        ("47ATDPN", "DE", "47ATDP", {TOLERANT}),
        ("47ATDPN", "DE", "47AT0P", set()),
        ("47ATDPN", "DE", "47ATDPM", set()),
        ("47ATDPN", "DE", "48ATDPN", set()),
        # Short plates tolerate less.
        ("AB1", None, "A81", set()),
        ("ABC1", None, "A8C1", {CAUTIOUS, TOLERANT}),
        ("ABC1", None, "A8CI", set()),
        # Wild cards do not count as characters.
        ("A*", None, "4", set()),
        ("BMK47*", None, "8MK4711", {CAUTIOUS, TOLERANT}),
    ],
)
def test_tolerance(plate: str, country: str | None, text: str, tolerated: set[Tolerance]) -> None:
    assert {
        tolerance
        for tolerance in Tolerance
        if recognised([vehicle("mine", plate, tolerance=tolerance)], text, country) == "mine"
    } == tolerated


def test_what_could_be_two_is_neither() -> None:
    two = [vehicle("a", "ABD1234"), vehicle("b", "AB01234")]
    assert recognised(two, "ABD1234") == "a"
    assert recognised(two, "AB01234") == "b"
    # Both a misread D and a misread 0 look like that, however many it takes.
    assert recognised([vehicle("a", "AB8D12"), vehicle("b", "A88012")], "AB8012") is None
    assert recognised([vehicle("a", "ABB1234"), vehicle("b", "A8B1234")], "A88I234") is None
    assert recognised([vehicle("a", "AB*"), vehicle("b", "*12")], "AB12") is None
    assert recognised([vehicle("a", "AB*", "*12")], "AB12") == "a"


def test_exact_beats_pattern_beats_misread() -> None:
    vehicles = [vehicle("exact", "ABC1234"), vehicle("pattern", "ABC*"), vehicle("near", "A8C1234")]
    assert recognised(vehicles, "ABC1234") == "exact"
    assert recognised(vehicles, "ABC9999") == "pattern"
    assert recognised(vehicles, "A8C1234") == "near"


def test_nothing_read_is_nobody() -> None:
    assert recognised([vehicle("all", "*")], "") is None
    assert visited(["AB123CD"], "").reason is Reason.NOTHING_READ


class TestVisits:
    """The reads of a visit are weighed together."""

    def test_another_character_is_a_veto(self) -> None:
        assert visited(["MAB8123"], "MAB3123", "MABB123").reason is Reason.CONTRADICTED
        assert visited(["MAB8123"], "MABB123").known

    def test_a_good_read_is_enough(self) -> None:
        found = visited(["HHAB1234"], "HHXB1234", "HHAB1234")
        assert [known.pattern for known in found.known] == ["HHAB1234"]
        assert (found.agreeing, found.fit) == (1, 0)

    def test_more_reads_against_it_are_another_car(self) -> None:
        assert visited(["HHAB1234"], "HHAB1284", "HHAB1284", "HHAB1234").reason is Reason.CONTRADICTED
        assert visited(["HHAB123"], "HHAB1234", "HHAB1234", "HHAB123").reason is Reason.CONTRADICTED

    def test_reads_complement_each_other(self) -> None:
        assert not visited(["HHAB1234"], "HHAX1234").known
        assert visited(["HHAB1234"], "HHAX1234", "HMAB1234").known
        # By itself, none is the plate as it was typed in.
        assert not visited(["HHAB1234"], "HHAX1234", "HMAB1234", tolerance=EXACT).known

    def test_two_that_were_both_read_are_neither(self) -> None:
        assert visited(["HHAB1234", "HHAB1284"], "HHAB1284", "HHAB1234").reason is Reason.COULD_BE_TWO

    def test_what_is_not_certain_enough_says_nothing(self) -> None:
        index, evidence = PlateIndex(), Evidence()
        index.add(KnownPlate(owner="mine", pattern="MAB8123"))
        evidence.add("MAB3123", 0.4)
        evidence.add("MABB123", 0.9)
        assert recognise_visit(index, evidence, "MABB123", countries=("DE",), terms=lambda _: CERTAIN).known

    def test_numbers(self) -> None:
        assert visited(["HHAB1234", "HHAB1284"], "HHA81234").numbers() == {
            "plate": "HHAB1234",
            "look_alikes": 1,
            "gaps": 0,
            "misfits": 0,
            "differences": 0,
            "vetoes": 0,
            "agreeing_reads": 1,
            "best_other_plate": "HHAB1284",
            "margin": 3,
        }

    def test_evidence_is_bounded_and_kept(self) -> None:
        evidence = Evidence()
        for number in range(100):
            evidence.add(f"AB{number}", 0.9)
            evidence.add("HHAB1234", 0.5)
        assert len(evidence.dump()) == 8
        assert Evidence.load(evidence.dump()).texts(0.0, also="") == evidence.texts(0.0, also="")
        assert evidence.texts(0.0, also="")["HHAB1234"] == 100
        assert "HHAB1234" not in evidence.texts(0.8, also="")


@pytest.mark.parametrize(
    ("stored", "tolerance"), [(0, EXACT), (1, CAUTIOUS), (2, TOLERANT), ("exact", EXACT)]
)
def test_tolerance_of_older_releases(stored: object, tolerance: Tolerance) -> None:
    assert tolerance_of(stored) is tolerance


plates = st.text("ABD018", min_size=1, max_size=8)


@given(plates, st.integers(0, 8), st.integers(0, 8))
def test_wild_cards_fit_what_they_stand_for(plate: str, start: int, end: int) -> None:
    start, end = sorted((start, end))
    assert recognised([vehicle("mine", f"{plate[:start]}*{plate[end:]}", tolerance=EXACT)], plate) == "mine"
    replaced = plate[:start] + "?" * len(plate[start:end]) + plate[end:]
    assert recognised([vehicle("mine", replaced, tolerance=EXACT)], plate) == "mine"


@given(st.lists(plates, min_size=2, max_size=5, unique=True), plates)
def test_a_match_is_never_one_of_two_equal_ones(known: list[str], plate: str) -> None:
    vehicles = [vehicle(name, name, tolerance=TOLERANT) for name in known]
    alone = {one.name for one in vehicles if recognised([one], plate)}
    found = recognised(vehicles, plate)
    if plate in known:
        assert found == plate
    else:
        assert found == (next(iter(alone)) if len(alone) == 1 else None)


@given(plates, plates)
def test_what_fits_may_fit(known: str, plate: str) -> None:
    if recognised([vehicle("mine", known, tolerance=TOLERANT)], plate):
        assert may_fit(known, plate)
