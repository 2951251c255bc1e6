"""How many bytes may be on their way in at once, in memory or on the disk."""

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
        """Take some bytes; raises ProtocolError when fewer are left."""
        if self.taken + size > self._limit:
            raise ProtocolError("Too much is coming in at once; try again.", Refusal.BUSY)
        self.taken += size

    def give_back(self, size: int) -> None:
        """Give bytes back."""
        self.taken -= size


class Reservation:
    """The memory of one connection: a little of its own, the rest from a quota."""

    def __init__(self, quota: ByteQuota) -> None:
        self._quota = quota
        self.kept = 0

    def take(self, size: int) -> None:
        """Reserve further bytes; raises ProtocolError when there is no room for them."""
        kept = self.kept + size
        if kept > FREE_BYTES:
            self._quota.take(kept - max(self.kept, FREE_BYTES))
        self.kept = kept

    def give_back(self, size: int) -> None:
        """Release some bytes."""
        if self.kept > FREE_BYTES:
            self._quota.give_back(self.kept - max(self.kept - size, FREE_BYTES))
        self.kept -= size

    def give_back_all(self) -> None:
        """Release all bytes."""
        self.give_back(self.kept)
