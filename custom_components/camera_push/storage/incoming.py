"""Clips on their way in: on disk as they arrive, gone unless they are taken over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from io import BufferedWriter
import logging
from pathlib import Path
from typing import Final
from uuid import uuid4

from ..domain.errors import ProtocolError
from ..domain.media import CLIP_HEAD_BYTES, Clip, clip_type
from ..domain.quota import ByteQuota
from .files import private

_LOGGER = logging.getLogger(__name__)

_BUFFER_BYTES: Final = 1024 * 1024


type NewClip = Callable[[], Awaitable[IncomingClip]]


@asynccontextmanager
async def incoming_clips(folder: Path, quota: ByteQuota) -> AsyncIterator[NewClip]:
    """Yield a function that opens a file for a clip; what is not moved away is deleted at the end."""
    clips: list[IncomingClip] = []

    async def new() -> IncomingClip:
        clips.append(clip := IncomingClip(folder / f"clip-{uuid4().hex}", quota))
        await clip.open()
        return clip

    try:
        yield new
    finally:
        for clip in clips:
            await asyncio.shield(clip.discard())


class IncomingClip:
    """A temporary file that a clip is written to.

    A disk that does not take the clip costs the clip, and never the alarm that it came with: then the clip's
    bytes are read and dropped.
    """

    def __init__(self, path: Path, quota: ByteQuota) -> None:
        """Keep the path; `open` makes the file."""
        self._path = path
        self._quota = quota
        self._file: BufferedWriter | None = None
        self._buffer = bytearray()
        self._head = b""
        self._size = 0
        self._failed = False

    async def _run[T](self, function: Callable[[], T]) -> T | None:
        """Run a function that raises OSError; it is the last one then."""
        try:
            return await asyncio.get_running_loop().run_in_executor(None, function)
        except OSError as err:
            _LOGGER.debug("A clip cannot be written: %s", err)
            self._failed = True
            self._buffer.clear()
            return None

    async def open(self) -> None:
        """Create the file."""
        self._file = await self._run(lambda: open(self._path, "xb", opener=private))  # noqa: SIM115  # Path.open takes no opener; discard() closes it.

    async def write(self, data: bytes) -> None:
        """Append bytes."""
        if self._failed:
            return
        try:
            self._quota.take(len(data))
        except ProtocolError:
            _LOGGER.debug("A clip is dropped: too much of clips is on the way")
            self._failed = True
            self._buffer.clear()
            return
        self._buffer += data
        self._size += len(data)
        if len(self._head) < CLIP_HEAD_BYTES:
            self._head += data[: CLIP_HEAD_BYTES - len(self._head)]
        if len(self._buffer) >= _BUFFER_BYTES:
            await self._flush()

    async def _flush(self) -> None:
        if (file := self._file) is not None and not self._failed:
            data, self._buffer = self._buffer, bytearray()
            await self._run(lambda: file.write(data))

    async def finish(self) -> Clip | None:
        """Close the file and return the clip, None if it could not be written."""
        await self._flush()
        await self._run(self._close)
        return None if self._failed else Clip(self._path, self._size, clip_type(self._head))

    def _close(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            file.close()

    async def discard(self) -> None:
        """Close and delete the file, if it is still there."""
        self._quota.give_back(self._size)
        self._size = 0

        def discard() -> None:
            with suppress(OSError):
                self._close()
            self._path.unlink(missing_ok=True)

        await self._run(discard)
