"""Who of a list may come when, and lists as CSV."""

from datetime import UTC, datetime
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from custom_components.camera_push.domain.vehicle_lists import (
    RowError,
    VehicleRow,
    from_csv,
    parse_hours,
    to_csv,
)

TRANSLATIONS = Path(__file__).parents[2] / "custom_components/camera_push/translations"
BERLIN = ZoneInfo("Europe/Berlin")


def row(**values) -> VehicleRow:
    return VehicleRow.parse({"plate": "HH-AB 1234", **values}, BERLIN)


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("values", "counts", "does_not"),
    [
        ({}, ["2026-11-24 12:00"], []),
        ({"valid_until": "2026-11-24 12:00"}, ["2026-11-24 11:59:59"], ["2026-11-24 12:00"]),
        ({"valid_until": "2026-11-24"}, ["2026-11-24 23:59:59"], ["2026-11-25 00:00"]),
        ({"valid_from": "2026-11-24"}, ["2026-11-24 00:00"], ["2026-11-23 23:59:59"]),
        # The night in which clocks go back has three o'clock twice.
        ({"valid_until": "2026-10-25 04:00"}, ["2026-10-25 03:59"], ["2026-10-25 04:00"]),
        # A Tuesday.
        ({"hours": "mon-fri 08:00-17:00"}, ["2026-11-24 08:00"], ["2026-11-24 17:00", "2026-11-28 09:00"]),
        # In summer, too, by the clock on the wall.
        ({"hours": "tue 8:00-17:00"}, ["2026-07-14 08:00", "2026-07-14 16:59"], ["2026-07-14 07:59"]),
        # From the evening of a Friday to the next morning.
        ({"hours": "fri 22:00-06:00"}, ["2026-11-27 23:00", "2026-11-28 05:59"], ["2026-11-28 22:30"]),
        ({"hours": "sat-mon 0:00-0:00"}, ["2026-11-28 12:00", "2026-11-30 12:00"], ["2026-12-01 12:00"]),
        ({"hours": "06:00-07:00; sun 9:00-10:00"}, ["2026-11-29 09:30"], ["2026-11-28 09:30"]),
    ],
)
def test_counts(values, counts, does_not) -> None:
    found = row(**values)
    assert [found.counts(local(at), BERLIN) for at in counts] == [True] * len(counts)
    assert [found.counts(local(at), BERLIN) for at in does_not] == [False] * len(does_not)
    assert VehicleRow.parse(found.dump(), UTC) == found


def test_hour_that_comes_twice() -> None:
    """What is valid until half past two ends at the first one; weekly hours go by the clock, so twice."""
    until = row(valid_until="2026-10-25 02:30")
    assert not until.counts(local("2026-10-25 02:30"), BERLIN)
    assert not until.counts(local("2026-10-25 02:15", fold=1), BERLIN)
    weekly = row(hours="sun 2:00-3:00")
    assert weekly.counts(local("2026-10-25 02:30"), BERLIN)
    assert weekly.counts(local("2026-10-25 02:30", fold=1), BERLIN)


@pytest.mark.parametrize(
    "values",
    [
        *({"plate": "-"}, {"valid_until": "soon"}, {"hours": "mon 8-17"}, {"hours": "xyz 08:00-17:00"}),
        *({"valid_until": "9999-12-31"}, {"valid_from": "0001-01-01"}),
    ],
)
def test_refused(values) -> None:
    with pytest.raises(RowError):
        row(**values)


