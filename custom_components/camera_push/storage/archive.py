"""What the store's thread does: files and index, always in step with each other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import accumulate
import logging
import os
from pathlib import Path
import sqlite3
from typing import Final

from ..domain.history import HistoryEvent
from ..domain.media import MP4, PICTURE_TYPES
from ..domain.record import CameraRecord, PictureRecord
from . import files
from .database import Database
from .model import Commit, MediaFilter, Stored, StoredCamera, StoredMedia

_LOGGER = logging.getLogger(__name__)

INDEX: Final = "index.sqlite"
_RETENTION_BATCH: Final = 200
# Deleting goes a little below the limit, so that it is not due again at once.
_RETENTION_TARGET: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How much is kept; with `days` at 0, only the newest picture of each kind and camera."""

    days: int = 14
    bytes: int = 2 * 1024**3


class Archive:
    """Pictures, clips and records of one entry, below one folder; used by one thread only.

    Every method raises OSError or sqlite3.Error when the disk does not take or give what is asked.
    """

    def __init__(self, root: Path, time_zone: tzinfo, retention: Retention) -> None:
        """Keep everything below `root`; folders and file names are in `time_zone`."""
        self.root = root
        self._time_zone = time_zone
        self._retention = retention
        self._database: Database | None = None
        self._is_open = False
        self._bytes = 0
        # Numbers are never used twice, even when all that had them is gone: old events refer to them.
        self.next_id = int(datetime.now(UTC).timestamp() * 1000)

    # Life

    def probe(self) -> None:
        """Raise OSError or sqlite3.Error unless the store can be opened; changes nothing in it."""
        files.make_folders(self.root)
        files.probe(self.root)
        if (self.root / INDEX).exists():
            try:
                Database(self.root / INDEX, self.root).close()
            except sqlite3.DatabaseError as err:
                # One that is damaged is made anew.
                if isinstance(err, sqlite3.OperationalError):
                    raise

    def open(self) -> Stored:
        """Open or create the index and return what it knows; an index that is damaged is made anew.

        After an error nothing can be written: what is known would be overwritten by what is not.
        """
        self.close()
        files.make_folders(self.root)
        files.clean_incoming(self.root)
        try:
            stored = self._open()
        except BaseException:
            self.close()
            raise
        self._is_open = True
        return stored

    def _open(self) -> Stored:
        index = self.root / INDEX
        try:
            self._database = Database(index, self.root)
            cameras = self._database.cameras()
            highest, self._bytes = self._database.totals()
        except sqlite3.DatabaseError as err:
            if isinstance(err, sqlite3.OperationalError):
                # Locked or out of reach: not the file's fault.
                raise
            _LOGGER.warning("The index %s is damaged (%s): making a new one from the files", index, err)
            self._disconnect()
            _set_aside(index)
            self._database = Database(index, self.root)
            cameras, highest, self._bytes = [], 0, 0
        self.next_id = max(self.next_id, highest + 1)
        if self._database.is_new:
            cameras = self._rebuild(self._database)
        return Stored(cameras=cameras, known=self._database.known())

    def _rebuild(self, database: Database) -> list[StoredCamera]:
        """Fill a new index with what the files tell, and return cameras with their last pictures."""
        media = files.rediscover(self.root, self.new_media_id)
        self._bytes = sum(item.size for item in media)
        records: dict[str, CameraRecord] = {}
        for item in media:
            record = records.setdefault(item.camera_id, CameraRecord(camera_id=item.camera_id))
            if item.type in PICTURE_TYPES:
                picture = PictureRecord(
                    media_id=item.id, type=item.type, updated_at=item.taken_at, captured_at=item.taken_at
                )
                record.pictures["plate" if item.label == "plate" else "snapshot"] = picture
        with database.transaction(durable=True):
            for item in media:
                database.put_media(item)
            for camera_id, record in records.items():
                database.put_camera(camera_id, record.dump())
            database.set_complete()
        return database.cameras()

    def close(self) -> None:
        """Close the index; nothing opens it again but `open`."""
        self._is_open = False
        self._disconnect()

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    @property
    def database(self) -> Database:
        """Return the index; one that was closed after an error is opened again, but never made anew."""
        if self._database is None:
            if not self._is_open or not (self.root / INDEX).exists():
                raise OSError("The store is not open")
            self._database = Database(self.root / INDEX, self.root)
        return self._database

    def new_media_id(self) -> int:
        """Return the number for a new item."""
        media_id, self.next_id = self.next_id, self.next_id + 1
        return media_id

    # Messages

    def commit(self, batch: list[Commit]) -> list[list[StoredMedia] | OSError | sqlite3.Error]:
        """Write a batch in one transaction, and return for each commit its items, or why it was not written.

        A commit that cannot be written does not keep the others from being written.
        """
        try:
            return self._commit(batch)
        except sqlite3.Error:
            # After an error of the disk, a connection may stay unusable.
            self._disconnect()
            raise

    def _commit(self, batch: list[Commit]) -> list[list[StoredMedia] | OSError | sqlite3.Error]:
        database = self.database
        results: list[list[StoredMedia] | OSError | sqlite3.Error] = []
        dropped: list[StoredMedia] = []
        try:
            with database.transaction(durable=any(commit.durable for commit in batch)):
                for commit in batch:
                    try:
                        # A single one needs none: the transaction itself is undone.
                        with database.savepoint() if len(batch) > 1 else nullcontext():
                            results.append(self._write(database, commit))
                            if commit.only is not None:
                                others = database.others(commit.camera_id, commit.only)
                                database.drop_media([item.id for item in others])
                                dropped += others
                    except (OSError, sqlite3.Error) as err:
                        if len(batch) == 1:
                            raise
                        results.append(err)
                for folder in {item.path.parent for item in written(results)}:
                    files.sync_folder(folder)
        except BaseException:
            self._delete_files(written(results), counted=False)
            raise
        self._bytes += sum(item.size for item in written(results))
        self._delete_files(dropped)
        if self._bytes > self._retention.bytes:
            try:
                self.retain()
            except (OSError, sqlite3.Error) as err:
                _LOGGER.warning("Could not delete old pictures and clips: %s", err)
        return results

    def _write(self, database: Database, commit: Commit) -> list[StoredMedia]:
        items: list[StoredMedia] = []
        try:
            database.put_camera(commit.camera_id, commit.record)
            if commit.key is not None:
                database.put_key(commit.camera_id, commit.key)
            for known_id, record in commit.known.items():
                database.put_known(known_id, record)
            event = database.history.put(commit.event) if commit.event is not None else None
            for media in commit.media:
                item = files.write(self.root, commit.camera_id, media, self._time_zone)
                items.append(replace(item, is_favourite=event is not None and event.favourite))
                database.put_media(items[-1])
        except BaseException:
            self._delete_files(items, counted=False)
            raise
        return items

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
        return self.database.media(media_id)

    def replace(self, media: StoredMedia, content: Path) -> StoredMedia | None:
        """Put an MP4 file in the place of a raw clip; None if the clip is gone."""
        database = self.database
        current = database.media(media.id)
        if current is None:
            # Deleted meanwhile: it must not come back.
            content.unlink()
            return None
        media = current
        path = media.path.with_suffix(f".{MP4.extension}")
        if path.exists():
            path = path.with_stem(f"{path.stem}_{media.id}")
        seconds = media.taken_at.timestamp()
        os.utime(content, (seconds, seconds))
        content.rename(path)
        files.sync_folder(path.parent)
        remuxed = replace(media, path=path, size=path.stat().st_size, type=MP4)
        with database.transaction(durable=True):
            database.drop_media([media.id])
            database.put_media(remuxed)
        self._bytes += remuxed.size - media.size
        files.delete(media.path)
        return remuxed

    def delete_media(self, wanted: MediaFilter, keep: frozenset[int]) -> int:
        """Delete the items that are meant, but those in `keep`; return how many."""
        database = self.database
        media = [item for item in database.find(wanted) if item.id not in keep]
        with database.transaction(durable=True):
            database.drop_media([item.id for item in media])
        self._delete_files(media)
        return len(media)

    # History

    def set_favourite(self, number: int, *, favourite: bool) -> bool:
        """Mark a row of the history with its media, or release it; tell whether there is such a row."""
        with self.database.transaction(durable=True):
            return self.database.history.set_favourite(number, favourite=favourite)

    def correct_plate(self, number: int, plate: str, known_id: str | None) -> HistoryEvent | None:
        """Put a visit's plate right; None if there is no such visit."""
        with self.database.transaction(durable=True):
            return self.database.history.correct(number, plate, known_id)

    def set_known(self, numbers: Sequence[int], known_id: str | None) -> None:
        """Say of rows which known vehicle or person they are about."""
        with self.database.transaction(durable=False):
            self.database.history.set_known(numbers, known_id)

    def set_known_profile(
        self, profile_id: str, known_id: str | None, minimum_confidence: float
    ) -> list[int]:
        """Say of a profile's rows which known person they are about; return those that change."""
        with self.database.transaction(durable=False):
            return self.database.history.set_known_profile(profile_id, known_id, minimum_confidence)

    def delete_events(self, numbers: Sequence[int], keep: frozenset[int]) -> list[int]:
        """Delete rows with their media, but for those in `keep`; return which rows there were."""
        database = self.database
        media = [item for number in numbers for item in database.of_event(number) if item.id not in keep]
        with database.transaction(durable=True):
            database.drop_media([item.id for item in media])
            deleted = database.history.delete(numbers)
        self._delete_files(media)
        return deleted

    # Tidying up

    def keep_known(self, known_ids: frozenset[str]) -> None:
        """Forget all known vehicles and persons but those."""
        if self.database.known().keys() - known_ids:
            with self.database.transaction(durable=False):
                self.database.keep_known(known_ids)

    def delete_orphans(self, folder: Path) -> None:
        """Delete the files in a camera's folder that the index does not know."""
        # In the thread that writes: nothing is on its way between the disk and the index.
        known = self.database.paths(folder.name)
        for name in [name for name in files.files_in(folder) if f"{folder.name}/{name}" not in known]:
            _LOGGER.debug("Deleting %s/%s: nothing refers to it", folder, name)
            files.delete(folder / name)

    def retain(self) -> None:
        """Delete what is older than the retention allows, and the oldest of what is too much."""
        past = datetime.now(UTC) - timedelta(days=self._retention.days)
        while media := self.database.oldest(_RETENTION_BATCH, past):
            self._drop(media)
        if self._bytes <= self._retention.bytes:
            return
        target = self._retention.bytes * _RETENTION_TARGET
        while self._bytes > target and (media := self.database.oldest(_RETENTION_BATCH)):
            freed = list(accumulate(item.size for item in media))
            enough = bisect_left(freed, self._bytes - target) + 1
            self._drop(media[:enough])

    def _drop(self, media: list[StoredMedia]) -> None:
        # First out of the index: a file that nobody knows is found at the next start.
        with self.database.transaction(durable=False):
            self.database.drop_media([item.id for item in media])
        self._delete_files(media)

    def _delete_files(self, media: list[StoredMedia], *, counted: bool = True) -> None:
        for item in media:
            files.delete(item.path)
            with suppress(OSError):
                files.thumbnail(self.root, item.id).unlink(missing_ok=True)
            if counted:
                self._bytes -= item.size


def written(results: list[list[StoredMedia] | OSError | sqlite3.Error]) -> list[StoredMedia]:
    """Return all items in the results of a batch."""
    return [item for result in results if isinstance(result, list) for item in result]


def _set_aside(index: Path) -> None:
    index.replace(index.with_suffix(".damaged"))
    for companion in ("-wal", "-shm"):
        index.with_name(index.name + companion).unlink(missing_ok=True)
