"""How many rows of the history there are: by time, by camera and by kind."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
import sqlite3
from typing import Any, Final

from ..domain.history import EventFilter, EventKind, EventSummary, milliseconds
from .event_counts import DAY, PERIODS
from .history import KINDS
from .history_query import all_rows, conditions

_KINDS: Final = tuple(map(str, EventKind))
# Of alarms and cloud events, nobody can be known.
_OF_SOMEBODY: Final = frozenset({EventKind.VISIT, EventKind.IDENTIFICATION})

# How many rows there are of a kind that are a danger, or none.
type _Counts = Counter[tuple[int, int]]


def summary(
    connection: sqlite3.Connection, wanted: EventFilter, start: datetime, end: datetime, slots: int
) -> EventSummary:
    """Return how many rows that are meant there are between two times, in slots of the same length."""
    length = (end - start) / slots
    found = EventSummary(
        slots=[dict.fromkeys((*_KINDS, "danger"), 0) for _ in range(slots)],
        totals=dict.fromkeys((*_KINDS, "danger", "unknown", "favourite"), 0),
    )
    if wanted.has_overlaps:
        within = replace(wanted, after=start, before=end)
        for camera_id, row_kind, at, is_known, is_danger, is_favourite in all_rows(connection, within):
            slot = min(int((at - start) / length), slots - 1)
            _add_to_slot(found.slots[slot], row_kind, 1, danger=is_danger)
            _add_to_totals(found, camera_id, row_kind, (is_known, is_danger, is_favourite), 1)
        return found
    if (condition := conditions(connection, wanted)) is None:
        return found
    rows = _Rows(connection, *condition)
    for camera_id, kind, *marks, number in rows.totals(milliseconds(start), milliseconds(end)):
        _add_to_totals(found, camera_id, KINDS[kind], marks, number)
    edges = [milliseconds(start + number * length) for number in range(slots + 1)]
    for of_slot, counts in zip(found.slots, rows.between(edges), strict=True):
        for (kind, danger), number in counts.items():
            _add_to_slot(of_slot, KINDS[kind], number, danger=danger)
    return found


def _add_to_slot(of_slot: dict[str, int], kind: EventKind, number: int, *, danger: int) -> None:
    of_slot[kind] += number
    of_slot["danger"] += danger * number


def _add_to_totals(
    found: EventSummary, camera_id: str, kind: EventKind, marks: Iterable[int], number: int
) -> None:
    is_known, danger, favourite = marks
    found.cameras.setdefault(camera_id, dict.fromkeys(_KINDS, 0))[kind] += number
    found.totals[kind] += number
    found.totals["danger"] += danger * number
    found.totals["favourite"] += favourite * number
    if not is_known and kind in _OF_SOMEBODY:
        found.totals["unknown"] += number


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows that fulfil an SQL condition: of whole days by their counts, of the rest by the index on times."""

    connection: sqlite3.Connection
    condition: str
    values: list[Any]

    def totals(self, start: int, end: int) -> list[tuple[str, int, int, int, int, int]]:
        """Return camera, kind, is_known, danger, favourite, and how many rows of these there are."""
        columns = "camera, kind, is_known, danger, favourite"
        counted, uncounted = _periods(start, end)
        of_counts = (
            f"SELECT {columns}, rows FROM event_count "  # noqa: S608  # Columns are constants; values are bound.
            f"WHERE days = ? AND number >= ? AND number < ? AND {self.condition}"
        )
        of_rows = (
            f"SELECT {columns}, 1 AS rows FROM event INDEXED BY event_by_time "  # noqa: S608  # Columns are constants; values are bound.
            f"WHERE at >= ? AND at < ? AND {self.condition}"
        )
        parts = [of_counts] * len(counted) + [of_rows] * len(uncounted)
        sql = (
            f"SELECT text, kind, is_known, danger, favourite, SUM(rows) FROM ({' UNION ALL '.join(parts)}) "  # noqa: S608  # Columns are constants; values are bound.
            f"JOIN word ON word.number = camera GROUP BY {columns}"
        )
        values = [value for part in (*counted, *uncounted) for value in (*part, *self.values)]
        return self.connection.execute(sql, values).fetchall()

    def between(self, edges: Sequence[int]) -> Iterator[_Counts]:
        """Yield how many rows there are between each two times, which are equally far from each other."""
        if edges[1] - edges[0] < DAY // 2:
            yield from (self._count(start, end) for start, end in pairwise(edges))
            return
        first, last = edges[0] // DAY, edges[-1] // DAY
        days = [Counter[tuple[int, int]]() for _ in range(first, last + 1)]
        sql = (
            "SELECT number, kind, SUM(rows * (1 - danger)), SUM(rows * danger) FROM event_count "  # noqa: S608  # Columns are constants; values are bound.
            f"WHERE days = 1 AND number >= ? AND number <= ? AND {self.condition} GROUP BY number, kind"
        )
        for day, kind, harmless, dangers in self.connection.execute(sql, [first, last, *self.values]):
            days[day - first].update({(kind, 0): harmless, (kind, 1): dangers})
        before = [self._of_day_until(edge, days[edge // DAY - first]) for edge in edges]
        for number, (start, end) in enumerate(pairwise(edges)):
            counts = Counter(before[number + 1])
            for of_day in days[start // DAY - first : end // DAY - first]:
                counts.update(of_day)
            counts.subtract(before[number])
            yield counts

    def _of_day_until(self, edge: int, of_day: _Counts) -> _Counts:
        """Return how many rows a day has before a time: the shorter part of it is looked at."""
        start = edge // DAY * DAY
        if edge - start <= DAY // 2:
            return self._count(start, edge)
        counts = Counter(of_day)
        counts.subtract(self._count(edge, start + DAY))
        return counts

    def _count(self, start: int, end: int) -> _Counts:
        sql = (
            "SELECT kind, danger, COUNT(*) FROM event INDEXED BY event_by_time "  # noqa: S608  # Columns are constants; values are bound.
            f"WHERE at >= ? AND at < ? AND {self.condition} GROUP BY kind, danger"
        )
        rows = self.connection.execute(sql, [start, end, *self.values])
        return Counter({(kind, danger): number for kind, danger, number in rows})


def _periods(start: int, end: int) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]]]:
    """Return the periods between two times that are counted (days, first, end), and the times beside them."""
    counted: list[tuple[int, int, int]] = []
    rest = [(start, end)]
    for days in reversed(PERIODS):
        length = days * DAY
        left: list[tuple[int, int]] = []
        for begin, until in rest:
            first, last = -(-begin // length), until // length
            if first < last:
                counted.append((days, first, last))
                left += [(begin, first * length), (last * length, until)]
            else:
                left.append((begin, until))
        rest = [(begin, until) for begin, until in left if begin < until]
    return counted, rest
