"""The history's table, as the store's thread writes it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
import sqlite3
from typing import Any, Final

from ..domain.history import EventKind, HistoryEvent, corrected, from_milliseconds, merged, milliseconds

# Names and plates have numbers: indexes stay small, and a plate is looked for among plates, not among rows.
# Each index holds what a page may also filter by: rows that are not meant are skipped without being read.
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS word (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS plate (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind INTEGER NOT NULL, camera INTEGER NOT NULL,
    is_known INTEGER NOT NULL, danger INTEGER NOT NULL, favourite INTEGER NOT NULL, visits INTEGER NOT NULL,
    type INTEGER, plate INTEGER, profile INTEGER, known INTEGER, details TEXT NOT NULL,
    changed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS event_by_time ON event (at, kind, camera, is_known, danger, favourite, plate);
CREATE INDEX IF NOT EXISTS event_by_change ON event (changed);
CREATE INDEX IF NOT EXISTS event_by_camera ON event (camera, kind, is_known, at, danger, favourite);
CREATE INDEX IF NOT EXISTS event_by_kind ON event (kind, is_known, at, danger, favourite);
CREATE INDEX IF NOT EXISTS event_by_plate ON event (plate, at, kind, camera, is_known)
    WHERE plate IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_by_profile ON event (profile, at, kind, camera) WHERE profile IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_by_known ON event (known, at, kind, camera) WHERE known IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_by_type ON event (type, at, kind, camera) WHERE type IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_in_danger ON event (at, kind, camera, is_known) WHERE danger;
CREATE INDEX IF NOT EXISTS event_favourite ON event (at, kind, camera, is_known) WHERE favourite;
"""

KINDS: Final = tuple(EventKind)
_COLUMNS: Final = (
    "e.id, e.at, e.kind, c.text, e.danger, e.favourite, e.visits, t.text, p.text, k.text, e.details"
)
_SELECT: Final = (
    f"SELECT {_COLUMNS} FROM event AS e JOIN word AS c ON c.number = e.camera "  # noqa: S608  # Fixed names.
    "LEFT JOIN word AS t ON t.number = e.type LEFT JOIN word AS p ON p.number = e.profile "
    "LEFT JOIN word AS k ON k.number = e.known "
)
_PUT: Final = (
    "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
    "at = excluded.at, is_known = excluded.is_known, danger = excluded.danger, "
    "favourite = excluded.favourite, visits = excluded.visits, plate = excluded.plate, "
    "profile = excluded.profile, known = excluded.known, details = excluded.details, "
    "changed = excluded.changed"
)
# Of names that were looked up, so many are remembered.
_MAX_REMEMBERED: Final = 4096
# The setting with the highest number in the order of changes whose row is deleted.
_LAST_CHANGE: Final = "last_change"
# Numbers that one statement may name.
_MAX_NUMBERS: Final = 500


def read_events(connection: sqlite3.Connection, ids: Sequence[int]) -> list[HistoryEvent]:
    """Return the rows of these numbers, in no order."""
    found: list[HistoryEvent] = []
    for some in _chunks(ids):
        sql = f"{_SELECT} WHERE e.id IN ({','.join('?' * len(some))})"
        found += [_event(row) for row in connection.execute(sql, some)]
    return found


def _event(row: tuple[Any, ...]) -> HistoryEvent:
    number, at, kind, camera_id, danger, favourite, visits, type_, profile_id, known_id, details = row
    return HistoryEvent.load(
        details,
        id=number,
        at=from_milliseconds(at),
        kind=KINDS[kind],
        camera_id=camera_id,
        danger=bool(danger),
        favourite=bool(favourite),
        visits=visits,
        type=type_,
        profile_id=profile_id,
        known_id=known_id,
    )


def last_change(connection: sqlite3.Connection) -> int:
    """Return the highest number that was given in the order of changes."""
    row = connection.execute(
        "SELECT MAX(changed), (SELECT value FROM setting WHERE key = ?) FROM event", (_LAST_CHANGE,)
    ).fetchone()
    return max(int(value or 0) for value in row)


