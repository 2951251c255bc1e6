"""JSON from the network: strict where a sender could mean two things, bounded everywhere."""

from __future__ import annotations

import json
from math import isinf
import re
from typing import Any, Final, NoReturn

from .errors import ProtocolError, Refusal

MAX_DEPTH = 32
# Each value costs dozens of bytes of memory, and may be two in the text. A camera's whole buffer has 60,000.
MAX_VALUES: Final = 200_000
_BOM = b"\xef\xbb\xbf"
# One half of a pair that makes a character (RFC 8259, 8.2), which may be alone.
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")

type Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def parse_json(data: bytes) -> Json:
    """Return the JSON value in `data` (UTF-8, a byte order mark is allowed).

    Raises ProtocolError when it is not UTF-8, not JSON, nested over 32 levels, holds NaN, infinity or
    a number as large as that, half a character, more than 200,000 values, or an object that names one
    key twice with different values.
    """
    # In texts there are some as well, but none in pictures.
    if sum(data.count(begin) for begin in (b",", b"[", b"{")) > MAX_VALUES:
        raise ProtocolError(f"The JSON text has over {MAX_VALUES:,} values.", Refusal.SIZE)
    try:
        text = data.removeprefix(_BOM).decode()
    except UnicodeDecodeError as err:
        raise ProtocolError("The JSON text is not UTF-8.", Refusal.ENCODING) from err
    try:
        value: Json = json.loads(
            text, object_pairs_hook=_object, parse_float=_finite, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as err:
        # ValueError also covers integers of thousands of digits.
        raise ProtocolError("The body is not valid JSON.", Refusal.ENCODING) from err
    _check_depth(value)
    if _SURROGATE.search(text):
        _check_characters(value)
    return value


def _check_characters(value: Json) -> None:
    """Raise ProtocolError when a text could not be written as UTF-8: everybody whom we told would fail."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
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


def _finite(text: str) -> float:
    if isinf(number := float(text)):
        raise ValueError(text)
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
