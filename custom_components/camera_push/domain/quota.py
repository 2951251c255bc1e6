"""How many bytes may be on their way in at once, in memory or on the disk."""

from __future__ import annotations

from typing import Final

from .errors import ProtocolError, Refusal

# Each connection may keep this much beside the quota: a full quota does not keep usual pictures out.
FREE_BYTES: Final = 256 * 1024


class ByteQuota:
    """How many bytes may be on their way in at once, over all that share it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.taken = 0

    def take(self, size: int) -> None:
        """Take some; raises ProtocolError when there are not so many left."""
        if self.taken + size > self._limit:
            raise ProtocolError("Too much is coming in at once; try again.", Refusal.BUSY)
        self.taken += size

    def give_back(self, size: int) -> None:
        """Give back what was taken."""
        self.taken -= size


class Reservation:
    """What one connection keeps in memory: a little that is its own, more of a quota."""

    def __init__(self, quota: ByteQuota) -> None:
        self._quota = quota
        self.kept = 0

    def take(self, size: int) -> None:
        """Keep so many bytes more; raises ProtocolError when there is no room for them."""
        self._quota.take(_beyond(self.kept + size) - _beyond(self.kept))
        self.kept += size

    def give_back(self, size: int) -> None:
        """Keep so many bytes less."""
        self._quota.give_back(_beyond(self.kept) - _beyond(self.kept - size))
        self.kept -= size

    def give_back_all(self) -> None:
        """Keep nothing any longer."""
        self.give_back(self.kept)


def _beyond(size: int) -> int:
    """Return how many of `size` bytes count against the quota."""
    return max(0, size - FREE_BYTES)
