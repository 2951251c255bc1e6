"""Tells pushes in the order in which they were complete: what is all here first is told first.

It orders what is decoded or completed at the same time, and refuses and slows down nothing, which is up to
`PushLimiter` before it; threads are shared out by `SerialExecutor`. A push takes its place at the end of its
body, not at its begin: one that is slow or stalled must not hold back an alarm that is all here.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager

type WaitForTurn = Callable[[], Awaitable[None]]


class ArrivalOrder:
    """Gives out places, each after those taken before it under the same keys: a sender's, or cameras'."""

    def __init__(self) -> None:
        self._places: defaultdict[Hashable, list[asyncio.Event]] = defaultdict(list)

    @contextmanager
    def place(self, *keys: Hashable) -> Iterator[WaitForTurn]:
        """Take a place until the end of the block; yield a function that waits until it is first."""
        before = [place for key in keys for place in self._places[key]]
        is_left = asyncio.Event()
        for key in keys:
            self._places[key].append(is_left)

        async def wait_for_turn() -> None:
            for place in before:
                # Most are left by then, where many came at once.
                if not place.is_set():
                    await place.wait()

        try:
            yield wait_for_turn
        finally:
            is_left.set()
            for key in keys:
                self._places[key].remove(is_left)
                if not self._places[key]:
                    del self._places[key]
