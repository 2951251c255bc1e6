"""Where large texts are decoded: off the event loop, one at a time, each sender in its turn.

It shares out one thread among the senders of an entry, in turns that say nothing of what is told when: small
texts are decoded beside it. `ArrivalOrder` restores the order afterwards, and `PushLimiter` has decided
before whether a push is read at all: neither knows of threads.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from ..domain.errors import unavailable
from .push import Runner


class SerialExecutor:
    """One thread: a text of 32 MiB with pictures inside is there several times while it is decoded.

    Each further thread would keep memory of its own. Senders take turns, so that nobody waits for
    more than one text of each other sender.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="camera_push decoder")
        self._is_busy = False
        # Who waits for the thread, by sender; the sender whose turn is next comes first.
        self._waiting: dict[str | None, deque[asyncio.Future[None]]] = {}

    def runner(self, sender: str | None) -> Runner:
        """Return a function that runs a function for a sender."""
        return partial(self.run, sender=sender)

    async def run[T](self, function: Callable[[bytes], T], data: bytes, sender: str | None = None) -> T:
        """Return what a function returns for large data; raises ProtocolError after `close`."""
        await self._wait(sender)
        try:
            running = asyncio.get_running_loop().run_in_executor(self._executor, function, data)
        except RuntimeError as err:
            # The thread is gone.
            self._go_on()
            raise unavailable() from err
        running.add_done_callback(lambda _: self._go_on())
        try:
            return await running
        finally:
            # It holds its error, which holds this frame and with it all that was decoded.
            del running

    async def _wait(self, sender: str | None) -> None:
        """Return when it is the sender's turn; then the thread is taken."""
        if not self._is_busy:
            self._is_busy = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(sender, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # It was its turn already.
                self._go_on()
            raise

    def _go_on(self) -> None:
        """Let the next sender have the thread."""
        while self._waiting:
            sender = next(iter(self._waiting))
            line = self._waiting.pop(sender)
            # Who hung up meanwhile has no turn.
            while line and (turn := line.popleft()).done():
                pass
            if line:
                # Others come first now.
                self._waiting[sender] = line
            if not turn.done():
                turn.set_result(None)
                return
        self._is_busy = False

    def close(self) -> None:
        """Wait for what is being decoded, and end the thread; blocks."""
        self._executor.shutdown()
