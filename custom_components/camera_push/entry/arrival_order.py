"""Keeps the messages of one sender in the order in which they arrived, however long each takes to decode."""

from __future__ import annotations

import asyncio


class ArrivalOrder:
    """Gives each push its place, by the sender's address, at the moment at which all of it is here."""

    def __init__(self) -> None:
        self._last: dict[str | None, asyncio.Future[None]] = {}

    def place(self, address: str | None) -> Place:
        """Return the place of a push that is complete now."""
        return Place(self._last, address)


class Place:
    """The place of one push."""

    def __init__(self, last: dict[str | None, asyncio.Future[None]], address: str | None) -> None:
        self._last = last
        self._address = address
        self._previous = last.get(address)
        self._own: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        last[address] = self._own

    async def wait(self) -> None:
        """Return when it is the push's turn: the one before it was decoded."""
        if self._previous is not None:
            await asyncio.shield(self._previous)

    def leave(self) -> None:
        """Let the next push have its turn."""
        if not self._own.done():
            self._own.set_result(None)
        if self._last.get(self._address) is self._own:
            del self._last[self._address]
