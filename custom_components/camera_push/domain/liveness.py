"""How long a camera may be silent: arithmetic only, no clock and no timer."""

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median_high

# Closer together than this, two heartbeats are one and its retry.
_RETRY = timedelta(seconds=10)
# Further apart, the camera was off, not slow: the longest interval that any system offers is a day.
_LONGEST = timedelta(hours=25)
_GAPS = 5


class HeartbeatGaps:
    """Learns a camera's heartbeat interval from the times at which its heartbeats came.

    The middle one of the last five gaps counts, so that neither a retry nor an outage is
    taken for the interval. `periods`, where given, are the only intervals that the camera
    can be set to: what was measured becomes the nearest of them.
    """

    def __init__(self, gaps: Iterable[float] = (), periods: Sequence[timedelta] = ()) -> None:
        self._gaps = deque(gaps, maxlen=_GAPS)
        self._periods = periods
        self._last: datetime | None = None

    def forget_last(self) -> None:
        """Forget when the last heartbeat came: our clock was set since."""
        self._last = None

    @property
    def seconds(self) -> list[float]:
        """Return the gaps, oldest first, to be kept over a restart."""
        return list(self._gaps)

    @property
    def interval(self) -> timedelta | None:
        """Return the learned interval, or None before the second heartbeat."""
        if not self._gaps:
            return None
        measured = timedelta(seconds=median_high(self._gaps))
        if not self._periods:
            return measured
        return min(self._periods, key=lambda period: abs(period - measured))

    def heartbeat(self, at: datetime) -> None:
        """Take in that a heartbeat came."""
        last, self._last = self._last, at
        if last is not None and _RETRY <= at - last <= _LONGEST:
            self._gaps.append((at - last).total_seconds())


def expected_interval(chosen: timedelta | None, learned: timedelta | None, default: timedelta) -> timedelta:
    """Return how often a camera is expected to say something.

    What the user chose rules. Else the default, unless the camera is seen to send less often:
    learning only ever makes us more patient, never quicker to call a camera gone.
    """
    if chosen is not None:
        return chosen
    if learned is None:
        return default
    return max(default, learned)
