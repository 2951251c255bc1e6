"""Lists of vehicles: employees, guests, tradesmen; who may come when, and how lists are written as CSV."""

from collections.abc import Iterable, Iterator, Mapping
import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
import io
from itertools import zip_longest
import re
from typing import Any, Final, Self, override

from .list_columns import COLUMNS, column_of, is_yes
from .plate_index import KnownPlate
from .plates import canonical_pattern
from .recognition import Reason, Terms
from .text import printable
from .vehicles import RecognitionRules

MAX_ROWS: Final = 10_000
# Rows that stand for many plates: each of them is compared with whatever is read.
MAX_PATTERNS: Final = 100
MAX_CSV_CHARACTERS: Final = 2_000_000
_MIN_CHARACTERS: Final = 2
_MAX_TEXT: Final = 200
_MAX_HOURS: Final = 21
_MAX_TICKET: Final = 16
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# What a spreadsheet takes for a formula.
_FORMULAS: Final = ("=", "+", "-", "@", "\t")
_SPAN: Final = re.compile(r"(?:([a-z]{3})[a-z]*(?:-([a-z]{3})[a-z]*)?\s+)?(\d{1,2}:\d\d)-(\d{1,2}:\d\d)")


class RowError(ValueError):
    """A row that cannot be understood, with the reason."""


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hours of some days of the week, by the clock on the wall; they end on the next day if not later."""

    days: frozenset[int]
    start: time
    end: time

    def has(self, at: datetime) -> bool:
        """Tell whether a local time is in the hours. What begins in the evening belongs to that day."""
        now = at.time().replace(tzinfo=None)
        if self.start < self.end:
            return at.weekday() in self.days and self.start <= now < self.end
        return (at.weekday() in self.days and now >= self.start) or (
            (at.weekday() - 1) % len(_DAYS) in self.days and now < self.end
        )

    @override
    def __str__(self) -> str:
        span = f"{self.start:%H:%M}-{self.end:%H:%M}"
        if len(self.days) == len(_DAYS):
            return span
        # They follow each other, maybe over the end of a week.
        first = next(day for day in self.days if (day - 1) % len(_DAYS) not in self.days)
        last = (first + len(self.days) - 1) % len(_DAYS)
        return f"{_DAYS[first]} {span}" if first == last else f"{_DAYS[first]}-{_DAYS[last]} {span}"


def parse_hours(text: str) -> tuple[WeeklyHours, ...]:
    """Return the hours in a text as `mon-fri 08:00-17:00; sat 9:00-12:00`; raises RowError."""
    found: list[WeeklyHours] = []
    for part in filter(None, (part.strip() for part in re.split(r"[;,]", text.lower()))):
        if (match := _SPAN.fullmatch(part)) is None:
            raise RowError(f"hours: {part}")
        first, last, start, end = match.groups()
        try:
            begin = _DAYS.index(first) if first else 0
            finish = _DAYS.index(last or first) if first else len(_DAYS) - 1
            hours = (time.fromisoformat(start.zfill(5)), time.fromisoformat(end.zfill(5)))
        except ValueError as err:
            raise RowError(f"hours: {part}") from err
        days = frozenset((begin + day) % len(_DAYS) for day in range((finish - begin) % len(_DAYS) + 1))
        found.append(WeeklyHours(days, *hours))
    if len(found) > _MAX_HOURS:
        raise RowError("hours")
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleRow:
    """A vehicle of a list.

    `valid_until` is the first moment at which it does not count any more. `ticket` tells one right to come
    *once* from a later one of the same plate.
    """

    plate: str
    name: str = ""
    note: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    hours: tuple[WeeklyHours, ...] = ()
    once: bool = False
    ticket: str = ""

    @property
    def right(self) -> str:
        """Return what is used up where the vehicle may come once."""
        return self.ticket or self.pattern

    @property
    def pattern(self) -> str:
        """Return the plate as it is compared."""
        return canonical_pattern(self.plate)

    def counts(self, at: datetime, zone: tzinfo) -> bool:
        """Tell whether the vehicle may come at a time; weekly hours are those of the zone's clocks."""
        if self.valid_from is not None and at < self.valid_from:
            return False
        if self.valid_until is not None and at >= self.valid_until:
            return False
        local = at.astimezone(zone)
        return not self.hours or any(hours.has(local) for hours in self.hours)

    def dump(self) -> dict[str, Any]:
        """Return the row as JSON values, which are texts as CSV has them."""
        return {
            "plate": self.plate,
            "name": self.name,
            "note": self.note,
            "valid_from": self.valid_from.isoformat() if self.valid_from is not None else None,
            "valid_until": self.valid_until.isoformat() if self.valid_until is not None else None,
            "hours": "; ".join(map(str, self.hours)),
            "once": self.once,
        }

    @classmethod
    def parse(cls, data: Mapping[str, Any], zone: tzinfo) -> Self:
        """Return the row in values as of `dump`; raises RowError. Times without a zone are local."""
        plate = printable(str(data.get("plate") or ""), _MAX_TEXT)
        pattern = canonical_pattern(plate)
        if sum(character not in "?*" for character in pattern) < _MIN_CHARACTERS:
            raise RowError(f"plate: {plate}")
        once = data.get("once")
        return cls(
            plate=plate,
            name=printable(str(data.get("name") or ""), _MAX_TEXT),
            note=printable(str(data.get("note") or ""), _MAX_TEXT),
            valid_from=_time(data.get("valid_from"), zone, is_end=False),
            valid_until=_time(data.get("valid_until"), zone, is_end=True),
            hours=parse_hours(str(data.get("hours") or "")),
            once=once if isinstance(once, bool) else is_yes(str(once or "")),
            ticket=str(data.get("ticket") or "")[:_MAX_TICKET],
        )


