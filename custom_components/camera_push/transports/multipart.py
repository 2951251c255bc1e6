"""multipart/form-data as a stream: small parts into memory, clips to disk, all within limits.

The only module that imports `multipart`.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from enum import Enum, auto
from typing import Final, NamedTuple

from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

from ..domain.errors import ProtocolError, Refusal
from ..domain.media import (
    MAX_CLIP_BYTES,
    MAX_PICTURE_BYTES,
    UNKNOWN_CLIP,
    Clip,
    clip_type,
    picture_type,
)
from ..domain.undecoded import SeenPart
from .push import MAX_FORM_BYTES, MAX_MEMORY_BYTES, ClipWriter, Push, too_large

MAX_PARTS: Final = 32
MAX_PART_HEADER_BYTES: Final = 8 * 1024
# Of one line; a folded one is copied for each of its lines.
_MAX_HEADER_LINE_BYTES: Final = 2 * 1024
# Headers cost most for each byte: all that a form may have hold up the event loop for some milliseconds.
_READ_BYTES: Final = 64 * 1024
_BREATH_SECONDS: Final = 0.005
MAX_TEXT_BYTES: Final = 4 * 1024


class PartKind(Enum):
    """What to do with a part."""

    TEXT = auto()
    PICTURE = auto()
    JSON = auto()
    CLIP = auto()
    # Whichever of these its first bytes are; anything else is skipped.
    PICTURE_OR_CLIP = auto()
    SKIP = auto()


MAX_JSON_BYTES: Final = 32 * 1024 * 1024
_LIMITS: Final = {
    PartKind.TEXT: (MAX_TEXT_BYTES, "A text field"),
    PartKind.PICTURE: (MAX_PICTURE_BYTES, "The picture"),
    PartKind.JSON: (MAX_JSON_BYTES, "The JSON text"),
    PartKind.CLIP: (MAX_CLIP_BYTES, "The clip"),
    PartKind.PICTURE_OR_CLIP: (MAX_PICTURE_BYTES, "A part"),
    PartKind.SKIP: (MAX_PICTURE_BYTES, "A part"),
}


class PartHeader(NamedTuple):
    """What a part's headers say; `filename` and `content_type` are "" where it says nothing."""

    name: str
    filename: str
    content_type: str


