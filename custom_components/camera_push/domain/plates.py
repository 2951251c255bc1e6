"""Licence plates: one spelling for what cameras write in many, and the best reading of a visit."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import re
import unicodedata

from .clock import is_within
from .messages import PlateRead, VisitState
from .text import printable

MAX_PLATE_LENGTH = 32
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")

# A car that has not been heard of for this long will not be heard of again: its id may be reused.
_VISIT_ENDS_AFTER = timedelta(minutes=10)
_VISIT_WITHOUT_ID_ENDS_AFTER = timedelta(minutes=1)
# So many cars are followed at once; a camera sees far fewer.
_OPEN_VISITS = 64


def raw_plate(text: str) -> str | None:
    """Return a plate text as a camera wrote it, fit to be shown, or None if it is empty.

    Literal escapes (a backslash, u and four digits) are resolved: older FF firmware sends them
    (seen). What cannot be printed is dropped and the rest cut to 32 characters.
    """
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return printable(text, MAX_PLATE_LENGTH) or None


def normalised_plate(text: str | None) -> str | None:
    """Return a plate in upper case with nothing but letters and digits, or None if none are left."""
    if text is None:
        return None
    composed = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in composed if character.isalnum())[:MAX_PLATE_LENGTH] or None


def ends_after(read: PlateRead) -> timedelta:
    """Return after what silence the visit that a message belongs to is over."""
    return _VISIT_ENDS_AFTER if read.car_id is not None else _VISIT_WITHOUT_ID_ENDS_AFTER


@dataclass(slots=True)
class Visit:
    """One passing car: its messages so far, the best reading, and what it set off already."""

    last_message_at: datetime
    messages: int = 0
    ends_after: timedelta = _VISIT_ENDS_AFTER
    best: PlateRead | None = None
    ended: bool = False
    has_view: bool = False
    acted: set[str] = field(default_factory=set)

    def goes_on(self, read: PlateRead) -> bool:
        """Tell whether a message with the same identity is about the same car still."""
        return not (
            self.ended
            or read.state is VisitState.NEW
            or not is_within(self.last_message_at, read.received_at, self.ends_after)
        )

    def add(self, read: PlateRead) -> bool:
        """Take in a message; return True when it is the best reading of the visit so far."""
        self.messages += 1
        self.last_message_at = read.received_at
        self.ended = read.state is VisitState.LOST
        if read.plate is None:
            return False
        if self.best is not None and (read.confidence or 0.0) < (self.best.confidence or 0.0):
            return False
        self.best = read
        return True


class Visits:
    """The visits of one camera: tells which messages belong to the same passing car."""

    def __init__(self) -> None:
        """Start with no car in sight."""
        self._open: OrderedDict[str, Visit] = OrderedDict()

    def visit(self, read: PlateRead) -> Visit:
        """Return the visit that a message belongs to, a new one if it begins one.

        Messages belong together by car id, without one by plate, for a minute. A car id that
        comes back after its visit ended is another car: ids start anew when the camera's
        software does.
        """
        if read.car_id is None and read.plate is None:
            return Visit(read.received_at)
        identity = f"id {read.car_id}" if read.car_id is not None else f"plate {read.plate}"
        visit = self._open.pop(identity, None)
        if visit is None or not visit.goes_on(read):
            visit = Visit(read.received_at, ends_after=ends_after(read))
        self._open[identity] = visit
        while len(self._open) > _OPEN_VISITS:
            self._open.popitem(last=False)
        return visit
