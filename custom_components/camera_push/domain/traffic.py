"""Counts of messages and refusals, for diagnostics and system health."""

from collections import Counter, OrderedDict, deque
from datetime import datetime, timedelta
from typing import Any, Final

from .errors import ProtocolError

_HOUR: Final = timedelta(hours=1)
_HOURS: Final = 24
# Kinds of refusals that are remembered with their structure.
_MAX_REFUSALS: Final = 5


class Traffic:
    """Counts an entry's messages and refusals since it was loaded; in bounded memory."""

    def __init__(self) -> None:
        self.received: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.unusable_pictures = 0
        self.last_received_at: datetime | None = None
        self._refusals: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()
        self._hours: deque[tuple[datetime, int]] = deque(maxlen=_HOURS + 1)

    def note_received(self, kind: str, at: datetime, *, unusable_pictures: int = 0) -> None:
        """Count a message that was taken in, and the pictures that came with it and were dropped."""
        self.received[kind] += 1
        self.unusable_pictures += unusable_pictures
        self.last_received_at = at

    def note_refused(self, error: ProtocolError, at: datetime) -> None:
        """Count something that was refused, and remember the structure of the last five kinds of refusals."""
        self.refused[error.refusal] += 1
        reason = str(error.refusal)
        # A flood of one kind does not make the others forgotten.
        before = self._refusals.pop((reason, error.sentence), {"count": 0})
        self._refusals[reason, error.sentence] = {
            "at": at.isoformat(),
            "count": before["count"] + 1,
            "reason": reason,
            "sentence": error.sentence,
            "structure": error.structure,
        }
        if len(self._refusals) > _MAX_REFUSALS:
            self._refusals.popitem(last=False)
        hour = at.replace(minute=0, second=0, microsecond=0)
        count = self._hours.pop()[1] if self._hours and self._hours[-1][0] == hour else 0
        self._hours.append((hour, count + 1))

    @property
    def last_refused(self) -> list[dict[str, Any]]:
        """Return the last five kinds of refusals, the latest one first."""
        return [*reversed(self._refusals.values())]

    def refused_lately(self, now: datetime) -> int:
        """Return how many were refused in the last 24 hours, by full hours."""
        return sum(count for hour, count in self._hours if now - hour <= _HOURS * _HOUR)
