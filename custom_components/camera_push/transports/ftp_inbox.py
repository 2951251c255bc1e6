"""Takes in the files that FTP clients deliver: from the data connection to whoever receives them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
import logging
from pathlib import PurePosixPath
from typing import Any, Final

from ..domain.errors import ProtocolError, Refusal
from ..domain.http_line import http_request_refused, is_http_request
from ..domain.media import MAX_PICTURE_BYTES, usable_picture
from ..domain.quota import ByteQuota, Reservation
from .ftp_data import Connection, DataPort, NoDataConnectionError
from .push import too_large

_LOGGER = logging.getLogger(__name__)

MAX_FILE_BYTES: Final = MAX_PICTURE_BYTES
# In memory at once, over all connections.
MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
DATA_CONNECTION_TIMEOUT_SECONDS: Final = 20
TRANSFER_TIMEOUT_SECONDS: Final = 60
# When the port is closed: the time for files that have begun to arrive.
CLOSING_SECONDS: Final = 1
_BLOCK_BYTES: Final = 64 * 1024
# So much of a file says whether it is a browser's request.
_HEAD_BYTES: Final = 16

type Receive = Callable[[PurePosixPath, bytes, str], Awaitable[None]]
type NoteRefused = Callable[[ProtocolError, str, int], None]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was stored, and the memory that it takes."""

    content: bytes
    reservation: Reservation


class FtpInbox:
    """Reads files and hands them on, in tasks of its own: clients hang up as soon as they have sent all."""

    def __init__(self, receive: Receive, note_refused: NoteRefused) -> None:
        """Call `receive` with each file's path and content and the sender's address.

        It raises ProtocolError. `note_refused` is told of each refusal, with address and size.
        """
        self._receive = receive
        self._note_refused = note_refused
        self._quota = ByteQuota(MAX_WAITING_BYTES)
        self._reading: set[asyncio.Task[None]] = set()
        self._receiving: set[asyncio.Task[ProtocolError | None]] = set()
        self._files = 0

    def state(self) -> dict[str, Any]:
        """Return the numbers for diagnostics."""
        return {"files": self._files, "waiting_bytes": self._quota.taken}

    def begin(self, transfer: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a transfer, which does not raise, whatever becomes of its session."""
        task = asyncio.get_running_loop().create_task(transfer)
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)
        return task

    async def finish(self) -> None:
        """Return when nothing is arriving any more, or it had time to."""
        if self._reading:
            await asyncio.wait(tuple(self._reading), timeout=CLOSING_SECONDS)

    async def close(self) -> None:
        """End what is still arriving, and return once all that was here is received."""
        for transfer in self._reading:
            transfer.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)
        await asyncio.gather(*self._receiving, return_exceptions=True)

    async def read(self, port: DataPort, address: str) -> Upload:
        """Return the file that comes through a data port.

        Raises ProtocolError, NoDataConnectionError, and OSError when it is broken off.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + DATA_CONNECTION_TIMEOUT_SECONDS
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    connection = await port.connection()
            except TimeoutError as err:
                raise NoDataConnectionError from err
            reservation = Reservation(self._quota, address)
            content = bytearray()
            try:
                await self._read(connection, content, reservation)
            except BaseException as err:
                reservation.give_back_all()
                if isinstance(err, ProtocolError):
                    self._note_refused(err, address, len(content))
                    if err.refusal is Refusal.HTTP:
                        # A page's, in a browser on the client's system: the file is still to come.
                        deadline = loop.time() + DATA_CONNECTION_TIMEOUT_SECONDS
                        continue
                raise
            return Upload(bytes(content), reservation)

    async def _read(self, connection: Connection, content: bytearray, reservation: Reservation) -> None:
        reader, writer = connection
        try:
            async with asyncio.timeout(TRANSFER_TIMEOUT_SECONDS):
                while data := await reader.read(_BLOCK_BYTES):
                    reservation.take(len(data))
                    content += data
                    _check(content, len(data))
        except BaseException:
            writer.transport.abort()
            raise
        writer.close()
        _check_head(content)
        # A picture has an end of its own: with it, all was sent.
        if reader.error is not None and usable_picture(bytes(content)) is None:
            raise ConnectionError("the transfer was broken off") from reader.error

    def hand_on(
        self, path: PurePosixPath, upload: Upload, address: str
    ) -> asyncio.Task[ProtocolError | None]:
        """Hand a file on; the task's result is why it was refused, None if it was taken."""
        task = asyncio.get_running_loop().create_task(self._hand_on(path, upload, address))
        self._receiving.add(task)
        task.add_done_callback(self._receiving.discard)
        return task

    async def _hand_on(self, path: PurePosixPath, upload: Upload, address: str) -> ProtocolError | None:
        try:
            await self._receive(path, upload.content, address)
        except ProtocolError as err:
            self._note_refused(err, address, len(upload.content))
            return err
        except Exception:
            _LOGGER.exception("Error while handling a file from %s", address)
            return ProtocolError("Home Assistant could not handle the file.", Refusal.INTERNAL)
        finally:
            upload.reservation.give_back_all()
        self._files += 1
        return None


def _check(content: bytearray, size: int) -> None:
    """Raise ProtocolError when a file cannot be taken, whose last `size` bytes have just come."""
    if len(content) > MAX_FILE_BYTES:
        raise too_large("The file", MAX_FILE_BYTES)
    if len(content) - size < _HEAD_BYTES <= len(content):
        _check_head(content)


def _check_head(content: bytearray) -> None:
    if is_http_request(bytes(content[:_HEAD_BYTES])):
        raise http_request_refused()
