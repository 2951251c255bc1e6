"""How many may push at once: a fair share for each sender, and memory for all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from ..core.errors import ProtocolError, Refusal
from .listener import Budget

# Of one address. Cameras behind one router share it; one of them has one push on its way, or a few.
MAX_OF_ONE: Final = 64
# Of all, for one entry.
MAX_OF_ALL: Final = 256
# Pictures and texts that wait in memory for the end of their push; clips go to the disk as they come.
MAX_WAITING_BYTES: Final = 256 * 1024 * 1024


class Door:
    """Where an entry's pushes over HTTP come in.

    It is not the rate that is limited: who sends one push after the other, as a camera does that
    kept its events through an outage, is slowed down by our answers. It is how many are on
    their way at the same time, which is what a flood or hundreds of slow senders need.
    """

    def __init__(self) -> None:
        """Begin with nobody inside."""
        self._inside: Counter[str] = Counter()
        self._budget = Budget(MAX_WAITING_BYTES)

    @contextmanager
    def enter(self, address: str | None) -> Iterator[Callable[[int], None]]:
        """Let a push in, and yield what it has to call for the bytes that it keeps in memory.

        Raises ProtocolError when its sender, or all together, have too many on their way, and so does
        what is yielded when there is no memory left.
        """
        address = address or "?"
        if self._inside[address] >= MAX_OF_ONE:
            raise ProtocolError(
                "Too many pushes of this sender are on their way at once; try again.", Refusal.TOO_MANY
            )
        if self._inside.total() >= MAX_OF_ALL:
            raise ProtocolError("Too many pushes are on their way at once; try again.", Refusal.BUSY)
        kept = 0

        def keep(size: int) -> None:
            nonlocal kept
            self._budget.take(size)
            kept += size

        self._inside[address] += 1
        try:
            yield keep
        finally:
            self._budget.give_back(kept)
            self._inside[address] -= 1
            if not self._inside[address]:
                del self._inside[address]

    def state(self) -> dict[str, Any]:
        """Return what there is to know, for diagnostics."""
        return {"inside": self._inside.total(), "waiting_bytes": self._budget.taken}
