"""Licence plates: one spelling for what cameras write in many, and the best reading of a visit."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
import re
import unicodedata

from .messages import PlateRead, VisitState

MAX_PLATE_LENGTH = 32
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")

# A car that has not been heard of for this long will not be heard of again: its id may be reused.
_VISIT_ENDS_AFTER = timedelta(minutes=10)
# So many cars are followed at once; a camera sees far fewer.
_OPEN_VISITS = 64


def raw_plate(text: str) -> str | None:
    """Return a plate text as a camera wrote it, fit to be shown, or None if it is empty.

    Literal escapes (a backslash, u and four digits) are resolved: older FF firmware sends them
    (seen). What cannot be printed is dropped and the rest cut to 32 characters.
    """
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    printable = "".join(character for character in text if character.isprintable()).strip()
    return printable[:MAX_PLATE_LENGTH] or None


def normalised_plate(text: str | None) -> str | None:
    """Return a plate in upper case with nothing but letters and digits, or None if none are left."""
    if text is None:
        return None
    composed = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in composed if character.isalnum())[:MAX_PLATE_LENGTH] or None


@dataclass(slots=True)
class Visit:
    """One passing car: the messages about it so far, and the best reading among them."""

    last_message_at: datetime
    best: PlateRead | None = None
    ended: bool = False

    def add(self, read: PlateRead) -> bool:
        """Take in a message; return True when it is the best reading of the visit so far."""
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

    def add(self, read: PlateRead) -> bool:
        """Add a message to its visit; return whether it is the best reading of the visit so far.

        A message without a car id is a visit of its own. A car id that comes back after its
        visit ended is another car: ids start anew when the camera's software does.
        """
        if read.car_id is None:
            return Visit(read.received_at).add(read)
        visit = self._open.pop(read.car_id, None)
        if (
            visit is None
            or visit.ended
            or read.state is VisitState.NEW
            or read.received_at - visit.last_message_at > _VISIT_ENDS_AFTER
        ):
            visit = Visit(read.received_at)
        self._open[read.car_id] = visit
        while len(self._open) > _OPEN_VISITS:
            self._open.popitem(last=False)
        return visit.add(read)
