"""Unknown fields of a message: kept as they are, but bounded and without secrets."""

from collections.abc import Iterator, Mapping
from itertools import islice
import json
import re
from typing import Any, Final

from .json_body import Json
from .text import printable

MAX_BYTES: Final = 4096
_MAX_TEXT_LENGTH: Final = 256
_MAX_ITEMS: Final = 32
_MAX_DEPTH: Final = 6
# Whole numbers beyond these are JSON, but most of those who read it cannot tell them.
_LOWEST: Final = -(2**63)
_HIGHEST: Final = 2**64 - 1
# A stream's address may hold its user and password: never shown, never kept.
_SECRET_KEYS: Final = frozenset({"stream", "password", "token", "login"})
_LOGIN_IN_URL: Final = re.compile(r"(?<=://)[^/@\s]*@")


class _TooManyError(Exception):
    """There are too many values."""


def without_login(text: str) -> str:
    """Return a text whose URLs carry no user and password."""
    return _LOGIN_IN_URL.sub("", text)


def bounded(values: Mapping[str, Json]) -> dict[str, Any]:
    """Return values to be shown and kept: at most 4 KiB of JSON for everybody, printable, nothing secret.

    Of more, those that come first and have room, and `truncated`.
    """
    found = _whole(dict(values))
    if found is not None:
        return found
    kept: dict[str, Any] = {"truncated": True}
    for key, value in islice(values.items(), _MAX_ITEMS):
        more = _whole({key: value})
        if more is not None and len(json.dumps(kept | more)) <= MAX_BYTES:
            kept |= more
    return kept


def _whole(values: dict[str, Json]) -> dict[str, Any] | None:
    """Return values within the bounds of each of them, None where they are too many or too large."""
    try:
        # Each value takes at least a byte: of more, there are too many.
        found: dict[str, Any] = _bounded(values, _MAX_DEPTH, iter(range(MAX_BYTES)))
    except _TooManyError:
        return None
    return found if len(json.dumps(found)) <= MAX_BYTES else None


def _bounded(value: Json, depth: int, left: Iterator[int]) -> Any:
    if next(left, None) is None:
        raise _TooManyError
    if isinstance(value, dict):
        if depth == 0:
            return None
        items = [(key, item) for key, item in value.items() if key.lower() not in _SECRET_KEYS]
        return {
            printable(key, _MAX_TEXT_LENGTH): _bounded(item, depth - 1, left)
            for key, item in items[:_MAX_ITEMS]
        }
    if isinstance(value, list):
        return [_bounded(item, depth - 1, left) for item in value[:_MAX_ITEMS]] if depth else None
    if isinstance(value, str):
        return without_login(printable(value, _MAX_TEXT_LENGTH))
    if isinstance(value, int) and not _LOWEST <= value <= _HIGHEST:
        return str(value)[:_MAX_TEXT_LENGTH]
    return value
