"""How many bytes may be on their way in at once, in memory or on the disk."""

from collections import Counter
from typing import Final

from .errors import ProtocolError, Refusal

# Each connection may keep this much beside the quota: a full quota does not keep usual pictures out.
FREE_BYTES: Final = 256 * 1024


class ByteQuota:
    """How many bytes may be on their way in at once, over all that share it.

    A sender that is named keeps no more of it than it leaves free: one half of it, two a third each. However
    many there are, there is room for another one.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._of_sender: Counter[str] = Counter()
        self.taken = 0

    def take(self, size: int, sender: str | None = None) -> None:
        """Take some bytes; raises ProtocolError when fewer are left."""
        taken = self.taken + size
        kept = 0 if sender is None else self._of_sender[sender] + size
        if taken + kept > self._limit:
            raise ProtocolError("Too much is coming in at once; try again.", Refusal.BUSY)
        self.taken = taken
        if sender is not None:
            self._of_sender[sender] = kept

    def give_back(self, size: int, sender: str | None = None) -> None:
        """Give bytes back."""
        self.taken -= size
        if sender is not None:
            self._of_sender[sender] -= size
            if not self._of_sender[sender]:
                del self._of_sender[sender]


class Reservation:
    """The memory of one connection: a little of its own, the rest from a quota."""

    def __init__(self, quota: ByteQuota, sender: str | None = None) -> None:
        self._quota = quota
        self._sender = sender
        self.kept = 0

    def take(self, size: int) -> None:
        """Reserve further bytes; raises ProtocolError when there is no room for them."""
        kept = self.kept + size
        if kept > FREE_BYTES:
            self._quota.take(kept - max(self.kept, FREE_BYTES), self._sender)
        self.kept = kept

    def give_back(self, size: int) -> None:
        """Release some bytes."""
        if self.kept > FREE_BYTES:
            self._quota.give_back(self.kept - max(self.kept - size, FREE_BYTES), self._sender)
        self.kept -= size

    def give_back_all(self) -> None:
        """Release all bytes."""
        self.give_back(self.kept)
