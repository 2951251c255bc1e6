"""The options that entries of all systems have, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from .messages import AlarmType
from .rates import RateSettings

DEFAULT_HOLD_TIME: Final = timedelta(seconds=30)
# A fire does not end because a camera reported it once: its alarms stay on long enough to wake somebody.
SAFETY_ALARMS: Final[frozenset[str]] = frozenset({AlarmType.FIRE, AlarmType.SMOKE, AlarmType.SMOKE_ALARM})
SAFETY_HOLD_TIME: Final = timedelta(seconds=300)


def default_hold_time(key: str) -> timedelta:
    """Return how long a binary sensor stays on unless the user chose otherwise."""
    return SAFETY_HOLD_TIME if key in SAFETY_ALARMS else DEFAULT_HOLD_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOptions:
    """The options of an entry that all systems have.

    `heartbeat_interval` is None where it is to be learned. With `store` off, only the last pictures are
    kept. `hold_times` has those that differ from the defaults, by the binary sensor's key.
    `minimum_confidence` (0..1) is that of recognised persons; `rates` is how fast pushes may come over HTTP.
    """

    local_only: bool = True
    max_cameras: int = 64
    heartbeat_interval: timedelta | None = None
    missed_heartbeats: int = 3
    lateness_limit: timedelta = timedelta(seconds=30)
    hold_times: Mapping[str, timedelta]
    store: bool = True
    keep_days: int = 14
    keep_gib: float = 2
    minimum_confidence: float = 0
    rates: RateSettings = field(default_factory=RateSettings)

    def hold_time(self, key: str) -> timedelta:
        """Return how long a binary sensor is on after a push."""
        return self.hold_times.get(key, default_hold_time(key))
