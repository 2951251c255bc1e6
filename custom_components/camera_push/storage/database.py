"""The store's index and memory: SQLite, used by one thread only."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
import os
from pathlib import Path
import sqlite3
from typing import Final

from ..domain.history import milliseconds
from ..domain.media import MEDIA_TYPES
from .event_counts import SCHEMA as COUNTS
from .files import private
from .history import SCHEMA as HISTORY, HistoryTable
from .model import MediaFilter, StoredCamera, StoredMedia
from .places import Places

# More than a camera's event buffer holds (1,000 by default), with three messages a car and change.
MAX_KEYS: Final = 4000
_VERSION: Final = 4

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS camera (camera_id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY, camera_id TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (camera_id, key)
);
CREATE TABLE IF NOT EXISTS known (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS media (
    id INTEGER PRIMARY KEY, camera_id TEXT NOT NULL, label TEXT NOT NULL, taken_at INTEGER NOT NULL,
    day TEXT NOT NULL, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, extension TEXT NOT NULL, plate TEXT,
    event INTEGER, favourite INTEGER NOT NULL DEFAULT 0, place INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS place (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS media_by_time ON media (taken_at);
CREATE INDEX IF NOT EXISTS media_by_day ON media (camera_id, day, taken_at);
CREATE INDEX IF NOT EXISTS media_by_label ON media (label, taken_at);
CREATE INDEX IF NOT EXISTS media_by_camera_and_label ON media (camera_id, label, taken_at);
CREATE INDEX IF NOT EXISTS media_by_plate ON media (plate, taken_at) WHERE plate IS NOT NULL;
CREATE INDEX IF NOT EXISTS media_by_event ON media (event) WHERE event IS NOT NULL;
CREATE INDEX IF NOT EXISTS media_to_retain ON media (taken_at) WHERE NOT favourite;
CREATE INDEX IF NOT EXISTS media_by_place ON media (place);
"""
# What was changed since the version before.
_FROM_VERSION: Final = {
    1: """
ALTER TABLE media ADD COLUMN event INTEGER;
ALTER TABLE media ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0;
ALTER TABLE media ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
""",
    2: "ALTER TABLE event ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;",
    3: "",
}

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


