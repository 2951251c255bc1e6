"""The options that entries of all systems have, typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Final

from .messages import AlarmType
from .rates import RateSettings


class MediaPlace(StrEnum):
    """Where pictures and clips lie.

    The first of Home Assistant's media folders, a folder that backups leave out, or the configuration.
    """

    MEDIA = "media"
    CACHE = "cache"
    CONFIGURATION = "configuration"


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
    kept. `media_place` is None for the media folder, where there is one. Clips, pictures of plates and
    vehicles, and pictures of persons are kept as long as all others where nothing else is said; with 0 days,
    there is no history. `hold_times` has those that differ from the defaults, by the binary sensor's key.
    `premises_reset` is the local time at which the vehicles on the premises are counted from zero each day.
    `minimum_confidence` (0..1) is that of recognised persons; `rates` is how fast pushes may come over HTTP.
    """

    local_only: bool = True
    max_cameras: int = 64
    heartbeat_interval: timedelta | None = None
    missed_heartbeats: int = 3
    lateness_limit: timedelta = timedelta(seconds=30)
    hold_times: Mapping[str, timedelta]
    store: bool = True
    media_place: MediaPlace | None = None
    keep_days: int = 14
    keep_clip_days: int | None = None
    keep_plate_days: int | None = None
    keep_person_days: int | None = None
    keep_gib: float = 2
    keep_history_days: int = 365
    premises_reset: time | None = None
    minimum_confidence: float = 0
    rates: RateSettings = field(default_factory=RateSettings)

    def hold_time(self, key: str) -> timedelta:
        """Return how long a binary sensor is on after a push."""
        return self.hold_times.get(key, default_hold_time(key))
