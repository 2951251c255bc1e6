"""The pictures that entities show, in memory once and within a budget."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

_BUDGET_BYTES: Final = 64 * 1024 * 1024


class PictureCache:
    """Keeps the latest pictures; when they are too many, the longest unseen go (and come back from disk)."""

    def __init__(self, budget: int = _BUDGET_BYTES) -> None:
        """Start empty; `budget` is in bytes."""
        self._pictures: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._budget = budget
        self._size = 0

    def put(self, camera_id: str, key: str, data: bytes) -> None:
        """Keep the picture that a camera's entity shows."""
        self.drop(camera_id, key)
        self._pictures[camera_id, key] = data
        self._size += len(data)
        while self._size > self._budget:
            _, dropped = self._pictures.popitem(last=False)
            self._size -= len(dropped)

    def get(self, camera_id: str, key: str) -> bytes | None:
        """Return a picture, or None if it is not in memory."""
        if (data := self._pictures.get((camera_id, key))) is not None:
            self._pictures.move_to_end((camera_id, key))
        return data

    def drop(self, camera_id: str, key: str) -> None:
        """Forget a picture."""
        if (data := self._pictures.pop((camera_id, key), None)) is not None:
            self._size -= len(data)