class Database:
    """The index of an entry's media and the records of its cameras.

    Every method raises sqlite3.Error when the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the database; `places` have to be set before its media are asked for."""
        self.places: Places | None = None
        self._is_durable: bool | None = None
        # What it keeps beside the file has the file's permissions.
        os.close(private(str(path), os.O_RDWR | os.O_CREAT))
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.history = HistoryTable(self._connection)
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            # What is deleted is overwritten: plates and profiles are personal.
            self._connection.execute("PRAGMA secure_delete=ON")
            version = self._pragma("user_version")
            if version > _VERSION:
                # Not damaged: an older release must leave it as it is.
                raise sqlite3.OperationalError(f"The index is that of a newer release (version {version})")
            if version not in (0, *_FROM_VERSION, _VERSION):
                raise sqlite3.DatabaseError(f"unknown version {version}")
            # One that was not completed is new as well.
            self.is_new = version == 0
            if self.is_new:
                self._connection.executescript(
                    f"BEGIN; DROP TABLE IF EXISTS media; {_SCHEMA}{HISTORY}{COUNTS} COMMIT;"
                )
            elif version != _VERSION:
                change = _FROM_VERSION[version]
                self._connection.executescript(
                    f"BEGIN; {change}{_SCHEMA}{HISTORY}{COUNTS} PRAGMA user_version={_VERSION}; COMMIT;"
                )
        except sqlite3.Error:
            self._connection.close()
            raise

    def _pragma(self, name: str) -> int:
        return int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])

    def set_complete(self) -> None:
        """Note that a new index knows all files that there are; to be done in the same transaction."""
        self._connection.execute(f"PRAGMA user_version={_VERSION}")
        self.is_new = False

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    @contextmanager
    def transaction(self, *, durable: bool) -> Iterator[None]:
        """Commit what is done inside, or nothing of it; `durable` waits for the disk."""
        if durable is not self._is_durable:
            self._connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._is_durable = durable
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self.history.undone()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what was done inside if it fails; the transaction around it goes on."""
        self._connection.execute("SAVEPOINT message")
        try:
            yield
        except BaseException:
            self.history.undone()
            self._connection.execute("ROLLBACK TO message")
            raise
        finally:
            self._connection.execute("RELEASE message")

    # Cameras

    def cameras(self) -> list[StoredCamera]:
        """Return all cameras."""
        keys: dict[str, list[str]] = {}
        for camera_id, key in self._connection.execute("SELECT camera_id, key FROM message ORDER BY number"):
            keys.setdefault(camera_id, []).append(key)
        return [
            StoredCamera(camera_id=camera_id, record=record, keys=keys.get(camera_id, []))
            for camera_id, record in self._connection.execute("SELECT camera_id, record FROM camera")
        ]

    def put_camera(self, camera_id: str, record: str) -> None:
        """Remember a camera's record."""
        self._connection.execute(
            "INSERT INTO camera VALUES (?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
            (camera_id, record),
        )

    def known(self) -> dict[str, str]:
        """Return the records of all known vehicles and persons by id."""
        return dict(self._connection.execute("SELECT id, record FROM known"))

    def put_known(self, known_id: str, record: str) -> None:
        """Remember a known vehicle's or person's record."""
        self._connection.execute(
            "INSERT INTO known VALUES (?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
            (known_id, record),
        )

    def keep_known(self, known_ids: frozenset[str]) -> None:
        """Forget all known vehicles and persons but those."""
        gone = [(known_id,) for known_id in self.known().keys() - known_ids]
        self._connection.executemany("DELETE FROM known WHERE id = ?", gone)

    def put_key(self, camera_id: str, key: str) -> None:
        """Remember that a message came; the oldest beyond 4,000 of a camera are forgotten."""
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO message (camera_id, key) VALUES (?, ?)", (camera_id, key)
        )
        if cursor.lastrowid and cursor.lastrowid % 100 == 0:
            self._connection.execute(
                "DELETE FROM message WHERE camera_id = ?1 AND number <= ("
                "SELECT number FROM message WHERE camera_id = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
                (camera_id, MAX_KEYS),
            )

    def forget_camera(self, camera_id: str) -> list[StoredMedia]:
        """Forget a camera and return its media, whose files are now nobody's."""
        media = self._media("WHERE camera_id = ?", camera_id)
        self._connection.execute("DELETE FROM camera WHERE camera_id = ?", (camera_id,))
        self._connection.execute("DELETE FROM message WHERE camera_id = ?", (camera_id,))
        self._connection.execute("DELETE FROM media WHERE camera_id = ?", (camera_id,))
        return media

    # Media

    def _media(self, clause: str, *values: object) -> list[StoredMedia]:
        return read_media(self._connection, self._places, clause, *values)

    @property
    def _places(self) -> Places:
        if self.places is None:
            raise sqlite3.ProgrammingError("It is not known where the files are")
        return self.places

    def put_media(self, media: StoredMedia) -> None:
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

    def media(self, media_id: int) -> StoredMedia | None:
        """Return an item, or None if there is none of that id."""
        found = self._media("WHERE id = ?", media_id)
        return found[0] if found else None

    def find(self, wanted: MediaFilter) -> list[StoredMedia]:
        """Return all items that are meant."""
        where, values = where_clause(wanted)
        return self._media(where, *values)

    def of_event(self, event: int) -> list[StoredMedia]:
        """Return the items of a row of the history."""
        return self._media("WHERE event = ?", event)

    def drop_media(self, media_ids: list[int]) -> None:
        """Take items out of the index."""
        self._connection.executemany(
            "DELETE FROM media WHERE id = ?", ((media_id,) for media_id in media_ids)
        )

    def oldest(self, count: int, before: datetime | None = None, only: str = "1") -> list[StoredMedia]:
        """Return the oldest items that may go: no favourites, and never a camera's newest of a label.

        They were taken before `before`, and the SQL condition `only` is true of them.
        """
        return self._media(
            f"WHERE taken_at < ? AND NOT favourite AND {only} AND id NOT IN ("  # noqa: S608  # A fixed condition.
            "SELECT newest FROM (SELECT id AS newest, MAX(taken_at) FROM media GROUP BY camera_id, label)) "
            "ORDER BY taken_at LIMIT ?",
            milliseconds(before) if before else 1 << 62,
            count,
        )

    def others(self, camera_id: str, only: frozenset[int]) -> list[StoredMedia]:
        """Return a camera's items but those."""
        return [media for media in self._media("WHERE camera_id = ?", camera_id) if media.id not in only]

    def paths(self, place: int, folder: str) -> set[str]:
        """Return the paths of all items in a camera's folder, relative to the place that it is in."""
        # "0" comes after "/": a range of the index on paths.
        sql = "SELECT path FROM media WHERE path >= ? AND path < ? AND place = ?"
        return {path for (path,) in self._connection.execute(sql, (f"{folder}/", f"{folder}0", place))}

    # Places

    def place_numbers(self) -> dict[str, int]:
        """Return the numbers of all places, by what they are called."""
        return {path: number for number, path in self._connection.execute("SELECT number, path FROM place")}

    def add_place(self, path: str, number: int | None = None) -> int:
        """Give a place a number."""
        cursor = self._connection.execute("INSERT INTO place VALUES (?, ?)", (number, path))
        return int(cursor.lastrowid or 0)

    def has_media_in(self, place: int) -> bool:
        """Tell whether there are items in a place."""
        found = self._connection.execute("SELECT 1 FROM media WHERE place = ? LIMIT 1", (place,))
        return found.fetchone() is not None

    def elsewhere(self, place: int, count: int) -> list[StoredMedia]:
        """Return some items that are in another place, newest first."""
        return self._media("WHERE place != ? ORDER BY id DESC LIMIT ?", place, count)

    def move(self, media: StoredMedia, place: int, path: Path) -> None:
        """Note that an item is in another place now."""
        self._connection.execute(
            "UPDATE media SET place = ?, path = ? WHERE id = ?",
            (place, self._places.name(place, path), media.id),
        )

    def setting(self, key: str) -> str | None:
        """Return something that is to be remembered of the store itself."""
        found = self._connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return str(found[0]) if found is not None else None

    def drop_setting(self, key: str) -> None:
        """Forget something of the store itself."""
        self._connection.execute("DELETE FROM setting WHERE key = ?", (key,))

    def all_media(self) -> list[StoredMedia]:
        """Return all items."""
        return self._media("")

    def settings(self) -> dict[str, str]:
        """Return everything that is to be remembered of the store itself."""
        return dict(self._connection.execute("SELECT key, value FROM setting"))

    def put_setting(self, key: str, value: str) -> None:
        """Remember something of the store itself."""
        self._connection.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (key, value)
        )

    def totals(self) -> tuple[int, int]:
        """Return the highest number of an item or row of the history, and the size of all items in bytes."""
        highest, size = self._connection.execute("SELECT MAX(id), SUM(size) FROM media").fetchone()
        return max(highest or 0, self.history.highest()), size or 0
