"""Where large texts are decoded: off the event loop, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ..domain.errors import unavailable


class SerialExecutor:
    """One thread: a text of 32 MiB with pictures inside is there several times while it is decoded.

    Each further thread would keep memory of its own.
    """

    def __init__(self) -> None:
        """Begin without a thread; it is made when there is something to decode."""
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="camera_push decoder")

    async def run[T](self, function: Callable[[bytes], T], data: bytes) -> T:
        """Return what a function returns for large data; raises ProtocolError after `close`."""
        try:
            running = asyncio.get_running_loop().run_in_executor(self._executor, function, data)
        except RuntimeError as err:
            # The thread is gone.
            raise unavailable() from err
        try:
            return await running
        finally:
            # It holds its error, which holds this frame and with it all that was decoded.
            del running

    def close(self) -> None:
        """Wait for what is being decoded, and end the thread; blocks."""
        self._executor.shutdown()
