"""The bytes of one TCP connection, cut into messages, within limits of time and memory."""

import asyncio
from contextlib import suppress
from typing import Final

from ..domain.errors import ProtocolError, Refusal
from ..domain.json_stream import JsonObjects
from ..domain.quota import ByteQuota, Reservation
from .stream_reader import READ_BYTES

MAX_MESSAGE_BYTES: Final = 32 * 1024 * 1024
# An object that was begun has so long to come.
MESSAGE_TIMEOUT_SECONDS: Final = 60
# Between objects a camera may be silent: closing its connection could cost the next event, as
# TCP does not tell a sender what was not read.
IDLE_TIMEOUT_SECONDS: Final = 24 * 60 * 60
# Nothing more of a connection has arrived, when nothing was read from it for this long.
_QUIET_SECONDS: Final = 0.05


class JsonStream:
    """What comes through one connection, cut into messages, within limits of time and memory."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, quota: ByteQuota, address: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._objects = JsonObjects(MAX_MESSAGE_BYTES)
        self._share = Reservation(quota, address)
        # For the message that is on its way.
        self._waited = 0.0
        self._idle_seconds: float = IDLE_TIMEOUT_SECONDS
        self._timeout: asyncio.Timeout | None = None
        self._is_finishing = False
        self._hanging_up: asyncio.TimerHandle | None = None
        # Of the message that is on its way, or was handed on last.
        self.size = 0

    def next(self) -> bytes | None:
        """Return the next message, None while it is not complete; raises ProtocolError."""
        text = self._objects.next()
        kept = self._objects.pending
        if text is not None:
            self._waited = 0.0
            self.size = len(text)
            kept += len(text)
        # What was handed on last is not kept any longer.
        self._share.give_back(self._share.kept - kept)
        return text

    async def read(self) -> int:
        """Read on and return how many bytes came, 0 at the end; raises ProtocolError."""
        loop = asyncio.get_running_loop()
        # An object has so long to come, however slowly its bytes do; the time that we take does not count.
        is_inside = bool(self._objects.pending)
        limit = MESSAGE_TIMEOUT_SECONDS - self._waited if is_inside else self._idle_seconds
        begin = loop.time()
        try:
            async with asyncio.timeout(limit) as self._timeout:
                data = await self._reader.read(READ_BYTES)
        except TimeoutError as err:
            if self._is_finishing:
                return 0
            raise ProtocolError(
                f"The message took longer than {MESSAGE_TIMEOUT_SECONDS} seconds to arrive."
                if is_inside
                else "Nothing came for a day.",
                Refusal.TIMEOUT,
            ) from err
        finally:
            self._timeout = None
        if not data and is_inside and not self._is_finishing:
            raise ProtocolError(
                "The connection was lost before the message was complete.", Refusal.DISCONNECTED
            )
        self._waited = self._waited + loop.time() - begin if is_inside else 0.0
        self._share.take(len(data))
        self._objects.feed(data)
        self.size = self._objects.pending
        return len(data)

    def finish(self) -> None:
        """Read no further than to the end of what has arrived, and of the message that has begun."""
        self._is_finishing = True
        self._idle_seconds = _QUIET_SECONDS
        # Senders that look know that what they send from now on may not be taken.
        with suppress(OSError):
            self._writer.write_eof()
        if self._timeout is not None and not self._objects.pending:
            self._timeout.reschedule(asyncio.get_running_loop().time() + _QUIET_SECONDS)

    def finish_within(self, seconds: float) -> None:
        """Do so, and hang up after a while, even in the middle of a message."""
        self.finish()
        self._hanging_up = asyncio.get_running_loop().call_later(seconds, self.hang_up)

    def hang_up(self) -> None:
        """Have no more come; what has been read from the connection is still handed on."""
        self._is_finishing = True
        self._writer.close()

    def close(self) -> None:
        """Give back what is kept."""
        if self._hanging_up is not None:
            self._hanging_up.cancel()
        self._share.give_back_all()