def _chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    wanted = list(numbers)
    for start in range(0, len(wanted), _MAX_NUMBERS):
        yield wanted[start : start + _MAX_NUMBERS]


class HistoryTable:
    """Writes the history; every method is called inside of a transaction and raises sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._numbers: dict[tuple[str, str], int] = {}
        self._last_change: int | None = None
        # The highest number of a row: what is beyond it is new, and need not be looked for.
        self._highest: int | None = None

    def undone(self) -> None:
        """Forget which names have numbers: a transaction was undone."""
        self._numbers.clear()
        self._last_change = self._highest = None

    def _next_change(self) -> int:
        """Return the next number in the order of changes."""
        if self._last_change is None:
            self._last_change = last_change(self._connection)
        self._last_change += 1
        return self._last_change

    def put(self, event: HistoryEvent) -> HistoryEvent:
        """Write a row, or what another message adds to it; return the row."""
        if self._highest is None:
            self._highest = self.highest()
        before = self.get(event.id) if event.id <= self._highest else None
        if before is not None:
            event = merged(before, event)
        self._write(event, before)
        self._highest = max(self._highest, event.id)
        return event

    def get(self, number: int) -> HistoryEvent | None:
        """Return a row, None if there is none of that number."""
        found = read_events(self._connection, [number])
        return found[0] if found else None

    def correct(self, number: int, plate: str, known_id: str | None) -> HistoryEvent | None:
        """Put a visit's plate right; None if there is no such visit."""
        before = self.get(number)
        if before is None or before.kind is not EventKind.VISIT:
            return None
        self._write(corrected(before, plate, known_id), before)
        self._connection.execute("UPDATE media SET plate = ? WHERE event = ?", (plate, number))
        return self.get(number)

    def set_favourite(self, number: int, *, favourite: bool) -> bool:
        """Mark a row with its media, or release it; tell whether there is such a row."""
        self._connection.execute("UPDATE media SET favourite = ? WHERE event = ?", (favourite, number))
        cursor = self._connection.execute(
            "UPDATE event SET favourite = ?, changed = ? WHERE id = ?",
            (favourite, self._next_change(), number),
        )
        return cursor.rowcount > 0

    def set_known(self, numbers: Iterable[int], known_id: str | None) -> None:
        """Say of rows which known vehicle or person they are about."""
        known = self._number("word", known_id)
        self._connection.executemany(
            "UPDATE event SET known = ?, is_known = ?, changed = ? WHERE id = ?",
            ((known, known is not None, self._next_change(), number) for number in numbers),
        )

    def set_known_profile(
        self, profile_id: str, known_id: str | None, minimum_confidence: float
    ) -> list[int]:
        """Say of a profile's rows which known person they are about; return those that change."""
        rows = self._connection.execute(
            "SELECT id, COALESCE(json_extract(details, '$.confidence'), 0) FROM event "
            "WHERE profile = (SELECT number FROM word WHERE text = ?) AND known IS NOT ?",
            (profile_id, self._number("word", known_id)),
        ).fetchall()
        changed = [
            number for number, certainty in rows if known_id is None or certainty >= minimum_confidence
        ]
        self.set_known(changed, known_id)
        return changed

    def delete(self, numbers: Iterable[int]) -> list[int]:
        """Delete rows; return which of them there were. Their media have to be deleted before."""
        before = last_change(self._connection)
        deleted: list[int] = []
        plates: set[int] = set()
        for some in _chunks(numbers):
            sql = f"DELETE FROM event WHERE id IN ({','.join('?' * len(some))}) RETURNING id, plate"  # noqa: S608  # Marks.
            for number, plate in self._connection.execute(sql, some).fetchall():
                deleted.append(number)
                plates.add(plate)
        if last_change(self._connection) < before:
            # No number is given twice: whoever reads in the order of changes would miss the second row.
            self._connection.execute(
                "INSERT OR REPLACE INTO setting VALUES (?, ?)", (_LAST_CHANGE, str(before))
            )
        self._forget_plates(plates)
        return deleted

    def delete_of_camera(self, camera_id: str) -> list[int]:
        """Delete all rows of a camera; return their numbers."""
        sql = "SELECT id FROM event WHERE camera = (SELECT number FROM word WHERE text = ?)"
        return self.delete(number for (number,) in self._connection.execute(sql, (camera_id,)).fetchall())

    def older_than(self, at: int, count: int) -> list[int]:
        """Return the oldest rows before a time that are no favourites."""
        sql = "SELECT id FROM event WHERE at < ? AND NOT favourite ORDER BY at LIMIT ?"
        return [number for (number,) in self._connection.execute(sql, (at, count))]

    def highest(self) -> int:
        """Return the highest number of a row, 0 without one."""
        return int(self._connection.execute("SELECT MAX(id) FROM event").fetchone()[0] or 0)

    def forget_unused_words(self) -> None:
        """Delete the names that no row has any more: ids of profiles are personal."""
        used = " UNION ".join(
            f"SELECT {column} FROM event WHERE {column} IS NOT NULL"  # noqa: S608  # Fixed names.
            for column in ("camera", "type", "profile", "known")
        )
        self._connection.execute(f"DELETE FROM word WHERE number NOT IN ({used})")  # noqa: S608  # See above.
        self._numbers.clear()

    # How a row is written

    def _write(self, event: HistoryEvent, before: HistoryEvent | None) -> None:
        plate = self._number("plate", event.plate_key)
        profile = self._number("word", event.profile_id)
        known = self._number("word", event.known_id)
        subject = (event.plate_key, event.profile_id)
        if (before is None or (before.plate_key, before.profile_id) != subject) and (
            visits := self._earlier(event, plate, profile)
        ) != event.visits:
            event = replace(event, visits=visits)
        self._connection.execute(
            _PUT,
            (
                event.id,
                milliseconds(event.at),
                KINDS.index(event.kind),
                self._number("word", event.camera_id),
                known is not None,
                event.danger,
                event.favourite,
                event.visits,
                self._number("word", event.type),
                plate,
                profile,
                known,
                event.dump(),
                self._next_change(),
            ),
        )
        if before is not None and before.plate_key is not None and before.plate_key != event.plate_key:
            self._forget_plates([self._number("plate", before.plate_key)])

    def _earlier(self, event: HistoryEvent, plate: int | None, profile: int | None) -> int:
        """Return how many rows there were of the same plate or profile before; the row before it knows."""
        column, number = ("plate", plate) if plate is not None else ("profile", profile)
        if number is None:
            return 0
        row = self._connection.execute(
            f"SELECT visits FROM event WHERE {column} = ? AND at <= ? AND id != ? "  # noqa: S608  # Fixed names.
            "ORDER BY at DESC, id DESC LIMIT 1",
            (number, milliseconds(event.at), event.id),
        ).fetchone()
        return row[0] + 1 if row is not None else 0

    def _number(self, table: str, text: str | None) -> int | None:
        """Return the number of a name or plate, a new one if it has none."""
        if text is None:
            return None
        if (number := self._numbers.get((table, text))) is None:
            row = self._connection.execute(f"SELECT number FROM {table} WHERE text = ?", (text,)).fetchone()  # noqa: S608  # Two fixed names.
            if row is None:
                cursor = self._connection.execute(f"INSERT INTO {table} (text) VALUES (?)", (text,))  # noqa: S608  # See above.
                number = int(cursor.lastrowid or 0)
            else:
                number = int(row[0])
            if len(self._numbers) >= _MAX_REMEMBERED:
                self._numbers.clear()
            self._numbers[(table, text)] = number
        return number

    def _forget_plates(self, numbers: Iterable[int | None]) -> None:
        """Delete the plates that no row has any more: they must not outlive their rows."""
        self._connection.executemany(
            "DELETE FROM plate WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM event WHERE plate = ?1)",
            [(number,) for number in numbers if number is not None],
        )
        self._numbers = {key: number for key, number in self._numbers.items() if key[0] != "plate"}
