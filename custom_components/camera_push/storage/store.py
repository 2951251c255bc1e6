"""The store of one config entry: takes over pictures, clips and records, one thread behind a queue."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import accumulate
import logging
import os
from pathlib import Path
import shutil
import sqlite3
from typing import Final

from ..domain.media import MP4, PICTURE_TYPES
from ..domain.record import CameraRecord, PictureRecord
from . import files
from .database import Database
from .incoming import IncomingClips
from .library import Library
from .model import Commit, MediaFilter, Stored, StoredCamera, StoredMedia
from .remux import RAW_FORMATS, remux
from .thumbnails import make_thumbnail

_LOGGER = logging.getLogger(__name__)

_INDEX: Final = "index.sqlite"
# So many messages share one transaction at most: a flood costs fewer waits for the disk.
_MAX_BATCH: Final = 100
_RETENTION_BATCH: Final = 200
# Deleting goes a little below the limit, so that it is not due again at once.
_RETENTION_TARGET: Final = 0.95


class StoreError(Exception):
    """The disk did not take it: full, read-only or broken."""


class StoreClosedError(Exception):
    """The entry is being unloaded: nothing is taken any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How much is kept; with `days` at 0, only the newest picture of each kind and camera."""

    days: int = 14
    bytes: int = 2 * 1024**3


class Store:
    """Pictures, clips and camera records of one entry.

    Nothing here blocks the event loop: one thread of its own does all reading and writing, in
    the order in which it was asked. Commits that wait for the disk at the same time share a
    transaction.
    """

    def __init__(self, root: Path, time_zone: tzinfo, retention: Retention) -> None:
        """Keep everything below `root`; folders and file names are in `time_zone`."""
        self._root = root
        self._time_zone = time_zone
        self._retention = retention
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="camera_push")
        self._waiting: list[tuple[Commit, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None
        self._database: Database | None = None
        self._closed = False
        self._next_id = 1
        self._bytes = 0
        self.library = Library(root, root / _INDEX)
        self._thumbnails = asyncio.Semaphore(2)

    async def _run[**P, T](self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            running = asyncio.get_running_loop().run_in_executor(
                self._executor, lambda: function(*args, **kwargs)
            )
        except RuntimeError as err:
            # The thread is gone: the store was closed while somebody waited for something else.
            raise StoreError("The store is closed") from err
        try:
            return await running
        except (OSError, sqlite3.Error) as err:
            raise StoreError(str(err)) from err
        finally:
            # It holds its error, which holds this frame and with it what was to be written.
            del running

    # Life

    async def open(self) -> Stored:
        """Open the store and return what it knows; raises StoreError."""
        return await self._run(self._open)

    def _open(self) -> Stored:
        if self._database is not None:
            self._database.close()
            self._database = None
        self._root.mkdir(parents=True, exist_ok=True)
        files.clean_incoming(self._root)
        index = self._root / _INDEX
        new = not index.exists()
        try:
            self._database = Database(index, self._root)
            cameras = self._database.cameras()
            highest, self._bytes = self._database.totals()
        except sqlite3.DatabaseError as err:
            if isinstance(err, sqlite3.OperationalError):
                # Locked or out of reach: not the file's fault.
                raise
            _LOGGER.warning("The index %s is damaged (%s): making a new one from the files", index, err)
            if self._database is not None:
                self._database.close()
            self._set_aside(index)
            self._database = Database(index, self._root)
            cameras, highest, self._bytes, new = [], 0, 0, True
        # Numbers are never used twice, even when all that had them is gone: old events refer to them.
        self._next_id = max(highest + 1, int(datetime.now(UTC).timestamp() * 1000))
        if new:
            cameras = self._rebuild()
        return Stored(cameras=cameras, subjects=self._database.subjects())

    def _rebuild(self) -> list[StoredCamera]:
        """Fill a new index with what the files tell, and give back cameras with their last pictures."""
        database = self._opened()
        media = files.rediscover(self._root, self.new_media_id)
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
        return database.cameras()

    @staticmethod
    def _set_aside(index: Path) -> None:
        index.replace(index.with_suffix(".damaged"))
        for companion in ("-wal", "-shm"):
            index.with_name(index.name + companion).unlink(missing_ok=True)

    async def close(self) -> None:
        """Finish what was asked for and close the store; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._committing is not None:
            await self._committing
        with suppress(StoreError):
            await self._run(self._close)
        await asyncio.get_running_loop().run_in_executor(None, self._executor.shutdown)

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    async def tidy(self, subject_ids: Iterable[str] = ()) -> None:
        """Delete files that the index does not know, and what is past its time; raises StoreError.

        Known vehicles and persons other than those are forgotten.
        """
        await self._run(self._keep_subjects, frozenset(subject_ids))
        for folder in await self._run(files.camera_folders, self._root):
            # One at a time: pushes that came meanwhile get their turn.
            await self._run(self._delete_orphans, folder)
        await self._run(self._retain)

    def _keep_subjects(self, subject_ids: frozenset[str]) -> None:
        database = self._opened()
        if database.subjects().keys() - subject_ids:
            with database.transaction(durable=False):
                database.keep_subjects(subject_ids)

    @staticmethod
    def delete(root: Path) -> None:
        """Delete a whole store that is closed."""
        shutil.rmtree(root, ignore_errors=True)

    # Messages

    def new_media_id(self) -> int:
        """Return the number for a new item."""
        media_id, self._next_id = self._next_id, self._next_id + 1
        return media_id

    def new_clips(self) -> IncomingClips:
        """Return a context for the clips of one push."""
        return IncomingClips(self._root / files.INCOMING)

    async def commit(self, commit: Commit) -> None:
        """Return once the commit is on disk.

        Raises StoreError when it is not, and nothing of it is, and StoreClosedError after `close`.
        """
        if self._closed:
            raise StoreClosedError("The store is closed")
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((commit, done))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_waiting())
        await done

    async def _commit_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MAX_BATCH], self._waiting[_MAX_BATCH:]
            try:
                errors = await self._run(self._commit, [commit for commit, _ in batch])
            except Exception as err:  # noqa: BLE001  # Whatever it was, nobody may wait for ever.
                errors = [err] * len(batch)
            for (_, done), error in zip(batch, errors, strict=True):
                if done.done():
                    continue
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(StoreError(str(error)))
        self._committing = None

    def _commit(self, batch: list[Commit]) -> list[Exception | None]:
        """Write a batch in one transaction; what one commit cannot write does not keep the others."""
        database = self._opened()
        errors: list[Exception | None] = []
        written: list[StoredMedia] = []
        dropped: list[StoredMedia] = []
        try:
            with database.transaction(durable=any(commit.durable for commit in batch)):
                for commit in batch:
                    try:
                        # What is alone needs none: the transaction itself is undone.
                        with database.savepoint() if len(batch) > 1 else nullcontext():
                            written += self._write(database, commit)
                            if commit.only is not None:
                                others = database.others(commit.camera_id, commit.only)
                                database.drop_media([item.id for item in others])
                                dropped += others
                        errors.append(None)
                    except (OSError, sqlite3.Error) as err:
                        if len(batch) == 1:
                            raise
                        errors.append(err)
        except BaseException:
            for stored in written:
                files.delete(stored.path)
            raise
        self._bytes += sum(stored.size for stored in written)
        self._delete_files(dropped)
        if self._bytes > self._retention.bytes:
            try:
                self._retain()
            except (OSError, sqlite3.Error) as err:
                _LOGGER.warning("Could not delete old pictures and clips: %s", err)
        return errors

    def _write(self, database: Database, commit: Commit) -> list[StoredMedia]:
        written: list[StoredMedia] = []
        try:
            database.put_camera(commit.camera_id, commit.record)
            if commit.key is not None:
                database.put_key(commit.camera_id, commit.key)
            for subject_id, record in commit.subjects.items():
                database.put_subject(subject_id, record)
            for media in commit.media:
                written.append(files.write(self._root, commit.camera_id, media, self._time_zone))
                database.put_media(written[-1])
        except BaseException:
            for stored in written:
                files.delete(stored.path)
            raise
        return written

    def _opened(self) -> Database:
        if self._database is None:
            raise OSError("The store is not open")
        return self._database

    async def forget_camera(self, camera_id: str) -> None:
        """Delete all that is kept of a camera; raises StoreError."""
        while self._committing is not None:
            # What is on its way must not bring the camera back.
            await self._committing
        await self._run(self._forget_camera, camera_id)

    def _forget_camera(self, camera_id: str) -> None:
        database = self._opened()
        with database.transaction(durable=True):
            media = database.forget_camera(camera_id)
        self._delete_files(media)

    # Media

    async def read(self, media_id: int) -> bytes | None:
        """Return an item's content, or None if it is gone; raises StoreError."""
        return await self._run(self._read, media_id)

    def _read(self, media_id: int) -> bytes | None:
        media = self._opened().media(media_id)
        if media is None:
            return None
        try:
            return media.path.read_bytes()
        except FileNotFoundError:
            return None

    async def thumbnail(self, media: StoredMedia) -> Path | None:
        """Return the file with an item's thumbnail, or None if it has none; raises LibraryError."""
        picture = await self.library.picture_of(media)
        if picture is None:
            return None
        async with self._thumbnails:
            return await asyncio.get_running_loop().run_in_executor(
                None, make_thumbnail, self._root, media.id, picture.path
            )

    async def remux(self, ffmpeg: str, media_id: int) -> None:
        """Replace a raw clip by an MP4 file of the same pictures, if that can be made; raises StoreError."""
        media = await self._run(lambda: self._opened().media(media_id))
        if media is None or media.type not in RAW_FORMATS:
            return
        target = self._root / files.INCOMING / f"remux-{media_id}"
        if await remux(ffmpeg, media.path, media.type, target):
            await self._run(self._replace, media, target)

    def _replace(self, media: StoredMedia, target: Path) -> None:
        database = self._opened()
        if database.media(media.id) is None:
            # Deleted meanwhile: it must not come back.
            target.unlink()
            return
        path = media.path.with_suffix(f".{MP4.extension}")
        if path.exists():
            path = path.with_stem(f"{path.stem}_{media.id}")
        seconds = media.taken_at.timestamp()
        os.utime(target, (seconds, seconds))
        target.rename(path)
        remuxed = replace(media, path=path, size=path.stat().st_size, type=MP4)
        with database.transaction(durable=True):
            database.drop_media([media.id])
            database.put_media(remuxed)
        self._bytes += remuxed.size - media.size
        files.delete(media.path)

    async def delete_media(self, wanted: MediaFilter, keep: frozenset[int]) -> int:
        """Delete the items that are meant, but those in `keep`; return how many. Raises StoreError."""
        return await self._run(self._delete_media, wanted, keep)

    def _delete_media(self, wanted: MediaFilter, keep: frozenset[int]) -> int:
        database = self._opened()
        media = [item for item in database.find(wanted) if item.id not in keep]
        with database.transaction(durable=True):
            database.drop_media([item.id for item in media])
        self._delete_files(media)
        return len(media)

    # Retention

    def _delete_files(self, media: list[StoredMedia]) -> None:
        for item in media:
            files.delete(item.path)
            files.thumbnail(self._root, item.id).unlink(missing_ok=True)
            self._bytes -= item.size

    def _delete_orphans(self, folder: Path) -> None:
        # In the thread that writes: nothing is on its way between the disk and the index.
        known = self._opened().paths(folder.name)
        for name in [name for name in files.files_in(folder) if f"{folder.name}/{name}" not in known]:
            _LOGGER.debug("Deleting %s/%s: nothing refers to it", folder, name)
            files.delete(folder / name)

    def _retain(self) -> None:
        database = self._opened()
        past = datetime.now(UTC) - timedelta(days=self._retention.days)
        while media := database.oldest(_RETENTION_BATCH, past):
            self._drop(media)
        if self._bytes <= self._retention.bytes:
            return
        target = self._retention.bytes * _RETENTION_TARGET
        while self._bytes > target and (media := database.oldest(_RETENTION_BATCH)):
            freed = list(accumulate(item.size for item in media))
            enough = bisect_left(freed, self._bytes - target) + 1
            self._drop(media[:enough])

    def _drop(self, media: list[StoredMedia]) -> None:
        # First out of the index: a file that nobody knows is found at the next start.
        with self._opened().transaction(durable=False):
            self._opened().drop_media([item.id for item in media])
        self._delete_files(media)
