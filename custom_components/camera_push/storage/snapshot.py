"""A consistent copy of the index for backups, which read its files minutes apart.

The copy lies beside the index, so that a backup has it. A mark in the cache, which backups leave out, says
that it was made here: where the copy is without its mark, the configuration comes from a backup.
"""

from contextlib import closing, suppress
import json
from pathlib import Path
import shutil
import sqlite3
from typing import Final
from uuid import uuid4

from .places import StoreFolders, make_folder

INDEX: Final = "index.sqlite"
COPY: Final = "index.backup.sqlite"
_MARK: Final = "backup.json"


def make(folders: StoreFolders) -> None:
    """Make the copy, while others read and write the index; raises OSError or sqlite3.Error."""
    index = folders.index / INDEX
    make_folder(folders.cache)
    unfinished = folders.cache / COPY
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(unfinished),))
    token = uuid4().hex
    with closing(sqlite3.connect(unfinished)) as connection, connection:
        connection.execute("INSERT OR REPLACE INTO setting VALUES ('copy', ?)", (token,))
    # First the mark: a copy without one is taken for a backup's.
    mark = folders.cache / f"{_MARK}.new"
    mark.write_text(json.dumps({"copy": token, **_identity(index)}))
    mark.replace(folders.cache / _MARK)
    copy = folders.index / COPY
    try:
        unfinished.replace(copy)
    except OSError:
        # The cache is on another file system.
        shutil.copyfile(unfinished, copy)
        unfinished.unlink()


def discard(folders: StoreFolders) -> None:
    """Delete the copy, which is in the backup now."""
    with suppress(OSError):
        (folders.index / COPY).unlink(missing_ok=True)
        (folders.cache / _MARK).unlink(missing_ok=True)


def keep_open(folders: StoreFolders) -> sqlite3.Connection:
    """Return a connection that keeps the files beside the index there; raises sqlite3.Error."""
    connection = sqlite3.connect(
        f"{(folders.index / INDEX).as_uri()}?mode=ro", uri=True, check_same_thread=False
    )
    connection.execute("SELECT COUNT(*) FROM setting").fetchone()
    return connection


def take_over(folders: StoreFolders) -> bool:
    """Put the copy in the place of the index if the configuration comes from a backup; tell whether it does.

    Raises OSError.
    """
    copy, index = folders.index / COPY, folders.index / INDEX
    if not copy.exists():
        return False
    token = _token(copy)
    if token is None or _is_ours(folders, index, token):
        # Nobody told that the backup was over, or the copy is none.
        copy.unlink()
        return False
    for name in (index.name, f"{index.name}-wal", f"{index.name}-shm"):
        index.with_name(name).unlink(missing_ok=True)
    copy.replace(index)
    return True


def _token(copy: Path) -> str | None:
    """Return what the copy's mark is to say; None if the copy is damaged or not complete."""
    try:
        with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as connection:
            if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                return None
            found = connection.execute("SELECT value FROM setting WHERE key = 'copy'").fetchone()
    except sqlite3.Error:
        return None
    return str(found[0]) if found is not None else None


def _is_ours(folders: StoreFolders, index: Path, token: str) -> bool:
    try:
        mark = json.loads((folders.cache / _MARK).read_text())
        return bool(mark == {"copy": token, **_identity(index)})
    except OSError, ValueError:
        return False


def _identity(index: Path) -> dict[str, int]:
    """Return what a restored file has not in common with the one that was backed up."""
    status = index.stat()
    return {"inode": status.st_ino, "device": status.st_dev}
