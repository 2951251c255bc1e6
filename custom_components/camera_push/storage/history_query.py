"""Questions to the history: pages and counts, each of them answered by an index."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
import heapq
import sqlite3
from typing import Any

from ..domain.history import EventFilter, EventKind, HistoryEvent, from_milliseconds
from .history import KINDS, last_change, read_events
from .history_ranges import Key, RowQuery


def page(connection: sqlite3.Connection, wanted: EventFilter, limit: int) -> list[HistoryEvent]:
    """Return the newest rows that are meant, newest first."""
    return events_in_order(connection, [number for _, number in _keys(connection, wanted, limit)])


def events_in_order(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[HistoryEvent]:
    """Return the rows of these numbers that there are, in this order."""
    found = {event.id: event for event in read_events(connection, numbers)}
    return [found[number] for number in numbers if number in found]


def _keys(connection: sqlite3.Connection, wanted: EventFilter, limit: int) -> list[Key]:
    if wanted.text is not None:
        parts = [_keys(connection, part, limit) for part in _parts(wanted)]
        return _first(heapq.merge(*parts, reverse=True), limit)
    query = RowQuery(connection, wanted)
    if query.is_empty:
        return []
    if wanted.plate is not None and wanted.has_pattern:
        return query.of_pattern(wanted.plate, limit)
    return _first(query.keys(), limit)


def _parts(wanted: EventFilter) -> Iterator[EventFilter]:
    """Yield the filters that together find a text."""
    text = wanted.text
    rest = replace(wanted, text=None)
    if text is None:
        return
    if text.camera_ids:
        cameras = text.camera_ids if rest.camera_ids is None else text.camera_ids & rest.camera_ids
        yield replace(rest, camera_ids=cameras)
    if rest.known_ids is None and rest.profile_ids is None:
        if text.known_ids:
            yield replace(rest, known_ids=text.known_ids)
        if text.profile_ids:
            yield replace(rest, profile_ids=text.profile_ids)
    if text.types:
        yield replace(rest, types=text.types)
    if text.plate is not None and rest.plate is None:
        yield replace(rest, plate=text.plate)


def _first(keys: Iterable[Key], limit: int) -> list[Key]:
    """Return the first keys, each once."""
    found: dict[Key, None] = {}
    for key in keys:
        found[key] = None
        if len(found) == limit:
            break
    return list(found)


def count(connection: sqlite3.Connection, wanted: EventFilter) -> int:
    """Return how many rows are meant by a filter without overlaps."""
    query = RowQuery(connection, wanted)
    return 0 if query.is_empty else query.count()


def all_rows(
    connection: sqlite3.Connection, wanted: EventFilter
) -> Iterator[tuple[str, EventKind, datetime, bool, bool, bool]]:
    """Yield of all rows camera, kind, time, and whether they are known, danger and favourites."""
    query = RowQuery(connection, wanted)
    if query.is_empty:
        return
    for camera_id, kind, at, is_known, danger, favourite in query.rows():
        yield camera_id, KINDS[kind], from_milliseconds(at), bool(is_known), bool(danger), bool(favourite)


def conditions(connection: sqlite3.Connection, wanted: EventFilter) -> tuple[str, list[Any]] | None:
    """Return an SQL condition, with its values, of all but the time of a filter without overlaps.

    It can be asked of rows and of their counts. None if no row can be meant.
    """
    query = RowQuery(connection, wanted)
    if query.is_empty:
        return None
    found = query.rest(set(), with_time=False)
    return " AND ".join(it.sql for it in found) or "1", [value for it in found for value in it.values]


def changes(connection: sqlite3.Connection, after: int, limit: int) -> tuple[list[HistoryEvent], int]:
    """Return rows in the order in which they changed last, and where that ended."""
    if after > last_change(connection):
        # That is a number of another index, which got lost.
        after = 0
    sql = "SELECT id, changed FROM event WHERE changed > ? ORDER BY changed LIMIT ?"
    rows = connection.execute(sql, (after, limit)).fetchall()
    return events_in_order(connection, [number for number, _ in rows]), rows[-1][1] if rows else after


def types(connection: sqlite3.Connection) -> list[str]:
    """Return the types that rows have: from one to the next in their index, however many rows."""
    sql = (
        "WITH RECURSIVE found(it) AS (SELECT MIN(type) FROM event WHERE type IS NOT NULL "
        "UNION ALL SELECT (SELECT MIN(type) FROM event WHERE type > found.it) "
        "FROM found WHERE it IS NOT NULL) SELECT text FROM found JOIN word ON number = it"
    )
    return [text for (text,) in connection.execute(sql)]
