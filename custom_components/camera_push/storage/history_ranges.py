"""A filter of the history in SQL: the ranges of an index in which its rows are, and what else is asked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
import heapq
from itertools import product
import sqlite3
from typing import Any, Final

from ..domain.history import EventFilter, EventKind, TextMatch, milliseconds
from .history import KINDS

# How rows are ordered: newest first, and those of one time by their numbers.
type Key = tuple[int, int]

# Among so many of the newest rows, a plate is looked for before all plates are.
_NEWEST: Final = 8_000
# Index ranges that one page is merged of; with more, all rows are looked at in their order.
_MAX_RANGES: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Condition:
    """What is asked of a row: an SQL expression, and the values for its marks."""

    sql: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class _Range:
    """Rows that an index has beside each other: what follows an SQL SELECT, and the values for its marks."""

    sql: str
    values: list[Any]


class RowQuery:
    """A filter in the table's terms.

    `_conditions` are by the columns that they are about: a range of an index covers some of them.
    """

    def __init__(self, connection: sqlite3.Connection, wanted: EventFilter) -> None:
        self._connection = connection
        self._wanted = wanted
        self._cameras = self._numbers("word", wanted.camera_ids)
        self._kinds = None if wanted.kinds is None else [KINDS.index(kind) for kind in wanted.kinds]
        self._types = self._numbers("word", wanted.types)
        self._persons = {
            column: numbers
            for column, texts in (("known", wanted.known_ids), ("profile", wanted.profile_ids))
            if (numbers := self._numbers("word", texts)) is not None
        }
        self._plates = (
            self._numbers("plate", [wanted.plate])
            if wanted.plate is not None and not wanted.has_pattern
            else None
        )
        self._time = list(_time(wanted))
        self._conditions = self._all_conditions()

    def _numbers(self, table: str, texts: Iterable[str] | None) -> list[int] | None:
        """Return the numbers of names or plates, of those that rows have."""
        if texts is None:
            return None
        sql = f"SELECT number FROM {table} WHERE text = ?"  # noqa: S608  # One of two fixed names.
        return [number for text in texts for (number,) in self._connection.execute(sql, (text,))]

    @property
    def is_empty(self) -> bool:
        """Tell whether no row can be meant."""
        ids = self._wanted.ids
        lists: tuple[Sequence[object] | None, ...] = (self._cameras, self._kinds, self._types, self._plates)
        return (
            any(it is not None and not it for it in lists)
            or (
                self._wanted.plate is not None
                and self._kinds is not None
                and KINDS.index(EventKind.VISIT) not in self._kinds
            )
            or (ids is not None and not ids)
            or (bool(self._persons) and not any(self._persons.values()))
        )

    def _all_conditions(self) -> dict[str, _Condition]:
        wanted = self._wanted
        found: dict[str, _Condition] = {}
        for column, numbers in (
            ("camera", self._cameras),
            ("kind", self._kinds),
            ("type", self._types),
            ("plate", self._plates),
        ):
            if numbers is not None:
                found[column] = _one_of(column, numbers)
        for column, is_meant in (
            ("is_known", wanted.known),
            ("danger", wanted.danger),
            ("favourite", wanted.favourite),
        ):
            if is_meant is not None:
                found[column] = _Condition(column if is_meant else f"NOT {column}")
        if self._persons:
            found["person"] = _any([_one_of(column, numbers) for column, numbers in self._persons.items()])
        if wanted.ids is not None:
            found["id"] = _one_of("id", sorted(wanted.ids))
        if wanted.plate is not None and self._plates is None:
            found["pattern"] = _fits(wanted.plate)
        if wanted.text is not None:
            found["text"] = self._has_text(wanted.text)
        return found

    def _has_text(self, text: TextMatch) -> _Condition:
        any_of = [
            _one_of(column, self._numbers("word", texts) or ())
            for column, texts in (
                ("camera", text.camera_ids),
                ("known", text.known_ids),
                ("profile", text.profile_ids),
                ("type", text.types),
            )
        ]
        if text.plate is not None:
            any_of.append(_fits(text.plate))
        return _any(any_of)

    def ranges(self) -> list[_Range]:
        """Return the ranges of an index in which the rows are, each in its order."""
        wanted = self._wanted
        if wanted.ids is not None:
            return [self._range("", {})]
        if self._plates is not None:
            return [self._range("event_by_plate", {"plate": number}) for number in self._plates]
        if self._persons:
            return [
                self._range(f"event_by_{column}", {column: number}, covers="person")
                for column, numbers in self._persons.items()
                for number in numbers
            ]
        if wanted.favourite:
            return [self._range("event_favourite", {})]
        if wanted.danger:
            return [self._range("event_in_danger", {})]
        if self._types is not None:
            return [self._range("event_by_type", {"type": number}) for number in self._types]
        if self._cameras is None and self._kinds is None and wanted.known is None:
            return [self._range("event_by_time", {})]
        kinds = range(len(KINDS)) if self._kinds is None else self._kinds
        known = (0, 1) if wanted.known is None else (int(wanted.known),)
        names = ("kind", "is_known") if self._cameras is None else ("camera", "kind", "is_known")
        values = list(product(*((kinds, known) if self._cameras is None else (self._cameras, kinds, known))))
        if len(values) > _MAX_RANGES:
            return [self._range("event_by_time", {})]
        index = "event_by_kind" if self._cameras is None else "event_by_camera"
        return [self._range(index, dict(zip(names, some, strict=True))) for some in values]

    def _range(self, index: str, equal: dict[str, int], covers: str = "") -> _Range:
        """Return the rows in which columns of an index have these values."""
        conditions = [_Condition(f"{column} = ?", (value,)) for column, value in equal.items()]
        conditions += self.rest({*equal, covers})
        where, values = _where(conditions)
        hint = f"INDEXED BY {index}" if index else ""
        return _Range(f"FROM event {hint} {where}", values)

    def keys(self) -> Iterator[Key]:
        """Yield the rows in their order, those of two ranges twice; no more are read than are taken."""
        return heapq.merge(
            *(
                self._connection.execute(f"SELECT at, id {it.sql} ORDER BY at DESC, id DESC", it.values)
                for it in self.ranges()
            ),
            reverse=True,
        )

    def count(self) -> int:
        """Return how many rows there are, for a filter whose ranges do not overlap."""
        return sum(
            self._connection.execute(f"SELECT COUNT(*) {it.sql}", it.values).fetchone()[0]
            for it in self.ranges()
        )

    def rest(self, covered: set[str], *, with_time: bool = True) -> list[_Condition]:
        """Return the conditions but those about some columns."""
        rest = [it for column, it in self._conditions.items() if column not in covered]
        return [*self._time, *rest] if with_time else rest

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield some columns of all rows, in no order."""
        where, values = _where(self.rest(set()))
        return self._connection.execute(
            "SELECT text, kind, at, is_known, danger, favourite FROM event "  # noqa: S608  # Fixed names.
            f"JOIN word ON number = camera {where}",
            values,
        )

    def _newest(self) -> tuple[str, list[Any]]:
        """Return the SQL statement for the newest rows that have a plate, and the values for its marks.

        Favourites and dangers are few: they are found by an index of their own.
        """
        index, conditions = "event_by_time", [*self._time, _Condition("plate IS NOT NULL")]
        for column, its_index in (("danger", "event_in_danger"), ("favourite", "event_favourite")):
            if (is_meant := self._conditions.get(column)) is not None and is_meant.sql == column:
                index, conditions = its_index, [*self._time, is_meant, _Condition("plate IS NOT NULL")]
        # Columns that the index by time does not have are read only if somebody asks for them.
        more = ", type, profile, known" if {"type", "person"} & self._conditions.keys() else ""
        where, values = _where(conditions)
        sql = (
            f"SELECT at, id, kind, camera, is_known, danger, favourite, plate{more} FROM event "  # noqa: S608  # Fixed names.
            f"INDEXED BY {index} {where} ORDER BY at DESC, id DESC LIMIT {_NEWEST}"
        )
        return sql, values

    def _are_all(self, rows: str, values: list[Any]) -> bool:
        """Tell whether the newest rows are all that there are."""
        sql = f"SELECT COUNT(*) FROM ({rows})"  # noqa: S608  # See above.
        return bool(self._connection.execute(sql, values).fetchone()[0] < _NEWEST)

    def of_pattern(self, pattern: str, limit: int) -> list[Key]:
        """Return the rows whose plate fits a pattern.

        If many do, some are among the newest rows; if few do, they are found through the list of plates.
        """
        reads = _Condition("(SELECT text FROM plate WHERE number = newest.plate) GLOB ?", (_glob(pattern),))
        rows, row_values = self._newest()
        where, values = _where([reads, *self.rest({"pattern"}, with_time=False)])
        found: list[Key] = self._connection.execute(
            f"SELECT at, id FROM ({rows}) AS newest {where} ORDER BY at DESC, id DESC LIMIT ?",  # noqa: S608  # Fixed names.
            [*row_values, *values, limit],
        ).fetchall()
        if len(found) == limit or self._are_all(rows, row_values):
            return found
        where, values = _where(self.rest(set()))
        return self._connection.execute(
            f"SELECT at, id FROM event INDEXED BY event_by_plate {where} ORDER BY at DESC, id DESC LIMIT ?",  # noqa: S608  # Fixed names.
            [*values, limit],
        ).fetchall()


