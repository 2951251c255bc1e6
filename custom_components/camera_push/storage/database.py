"""The store's index and memory: SQLite, used by one thread only."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
from pathlib import Path
import sqlite3
from typing import Final

from .event_counts import SCHEMA as COUNTS
from .files import private
from .history import SCHEMA as HISTORY, HistoryTable
from .media_table import SCHEMA as MEDIA, MediaTable
from .model import MediaFilter, StoredCamera, StoredMedia

# More than a camera's event buffer holds (1,000 by default), with three messages a car and change.
MAX_KEYS: Final = 4000
_VERSION: Final = 4

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS camera (camera_id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY, camera_id TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (camera_id, key)
);
CREATE TABLE IF NOT EXISTS known (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
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


def address(path: Path, *, is_unused: bool = False) -> str:
    """Return the address at which SQLite reads a database; nothing is written for one that `is_unused`.

    Beside one that was closed, SQLite has nothing and would make it, which a disk may not take.
    """
    journal = path.with_name(f"{path.name}-wal")
    is_closed = is_unused and not (journal.exists() and journal.stat().st_size)
    return f"{path.as_uri()}?{'immutable=1' if is_closed else 'mode=ro'}"


class Database:
    """The index of an entry's media and the records of its cameras.

    Every method raises sqlite3.Error when the file cannot be read or written.
    """

    def __init__(self, path: Path, *, is_read_only: bool = False) -> None:
        """Open or create the database; where it `is_read_only`, it has to be there."""
        self._is_durable: bool | None = None
        if not is_read_only:
            # What it keeps beside the file has the file's permissions.
            os.close(private(str(path), os.O_RDWR | os.O_CREAT))
        self._connection = sqlite3.connect(
            address(path, is_unused=True) if is_read_only else path.as_uri(),
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
        self.media = MediaTable(self._connection)
        self.history = HistoryTable(self._connection)
        try:
            version = self._pragma("user_version")
            if version > _VERSION:
                # Not damaged: an older release must leave it as it is.
                raise sqlite3.OperationalError(f"The index is that of a newer release (version {version})")
            if version not in (0, *_FROM_VERSION, _VERSION):
                raise sqlite3.DatabaseError(f"unknown version {version}")
            # One that was not completed is new as well.
            self.is_new = version == 0
            if is_read_only:
                if version != _VERSION:
                    raise sqlite3.OperationalError(f"The index has to be changed first (version {version})")
            else:
                self._prepare(version)
        except sqlite3.Error:
            self._connection.close()
            raise

    def _prepare(self, version: int) -> None:
        self._connection.execute("PRAGMA journal_mode=WAL")
        # What is deleted is overwritten: plates and profiles are personal.
        self._connection.execute("PRAGMA secure_delete=ON")
        if self.is_new:
            self._connection.executescript(
                f"BEGIN; DROP TABLE IF EXISTS media; {_SCHEMA}{MEDIA}{HISTORY}{COUNTS} COMMIT;"
            )
        elif version != _VERSION:
            change = _FROM_VERSION[version]
            self._connection.executescript(
                f"BEGIN; {change}{_SCHEMA}{MEDIA}{HISTORY}{COUNTS} PRAGMA user_version={_VERSION}; COMMIT;"
            )

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

    @property
    def is_in_transaction(self) -> bool:
        """Tell whether a transaction is open: some errors of the disk end it."""
        return self._connection.in_transaction

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
        media = self.media.find(MediaFilter(camera_ids=frozenset({camera_id})))
        self._connection.execute("DELETE FROM camera WHERE camera_id = ?", (camera_id,))
        self._connection.execute("DELETE FROM message WHERE camera_id = ?", (camera_id,))
        self.media.drop(media)
        return media

    # Places

    def place_numbers(self) -> dict[str, int]:
        """Return the numbers of all places, by what they are called."""
        return {path: number for number, path in self._connection.execute("SELECT number, path FROM place")}

    def add_place(self, path: str, number: int | None = None) -> int:
        """Give a place a number."""
        cursor = self._connection.execute("INSERT INTO place VALUES (?, ?)", (number, path))
        return int(cursor.lastrowid or 0)

    def setting(self, key: str) -> str | None:
        """Return something that is to be remembered of the store itself."""
        found = self._connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return str(found[0]) if found is not None else None

    def drop_setting(self, key: str) -> None:
        """Forget something of the store itself."""
        self._connection.execute("DELETE FROM setting WHERE key = ?", (key,))

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
