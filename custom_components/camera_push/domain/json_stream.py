"""JSON objects one after another in a stream of bytes, with or without anything between them."""

from __future__ import annotations

import re
from typing import Final

from .errors import ProtocolError, Refusal

# Outside texts only quotes and braces matter, inside only the closing quote and backslashes.
_STRUCTURE: Final = re.compile(rb'["{}]')
_IN_TEXT: Final = re.compile(rb'["\\]')
# What may stand between objects: white space, NUL, and the punctuation of a list of them.
_BETWEEN: Final = re.compile(rb"[\s\x00,\[\]]+")


class JsonObjects:
    """Cuts a stream into objects; no delimiter between them is promised (FF-Events over TCP).

    Bytes may come split anywhere, in the middle of a UTF-8 character too.
    """

    def __init__(self, max_bytes: int, max_garbage: int) -> None:
        """Allow objects of so many bytes, and so many bytes that belong to none before each."""
        self._max_bytes = max_bytes
        self._max_garbage = max_garbage
        self._buffer = bytearray()
        self._scanned = 0
        self._depth = 0
        self._in_text = False
        self._garbage = 0

    @property
    def pending(self) -> int:
        """Return how many bytes of an object that is not complete yet are waiting."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Take in bytes and return the objects that are complete now, as JSON text.

        Raises ProtocolError when an object or what stands before it is too long.
        """
        self._buffer += data
        objects: list[bytes] = []
        while (found := self._next()) is not None:
            objects.append(found)
        if len(self._buffer) > self._max_bytes:
            raise ProtocolError(
                f"A message is larger than {self._max_bytes // 1024 // 1024} MiB.", Refusal.SIZE
            )
        return objects

    def _next(self) -> bytes | None:
        if self._depth == 0 and not self._find_start():
            return None
        while True:
            pattern = _IN_TEXT if self._in_text else _STRUCTURE
            match = pattern.search(self._buffer, self._scanned)
            if match is None:
                self._scanned = len(self._buffer)
                return None
            character = match[0]
            self._scanned = match.end()
            if character == b"\\":
                if self._scanned == len(self._buffer):
                    # What it escapes has not come yet: look again from the backslash.
                    self._scanned -= 1
                    return None
                self._scanned += 1
            elif character == b'"':
                self._in_text = not self._in_text
            elif character == b"{":
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth == 0:
                    return self._cut()

    def _find_start(self) -> bool:
        start = self._buffer.find(b"{")
        before = bytes(self._buffer if start < 0 else self._buffer[:start])
        self._garbage += len(_BETWEEN.sub(b"", before))
        del self._buffer[: len(before)]
        self._scanned = 0
        if self._garbage > self._max_garbage:
            raise ProtocolError("What comes in is not JSON objects.", Refusal.FORMAT)
        return start >= 0

    def _cut(self) -> bytes:
        found = bytes(self._buffer[: self._scanned])
        del self._buffer[: self._scanned]
        self._scanned = 0
        self._garbage = 0
        return found