class Part(NamedTuple):
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

    `classify` says for each part what it is. A form that ends in the middle of a picture or clip has that as
    it came, for its sender did not hang up: what else it says must not be lost. Raises ProtocolError when the
    body is no such form, ends early elsewhere or breaks a limit: 32 parts, 8 KiB of headers a part (2 KiB a
    line), 4 KiB a text, 10 MiB a picture, 256 MiB a clip. Parts classified as SKIP are read and dropped.
    """
    if not push.boundary:
        raise ProtocolError("The multipart body has no boundary.", Refusal.FORMAT)
    reader = _Reader(classify, push)
    try:
        # Its end raises if the form is not complete.
        with PushMultipartParser(
            push.boundary,
            max_header_size=_MAX_HEADER_LINE_BYTES,
            max_header_count=32,
            max_segment_count=MAX_PARTS,
            max_segment_size=MAX_CLIP_BYTES,
        ) as parser:
            return await reader.read(parser)
    except ParserLimitReached as err:
        raise ProtocolError(f"The form breaks a limit: {err.args[0]}.", Refusal.SIZE) from err
    except MultipartError as err:
        if reader.is_cut_off:
            return await reader.cut_off()
        raise ProtocolError(f"The form is damaged or incomplete: {err.args[0]}.", Refusal.ENCODING) from err


class _Reader:
    """Collects the parts of one form.

    Every push comes through here: one step for each thing that the parser finds, and no generators between.
    """

    def __init__(self, classify: Callable[[PartHeader], PartKind], push: Push) -> None:
        self._classify = classify
        self._push = push
        self._parts: list[Part] = []
        # Bytes in memory, and those of them that are to be reserved with the others of a chunk.
        self._in_memory = self._not_reserved = 0
        # The part that is on its way in, and what came of it.
        self._header = PartHeader("", "", "")
        self._kind = PartKind.SKIP
        self._seen = SeenPart("", "")
        self._chunks: list[bytes] = []
        self._writer: ClipWriter | None = None
        self._is_open = self._has_ended = False

    @property
    def is_cut_off(self) -> bool:
        """Tell whether the body ended in the middle of a picture or clip."""
        return self._has_ended and self._is_open and self._kind in (PartKind.PICTURE, PartKind.CLIP)

    async def cut_off(self) -> list[Part]:
        """Return the parts with the one that was cut off as it came."""
        await self._end()
        return self._parts

    async def read(self, parser: PushMultipartParser) -> list[Part]:
        push = self._push
        line_ends = LineEnds(parser.boundary)
        loop = asyncio.get_running_loop()
        last_breath = loop.time()
        received = 0
        while chunk := await push.read(_READ_BYTES):
            received += len(chunk)
            if received > MAX_FORM_BYTES:
                raise too_large("The form", MAX_FORM_BYTES)
            for piece in line_ends.feed(chunk):
                await self._parse(parser, piece)
            if self._not_reserved:
                await push.keep(self._not_reserved)
                self._not_reserved = 0
            # A body that is there already is read without waiting for anything.
            if loop.time() - last_breath > _BREATH_SECONDS:
                await asyncio.sleep(0)
                last_breath = loop.time()
        for piece in line_ends.end():
            await self._parse(parser, piece)
        self._has_ended = True
        return self._parts

    async def _parse(self, parser: PushMultipartParser, piece: bytes) -> None:
        for event in parser.parse(piece):
            if isinstance(event, MultipartSegment):
                self._begin(event)
            elif event is None:
                await self._end()
            elif self._take(event) is PartKind.CLIP:
                self._writer = self._writer or await self._push.new_clip()
                await self._writer.write(event)

    async def _end(self) -> None:
        self._is_open = False
        if self._kind is PartKind.CLIP:
            clip = await self._writer.finish() if self._writer is not None else None
            self._parts.append(Part(self._header, self._kind, b"", clip))
        elif self._kind not in (PartKind.SKIP, PartKind.PICTURE_OR_CLIP):
            self._parts.append(Part(self._header, self._kind, b"".join(self._chunks), None))

    def _begin(self, segment: MultipartSegment) -> None:
        size = 0
        for name, value in segment.headerlist:
            size += len(name) + len(value) + 4
        if size > MAX_PART_HEADER_BYTES:
            raise too_large("The header of a part", MAX_PART_HEADER_BYTES)
        self._header = header = PartHeader(
            segment.name or "", segment.filename or "", segment.content_type or ""
        )
        self._kind = self._classify(header)
        self._seen = SeenPart(header.name, header.content_type)
        self._push.seen.parts.append(self._seen)
        self._chunks = []
        self._writer = None
        self._is_open = True

    def _take(self, data: bytes) -> PartKind:
        """Take in some bytes of a part, but for those of a clip; return what it is."""
        if self._kind is PartKind.PICTURE_OR_CLIP:
            self._kind = _kind_of(data)
        self._seen.bytes += len(data)
        limit, what = _LIMITS[self._kind]
        if self._seen.bytes > limit:
            raise too_large(what, limit)
        if self._kind not in (PartKind.CLIP, PartKind.SKIP):
            self._not_reserved += len(data)
            self._in_memory += len(data)
            if self._in_memory > MAX_MEMORY_BYTES:
                raise too_large("The form without its clip", MAX_MEMORY_BYTES)
            self._chunks.append(data)
        return self._kind


def _kind_of(head: bytes) -> PartKind:
    """Return whether a part is a picture or a clip, by its first bytes."""
    if picture_type(head) is not None:
        return PartKind.PICTURE
    return PartKind.SKIP if clip_type(head) == UNKNOWN_CLIP else PartKind.CLIP


class LineEnds:
    """Gives a multipart body the line ends that the standard asks for.

    Cheap firmware may end lines with LF alone. The first line tells: a body whose first
    boundary ends in CRLF passes untouched, at no cost. Otherwise the LFs around boundaries
    and part headers become CRLF; the content of parts is never changed.
    """

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"\n--" + boundary
        self._knows = False
        self._changes = False
        # What is held back: the first line until it is whole, then what could become a delimiter.
        self._buffer = b""

    def feed(self, chunk: bytes) -> Iterable[bytes]:
        """Return what can be passed on now that some more bytes came; raises ProtocolError."""
        if not self._knows:
            chunk = self._buffer + chunk
            self._buffer = b""
            first_line = self._delimiter[1:] + b"\n"
            if len(chunk) < len(first_line) and first_line.startswith(chunk):
                self._buffer = chunk
                return ()
            self._knows = True
            if chunk.startswith(first_line):
                self._changes = True
                # The delimiter that a body begins with has no line end before it.
                self._buffer = b"\n"
        return self._changed(self._buffer + chunk) if self._changes else (chunk,)

    def end(self) -> Iterable[bytes]:
        """Return what was held back."""
        return (self._buffer,) if self._buffer else ()

    def _changed(self, data: bytes) -> Iterator[bytes]:
        """Yield what is complete, changed where it has to be, and hold the rest back."""
        delimiter = self._delimiter
        passed_on = at = 0
        while (begin := data.find(delimiter, at)) >= 0:
            at = begin + len(delimiter)
            end = self._end_of_delimiter(data, at)
            if end is None:
                break
            if end > at:
                if begin > passed_on:
                    yield data[passed_on:begin]
                yield data[begin:end].replace(b"\n", b"\r\n")
                passed_on = at = end
        else:
            # The rest could be the beginning of one.
            begin = max(len(data) - len(delimiter) + 1, at)
        if begin > passed_on:
            yield data[passed_on:begin]
        self._buffer = data[begin:]

    @staticmethod
    def _end_of_delimiter(data: bytes, at: int) -> int | None:
        """Return where the headers end that follow a boundary, or the dashes that end the form.

        The same position when it was none, None while that is not known.
        """
        after = data[at : at + 2]
        if after == b"--":
            return at + 2
        if after[:1] == b"\n":
            if (end := data.find(b"\n\n", at, at + MAX_PART_HEADER_BYTES)) >= 0:
                return end + 2
            if len(data) - at > MAX_PART_HEADER_BYTES:
                raise too_large("The header of a part", MAX_PART_HEADER_BYTES)
            return None
        return None if after in (b"", b"-") else at
