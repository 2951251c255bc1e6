"""JSON from the network: strict where a sender could mean two things, bounded everywhere."""

from collections.abc import Iterator
import json
from math import isinf
import re
from typing import Any, Final

from .errors import ProtocolError, Refusal

MAX_DEPTH: Final = 32
# Each value costs dozens of bytes of memory, and may be two in the text. A camera's whole buffer has 60,000.
MAX_VALUES: Final = 100_000
# Python's parser lets no other thread run, the event loop's neither. So texts that have more bytes than that
# are parsed in parts: each long text inside (a picture) by itself, and all the rest.
_WHOLE_BYTES: Final = 256 * 1024
_LONG_BYTES: Final = 1024
_MAX_LONG_BYTES: Final = 16 * 1024 * 1024
_MAX_REST_BYTES: Final = 4 * 1024 * 1024
_SCANNED_BYTES: Final = 256 * 1024
# What is neither the beginning of a long text nor of one that has many escapes or is not whole.
_SHORT: Final = re.compile(rb'(?:[^"]++|"[^"\\]{0,512}+(?:\\.[^"\\]{0,64}+){0,7}+")*+', re.DOTALL)
_PIECE_BYTES: Final = 1024 * 1024
_CUT: Final = re.compile(rb"[ -\[\]-~]{12}")
_ESCAPES: Final = re.compile(rb'(?:[^"\\]{0,64}+\\.)*+', re.DOTALL)
# Stands for a long text. It is no JSON, so that a sender who writes it as well has one too many of them.
_PLACEHOLDER: Final = "NaN"
_BACKSLASH: Final = ord("\\")
_BOM: Final = b"\xef\xbb\xbf"
# One half of a pair that makes a character (RFC 8259, 8.2), which may be alone.
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")

type Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def parse_json(data: bytes) -> Json:
    """Return the JSON value in `data` (UTF-8, a byte order mark before and NUL after it are allowed).

    What is not UTF-8 is read as ISO 8859-1, as is a make that a camera did not encode (inferred). Raises
    ProtocolError when it is not JSON, nested over 32 levels, holds NaN, infinity or
    a number as large as that, half a character, more than 100,000 values, a text over 16 MiB, a key as long
    as a picture, or an object that names one key twice with different values.
    """
    data = data.removeprefix(_BOM).rstrip(b"\0")
    rest, long_texts = _split(data) if len(data) > _WHOLE_BYTES else (data, [])
    # In texts there are some as well, but none in pictures.
    if sum(rest.count(begin) for begin in (b",", b"[", b"{")) > MAX_VALUES:
        raise ProtocolError(f"The JSON text has over {MAX_VALUES:,} values.", Refusal.SIZE)
    left = iter(long_texts)

    def long_text(name: str) -> Json:
        place = next(left, None)
        if name != _PLACEHOLDER or place is None:
            raise ValueError(name)
        return "".join(json.loads(f'"{_decode(piece)}"') for piece in _pieces(data, place))

    text = _decode(rest)
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_finite,
            parse_int=_integer,
            parse_constant=long_text,
        )
    except (ValueError, RecursionError) as err:
        # ValueError also covers integers of thousands of digits.
        raise ProtocolError("The body is not valid JSON.", Refusal.ENCODING) from err
    _check_depth(value)
    if _SURROGATE.search(text) or any(b"\\u" in data[place] for place in long_texts):
        _check_characters(value)
    return value


def listed(value: Json, limit: int) -> list[Json]:
    """Return the events in a body, one or a list of them; raises ProtocolError for none or too many."""
    events: list[Json] = value if isinstance(value, list) else [value]
    if not events:
        raise ProtocolError("The JSON text holds no event.")
    if len(events) > limit:
        raise ProtocolError(f"The JSON text holds more than {limit} events.")
    return events


