"""A push on its way in: where it came from, and over HTTP its body as a stream with limits."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from io import BytesIO
import re
from typing import Final, Protocol

from ..domain.errors import ProtocolError, Refusal
from ..domain.media import MAX_CLIP_BYTES, Clip
from ..domain.undecoded import Seen

CHUNK_BYTES: Final = 256 * 1024
# Texts up to this size are decoded on the event loop: that is cheaper than a thread, and takes some
# milliseconds at most.
INLINE_BYTES: Final = 16 * 1024
# All parts of a form that are kept in memory together.
MAX_MEMORY_BYTES: Final = 48 * 1024 * 1024
# The largest push: a form with one clip, and room for everything else.
MAX_FORM_BYTES: Final = MAX_CLIP_BYTES + MAX_MEMORY_BYTES
FORM: Final = "multipart/form-data"
JSON: Final = "application/json"
# This much tells what a body is; a boundary has at most 70 characters (RFC 2046, 5.1.1).
_TELLING_BYTES: Final = 128
_HEAD_BYTES: Final = 32 * 1024
_BOUNDARY: Final = re.compile(rb"(?:\r?\n)?--([!-~]{1,70})[ \t]*\r?\n")
_BOM: Final = b"\xef\xbb\xbf"


class Runner(Protocol):
    """Runs a function in a thread."""

    def __call__[T](self, function: Callable[[bytes], T], data: bytes, /) -> Awaitable[T]:
        """Return what `function` returns for `data`."""


class ClipWriter(Protocol):
    """Takes a clip's bytes as they arrive."""

    async def write(self, data: bytes) -> None:
        """Append bytes."""

    async def finish(self) -> Clip | None:
        """Return the clip once all of it was written, None if it could not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where and when something came in, by whatever transport.

    `address` is the sender's, where it is known. `time_zone` is Home Assistant's, for cameras
    that write local times. `run` runs a function off the event loop. `seen` is what was found in
    it so far, in case that it is refused.
    """

    address: str | None
    received_at: datetime
    time_zone: tzinfo
    run: Runner
    seen: Seen = field(default_factory=Seen)

    async def decoded[T](self, function: Callable[[bytes], T], data: bytes) -> T:
        """Return what a function returns for data; if there is much of it, it runs off the event loop."""
        if len(data) > INLINE_BYTES:
            return await self.run(function, data)
        return function(data)


type Keep = Callable[[int], Awaitable[None]]


async def unlimited(size: int) -> None:
    """Keep bytes in memory without a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push(Arrival):
    """An HTTP push whose body has not been read yet.

    `media_type` is in lower case, `boundary` is that of a multipart body, else "";
    `length` is the announced size in bytes, None where the sender announces none.
    `read` returns up to `size` bytes of the body, b"" at its end. `new_clip` opens a temporary
    place for a clip; a clip that nobody took over is deleted after the push. `keep` reserves memory for a
    number of bytes, waits for room, and raises ProtocolError when there is none.
    """

    media_type: str
    boundary: str
    length: int | None
    read: Callable[[int], Awaitable[bytes]]
    new_clip: Callable[[], Awaitable[ClipWriter]]
    keep: Keep = unlimited

    def check_length(self, limit: int, what: str) -> None:
        """Raise ProtocolError when the sender announces more than `limit` bytes."""
        if self.length is not None and self.length > limit:
            raise too_large(what, limit)

    async def whole(self, limit: int, what: str) -> bytes:
        """Return the whole body; raises ProtocolError when it has more than `limit` bytes."""
        self.check_length(limit, what)
        # Unlike a list of pieces, it gives its content away without having it twice.
        kept = BytesIO()
        while chunk := await self.read(CHUNK_BYTES):
            if kept.tell() + len(chunk) > limit:
                raise too_large(what, limit)
            await self.keep(len(chunk))
            kept.write(chunk)
        return kept.getvalue()


async def typed_by_content(push: Push) -> tuple[bytes, Push]:
    """Return how a push's body begins, and the push with the media type that this shows.

    Senders leave the Content-Type out, or say another one (seen). A form begins with its boundary, a JSON
    object or list with its bracket; all else keeps the type that its sender names. A form's boundary is the
    one in its body, which a header may name wrongly. Raises ProtocolError for a push that is announced too
    large.
    """
    push.check_length(MAX_FORM_BYTES, "The push")
    head, push = await _peek(push)
    if push.media_type == FORM and push.boundary:
        delimiter = f"--{push.boundary}".encode()
        if delimiter + b"\r" in head or delimiter + b"\n" in head:
            return head, push
    if (match := _BOUNDARY.match(head)) is not None:
        push = replace(push, media_type=FORM, boundary=match[1].decode())
    elif head.removeprefix(_BOM).lstrip()[:1] in (b"{", b"["):
        push = replace(push, media_type=JSON, boundary="")
    return head, push


async def _peek(push: Push) -> tuple[bytes, Push]:
    head = await push.read(_HEAD_BYTES)
    while len(head) < _TELLING_BYTES and (more := await push.read(_HEAD_BYTES)):
        head += more
    is_read = False

    async def read(size: int) -> bytes:
        nonlocal is_read
        if not is_read:
            is_read = True
            # More than was asked for at once does no harm: it is in memory already.
            return head
        return await push.read(size)

    return head, replace(push, read=read)


def too_large(what: str, limit: int) -> ProtocolError:
    """Return the error for something over its limit in bytes."""
    size = f"{limit // 1024 // 1024} MiB" if limit >= 1024 * 1024 else f"{limit // 1024} KiB"
    return ProtocolError(f"{what} is larger than {size}.", Refusal.SIZE)
