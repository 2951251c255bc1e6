"""What the store's thread does: files and index, always in step with each other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
import logging
import os
from pathlib import Path
import sqlite3

from ..domain.media import MP4
from . import files
from .database import Database, address
from .deletion import FileDeleter
from .history import HistoryTable
from .model import Commit, MediaFilter, Stored, StoredMedia
from .opening import adopt, open_index, open_read_only
from .places import INCOMING, THUMBNAILS, Places, StoreFolders, make_folder, sync
from .retention import Retention
from .snapshot import INDEX, keep_open

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class Written:
    """What became of a commit: its items, and why others could not be written."""

    items: list[StoredMedia] = field(default_factory=list)
    media_error: OSError | None = None


type Result = Written | sqlite3.Error


class Archive:
    """Pictures, clips and records of one entry; used by one thread only.

    Every method raises OSError or sqlite3.Error when the disk does not take or give what is asked.
    """

    def __init__(self, folders: StoreFolders, time_zone: tzinfo, retention: Retention) -> None:
        """Keep everything in `folders`; those of cameras and file names are in `time_zone`."""
        self.folders = folders
        self.places = Places.unopened(folders)
        self.files = FileDeleter(retention.bytes)
        self._index = folders.index / INDEX
        self.time_zone = time_zone
        self._retention = retention
        self._database: Database | None = None
        # A second connection, over which nothing is done: it has a full disk keep what readers need, which
        # SQLite makes anew when all connections were closed.
        self._held: sqlite3.Connection | None = None
        self._is_open = False
        self._readable: Places | None = None
        self._bytes = 0
        # Numbers are never used twice, even when all that had them is gone: old events refer to them.
        self.next_id = int(datetime.now(UTC).timestamp() * 1000)

    # Life

    def probe(self) -> None:
        """Raise OSError or sqlite3.Error unless the store can be opened; changes nothing in it."""
        make_folder(self.folders.index)
        files.probe(self.folders.index)
        if self._index.exists():
            try:
                Database(self._index).close()
            except sqlite3.DatabaseError as err:
                # One that is damaged is made anew.
                if isinstance(err, sqlite3.OperationalError):
                    raise

    def open(self) -> Stored:
        """Open or create the index and return what it knows; an index that is damaged is made anew.

        After an error nothing can be written: what is known would be overwritten by what is not.
        """
        self.close()
        make_folder(self.folders.index)
        try:
            opened = open_index(self.folders, self.new_media_id)
            self._database = opened.database
            self._held = keep_open(self.folders)
        except BaseException:
            self.close()
            raise
        self._readable = self.places = opened.places
        self._bytes = opened.size
        self.next_id = max(self.next_id, opened.highest + 1)
        self._is_open = True
        return opened.stored

    def open_read_only(self) -> Stored:
        """Return what the index knows, and have it read from now on; nothing is written before `open`."""
        opened = open_read_only(self.folders)
        opened.database.close()
        self._readable = self.places = opened.places
        self.next_id = max(self.next_id, opened.highest + 1)
        return opened.stored

    def close(self) -> None:
        """Close the index; nothing opens it again but `open`."""
        self._is_open = False
        self._readable = None
        if self._held is not None:
            self._held.close()
            self._held = None
        self._disconnect()

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    @property
    def opened_places(self) -> Places | None:
        """Return the places that the index names, None while it cannot be read."""
        return self._readable

    @property
    def address(self) -> str:
        """Return the address at which SQLite reads the index."""
        return address(self._index, is_unused=self._readable is not None and not self._is_open)

    @property
    def database(self) -> Database:
        """Return the index; one that was closed after an error is opened again, but never made anew."""
        if self._database is None:
            if not self._is_open or not self._index.exists():
                raise OSError("The store is not open")
            self._database = Database(self._index)
            self._database.media.places = self.places
        return self._database

    def new_media_id(self) -> int:
        """Return the number for a new item."""
        media_id, self.next_id = self.next_id, self.next_id + 1
        return media_id

    # Messages

    def commit(self, batch: list[Commit]) -> list[Result]:
        """Write a batch in one transaction, and return for each commit what became of it.

        A commit that cannot be written does not keep the others from being written; an item that cannot be
        does not keep its commit from being written.
        """
        try:
            return self._commit(batch)
        except sqlite3.Error:
            # After an error of the disk, a connection may stay unusable.
            self._disconnect()
            raise

    def _commit(self, batch: list[Commit]) -> list[Result]:
        database = self.database
        media = [(commit.camera_id, media) for commit in batch for media in commit.media]
        items = files.write_all(self.places, media, self.time_zone)
        results: list[Result] = []
        dropped: list[StoredMedia] = []
        try:
            with database.transaction(durable=any(commit.durable for commit in batch)):
                for commit in batch:
                    try:
                        # A single one needs none: the transaction itself is undone.
                        with database.savepoint() if len(batch) > 1 else nullcontext():
                            results.append(self._write(database, commit, items))
                            if commit.only is not None:
                                dropped += self._drop_others(database, commit.camera_id, commit.only)
                    except sqlite3.Error as err:
                        # An error of the disk can end the transaction, and with it what others wrote.
                        if len(batch) == 1 or not database.is_in_transaction:
                            raise
                        results.append(err)
        except BaseException:
            results.clear()
            raise
        finally:
            kept = written(results)
            if len(kept) < len(items):
                known = {item.id for item in kept}
                left = [it for it in items.values() if isinstance(it, StoredMedia) and it.id not in known]
                self._delete_files(left, counted=False)
        self._bytes += sum(item.size for item in kept)
        self._delete_files(dropped)
        if self._bytes > self._retention.bytes:
            try:
                self._retain_size()
            except (OSError, sqlite3.Error) as err:
                _LOGGER.warning("Could not delete old pictures and clips: %s", err)
        return results

    @staticmethod
    def _drop_others(database: Database, camera_id: str, only: frozenset[int]) -> list[StoredMedia]:
        """Take all items of a camera but those out of the index, and return them."""
        media = database.media.find(MediaFilter(camera_ids=frozenset({camera_id})))
        others = [item for item in media if item.id not in only]
        database.media.drop(others)
        return others

    def _write(
        self, database: Database, commit: Commit, items: Mapping[int, StoredMedia | OSError]
    ) -> Written:
        result = Written()
        if commit.record:
            database.put_camera(commit.camera_id, commit.record)
        if commit.key is not None:
            database.put_key(commit.camera_id, commit.key)
        for known_id, record in commit.known.items():
            database.put_known(known_id, record)
        is_favourite = False
        if commit.event is not None and self._retention.history_days:
            is_favourite = database.history.put(commit.event).favourite
        for media in commit.media:
            item = items[media.id]
            if isinstance(item, OSError):
                result.media_error = item
                continue
            result.items.append(replace(item, is_favourite=True) if is_favourite else item)
            database.media.put(result.items[-1])
        return result

    def forget_camera(self, camera_id: str) -> list[int]:
        """Delete all that is kept of a camera; return its rows of the history."""
        with self.database.transaction(durable=True):
            media = self.database.forget_camera(camera_id)
            rows = self.database.history.delete_of_camera(camera_id)
        self._delete_files(media)
        return rows

    # Media

    def read(self, media_id: int) -> StoredMedia | None:
        """Return an item, or None if there is none of that number."""
        return self.database.media.get(media_id)

    def replace(self, media: StoredMedia, content: Path) -> StoredMedia | None:
        """Put an MP4 file in the place of a raw clip; None if the clip is gone."""
        database = self.database
        current = database.media.get(media.id)
        if current is None:
            # Deleted meanwhile: it must not come back.
            content.unlink()
            return None
        media = current
        raw = self.places.root / self.places.name(media.place, media.path)
        path = raw.with_suffix(f".{MP4.extension}")
        if path.exists():
            path = path.with_stem(f"{path.stem}_{media.id}")
        files.make_folders(path, media.camera_id)
        seconds = media.taken_at.timestamp()
        os.utime(content, (seconds, seconds))
        content.rename(path)
        sync(path.parent)
        remuxed = replace(media, path=path, size=path.stat().st_size, type=MP4, place=self.places.target)
        with database.transaction(durable=True):
            database.media.drop([media])
            database.media.put(remuxed)
        self._bytes += remuxed.size - media.size
        self.files.delete(media.path, media.size)
        return remuxed

    def delete_media(self, wanted: MediaFilter, keep: frozenset[int]) -> int:
        """Delete the items that are meant, but those in `keep`; return how many."""
        database = self.database
        media = [item for item in database.media.find(wanted) if item.id not in keep]
        with database.transaction(durable=True):
            database.media.drop(media)
        self._delete_files(media)
        return len(media)

    # History

    def change_history[T](self, change: Callable[[HistoryTable], T], *, durable: bool) -> T:
        """Change the history in a transaction, and return what the change returns."""
        with self.database.transaction(durable=durable):
            return change(self.database.history)

    def delete_events(self, numbers: Sequence[int], keep: frozenset[int]) -> list[int]:
        """Delete rows with their media, but for those in `keep`; return which rows there were."""
        database = self.database
        media = [
            item for number in numbers for item in database.media.of_event(number) if item.id not in keep
        ]
        with database.transaction(durable=True):
            database.media.drop(media)
            deleted = database.history.delete(numbers)
        self._delete_files(media)
        return deleted

    def put_setting(self, key: str, value: str) -> None:
        """Remember something of the entry itself."""
        with self.database.transaction(durable=True):
            self.database.put_setting(key, value)

    # Tidying up

    def keep_known(self, known_ids: frozenset[str]) -> None:
        """Forget all known vehicles and persons but those."""
        if self.database.known().keys() - known_ids:
            with self.database.transaction(durable=False):
                self.database.keep_known(known_ids)

    def adopt(self) -> None:
        """Take over files in places that were away when the index was made or restored."""
        adopt(self.database, self.places, self.new_media_id)
        self._bytes = self.database.totals()[1]

    def elsewhere(self, count: int) -> list[StoredMedia]:
        """Return some items that are not where the user wants them."""
        return self.database.media.elsewhere(self.places.target, count)

    def moved(self, media: StoredMedia, path: Path | None) -> None:
        """Note where an item was copied to, and delete it where it was; None if it was gone."""
        database = self.database
        current = database.media.get(media.id)
        if current is None or current.path != media.path:
            # Deleted or replaced meanwhile.
            if path is not None:
                self.files.delete(path, media.size)
            return
        with database.transaction(durable=True):
            if path is None:
                database.media.drop([media])
            else:
                database.media.move(media, self.places.target, path)
        if path is None:
            self._bytes -= media.size
        else:
            self.files.delete(media.path, media.size)

    def delete_former_folders(self) -> None:
        """Delete what earlier releases had beside the index and is in the cache now."""
        for name in (THUMBNAILS, INCOMING):
            if self.folders.cache != self.folders.index and (folder := self.folders.index / name).is_dir():
                for file in folder.iterdir():
                    self.files.delete(file)

    def camera_folders(self) -> list[tuple[int, Path]]:
        """Return the folders of cameras, with the numbers of their places."""
        return [
            (number, folder)
            for number, root in self.places.roots.items()
            if root.is_dir()
            for folder in files.camera_folders(root)
        ]

    def delete_orphans(self, place: int, folder: Path) -> None:
        """Delete the files in a camera's folder that the index does not know."""
        # In the thread that writes: nothing is on its way between the disk and the index.
        known = self.database.media.paths(place, folder.name)
        for name in [name for name in files.files_in(folder) if f"{folder.name}/{name}" not in known]:
            _LOGGER.debug("Deleting %s/%s: nothing refers to it", folder, name)
            self.files.delete(folder / name)

    def retain(self) -> list[int]:
        """Delete what is past its time or too much; return the rows of the history that were deleted."""
        database = self.database
        for media in self._retention.too_old(database):
            self._drop(media)
        self._retain_size()
        deleted: list[int] = []
        for rows in self._retention.too_old_rows(database):
            with database.transaction(durable=False):
                deleted += database.history.delete(rows)
        if deleted:
            with database.transaction(durable=False):
                database.history.forget_unused_words()
        return deleted

    def _retain_size(self) -> None:
        for media in self._retention.too_much(self.database, self._bytes):
            self._drop(media)

    def _drop(self, media: list[StoredMedia]) -> None:
        # First out of the index: a file that nobody knows is found at the next start.
        with self.database.transaction(durable=False):
            self.database.media.drop(media)
        self._delete_files(media)

    def _delete_files(self, media: Iterable[StoredMedia], *, counted: bool = True) -> None:
        items = list(media)
        self.files.delete_media(items, self.places.thumbnails)
        if counted:
            self._bytes -= sum(item.size for item in items)


def written(results: Iterable[Result]) -> list[StoredMedia]:
    """Return all items in the results of a batch."""
    return [item for result in results if isinstance(result, Written) for item in result.items]
