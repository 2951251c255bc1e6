"""Pictures and clips in memory: those that are being written, and the ones that were looked at last."""

import asyncio
from collections import OrderedDict
from pathlib import Path
import threading
from typing import Final, override

from ..domain.media import Clip, Picture
from .model import NewMedia, StoredMedia

_BUDGET_BYTES: Final = 64 * 1024 * 1024
# A disk that takes longer than this has failed.
_WRITTEN_WITHIN_SECONDS: Final = 60


class PendingMedia:
    """A picture or clip that is being written."""

    def __init__(self, media: NewMedia, camera_id: str) -> None:
        self.media = media
        self.camera_id = camera_id
        self._stored: StoredMedia | None = None
        self._done = threading.Event()

    def settle(self, stored: StoredMedia | None) -> None:
        """Note that it was written, None that it could not be."""
        self._stored = stored
        self._done.set()

    def wait(self) -> StoredMedia | None:
        """Return the item once it was written, None if it could not be; blocks."""
        self._done.wait(_WRITTEN_WITHIN_SECONDS)
        return self._stored


class PendingPath(Path):
    """The path of a file that is being written: whoever opens it, in a worker thread, waits for it."""

    _pending: PendingMedia | None = None

    @classmethod
    def of(cls, pending: PendingMedia, path: Path) -> PendingPath:
        """Return the path where an item that is being written is going to be."""
        path = cls(path)
        path._pending = pending
        return path

    @override
    def __fspath__(self) -> str:
        if self._pending is None or _is_in_event_loop():
            return str(self)
        stored = self._pending.wait()
        return str(stored.path if stored is not None else self)


def _is_in_event_loop() -> bool:
    """Tell whether waiting would block an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class MediaCache:
    """Keeps pictures by their numbers: all that are being written, of the others what fits the budget."""

    def __init__(self, budget: int = _BUDGET_BYTES) -> None:
        """Start empty; `budget` is in bytes."""
        self.pending: dict[int, PendingMedia] = {}
        self._pictures: OrderedDict[int, Picture] = OrderedDict()
        # Pictures that the disk did not take; their content is in `_pictures`.
        self._not_written: dict[int, PendingMedia] = {}
        self._budget = budget
        self._size = 0

    def begin(self, pending: PendingMedia) -> None:
        """Keep an item until it is written."""
        self.pending[pending.media.id] = pending

    def settle(self, media_id: int, stored: StoredMedia | None) -> None:
        """Note that an item was written, or could not be; a picture stays as one that was looked at."""
        pending = self.pending.pop(media_id)
        pending.settle(stored)
        if isinstance(pending.media.content, Picture):
            if stored is None:
                self._not_written[media_id] = pending
            self.put(media_id, pending.media.content)

    def put(self, media_id: int, picture: Picture) -> None:
        """Keep a picture that was looked at; when they are too many, the longest unseen go."""
        if (before := self._pictures.pop(media_id, None)) is not None:
            self._size -= len(before.data)
        self._pictures[media_id] = picture
        self._size += len(picture.data)
        while self._size > self._budget:
            dropped_id, dropped = self._pictures.popitem(last=False)
            self._not_written.pop(dropped_id, None)
            self._size -= len(dropped.data)

    def get(self, media_id: int) -> Picture | None:
        """Return a picture, or None if it is not in memory."""
        if (pending := self.pending.get(media_id)) is not None:
            content = pending.media.content
            return None if isinstance(content, Clip) else content
        if (picture := self._pictures.get(media_id)) is not None:
            self._pictures.move_to_end(media_id)
        return picture

    def not_on_disk(self, media_id: int) -> Picture | None:
        """Return a picture that is not on the disk yet, or that the disk did not take."""
        return self.get(media_id) if self.find(media_id) is not None else None

    def find(self, media_id: int) -> PendingMedia | None:
        """Return an item that is not on the disk yet, or a picture that the disk did not take."""
        return self.pending.get(media_id) or self._not_written.get(media_id)

    def clear(self, camera_id: str | None = None) -> None:
        """Forget what is or was on the disk, where it may be deleted, and everything of a camera."""
        for media_id, pending in list(self._not_written.items()):
            if pending.camera_id == camera_id:
                del self._not_written[media_id]
        for media_id in self._pictures.keys() - self._not_written.keys():
            self._size -= len(self._pictures.pop(media_id).data)
