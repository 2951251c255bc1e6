"""Messages that are told and not on the disk yet, within a limit of memory."""

import asyncio
from typing import Final

# What a message takes besides its text: its record, a place among those that wait, a task.
OVERHEAD_BYTES: Final = 16 * 1024


class WriteBacklog:
    """The memory of messages that are being written: a slow disk slows down senders, once it is used up."""

    def __init__(self, limit: int) -> None:
        """Let messages of `limit` bytes be written at a time."""
        self._limit = limit
        self._freed = asyncio.Event()
        self.taken = 0

    async def reserve(self, size: int) -> None:
        """Return when there is room for a message; by itself, one of any size has it."""
        size += OVERHEAD_BYTES
        while self.taken and self.taken + size > self._limit:
            self._freed.clear()
            await self._freed.wait()
        self.taken += size

    def release(self, size: int) -> None:
        """Give back what was reserved for a message."""
        self.taken -= size + OVERHEAD_BYTES
        self._freed.set()
