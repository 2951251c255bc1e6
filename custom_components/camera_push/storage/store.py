"""The store of one config entry: takes over pictures, clips and records without blocking the event loop."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from datetime import tzinfo
from functools import partial
from pathlib import Path
import sqlite3
from typing import Final

from ..domain.media import PICTURE_TYPES, Picture
from ..domain.quota import ByteQuota
from . import files, snapshot
from .archive import Archive, Result, Written
from .history_changes import HistoryChanges
from .incoming import NewClip, incoming_clips
from .library import Library, LibraryError
from .media_cache import MediaCache, PendingMedia, PendingPath
from .model import Commit, MediaFilter, Stored, StoredMedia
from .places import StoreFolders
from .remux import RAW_FORMATS, remux
from .retention import Retention
from .thumbnails import make_thumbnail

# Messages that share one transaction at most: a flood costs fewer waits for the disk.
_MAX_BATCH: Final = 100
_MOVED_AT_ONCE: Final = 20


class StoreError(Exception):
    """The disk did not take it: full, read-only or broken."""


class StoreClosedError(Exception):
    """The entry is being unloaded: nothing is taken any more."""


class Store:
    """Pictures, clips and camera records of one entry.

    One thread of its own does all reading and writing, in the order in which it was asked. Commits that
    wait for the disk at the same time share a transaction. Pictures can be had from memory until they are
    on the disk.
    """

    def __init__(
        self,
        folders: StoreFolders,
        time_zone: tzinfo,
        retention: Retention,
        thumbnail_lock: asyncio.Lock | None = None,
    ) -> None:
        """Keep everything in `folders`; those of cameras and file names are in `time_zone`.

        Thumbnails are made one at a time among all that share `thumbnail_lock`.
        """
        self.folders = folders
        self.retention = retention
        self._time_zone = time_zone
        self._archive = Archive(folders, time_zone, retention)
        self._cache = MediaCache()
        self._clip_quota = ByteQuota(retention.bytes)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="camera_push")
        self._waiting: list[tuple[Commit, asyncio.Future[None]]] = []
        self._committing: asyncio.Future[None] | None = None
        self._closed = False
        self._thumbnails = thumbnail_lock or asyncio.Lock()
        self.history = HistoryChanges(self._run, self._archive, self._cache)
        self.library = Library(lambda: self._archive.address, lambda: self._archive.opened_places)

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

    def set_time_zone(self, time_zone: tzinfo) -> None:
        """Name folders and files of what comes from now on in that zone; others keep their names."""
        self._time_zone = self._archive.time_zone = time_zone

    # Life

    async def open(self) -> Stored:
        """Open the store and return what it knows; raises StoreError, and then nothing is written."""
        return await self._run(self._archive.open)

    async def open_read_only(self) -> Stored:
        """Return what a store knows that cannot be opened, as far as it can be read; it is not open then.

        Its pictures, clips and history can be looked up.
        """
        try:
            return await self._run(self._archive.open_read_only)
        except StoreError:
            return Stored()

    async def probe(self) -> None:
        """Raise StoreError unless a store that could not be opened could be now."""
        await self._run(self._archive.probe)

    async def close(self) -> None:
        """Finish what was asked for and close the store; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        await self._all_committed()
        with suppress(StoreError):
            await self._run(self._archive.close)
        await asyncio.get_running_loop().run_in_executor(None, self._executor.shutdown)

    @property
    def is_closed(self) -> bool:
        """Tell whether the store was closed."""
        return self._closed

    async def keep_known(self, known_ids: Iterable[str]) -> None:
        """Forget all known vehicles and persons but those; raises StoreError."""
        await self._run(self._archive.keep_known, frozenset(known_ids))

    async def tidy(self, known_ids: Iterable[str] = ()) -> None:
        """Delete files that the index does not know, and what is past its time; raises StoreError.

        Known vehicles and persons other than those are forgotten.
        """
        await self.keep_known(known_ids)
        await self._run(self._archive.adopt)
        for place, folder in await self._run(self._archive.camera_folders):
            # One at a time: pushes that came meanwhile get their turn.
            await self._run(self._archive.delete_orphans, place, folder)
        await self._run(self._archive.delete_former_folders)
        await self.retain()

    async def retain(self) -> None:
        """Delete what is past its time; raises StoreError."""
        self.history.tell(deleted=await self._run(self._archive.retain))

    async def move(self) -> None:
        """Move pictures and clips to where the user wants them, one after the other; raises StoreError.

        Whenever this ends, each is in one place and can be had; what is left is moved the next time.
        """
        loop = asyncio.get_running_loop()
        while batch := await self._run(self._archive.elsewhere, _MOVED_AT_ONCE):
            for media in batch:
                try:
                    path = await loop.run_in_executor(None, files.copy_to_place, self._archive.places, media)
                except OSError as err:
                    raise StoreError(str(err)) from err
                await self._run(self._archive.moved, media, path)

    # Backups

    async def begin_backup(self) -> None:
        """Make a copy of the index, and delete no file until the backup is over; raises StoreError."""
        await self.hold_files()
        try:
            await asyncio.get_running_loop().run_in_executor(None, snapshot.make, self.folders)
        except (OSError, sqlite3.Error) as err:
            raise StoreError(str(err)) from err

    async def hold_files(self) -> None:
        """Delete no file for now: a backup is being made; raises StoreError."""
        await self._run(self._archive.files.hold)

    async def end_backup(self) -> None:
        """Delete what was held back, and the copy of the index; raises StoreError."""
        await self._run(self._archive.files.release)
        await asyncio.get_running_loop().run_in_executor(None, snapshot.discard, self.folders)

    # Messages

    def new_media_id(self) -> int:
        """Return the number for a new item."""
        return self._archive.new_media_id()

    def new_clips(self) -> AbstractAsyncContextManager[NewClip]:
        """Return a context for the clips of one push."""
        return incoming_clips(self._archive.places.incoming, self._clip_quota)

    def commit(self, commit: Commit) -> asyncio.Future[None]:
        """Have a commit written after those before it; its pictures can be had from now on.

        The future that is returned raises StoreError when it, or a picture of it, could not be written.
        Raises StoreClosedError after `close`.
        """
        if self._closed:
            raise StoreClosedError("The store is closed")
        for media in commit.media:
            self._cache.begin(PendingMedia(media, commit.camera_id))
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((commit, done))
        if self._committing is None:
            self._committing = loop.create_future()
            # What is told in the same step is written together.
            loop.call_soon(self._commit_waiting, loop)
        return done

    def _commit_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have what waits written: all together, and what comes meanwhile after that."""
        batch, self._waiting = self._waiting[:_MAX_BATCH], self._waiting[_MAX_BATCH:]
        # Without a future of the event loop, which would go round twice for it.
        self._executor.submit(self._archive.commit, [commit for commit, _ in batch]).add_done_callback(
            lambda running: loop.call_soon_threadsafe(self._committed, loop, batch, running)
        )

    def _committed(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: list[tuple[Commit, asyncio.Future[None]]],
        running: Future[list[Result]],
    ) -> None:
        # Whatever it was, nobody may wait for ever.
        failed = running.exception()
        results = [failed] * len(batch) if failed is not None else running.result()
        for (commit, done), result in zip(batch, results, strict=True):
            items = {item.id: item for item in result.items} if isinstance(result, Written) else {}
            for media in commit.media:
                self._cache.settle(media.id, items.get(media.id))
            if done.cancelled():
                continue
            error = result.media_error if isinstance(result, Written) else result
            if error is not None:
                done.set_exception(StoreError(str(error)))
                # Whoever waits is told; whoever does not wait need not be.
                done.exception()
            else:
                done.set_result(None)
        if self._waiting:
            self._commit_waiting(loop)
        elif self._committing is not None:
            self._committing.set_result(None)
            self._committing = None
        # Last: an error of whoever is told stops nothing.
        self.history.tell(
            commit.event.id
            for (commit, _), result in zip(batch, results, strict=True)
            if commit.event is not None and isinstance(result, Written)
        )

    async def _all_committed(self) -> None:
        while self._committing is not None:
            await asyncio.shield(self._committing)

    async def forget_camera(self, camera_id: str) -> None:
        """Delete all that is kept of a camera; raises StoreError."""
        # What is on its way must not bring the camera back.
        await self._all_committed()
        rows = await self._run(self._archive.forget_camera, camera_id)
        self._cache.clear(camera_id)
        self.history.tell(deleted=rows)

    async def put_setting(self, key: str, value: str) -> None:
        """Remember something of the entry itself; raises StoreError."""
        await self._run(self._archive.put_setting, key, value)

    # Media

    async def find(self, media_id: int) -> StoredMedia | None:
        """Return an item, or None if there is none of that number; raises LibraryError.

        What is being written is there already, and whoever opens its path waits for the file; so is a picture
        that the disk did not take, while it is in memory.
        """
        if (pending := self._cache.find(media_id)) is not None:
            places = self._archive.places
            name = files.name_of(pending.camera_id, pending.media, self._time_zone)
            path = PendingPath.of(pending, places.path(places.target, name))
            return pending.media.stored(pending.camera_id, path, places.target)
        return await self.library.get(media_id)

    def not_on_disk(self, media_id: int) -> Picture | None:
        """Return a picture that is in memory only: it is being written, or the disk did not take it."""
        return self._cache.not_on_disk(media_id)

    async def read(self, media_id: int) -> bytes | None:
        """Return a picture's content, or None if it is gone; raises StoreError."""
        if (picture := self._cache.get(media_id)) is not None:
            return picture.data
        if self._closed:
            raise StoreError("The store is closed")
        try:
            media = await self.library.get(media_id)
        except LibraryError as err:
            raise StoreError(str(err)) from err
        if media is None or media.type not in PICTURE_TYPES:
            return None
        try:
            data = await self._run(media.path.read_bytes)
        except StoreError as err:
            if isinstance(err.__cause__, FileNotFoundError):
                return None
            raise
        self._cache.put(media_id, Picture(data, media.type))
        return data

    async def thumbnail(self, media: StoredMedia) -> bytes | None:
        """Return an item's thumbnail, None if it has none; raises LibraryError.

        That of a clip is that of the picture that came with it.
        """
        picture = await self._picture_of(media)
        if picture is None:
            return None
        async with self._thumbnails:
            return await asyncio.get_running_loop().run_in_executor(
                None,
                partial(
                    make_thumbnail,
                    self._archive.places.thumbnails,
                    media.id,
                    picture,
                    keep=self._cache.find(media.id) is None,
                ),
            )

    async def _picture_of(self, media: StoredMedia) -> Path | bytes | None:
        if media.type not in PICTURE_TYPES:
            for pending in self._cache.pending.values():
                if (
                    pending.camera_id == media.camera_id
                    and pending.media.taken_at == media.taken_at
                    and isinstance(pending.media.content, Picture)
                ):
                    return pending.media.content.data
        elif (picture := self._cache.get(media.id)) is not None:
            return picture.data
        found = await self.library.picture_of(media)
        return found.path if found is not None else None

    async def remux(self, ffmpeg: str, media_id: int) -> None:
        """Replace a raw clip by an MP4 file of the same pictures, if that can be made; raises StoreError."""
        media = await self._run(self._archive.read, media_id)
        if media is None or media.type not in RAW_FORMATS:
            return
        target = self._archive.places.incoming / f"remux-{media_id}"
        if await remux(ffmpeg, media.path, media.type, target):
            await self._run(self._archive.replace, media, target)

    async def delete_media(self, wanted: MediaFilter, keep: frozenset[int]) -> int:
        """Delete the items that are meant, but those in `keep`; return how many. Raises StoreError."""
        deleted = await self._run(self._archive.delete_media, wanted, keep)
        self._cache.clear()
        return deleted
