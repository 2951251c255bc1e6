"""The options of a config entry, typed and with their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from .const import (
    CONF_CAMERA_CAP,
    CONF_HEARTBEAT_INTERVAL,
    CONF_HOLD_TIMES,
    CONF_KEEP_DAYS,
    CONF_KEEP_GIB,
    CONF_LATENESS_LIMIT,
    CONF_LOCAL_ONLY,
    CONF_MISSED_HEARTBEATS,
    CONF_STORE,
    DEFAULT_CAMERA_CAP,
    DEFAULT_HOLD_TIME,
    DEFAULT_KEEP_DAYS,
    DEFAULT_KEEP_GIB,
    DEFAULT_LATENESS_LIMIT,
    DEFAULT_MISSED_HEARTBEATS,
    SAFETY_ALARMS,
    SAFETY_HOLD_TIME,
)
from .core.messages import AlarmType
from .media.store import Retention


def default_hold_time(alarm: AlarmType) -> timedelta:
    """Return how long an alarm's binary sensor is on after a push."""
    return SAFETY_HOLD_TIME if alarm in SAFETY_ALARMS else DEFAULT_HOLD_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user chose.

    `heartbeat_interval` is None where it was left to be learned. With `store` off, only the
    last pictures are kept.
    """

    local_only: bool
    camera_cap: int
    heartbeat_interval: timedelta | None
    missed_heartbeats: int
    lateness_limit: timedelta
    hold_times: Mapping[AlarmType, timedelta]
    store: bool
    keep_days: int
    keep_gib: float

    @property
    def retention(self) -> Retention:
        """Return how much the store keeps."""
        return Retention(days=self.keep_days if self.store else 0, bytes=int(self.keep_gib * 1024**3))

    @classmethod
    def from_entry(cls, options: Mapping[str, Any]) -> Self:
        """Return the options in `entry.options`."""
        interval = options.get(CONF_HEARTBEAT_INTERVAL)
        chosen = options.get(CONF_HOLD_TIMES, {})
        return cls(
            local_only=options.get(CONF_LOCAL_ONLY, True),
            camera_cap=options.get(CONF_CAMERA_CAP, DEFAULT_CAMERA_CAP),
            heartbeat_interval=timedelta(seconds=interval) if interval else None,
            missed_heartbeats=options.get(CONF_MISSED_HEARTBEATS, DEFAULT_MISSED_HEARTBEATS),
            lateness_limit=timedelta(
                seconds=options.get(CONF_LATENESS_LIMIT, DEFAULT_LATENESS_LIMIT.total_seconds())
            ),
            hold_times={
                alarm: timedelta(seconds=chosen[alarm]) if alarm in chosen else default_hold_time(alarm)
                for alarm in AlarmType
            },
            store=options.get(CONF_STORE, True),
            keep_days=options.get(CONF_KEEP_DAYS, DEFAULT_KEEP_DAYS),
            keep_gib=options.get(CONF_KEEP_GIB, DEFAULT_KEEP_GIB),
        )
