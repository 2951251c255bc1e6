"""JSON objects one after another in a stream of bytes, with or without anything between them."""

import re
from typing import Final

from .errors import ProtocolError, Refusal
from .http_line import http_request_refused, is_http_request
from .json_body import MAX_DEPTH, MAX_VALUES, after_escapes, is_escaped

# What may stand between objects: white space, NUL, and the punctuation of a list of them.
_BETWEEN: Final = re.compile(rb"[\s\x00,\[\]]*+")
# Up to the next brace outside of texts, or to a text that is long, has many escapes or is not all there.
_TO_BRACE: Final = re.compile(rb'(?:[^"{}]++|"[^"\\]{0,64}+(?:\\.[^"\\]{0,64}+){0,8}+")*+', re.DOTALL)
_QUOTE: Final = ord('"')
_OPEN: Final = ord("{")


class JsonObjects:
    """Cuts a stream into objects; no delimiter between them is promised (FF-Events over TCP).

    Bytes may come split anywhere, in the middle of a UTF-8 character too. Every byte is looked at a
    fixed number of times, so that `next` takes no longer than the bytes fed since the last one need.
    """

    def __init__(self, max_bytes: int) -> None:
        """Allow objects of up to `max_bytes`."""
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        self._scanned = 0
        self._depth = 0
        self._braces = 0
        # Where the text begins that we are in, or goes on after an escaped quote; None outside of texts.
        self._text: int | None = None

    @property
    def pending(self) -> int:
        """Return how many bytes are waiting, most of an object that is not complete yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take in bytes."""
        self._buffer += data

    def next(self) -> bytes | None:
        """Return the next object as JSON text, None until more bytes are fed.

        Raises ProtocolError when it is too large or too deep, and for anything between objects that
        belongs to no list of them.
        """
        if self._depth == 0 and not self._begin():
            return None
        found = self._end()
        if found is None and len(self._buffer) > self._max_bytes:
            raise ProtocolError(
                f"A message is larger than {self._max_bytes // 1024 // 1024} MiB.", Refusal.SIZE
            )
        return found

    def _begin(self) -> bool:
        """Drop what is between objects; tell whether one begins."""
        match = _BETWEEN.match(self._buffer)
        begin = match.end() if match is not None else 0
        del match, self._buffer[:begin]
        if not self._buffer:
            return False
        if self._buffer[0] != _OPEN:
            if is_http_request(bytes(self._buffer[:16])):
                raise http_request_refused()
            raise ProtocolError("What comes in is not JSON objects.", Refusal.FORMAT)
        self._scanned = self._depth = self._braces = 1
        return True

    def _end(self) -> bytes | None:
        """Return the object once all of it is there."""
        buffer = self._buffer
        while True:
            if self._text is not None and not self._end_text(self._text):
                return None
            if (match := _TO_BRACE.match(buffer, self._scanned)) is not None:
                self._scanned = match.end()
            if self._scanned == len(buffer):
                return None
            character = buffer[self._scanned]
            self._scanned += 1
            if character == _QUOTE:
                self._text = self._scanned
            elif character == _OPEN:
                self._depth += 1
                self._braces += 1
                if self._depth > MAX_DEPTH or self._braces > MAX_VALUES:
                    raise ProtocolError("A message has too many objects inside.", Refusal.SIZE)
            else:
                self._depth -= 1
                if self._depth == 0:
                    return self._cut()

    def _end_text(self, begin: int) -> bool:
        """Go to the end of a text; tell whether it is there."""
        buffer = self._buffer
        while (quote := buffer.find(b'"', self._scanned)) >= 0:
            self._scanned = quote + 1
            if not is_escaped(buffer, begin, quote):
                self._text = None
                return True
            begin = self._scanned = after_escapes(buffer, self._scanned)
        self._scanned = len(buffer)
        # What was looked at is not looked at again, but for a backslash that what comes next belongs to.
        self._text = len(buffer) - is_escaped(buffer, begin, len(buffer))
        return False

    def _cut(self) -> bytes:
        with memoryview(self._buffer) as view:
            found = bytes(view[: self._scanned])
        del self._buffer[: self._scanned]
        return found
