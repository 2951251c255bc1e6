"""URL-encoded forms, read piece by piece: a picture in one has megabytes."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from .errors import ProtocolError, Refusal

_MAX_FIELDS: Final = 32
# An escape becomes an object of dozens of bytes on its way, and other threads have to wait for each piece.
_PIECE: Final = 64 * 1024


def urlencoded_fields(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the names and values of a form's fields; raises ProtocolError for more than 32 of them."""
    if body.count(b"&") >= _MAX_FIELDS:
        raise ProtocolError(f"The form has more than {_MAX_FIELDS} fields.", Refusal.SIZE)
    begin = 0
    while begin < len(body):
        if (end := body.find(b"&", begin)) < 0:
            end = len(body)
        if (equals := body.find(b"=", begin, end)) < 0:
            equals = end
        if begin < end:
            yield _decoded(body, begin, equals).decode(errors="replace"), _decoded(body, equals + 1, end)
        begin = end + 1


def _decoded(body: bytes, begin: int, end: int) -> bytes:
    return b"".join(unquote_to_bytes(piece.replace(b"+", b" ")) for piece in _pieces(body, begin, end))


def _pieces(body: bytes, at: int, end: int) -> Iterator[bytes]:
    while at < end:
        stop = min(at + _PIECE, end)
        # No escape is cut in two.
        if stop < end and (begun := body.find(b"%", stop - 2, stop)) >= 0:
            stop = begun
        yield body[at:stop]
        at = stop
