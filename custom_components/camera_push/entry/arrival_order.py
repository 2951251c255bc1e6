"""Tells pushes in the order in which they were complete: what is all here first is told first.

It orders what is decoded or completed at the same time, and refuses and slows down nothing, which is up to
`PushLimiter` before it; threads are shared out by `SerialExecutor`. A push takes its place at the end of its
body, not at its begin: one that is slow or stalled must not hold back an alarm that is all here.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence

type WaitForTurn = Callable[[], Awaitable[None]]


class ArrivalOrder:
    """Gives out places, each after those taken before it under the same keys: a sender's, or cameras'."""

    def __init__(self) -> None:
        self._places: defaultdict[Hashable, list[asyncio.Event]] = defaultdict(list)

    def place(self, *keys: Hashable) -> Place:
        """Return a place, for a block: its function waits until it is first."""
        return Place(self._places, keys)


class Place:
    """A place among others, until the end of the block."""

    def __init__(self, places: defaultdict[Hashable, list[asyncio.Event]], keys: Sequence[Hashable]) -> None:
        self._places = places
        self._keys = keys
        self._before = [place for key in keys for place in places[key]]
        self._is_left = asyncio.Event()
        for key in keys:
            places[key].append(self._is_left)

    async def _wait_for_turn(self) -> None:
        for place in self._before:
            # Most are left by then, where many came at once.
            if not place.is_set():
                await place.wait()

    def __enter__(self) -> WaitForTurn:
        return self._wait_for_turn

    def __exit__(self, *_error: object) -> None:
        self._is_left.set()
        for key in self._keys:
            self._places[key].remove(self._is_left)
            if not self._places[key]:
                del self._places[key]
