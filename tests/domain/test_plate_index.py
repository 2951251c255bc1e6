"""The index of known plates: what a read is compared with, among ten as among ten thousand."""

from random import Random
from time import process_time

import pytest

from custom_components.camera_push.domain.plate_index import KnownPlate, PlateIndex
from custom_components.camera_push.domain.plate_tolerance import Tolerance
from custom_components.camera_push.domain.plates import canonical_plate
from custom_components.camera_push.domain.recognition import Evidence, Terms, recognise as recognise_visit
from tests.plates.formats import FORMATS
from tests.plates.noise import MODELS

CERTAIN = Terms(minimum_confidence=0.8)


def test_removed() -> None:
    index = PlateIndex()
    plates = [KnownPlate(owner="list", pattern=pattern) for pattern in ("AB123CD", "AA1*", "XYZ")]
    for known in plates:
        index.add(known)
    assert index.near("A8I23CD") == {plates[0]}
    for known in plates:
        index.discard(known)
    assert (index.near("AB123CD"), list(index.patterns()), len(index)) == (set(), [], 0)
    assert not index.shapes


def test_candidates_do_not_grow_with_the_rows() -> None:
    """What is looked up among ten thousand rows is compared with a handful."""
    rng = Random(1)
    index = PlateIndex()
    fleet = sorted({FORMATS["GB"](rng) for _ in range(10_000)})
    for plate in fleet:
        index.add(KnownPlate(owner="list", row=plate, pattern=plate))
    compared = [len(index.near(plate)) for plate in fleet[::50]]
    assert min(compared) >= 1
    assert sum(compared) / len(compared) < 5


def test_plates_that_follow_each_other() -> None:
    """Each is recognised among all of a company's, and what could be two of them is neither."""
    index = PlateIndex()
    for number in range(1, 10_000):
        index.add(KnownPlate(owner="list", row=f"HHAB{number}", pattern=f"HHAB{number}"))

    def found(text: str, country: str = "DE") -> list[str]:
        evidence = Evidence()
        evidence.add(text, 0.9)
        known = recognise_visit(index, evidence, text, countries=(country,), terms=lambda _: CERTAIN)
        return [plate.pattern for plate in known.known]

    for number in range(1000, 9999, 77):
        assert found(f"HHAB{number}") == [f"HHAB{number}"]
        assert len(index.near(f"HHAB{number}")) <= 12
    # Any misread plate of the company's neighbours would be one of them.
    assert found("HHAB1O34") == []


def test_in_a_crowd_a_plate_is_taken_as_it_is() -> None:
    """Of thousands, some are by chance like a stranger's."""
    for rows, found in ((0, True), (600, False)):
        index, evidence = PlateIndex(), Evidence()
        for number in range(rows):
            index.add(KnownPlate(owner="list", row=f"MXY{number}", pattern=f"MXY{number}"))
        index.add(KnownPlate(owner="list", row="HDCB84", pattern="HDCB84"))
        evidence.add("HDC884", 0.9)
        recognition = recognise_visit(index, evidence, "HDC884", countries=("DE",), terms=lambda _: CERTAIN)
        assert bool(recognition.known) is found


@pytest.mark.parametrize(("country", "rows"), [("FR", 10_000), ("NL", 10_000), ("NL", 100), ("ES", 300)])
def test_misread_strangers_are_none_of_a_list(country: str, rows: int) -> None:
    """The more plates there are, and the more they are like each other, the less they may be misread."""
    rng = Random(5)
    fleet: set[str] = set()
    while len(fleet) < rows:
        fleet.add(FORMATS[country](rng))
    index = PlateIndex()
    for plate in sorted(fleet):
        index.add(KnownPlate(owner="list", row=plate, pattern=plate, tolerance=Tolerance.TOLERANT))
    opened = 0
    for _ in range(3000):
        stranger = FORMATS[country](rng)
        evidence = Evidence()
        for text in MODELS["look-alikes"].reads(rng, stranger):
            if stranger not in fleet and text not in {stranger, *fleet}:
                evidence.add(text, 0.9)
                opened += bool(
                    recognise_visit(
                        index, evidence, text, countries=(country,), terms=lambda _: CERTAIN
                    ).known
                )
    assert opened == 0


def test_a_lookup_among_a_thousand_takes_less_than_a_millisecond() -> None:
    rng = Random(1)
    index = PlateIndex()
    fleet = sorted({FORMATS["DE"](rng) for _ in range(1000)})
    for plate in fleet:
        index.add(KnownPlate(owner=plate, pattern=canonical_plate(plate)))
    reads = [plate.replace("B", "8") for plate in fleet]
    started = process_time()
    for text in reads:
        evidence = Evidence()
        evidence.add(text, 0.9)
        recognise_visit(index, evidence, text, countries=("DE",), terms=lambda _: CERTAIN)
    assert (process_time() - started) / len(reads) < 0.001