def _time(value: Any, zone: tzinfo, *, is_end: bool) -> datetime | None:
    """Return a time in UTC; the end of a date is the beginning of the next one."""
    text = value.isoformat() if isinstance(value, datetime) else str(value or "").strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        if is_end and not re.search(r"\d:\d", text):
            at += timedelta(days=1)
        return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as err:
        raise RowError(f"time: {text}") from err


def to_csv(rows: Iterable[VehicleRow]) -> str:
    """Return rows as CSV with a line of headings; a spreadsheet takes no cell for a formula."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        values = row.dump() | {"once": "yes" if row.once else ""}
        writer.writerow(
            {key: f"'{value}" if str(value).startswith(_FORMULAS) else value for key, value in values.items()}
        )
    return text.getvalue()


def _lines(text: str, delimiter: str) -> Iterator[list[str] | None]:
    """Yield the cells of each line, None at the end for one that is no CSV."""
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error:
        yield None


def _by_column(names: list[str], cells: list[str]) -> dict[str, str]:
    """Return the cells that hold something, by their columns; raises RowError for one in no known column."""
    values: dict[str, str] = {}
    for name, cell in zip_longest(names, cells, fillvalue=""):
        if not (value := cell.strip().removeprefix("'")):
            continue
        if name not in COLUMNS or name in values:
            raise RowError(f"column: {printable(name or value, _MAX_TEXT)}")
        values[name] = value
    return values


def _are_headings(names: list[str]) -> bool:
    """Tell whether a line names columns, be it in a language that is not known: nothing in it is a number."""
    return "plate" in names or not any(it.isdigit() for name in names for it in name)


def from_csv(text: str, zone: tzinfo) -> tuple[list[VehicleRow], list[str]]:
    """Return the rows in a CSV text, and what is wrong with others, each with the number of its line.

    Without headings, columns are in the order of an export; commas, semicolons and tabs separate them. A row
    with anything in another column is wrong: that could be the end of its validity, by another name.
    """
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    lines = _lines(text, delimiter)
    names: list[str] = list(COLUMNS)
    rows: list[VehicleRow] = []
    errors: list[str] = []
    for number, cells in enumerate(lines, 1):
        if cells is None:
            errors.append(f"{number}")
            break
        if not any(cell.strip() for cell in cells):
            continue
        if number == 1 and _are_headings(headings := [column_of(cell) for cell in cells]):
            names = headings
            continue
        try:
            rows.append(VehicleRow.parse(_by_column(names, cells), zone))
        except RowError as err:
            errors.append(f"{number}: {err}")
    return rows, errors


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleList(RecognitionRules):
    """A list of vehicles; `rows` are by their patterns. It is changed in place, by its device only."""

    id: str
    name: str
    zone: tzinfo
    rows: dict[str, VehicleRow] = field(default_factory=dict)

    def plate(self, pattern: str) -> KnownPlate:
        """Return a row's plate as it is recognised."""
        return KnownPlate(owner=self.id, row=pattern, pattern=pattern, tolerance=self.tolerance)

    def plates(self) -> list[KnownPlate]:
        """Return the plates as they are recognised."""
        return [self.plate(pattern) for pattern in self.rows]

    @override
    def terms(self, known: KnownPlate, camera: str, at: datetime) -> Terms:
        row = self.rows.get(known.row)
        if row is None or not row.counts(at, self.zone):
            return Terms(minimum_confidence=self.minimum_confidence, refusal=Reason.ANOTHER_TIME)
        return RecognitionRules.terms(self, known, camera, at)
