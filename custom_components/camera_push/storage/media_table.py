"""The table of pictures and clips: which there are, and where their files lie."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
import sqlite3
from typing import Final

from ..domain.history import milliseconds
from ..domain.media import MEDIA_TYPES
from .model import MediaFilter, StoredMedia
from .places import Places

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS media (
    id INTEGER PRIMARY KEY, camera_id TEXT NOT NULL, label TEXT NOT NULL, taken_at INTEGER NOT NULL,
    day TEXT NOT NULL, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, extension TEXT NOT NULL, plate TEXT,
    event INTEGER, favourite INTEGER NOT NULL DEFAULT 0, place INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS media_by_time ON media (taken_at);
CREATE INDEX IF NOT EXISTS media_by_day ON media (camera_id, day, taken_at);
CREATE INDEX IF NOT EXISTS media_by_label ON media (label, taken_at);
CREATE INDEX IF NOT EXISTS media_by_camera_and_label ON media (camera_id, label, taken_at);
CREATE INDEX IF NOT EXISTS media_by_plate ON media (plate, taken_at) WHERE plate IS NOT NULL;
CREATE INDEX IF NOT EXISTS media_by_event ON media (event) WHERE event IS NOT NULL;
CREATE INDEX IF NOT EXISTS media_to_retain ON media (taken_at) WHERE NOT favourite;
CREATE INDEX IF NOT EXISTS media_by_place ON media (place);
"""

_COLUMNS: Final = "id, camera_id, label, taken_at, day, path, size, extension, plate, event, favourite, place"
_SELECT_MEDIA: Final = f"SELECT {_COLUMNS} FROM media "  # noqa: S608  # Fixed names.
_INSERT_MEDIA: Final = f"INSERT INTO media ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608  # See above.


def read_media(
    connection: sqlite3.Connection, places: Places, clause: str, *values: object
) -> list[StoredMedia]:
    """Return the items that an SQL clause (WHERE ..., ORDER BY ...) selects."""
    return [
        StoredMedia(
            id=media_id,
            camera_id=camera_id,
            label=label,
            taken_at=datetime.fromtimestamp(taken_at / 1000, UTC),
            day=day,
            path=places.path(place, path),
            size=size,
            type=MEDIA_TYPES[extension],
            plate=plate,
            event=event,
            is_favourite=bool(favourite),
            place=place,
        )
        for (
            media_id,
            camera_id,
            label,
            taken_at,
            day,
            path,
            size,
            extension,
            plate,
            event,
            favourite,
            place,
        ) in connection.execute(_SELECT_MEDIA + clause, values)
    ]


def where_clause(wanted: MediaFilter) -> tuple[str, list[object]]:
    """Return the SQL clause that selects the items that are meant, and its values."""
    conditions: dict[str, object] = {
        "day = ?": wanted.day,
        "label = ?": wanted.label,
        "taken_at >= ?": milliseconds(wanted.after) if wanted.after else None,
        "taken_at < ?": milliseconds(wanted.before) if wanted.before else None,
    }
    given = {condition: value for condition, value in conditions.items() if value is not None}
    clauses, values = list(given), list(given.values())
    for column, among in (("camera_id", wanted.camera_ids), ("plate", wanted.plates)):
        if among is not None:
            clauses.append(f"{column} IN ({','.join('?' * len(among))})")
            values += among
    if wanted.has_plate:
        clauses.append("plate IS NOT NULL")
    if wanted.cursor is not None:
        at, number = wanted.cursor
        clauses.append("taken_at <= ? AND (taken_at < ? OR id < ?)")
        values += [at, at, number]
    return (f"WHERE {' AND '.join(clauses)}" if clauses else ""), values


class MediaTable:
    """Writes the table, and reads it in the store's thread; every method raises sqlite3.Error."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Write by a connection; `places` have to be set before anything is read or put."""
        self._connection = connection
        self.places: Places | None = None

    def _read(self, clause: str, *values: object) -> list[StoredMedia]:
        return read_media(self._connection, self._places, clause, *values)

    @property
    def _places(self) -> Places:
        if self.places is None:
            raise sqlite3.ProgrammingError("It is not known where the files are")
        return self.places

    def put(self, media: StoredMedia) -> None:
        """Add an item to the index."""
        self._connection.execute(
            _INSERT_MEDIA,
            (
                media.id,
                media.camera_id,
                media.label,
                milliseconds(media.taken_at),
                media.day,
                self._places.name(media.place, media.path),
                media.size,
                media.type.extension,
                media.plate,
                media.event,
                media.is_favourite,
                media.place,
            ),
        )

    def get(self, media_id: int) -> StoredMedia | None:
        """Return an item, or None if there is none of that id."""
        found = self._read("WHERE id = ?", media_id)
        return found[0] if found else None

    def find(self, wanted: MediaFilter) -> list[StoredMedia]:
        """Return all items that are meant."""
        where, values = where_clause(wanted)
        return self._read(where, *values)

    def of_event(self, event: int) -> list[StoredMedia]:
        """Return the items of a row of the history."""
        return self._read("WHERE event = ?", event)

    def drop(self, media: Iterable[StoredMedia]) -> None:
        """Take items out of the index."""
        self._connection.executemany("DELETE FROM media WHERE id = ?", ((item.id,) for item in media))

    def oldest(self, count: int, before: datetime | None = None, only: str = "1") -> list[StoredMedia]:
        """Return the oldest items that may go: no favourites, and never a camera's newest of a label.

        They were taken before `before`, and the SQL condition `only` is true of them.
        """
        return self._read(
            f"WHERE taken_at < ? AND NOT favourite AND {only} AND id NOT IN ("  # noqa: S608  # A fixed condition.
            "SELECT newest FROM (SELECT id AS newest, MAX(taken_at) FROM media GROUP BY camera_id, label)) "
            "ORDER BY taken_at LIMIT ?",
            milliseconds(before) if before else 1 << 62,
            count,
        )

    def paths(self, place: int, folder: str) -> set[str]:
        """Return the paths of all items in a camera's folder, relative to the place that it is in."""
        # "0" comes after "/": a range of the index on paths.
        sql = "SELECT path FROM media WHERE path >= ? AND path < ? AND place = ?"
        return {path for (path,) in self._connection.execute(sql, (f"{folder}/", f"{folder}0", place))}

    def has_in(self, place: int) -> bool:
        """Tell whether there are items in a place."""
        found = self._connection.execute("SELECT 1 FROM media WHERE place = ? LIMIT 1", (place,))
        return found.fetchone() is not None

    def elsewhere(self, place: int, count: int) -> list[StoredMedia]:
        """Return some items that are in another place, newest first."""
        return self._read("WHERE place != ? ORDER BY id DESC LIMIT ?", place, count)

    def move(self, media: StoredMedia, place: int, path: Path) -> None:
        """Note that an item is in another place now."""
        self._connection.execute(
            "UPDATE media SET place = ?, path = ? WHERE id = ?",
            (place, self._places.name(place, path), media.id),
        )
