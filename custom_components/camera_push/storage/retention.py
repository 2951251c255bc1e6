"""What is too old or too much: which pictures, clips and rows of the history are to go."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Final

from ..domain.history import EventKind, milliseconds
from .database import Database
from .model import StoredMedia

_BATCH: Final = 200
# Deleting goes a little below the limit, so that it is not due again at once.
_TARGET: Final = 0.95

# SQL conditions for the kinds of media that have times of their own.
_CLIPS: Final = "extension NOT IN ('jpg', 'png', 'gif', 'bmp', 'webp')"
_PLATES: Final = "label IN ('plate', 'vehicle')"
_PERSONS: Final = "label IN ('face', 'person')"
_OTHERS: Final = f"NOT ({_CLIPS}) AND NOT ({_PLATES}) AND NOT ({_PERSONS})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How much is kept.

    With `days` at 0, that is only the newest picture of each kind and camera. Clips, pictures of plates and
    vehicles, and pictures of persons have times of their own where these are given. With `history_days` at 0,
    no history is kept.
    """

    days: int = 14
    clip_days: int | None = None
    plate_days: int | None = None
    person_days: int | None = None
    bytes: int = 2 * 1024**3
    history_days: int = 365

    def _kinds(self) -> list[tuple[str, int]]:
        """Return the kinds of media as SQL conditions, and for how many days they are kept."""
        if self.days == 0:
            return [("1", 0)]
        own = ((_CLIPS, self.clip_days), (_PLATES, self.plate_days), (_PERSONS, self.person_days))
        return [(_OTHERS, self.days), *((kind, days or self.days) for kind, days in own)]

    def days_of(self, kind: EventKind) -> int:
        """Return for how many days the pictures of such events are kept."""
        own = {EventKind.VISIT: self.plate_days, EventKind.IDENTIFICATION: self.person_days}
        return own.get(kind) or self.days

    def too_old(self, database: Database) -> Iterator[list[StoredMedia]]:
        """Yield batches of items that are too old; each has to be deleted before the next is asked for."""
        now = datetime.now(UTC)
        for kind, days in self._kinds():
            while media := database.media.oldest(_BATCH, now - timedelta(days=days), kind):
                yield media

    def too_much(self, database: Database, size: int) -> Iterator[list[StoredMedia]]:
        """Yield batches of the oldest items where all are `size` bytes; each has to be deleted, too."""
        if size <= self.bytes:
            return
        target = self.bytes * _TARGET
        while size > target and (media := database.media.oldest(_BATCH)):
            freed = list(accumulate(item.size for item in media))
            enough = bisect_left(freed, size - target) + 1
            size -= freed[min(enough, len(freed)) - 1]
            yield media[:enough]

    def too_old_rows(self, database: Database) -> Iterator[list[int]]:
        """Yield batches of rows of the history that are too old; each has to be deleted, too."""
        past = milliseconds(datetime.now(UTC) - timedelta(days=self.history_days))
        while rows := database.history.older_than(past, _BATCH):
            yield rows
