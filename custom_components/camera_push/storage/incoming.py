"""Clips on their way in: on disk as they arrive, gone unless they are taken over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from io import BufferedWriter
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

from ..domain.media import CLIP_HEAD_BYTES, Clip, clip_type

_BUFFER_BYTES: Final = 1024 * 1024


class IncomingClips:
    """The clips of one push: a context at whose end nothing is left that was not moved away."""

    def __init__(self, folder: Path) -> None:
        """Use `folder` for temporary files."""
        self._folder = folder
        self._clips: list[IncomingClip] = []

    async def new(self) -> IncomingClip:
        """Open a temporary file for a clip; raises OSError."""
        clip = IncomingClip(self._folder / f"clip-{uuid4().hex}")
        self._clips.append(clip)
        await clip.open()
        return clip

    async def __aenter__(self) -> Self:
        """Start with no clips."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete what nobody took over."""
        for clip in self._clips:
            await asyncio.shield(clip.discard())


class IncomingClip:
    """A temporary file that a clip is written to."""

    def __init__(self, path: Path) -> None:
        """Keep the path; `open` makes the file."""
        self._path = path
        self._file: BufferedWriter | None = None
        self._buffer = bytearray()
        self._head = b""
        self._size = 0

    async def _run[T](self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(None, function)

    async def open(self) -> None:
        """Create the file; raises OSError."""
        self._file = await self._run(lambda: self._path.open("xb"))

    async def write(self, data: bytes) -> None:
        """Append bytes; raises OSError."""
        self._buffer += data
        self._size += len(data)
        if len(self._head) < CLIP_HEAD_BYTES:
            self._head += data[: CLIP_HEAD_BYTES - len(self._head)]
        if len(self._buffer) >= _BUFFER_BYTES:
            await self._flush()

    async def _flush(self) -> None:
        if (file := self._file) is None:
            raise ValueError("The clip is not open")
        data, self._buffer = self._buffer, bytearray()
        await self._run(lambda: file.write(data))

    async def finish(self) -> Clip:
        """Close the file and return the clip; raises OSError."""
        await self._flush()
        await self._run(self._close)
        return Clip(self._path, self._size, clip_type(self._head))

    def _close(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            file.close()

    async def discard(self) -> None:
        """Close and delete the file, if it is still there."""

        def discard() -> None:
            try:
                self._close()
            finally:
                self._path.unlink(missing_ok=True)

        await self._run(discard)