def _one_of(column: str, numbers: Sequence[int]) -> _Condition:
    return _Condition(f"{column} IN ({','.join(map(str, numbers)) or 'NULL'})")


def _any(conditions: Sequence[_Condition]) -> _Condition:
    values = tuple(value for it in conditions for value in it.values)
    return _Condition(f"({' OR '.join(it.sql for it in conditions)})", values)


def _fits(pattern: str) -> _Condition:
    return _Condition("plate IN (SELECT number FROM plate WHERE text GLOB ?)", (_glob(pattern),))


def _glob(pattern: str) -> str:
    return pattern.replace("[", "[[]")


def _time(wanted: EventFilter) -> Iterator[_Condition]:
    if wanted.after is not None:
        yield _Condition("at >= ?", (milliseconds(wanted.after),))
    if wanted.before is not None:
        yield _Condition("at < ?", (milliseconds(wanted.before),))
    if wanted.cursor is not None:
        at, number = wanted.cursor
        yield _Condition("at <= ? AND (at < ? OR id < ?)", (at, at, number))


def _where(conditions: Sequence[_Condition]) -> tuple[str, list[Any]]:
    """Return an SQL clause and its values."""
    if not conditions:
        return "", []
    clause = " AND ".join(it.sql for it in conditions)
    return f"WHERE {clause}", [value for it in conditions for value in it.values]