def test_csv() -> None:
    rows = [
        row(name="Ada", note="first, floor", hours="mon-fri 08:00-17:00", once=True),
        row(plate="B-C 1", valid_from="2026-11-24", valid_until="2026-11-30"),
        row(plate="=1+1 AB", name="@sum", note="-1+cmd"),
    ]
    text = to_csv(rows)
    assert all(it in text for it in ("'=1+1", "'@sum", "'-1+cmd"))
    assert from_csv(text, UTC) == (rows, [])
    found, errors = from_csv("\ufeffPlate;Name\nHH-AB 1;Ada\n\n-;Nobody\nHH-AB 2;", BERLIN)
    assert [(it.plate, it.name) for it in found] == [("HH-AB 1", "Ada"), ("HH-AB 2", "")]
    assert errors == ["4: plate: -"]
    assert [it.plate for it in from_csv("HH-AB 1,Ada\nHH-AB 2", BERLIN)[0]] == ["HH-AB 1", "HH-AB 2"]


@pytest.mark.parametrize("heading", ["Valid until", "valid-until", "Until", " VALID_UNTIL "])
def test_headings_as_people_write_them(heading) -> None:
    """A validity that is not understood must not become one without an end."""
    (found,), errors = from_csv(f"Plate;{heading};Weekly hours;\nHH-AB 1;2026-11-24;08:00-17:00;", UTC)
    assert (found.valid_until, errors) == (datetime(2026, 11, 25, tzinfo=UTC), [])
    assert found.hours == parse_hours("08:00-17:00")


@pytest.mark.parametrize("language", sorted(it.stem for it in TRANSLATIONS.glob("*.json")))
def test_headings_in_the_languages_of_the_form(language) -> None:
    """A list that somebody made with the words that they see is one."""
    texts = json.loads((TRANSLATIONS / f"{language}.json").read_text())
    fields = texts["services"]["add_vehicle"]["fields"]
    values = row(name="Ada", note="-", valid_from="2026-11-24", valid_until="2026-11-30", hours="08:00-17:00")
    first, second = to_csv([values]).splitlines()
    headings = ";".join(fields[column]["name"] for column in first.split(","))
    assert from_csv(f"{headings}\n{second.replace(',', ';')}", UTC) == ([values], [])
    assert from_csv(f"{headings.upper()}\n{second.replace(',', ';')}", UTC) == ([values], [])


@pytest.mark.parametrize(
    ("headings", "yes"),
    [
        *(("Nummernschild\tgültig bis\tEinmalig", "Ja"), ("Matricula\tHasta\tUna vez", "Sí")),
        *(("Immatriculation\tJusqu’au\tUne fois", "oui"), ("placa\tate\tuma vez", "SIM")),  # As typed.
        ("车牌号\t有效期至\t一次", "是"),
    ],
)
def test_headings_that_people_use(headings, yes) -> None:
    (found,), errors = from_csv(f"{headings}\nHH-AB 1\t2026-11-24\t{yes}", UTC)
    assert (found.valid_until, found.once, errors) == (datetime(2026, 11, 25, tzinfo=UTC), True, [])


def test_columns_that_are_none() -> None:
    found, errors = from_csv("plate,scadenza\nHH-AB 1,2020-01-01\nHH-AB 2,\nHH-AB 3,,Berlin", UTC)
    assert ([it.plate for it in found], errors) == (
        ["HH-AB 2"],
        ["2: column: scadenza", "4: column: Berlin"],
    )
    # In a language that is not known, the second could be the end of a validity.
    assert from_csv("Targa;Scadenza\nHH-AB 1;2020-01-01", UTC) == ([], ["2: column: Targa"])
    assert from_csv("HH-AB 1,,,,,,,again", UTC) == ([], ["1: column: again"])
    assert from_csv("plate,until,valid until\nHH-AB 1,2030-01-01,2020-01-01", UTC)[0] == []


def test_what_is_no_csv() -> None:
    """What came before it counts."""
    found, errors = from_csv(f'HH-AB 1,Ada\nHH-AB 2,"{"x" * 200_000}"\nHH-AB 3', BERLIN)
    assert ([it.plate for it in found], errors) == (["HH-AB 1"], ["2"])


def test_hours_as_text() -> None:
    for text in ("mon-fri 08:00-17:00", "08:00-17:00", "mon 08:00-17:00; wed 08:00-17:00"):
        assert "; ".join(map(str, parse_hours(text))) == text
