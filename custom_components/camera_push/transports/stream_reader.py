"""A stream reader for senders that do not end a connection in order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, override

# What is read at once is looked through at once, and holds up the event loop for some milliseconds at most.
READ_BYTES: Final = 16 * 1024


class ArrivedReader(asyncio.StreamReader):
    """Gives what had arrived before a connection was lost: a sender may reset it after its last byte.

    `error` is why it was lost; None while it is open, and when the sender closed it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=READ_BYTES, loop=loop)
        self.error: Exception | None = None

    @override
    def set_exception(self, exc: Exception) -> None:
        self.error = exc
        self.feed_eof()


def arrived_protocol(
    connected: Callable[[ArrivedReader, asyncio.StreamWriter], Awaitable[None] | None],
) -> Callable[[], asyncio.StreamReaderProtocol]:
    """Return the protocol factory of a server that calls `connected` for each connection."""
    loop = asyncio.get_running_loop()
    # Of the reader that it is called with.
    callback: Any = connected

    def factory() -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(ArrivedReader(loop), callback, loop=loop)

    return factory
