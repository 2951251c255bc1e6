"""Deletes files of the store: at once, or after a backup, which fails for a file that is gone."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
import time
from typing import Final

from . import files
from .model import StoredMedia
from .thumbnails import thumbnail_file

# The end of a backup may never be told.
HOLD_SECONDS: Final = 60 * 60
# Beyond this and beyond the limit of what is kept, the disk matters more than the backup.
_HELD_BYTES: Final = 1024**3


class FileDeleter:
    """Deletes files; while a backup is made, they are only noted."""

    def __init__(self, limit: int) -> None:
        """Begin; `limit` is how many bytes of media are kept."""
        self._limit = max(limit, _HELD_BYTES)
        self._held: set[Path] = set()
        self._held_bytes = 0
        self._held_until: float | None = None

    def hold(self) -> None:
        """Delete nothing from now on, for an hour at most."""
        self._held_until = time.monotonic() + HOLD_SECONDS

    def release(self) -> None:
        """Delete what was held back."""
        self._held_until = None
        held, self._held, self._held_bytes = self._held, set(), 0
        for path in held:
            files.delete(path)

    def _is_held(self, size: int) -> bool:
        if self._held_until is None:
            return False
        if time.monotonic() > self._held_until or self._held_bytes + size > self._limit:
            self.release()
            return False
        return True

    def delete(self, path: Path, size: int = 0) -> None:
        """Delete a file and the folders that it leaves empty."""
        if self._is_held(size):
            self._held.add(path)
            self._held_bytes += size
        else:
            files.delete(path)

    def delete_media(self, media: Iterable[StoredMedia], thumbnails: Path) -> None:
        """Delete the files of items."""
        for item in media:
            self.delete(item.path, item.size)
            # Thumbnails are in no backup.
            with suppress(OSError):
                thumbnail_file(thumbnails, item.id).unlink(missing_ok=True)
