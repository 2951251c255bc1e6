"""How many rows of the history there are: by time, by camera and by kind."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from itertools import product
import sqlite3
from typing import Final

from ..domain.history import EventFilter, EventKind, EventSummary
from .history_query import all_rows, cameras, count

_KINDS: Final = tuple(map(str, EventKind))
# Of alarms and cloud events, nobody can be known.
_OF_SOMEBODY: Final = frozenset({EventKind.VISIT, EventKind.IDENTIFICATION})
# Up to so many rows are read, which is faster than counting what is in each slot.
FEW: Final = 2_000


def summary(
    connection: sqlite3.Connection, wanted: EventFilter, start: datetime, end: datetime, slots: int
) -> EventSummary:
    """Return how many rows that are meant there are between two times, in slots of the same length."""
    length = (end - start) / slots
    found = EventSummary(
        slots=[dict.fromkeys((*_KINDS, "danger"), 0) for _ in range(slots)],
        totals=dict.fromkeys((*_KINDS, "danger", "unknown", "favourite"), 0),
    )
    wanted = replace(wanted, after=start, before=end)
    if wanted.has_overlaps or count(connection, wanted) <= FEW:
        for camera_id, row_kind, at, is_known, danger, favourite in all_rows(connection, wanted):
            slot = found.slots[min(int((at - start) / length), slots - 1)]
            slot[row_kind] += 1
            slot["danger"] += danger
            found.totals["danger"] += danger
            found.totals["favourite"] += favourite
            _add(found, camera_id, row_kind, 1, is_known=is_known)
        return found
    for number, slot in enumerate(found.slots):
        within = replace(wanted, after=start + number * length, before=start + (number + 1) * length)
        for kind in _chosen(wanted.kinds, EventKind):
            slot[kind] = count(connection, replace(within, kinds=frozenset({kind})))
        if wanted.danger is not False:
            slot["danger"] = count(connection, replace(within, danger=True))
            found.totals["danger"] += slot["danger"]
    if wanted.favourite is not False:
        found.totals["favourite"] = count(connection, replace(wanted, favourite=True))
    for camera_id, kind, is_known in product(
        _chosen(wanted.camera_ids, cameras(connection)),
        _chosen(wanted.kinds, EventKind),
        (True, False) if wanted.known is None else (wanted.known,),
    ):
        part = replace(wanted, camera_ids=frozenset({camera_id}), kinds=frozenset({kind}), known=is_known)
        _add(found, camera_id, kind, count(connection, part), is_known=is_known)
    return found


def _chosen[T](chosen: Collection[T] | None, every: Collection[T]) -> Collection[T]:
    return every if chosen is None else chosen


def _add(found: EventSummary, camera_id: str, kind: EventKind, number: int, *, is_known: bool) -> None:
    if number:
        found.cameras.setdefault(camera_id, dict.fromkeys(_KINDS, 0))[kind] += number
        found.totals[kind] += number
        if not is_known and kind in _OF_SOMEBODY:
            found.totals["unknown"] += number
