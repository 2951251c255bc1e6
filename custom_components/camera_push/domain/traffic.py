"""What came in and what was refused, for diagnostics and system health."""

from __future__ import annotations

from collections import Counter, deque
from datetime import datetime, timedelta
from typing import Any, Final

from .errors import ProtocolError

_HOUR: Final = timedelta(hours=1)
_HOURS: Final = 24


class Traffic:
    """Counts an entry's messages and refusals since it was loaded; bounded, whatever comes."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.received: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.unusable_pictures = 0
        self.last_received_at: datetime | None = None
        self.last_refused: dict[str, Any] | None = None
        self._hours: deque[tuple[datetime, int]] = deque(maxlen=_HOURS + 1)

    def note_received(self, kind: str, at: datetime, *, unusable_pictures: int = 0) -> None:
        """Count a message that was taken in, and the pictures that came with it and were dropped."""
        self.received[kind] += 1
        self.unusable_pictures += unusable_pictures
        self.last_received_at = at

    def note_refused(self, error: ProtocolError, at: datetime) -> None:
        """Count something that was refused, and remember what the last one looked like."""
        self.refused[error.refusal] += 1
        self.last_refused = {
            "at": at.isoformat(),
            "reason": str(error.refusal),
            "sentence": error.sentence,
            "shape": error.shape,
        }
        hour = at.replace(minute=0, second=0, microsecond=0)
        count = self._hours.pop()[1] if self._hours and self._hours[-1][0] == hour else 0
        self._hours.append((hour, count + 1))

    def refused_lately(self, now: datetime) -> int:
        """Return how many were refused in the last 24 hours, by full hours."""
        return sum(count for hour, count in self._hours if now - hour <= _HOURS * _HOUR)