def _split(data: bytes) -> tuple[bytes, list[slice]]:
    """Return a JSON text with placeholders for its long texts, and where those are, with their quotes."""
    pieces: list[bytes] = []
    places: list[slice] = []
    size = done = 0
    for begin, end in _texts(data):
        if size + begin - done > _MAX_REST_BYTES:
            limit = _MAX_REST_BYTES // 1024 // 1024
            raise ProtocolError(f"The JSON text has over {limit} MiB besides its pictures.", Refusal.SIZE)
        if end - begin < _LONG_BYTES:
            continue
        if end - begin > _MAX_LONG_BYTES:
            raise ProtocolError("A text inside the JSON text is larger than 16 MiB.", Refusal.SIZE)
        pieces += (data[done:begin], _PLACEHOLDER.encode())
        places.append(slice(begin, end))
        size += begin - done
        done = end
    return b"".join((*pieces, data[done:])), places


def _texts(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the long texts inside begin and end, and other places, the end of all the last."""
    at = 0
    while at < len(data):
        if (match := _SHORT.match(data, at, at + _SCANNED_BYTES)) is not None:
            at = match.end()
        begin = at
        if data[at : at + 1] == b'"':
            if (end := _end_of_text(data, at + 1)) is None:
                # That is no JSON.
                begin = end = len(data)
            at = end
        yield begin, at
    yield at, at


def _end_of_text(data: bytes, at: int) -> int | None:
    """Return where a text ends whose content begins at `at`, None if it does not."""
    begin = at
    while (quote := data.find(b'"', at)) >= 0:
        if not is_escaped(data, begin, quote):
            return quote + 1
        begin = at = after_escapes(data, quote + 1)
    return None


def _pieces(data: bytes, place: slice) -> Iterator[bytes]:
    """Yield a long text piece by piece, without its quotes; raises ProtocolError when it is no picture."""
    at, end = place.start + 1, place.stop - 1
    while end - at > _PIECE_BYTES:
        # Neither an escape nor a pair of them, which can be one character, is cut in two.
        match = _CUT.search(data, at + _PIECE_BYTES - _LONG_BYTES, at + _PIECE_BYTES)
        if match is None:
            raise ProtocolError("A text inside the JSON text is large, and no picture.", Refusal.SIZE)
        yield data[at : match.end()]
        at = match.end()
    yield data[at:end]


def after_escapes(data: bytes | bytearray, at: int) -> int:
    """Return where a text goes on after the escapes that come next: where there are some, there are more."""
    match = _ESCAPES.match(data, at, at + _SCANNED_BYTES)
    return at if match is None else match.end()


def is_escaped(data: bytes | bytearray, begin: int, end: int) -> bool:
    """Tell whether an odd number of backslashes, from `begin` on, stands before `end` and escapes it."""
    at = end
    while at > begin and data[at - 1] == _BACKSLASH:
        piece = data[max(begin, at - _SCANNED_BYTES) : at]
        at -= len(piece) - len(piece.rstrip(b"\\"))
    return (end - at) % 2 == 1


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _check_characters(value: Json) -> None:
    """Raise ProtocolError when a text could not be written as UTF-8: everybody whom we told would fail."""
    try:
        # One after the other: the whole at once would let no other thread run.
        for text in json.JSONEncoder(ensure_ascii=False).iterencode(value):
            text.encode()
    except UnicodeEncodeError as err:
        raise ProtocolError("The JSON text has half a character.", Refusal.ENCODING) from err


def _check_depth(value: Json) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (
                parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ()
            )
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise ProtocolError(f"The JSON text is nested over {MAX_DEPTH} levels.", Refusal.ENCODING)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result and result[key] != value:
            raise ProtocolError("The JSON text names one key twice with different values.")
        result[key] = value
    return result


def _integer(text: str) -> int:
    """Do what would be done anyway: while Python code runs, other threads have their turn."""
    return int(text)


def _finite(text: str) -> float:
    if isinf(number := float(text)):
        raise ValueError(text)
    return number
