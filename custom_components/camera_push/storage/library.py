"""Looking things up in the store: beside the one thread that writes, and never in its way."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import islice
import sqlite3
import threading
from typing import Final

from ..domain.history import EventFilter, EventSummary, HistoryEvent, milliseconds
from ..domain.plates import canonical_plate
from .clip_length import clip_seconds
from .history_query import changes, count, page, types
from .history_summary import summary
from .media_table import read_media, where_clause
from .model import MediaFilter, StoredMedia
from .places import Places

# Plates that one question may be about.
_MAX_PLATES: Final = 10_000
# Of SQLite's virtual machine: a few milliseconds.
_OPERATIONS_BETWEEN_LOOKS: Final = 100_000
_MAX_ID: Final = 2**63 - 1
_PICTURES: Final = "extension IN ('jpg', 'png', 'gif', 'bmp', 'webp')"


class LibraryError(Exception):
    """The index could not be read."""


class Library:
    """Reads an entry's index; every look-up is a short connection of its own in a worker thread.

    Every method raises LibraryError.
    """

    def __init__(self, address: Callable[[], str], opened_places: Callable[[], Places | None]) -> None:
        """Read the index at an address as SQLite has it.

        `opened_places` returns where the files are, None while the index is not open.
        """
        self._opened_places = opened_places
        self._address = address

    async def _run[T](self, function: Callable[[sqlite3.Connection], T]) -> T:
        cancelled = threading.Event()

        def run() -> T:
            with closing(sqlite3.connect(self._address(), uri=True)) as connection:
                # Nobody waits for it any more: its thread is given back.
                connection.set_progress_handler(cancelled.is_set, _OPERATIONS_BETWEEN_LOOKS)
                # What one question is answered by is of one moment.
                connection.execute("BEGIN")
                return function(connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(None, run)
        except sqlite3.Error as err:
            raise LibraryError(str(err)) from err
        finally:
            cancelled.set()

    def _places(self) -> Places:
        if (places := self._opened_places()) is None:
            raise LibraryError("The index is not open")
        return places

    async def get(self, media_id: int) -> StoredMedia | None:
        """Return an item, or None if there is none of that number."""
        if not 0 <= media_id <= _MAX_ID:
            return None
        found = await self._run(
            lambda connection: read_media(connection, self._places(), "WHERE id = ?", media_id)
        )
        return found[0] if found else None

    async def totals(self) -> tuple[int, int]:
        """Return how many items there are, and their size in bytes."""

        def look_up(connection: sqlite3.Connection) -> tuple[int, int]:
            count, size = connection.execute("SELECT COUNT(*), SUM(size) FROM media").fetchone()
            return count, size or 0

        return await self._run(look_up)

    async def find(self, wanted: MediaFilter, limit: int) -> list[StoredMedia]:
        """Return the newest items that are meant, newest first."""
        where, values = where_clause(wanted)
        clause = f"{where} ORDER BY taken_at DESC, id DESC LIMIT ?"
        return await self._run(
            lambda connection: read_media(connection, self._places(), clause, *values, limit)
        )

    async def days(self, camera_id: str) -> list[str]:
        """Return the days of which there is anything of a camera, newest first."""
        sql = "SELECT DISTINCT day FROM media WHERE camera_id = ? ORDER BY day DESC"
        return await self._run(lambda connection: [day for (day,) in connection.execute(sql, (camera_id,))])

    async def labels(self, camera_ids: frozenset[str] | None = None) -> list[str]:
        """Return the labels that items (of those cameras) have, in alphabetical order."""
        # Walks from label to label in the index, however many items each has.
        where = "" if camera_ids is None else f" AND camera_id IN ({','.join('?' * len(camera_ids))})"
        sql = (
            "WITH RECURSIVE found(label) AS (SELECT MIN(label) FROM media UNION ALL SELECT ("  # noqa: S608  # Marks.
            "SELECT MIN(label) FROM media WHERE label > found.label) FROM found WHERE label IS NOT NULL) "
            "SELECT label FROM found WHERE label IS NOT NULL AND EXISTS ("
            f"SELECT 1 FROM media WHERE label = found.label{where})"
        )
        values = tuple(camera_ids or ())
        return await self._run(lambda connection: [label for (label,) in connection.execute(sql, values)])

    async def plates(self, limit: int, camera_ids: frozenset[str] | None = None) -> list[str]:
        """Return the plates that were read (by those cameras), the one read last first."""
        where, values = where_clause(MediaFilter(camera_ids=camera_ids, has_plate=True))
        sql = f"SELECT plate FROM media {where} GROUP BY plate ORDER BY MAX(taken_at) DESC LIMIT ?"  # noqa: S608  # A clause of ours.
        return await self._run(
            lambda connection: [plate for (plate,) in connection.execute(sql, (*values, limit))]
        )

    # History

    async def events(self, wanted: EventFilter, limit: int) -> list[HistoryEvent]:
        """Return the newest rows of the history that are meant, newest first."""
        return await self._run(lambda connection: page(connection, wanted, limit))

    async def changes(self, after: int, limit: int) -> tuple[list[HistoryEvent], int]:
        """Return rows in the order in which they changed last, from a point on, and where that ended."""
        return await self._run(lambda connection: changes(connection, after, limit))

    async def count_events(self, wanted: EventFilter) -> int:
        """Return how many rows are meant, by a filter without patterns and texts."""
        return await self._run(lambda connection: count(connection, wanted))

    async def event_summary(
        self, wanted: EventFilter, start: datetime, end: datetime, slots: int
    ) -> EventSummary:
        """Return how many rows there are between two times, in slots of the same length."""
        return await self._run(lambda connection: summary(connection, wanted, start, end, slots))

    async def all_events(self, wanted: EventFilter, page_size: int) -> AsyncIterator[HistoryEvent]:
        """Yield all rows that are meant, newest first, in pages of that size."""
        while found := await self.events(wanted, page_size):
            for event in found:
                yield event
            wanted = replace(wanted, cursor=(milliseconds(found[-1].at), found[-1].id))

    async def plates_in_history(self, is_meant: Callable[[str], bool]) -> list[str]:
        """Return the plates that rows have, as they are compared, of which something is true."""
        sql = "SELECT text FROM plate"
        return await self._run(
            lambda connection: [plate for (plate,) in connection.execute(sql) if is_meant(plate)]
        )

    async def event_types(self) -> list[str]:
        """Return the types that rows of the history have."""
        return await self._run(types)

    async def media_of_events(self, numbers: Sequence[int], limit: int) -> dict[int, list[StoredMedia]]:
        """Return the items of rows of the history, the oldest first, at most so many of each."""

        def look_up(connection: sqlite3.Connection) -> dict[int, list[StoredMedia]]:
            clause = "WHERE event = ? ORDER BY taken_at, id LIMIT ?"
            return {
                number: read_media(connection, self._places(), clause, number, limit)
                for number in set(numbers)
            }

        return await self._run(look_up)

    async def clip_lengths(self, clips: Sequence[StoredMedia]) -> dict[int, float]:
        """Return the lengths of clips in seconds, of those whose files tell it."""

        def look_up() -> dict[int, float]:
            lengths = {it.id: clip_seconds(it) for it in clips}
            return {number: length for number, length in lengths.items() if length is not None}

        return await asyncio.get_running_loop().run_in_executor(None, look_up) if clips else {}

    # Media

    async def plates_like(self, pattern: str) -> frozenset[str]:
        """Return the plates of items that fit a canonical pattern."""
        # Walks from plate to plate in the index, however many items each has.
        sql = (
            "WITH RECURSIVE found(plate) AS (SELECT MIN(plate) FROM media WHERE plate IS NOT NULL UNION ALL "
            "SELECT (SELECT MIN(plate) FROM media WHERE plate > found.plate) FROM found "
            "WHERE plate IS NOT NULL) SELECT plate FROM found WHERE plate IS NOT NULL"
        )

        def look_up(connection: sqlite3.Connection) -> frozenset[str]:
            plates = (plate for (plate,) in connection.execute(sql))
            fitting = (plate for plate in plates if fnmatchcase(canonical_plate(plate), pattern))
            return frozenset(islice(fitting, _MAX_PLATES))

        return await self._run(look_up)

    async def picture_of(self, media: StoredMedia) -> StoredMedia | None:
        """Return the picture that came with a clip, or the picture itself."""
        clause = f"WHERE camera_id = ? AND day = ? AND taken_at = ? AND {_PICTURES} ORDER BY id LIMIT 1"
        values = (media.camera_id, media.day, milliseconds(media.taken_at))
        if media.type.content_type.startswith("image/"):
            return media
        found = await self._run(lambda connection: read_media(connection, self._places(), clause, *values))
        return found[0] if found else None
