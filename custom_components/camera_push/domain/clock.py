"""Clocks: the offsets of cameras' clocks, changes of the system clock, and the age of messages."""

from collections import deque
from datetime import UTC, datetime, timedelta, tzinfo
from time import monotonic

_SAMPLES = 5
# A sample this far from the estimate is a clock that was set, not a message that was slow.
_CLOCK_WAS_SET = timedelta(seconds=5)
# A clock that is further ahead was never set.
_FURTHEST_AHEAD = timedelta(days=1)
# Events that come with the same delay over such a time are no backlog: that is the clock.
_AGREE_OVER = timedelta(minutes=5)
# A backlog is delivered faster than it grew: its events are not as far ahead as the first one for this long.
_AHEAD_OVER = timedelta(minutes=1)

# Outside these years a time stamp is a camera without a clock, not a time.
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class ClockJumpDetector:
    """Notices when our own clock was set, by NTP or by hand."""

    def __init__(self) -> None:
        self._last: tuple[datetime, float] | None = None

    def was_set(self, now: datetime) -> bool:
        """Tell whether the clock, which says `now`, was set since the last call."""
        last, self._last = self._last, (now, monotonic())
        if last is None:
            return False
        passed = timedelta(seconds=self._last[1] - last[1])
        return abs(now - last[0] - passed) > _CLOCK_WAS_SET


class ClockOffset:
    """Estimates how far a camera's clock is ahead of ours (negative: behind).

    A message can only be delayed, never early, so the sample least behind is the best one;
    older samples are dropped as soon as a new one shows that the clock was set.
    """

    def __init__(self, offset: timedelta | None = None) -> None:
        self._samples: deque[timedelta] = deque([offset] if offset is not None else [], maxlen=_SAMPLES)
        # By heartbeats, or by events over some time; the estimate may be ahead of it.
        self.trusted = offset
        self._raised_at: datetime | None = None
        # Of the events until now that agree: when the first one came, how many, and their samples' range.
        self._agreeing: tuple[datetime, int, timedelta, timedelta] | None = None

    def forget(self) -> None:
        """Discard the estimate: the system clock was changed."""
        self._samples.clear()
        self.trusted = self._raised_at = self._agreeing = None

    @property
    def offset(self) -> timedelta | None:
        """Return the estimate, or None while there is none."""
        return max(self._samples, default=None)

    def sample(self, sent_at: datetime, received_at: datetime) -> None:
        """Take in a message that was sent at `sent_at` by the camera's clock."""
        sample = sent_at - received_at
        estimate = self.offset
        if estimate is not None and abs(sample - estimate) > _CLOCK_WAS_SET:
            self._samples.clear()
        self._samples.append(sample)
        self.trusted, self._raised_at = self.offset, None

    def event(self, captured_at: datetime, received_at: datetime, limit: timedelta) -> bool:
        """Take in when an event was captured; return False if that does not tell how old it is.

        An event may be old, as cameras keep what they could not deliver, but never from the
        future: then the clock is ahead, and an old event would look fresh. How old this one is, is known
        only once others are as far ahead: until then, it is not trusted beyond `limit`. Unlike a keepalive
        it does not say that the clock was set back, unless several agree on it over some time.
        """
        sample = captured_at - received_at
        if sample > _FURTHEST_AHEAD:
            return False
        estimate = self.offset or timedelta()
        agreed = self._agreed(sample, received_at)
        if sample > estimate + _CLOCK_WAS_SET:
            self._samples = deque([sample], maxlen=_SAMPLES)
            self._raised_at = received_at
        elif agreed is not None and estimate > agreed + _CLOCK_WAS_SET:
            self._samples = deque([agreed], maxlen=_SAMPLES)
            self.trusted, self._raised_at = agreed, None
        elif (
            self._raised_at is not None
            and estimate - sample <= _CLOCK_WAS_SET
            and received_at - self._raised_at >= _AHEAD_OVER
        ):
            self.trusted, self._raised_at = estimate, None
        return sample <= (self.trusted or timedelta()) + limit

    def _agreed(self, sample: timedelta, received_at: datetime) -> timedelta | None:
        """Return the best of the latest samples, if all of them agree over a long enough time."""
        first_at, count, least, most = self._agreeing or (received_at, 0, sample, sample)
        least, most = min(least, sample), max(most, sample)
        if most - least > _CLOCK_WAS_SET:
            first_at, count, least, most = received_at, 0, sample, sample
        self._agreeing = first_at, count + 1, least, most
        return most if count + 1 >= _SAMPLES and received_at - first_at >= _AGREE_OVER else None


def age(captured_at: datetime, received_at: datetime, offset: timedelta | None) -> timedelta:
    """Return how old a message was when it came, with the camera's clock put right."""
    return received_at - (captured_at - (offset or timedelta()))


def is_within(earlier: datetime, later: datetime, time: timedelta) -> bool:
    """Tell whether not more than that has passed between two readings of our clock.

    If the clock was set back meanwhile, nobody knows; then it counts as more.
    """
    return abs(later - earlier) <= time


def local_time(time: datetime, time_zone: tzinfo, received_at: datetime) -> datetime:
    """Return a local time that comes without its zone, with it.

    In the hour that there is twice when summer time ends, that is the one that is closer to when
    it was received.
    """
    times = [time.replace(tzinfo=time_zone, fold=fold) for fold in (0, 1)]
    return min(times, key=lambda time: abs(time - received_at))


def plausible(time: datetime) -> datetime | None:
    """Return `time` in UTC to the millisecond, or None when no clock that is set says that."""
    if not _EARLIEST <= time < _LATEST:
        return None
    utc = time.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def from_iso(text: str | None, time_zone: tzinfo | None = None) -> datetime | None:
    """Return an ISO 8601 time in UTC, None if it is none.

    One without a zone is in `time_zone`; without that, it is of no use.
    """
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if time.tzinfo is None and time_zone is not None:
        time = time.replace(tzinfo=time_zone)
    return plausible(time) if time.tzinfo is not None else None


def from_epoch(value: float, unit: float = 1.0) -> datetime | None:
    """Return the time `value` times `unit` seconds after 1970 in UTC, or None if that is no real time."""
    try:
        # Milliseconds as an integer: a float of seconds would lose the last digit.
        return plausible(
            datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=round(value * unit * 1000))
        )
    except OverflowError, ValueError:
        return None
