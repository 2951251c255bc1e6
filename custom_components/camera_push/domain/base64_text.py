"""Pictures as text: base64, read piece by piece."""

import binascii
from collections.abc import Iterator
import re
from typing import Final

from .errors import ProtocolError, Refusal

_WHITE_SPACE: Final = b" \t\r\n\v\f"
# A multiple of four. Other threads have to wait for each piece.
_PIECE: Final = 1024 * 1024
_DATA_URL: Final = re.compile(r"data:[^,]{0,64};base64,", re.IGNORECASE)


def picture_in(text: str) -> bytes | None:
    """Return the bytes of a picture as base64, or as a data URL of it; None where that is neither."""
    head = _DATA_URL.match(text)
    try:
        return decode_base64(text[head.end() :] if head is not None else text)
    except ProtocolError:
        return None


def decode_base64(text: str) -> bytes:
    """Return the bytes of a base64 text; line breaks in it are allowed. Raises ProtocolError."""
    try:
        return _decoded(b"".join(_pieces(text.encode("ascii"), delete=_WHITE_SPACE)))
    except ValueError as err:
        raise ProtocolError("A picture inside the JSON text is not valid base64.", Refusal.PICTURE) from err


def _decoded(data: bytes) -> bytes:
    if b"=" in data[:-2]:
        # At the end of a piece it would pass.
        raise ValueError(data[:1])
    return b"".join(binascii.a2b_base64(piece, strict_mode=True) for piece in _pieces(data))


def _pieces(data: bytes, delete: bytes = b"") -> Iterator[bytes]:
    for at in range(0, len(data), _PIECE):
        yield data[at : at + _PIECE].translate(None, delete)
