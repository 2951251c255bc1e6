"""multipart/form-data as a stream: small parts into memory, clips to disk, all within limits.

The only module that imports `multipart`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import Enum, auto
import re
from typing import Final

from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

from ..core.errors import ProtocolError, Refusal
from ..core.media import MAX_CLIP_BYTES, MAX_PICTURE_BYTES, Clip
from ..core.shape import SeenPart
from .push import Push, too_large

MAX_PARTS: Final = 32
MAX_PART_HEADER_BYTES: Final = 8 * 1024
MAX_TEXT_BYTES: Final = 4 * 1024
# All parts that are kept in memory together.
MAX_MEMORY_BYTES: Final = 48 * 1024 * 1024
# A form with one clip, and room for everything else.
MAX_FORM_BYTES: Final = MAX_CLIP_BYTES + MAX_MEMORY_BYTES


class PartKind(Enum):
    """What to do with a part."""

    TEXT = auto()
    PICTURE = auto()
    JSON = auto()
    CLIP = auto()
    SKIP = auto()


MAX_JSON_BYTES: Final = 32 * 1024 * 1024
_LIMITS: Final = {
    PartKind.TEXT: (MAX_TEXT_BYTES, "A text field"),
    PartKind.PICTURE: (MAX_PICTURE_BYTES, "The picture"),
    PartKind.JSON: (MAX_JSON_BYTES, "The JSON text"),
    PartKind.CLIP: (MAX_CLIP_BYTES, "The clip"),
    PartKind.SKIP: (MAX_PICTURE_BYTES, "A part"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHeader:
    """What a part's headers say; `filename` and `content_type` are "" where it says nothing."""

    name: str
    filename: str
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part that was received whole: in `data`, or in `clip` where it is a clip that is not empty."""

    header: PartHeader
    kind: PartKind
    data: bytes = b""
    clip: Clip | None = None

    @property
    def text(self) -> str:
        """Return the part as text; raises ProtocolError when it is not UTF-8."""
        try:
            return self.data.decode()
        except UnicodeDecodeError as err:
            raise ProtocolError(f"The field {self.header.name} is not UTF-8 text.", Refusal.ENCODING) from err


async def read_form(push: Push, classify: Callable[[PartHeader], PartKind]) -> list[Part]:
    """Return the parts of a multipart/form-data push in the order in which they came.

    `classify` says for each part what it is. Raises ProtocolError when the body is no such
    form, ends early or breaks a limit: 32 parts, 8 KiB of headers a part, 4 KiB a text,
    10 MiB a picture, 256 MiB a clip. Parts classified as SKIP are read and dropped.
    """
    if not push.boundary:
        raise ProtocolError("The multipart body has no boundary.", Refusal.FORMAT)
    try:
        with PushMultipartParser(
            push.boundary,
            max_header_size=MAX_PART_HEADER_BYTES,
            max_header_count=32,
            max_segment_count=MAX_PARTS,
            max_segment_size=MAX_CLIP_BYTES,
        ) as parser:
            return await _Reader(classify, push).read(parser)
    except ParserLimitReached as err:
        raise ProtocolError(f"The form breaks a limit: {err.args[0]}.", Refusal.SIZE) from err
    except MultipartError as err:
        raise ProtocolError(f"The form is damaged or incomplete: {err.args[0]}.", Refusal.ENCODING) from err


class _Reader:
    """Collects the parts of one form."""

    def __init__(self, classify: Callable[[PartHeader], PartKind], push: Push) -> None:
        self._classify = classify
        self._push = push
        self._parts: list[Part] = []
        self._in_memory = 0

    async def read(self, parser: PushMultipartParser) -> list[Part]:
        events = self._events(parser)
        async for event in events:
            if isinstance(event, MultipartSegment):
                header = _part_header(event)
                await self._read_part(header, self._classify(header), events)
        return self._parts

    async def _events(self, parser: PushMultipartParser) -> AsyncIterator[MultipartSegment | bytes | None]:
        async for chunk in crlf_lines(self._push.chunks(MAX_FORM_BYTES, "The form"), parser.boundary):
            for event in parser.parse(chunk):
                yield event
        list(parser.parse(b""))  # The end: raises if the form is not complete.

    async def _read_part(
        self, header: PartHeader, kind: PartKind, events: AsyncIterator[MultipartSegment | bytes | None]
    ) -> None:
        seen = self._push.seen.part(header.name, header.content_type)
        if kind is PartKind.CLIP:
            self._parts.append(await self._read_clip(header, events, seen))
            return
        limit, what = _LIMITS[kind]
        size = 0
        chunks: list[bytes] = []
        while isinstance(chunk := await anext(events), bytes):
            size += len(chunk)
            seen.bytes = size
            if size > limit:
                raise too_large(what, limit)
            if kind is PartKind.SKIP:
                continue
            await self._push.keep(len(chunk))
            self._in_memory += len(chunk)
            if self._in_memory > MAX_MEMORY_BYTES:
                raise too_large("The form without its clip", MAX_MEMORY_BYTES)
            chunks.append(chunk)
        if kind is not PartKind.SKIP:
            self._parts.append(Part(header=header, kind=kind, data=b"".join(chunks)))

    async def _read_clip(
        self,
        header: PartHeader,
        events: AsyncIterator[MultipartSegment | bytes | None],
        seen: SeenPart,
    ) -> Part:
        chunk = await anext(events)
        if not isinstance(chunk, bytes):
            return Part(header=header, kind=PartKind.CLIP)
        writer = await self._push.new_clip()
        size = 0
        while isinstance(chunk, bytes):
            size += len(chunk)
            seen.bytes = size
            if size > MAX_CLIP_BYTES:
                raise too_large("The clip", MAX_CLIP_BYTES)
            await writer.write(chunk)
            chunk = await anext(events)
        return Part(header=header, kind=PartKind.CLIP, clip=await writer.finish())


def _part_header(segment: MultipartSegment) -> PartHeader:
    if sum(len(name) + len(value) + 4 for name, value in segment.headerlist) > MAX_PART_HEADER_BYTES:
        raise too_large("The header of a part", MAX_PART_HEADER_BYTES)
    return PartHeader(
        name=segment.name or "", filename=segment.filename or "", content_type=segment.content_type or ""
    )


async def crlf_lines(chunks: AsyncIterator[bytes], boundary: bytes) -> AsyncIterator[bytes]:
    """Yield a multipart body with the line ends that the standard asks for.

    Cheap firmware may end lines with LF alone. The first line tells: a body whose first
    boundary ends in CRLF passes untouched, at no cost. Otherwise the LFs around boundaries
    and part headers become CRLF; the content of parts is never changed.
    """
    first = b""
    async for chunk in chunks:
        first += chunk
        if b"\n" in first or len(first) > len(boundary) + 4:
            break
    line, newline, _ = first.partition(b"\n")
    if not newline or line != b"--" + boundary:
        yield first
        async for chunk in chunks:
            yield chunk
        return
    async for chunk in _lf_to_crlf(first, chunks, boundary):
        yield chunk


async def _lf_to_crlf(first: bytes, chunks: AsyncIterator[bytes], boundary: bytes) -> AsyncIterator[bytes]:
    """Yield `first` and the rest with CRLF around boundaries and in part headers."""
    # A delimiter with its part's header lines, or the closing delimiter. What might be the
    # beginning of one at the end of the buffer waits for the next chunk.
    delimiter = re.compile(b"\n--" + re.escape(boundary) + rb"(?:--|\n(?:[^\n]+\n)*\n)")
    longest = len(boundary) + MAX_PART_HEADER_BYTES + 8
    buffer = b"\n" + first
    at_end = False
    while True:
        while match := delimiter.search(buffer):
            yield buffer[: match.start()] + match[0].replace(b"\n", b"\r\n")
            buffer = buffer[match.end() :]
        # Only a complete match may be passed on from here: hold back what could still become one.
        start = buffer.rfind(b"\n--" + boundary)
        if start < 0:
            start = max(len(buffer) - len(boundary) - 3, 0)
        elif len(buffer) - start > longest:
            raise too_large("The header of a part", MAX_PART_HEADER_BYTES)
        if at_end:
            yield buffer
            return
        if start:
            yield buffer[:start]
            buffer = buffer[start:]
        try:
            buffer += await anext(chunks)
        except StopAsyncIteration:
            at_end = True
