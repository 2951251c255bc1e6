"""Names that several modules share: the public contract's words and the options."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from .core.messages import AlarmType

DOMAIN: Final = "camera_push"

CONF_SOURCE: Final = "source"

CONF_KEEP_DAYS: Final = "keep_days"
CONF_KEEP_GIB: Final = "keep_gib"
CONF_STORE: Final = "store"
CONF_CAMERA_CAP: Final = "camera_cap"
CONF_HEARTBEAT_INTERVAL: Final = "heartbeat_interval"
CONF_HOLD_TIMES: Final = "hold_times"
CONF_LATENESS_LIMIT: Final = "lateness_limit"
CONF_LOCAL_ONLY: Final = "local_only"
CONF_MISSED_HEARTBEATS: Final = "missed_heartbeats"

DEFAULT_CAMERA_CAP: Final = 64
DEFAULT_HOLD_TIME: Final = timedelta(seconds=30)
DEFAULT_KEEP_DAYS: Final = 14
DEFAULT_KEEP_GIB: Final = 2
DEFAULT_LATENESS_LIMIT: Final = timedelta(seconds=30)
DEFAULT_MISSED_HEARTBEATS: Final = 3
# A fire does not end because a camera said so once: its alarms stay long enough to wake somebody.
SAFETY_ALARMS: Final = frozenset({AlarmType.FIRE, AlarmType.SMOKE, AlarmType.SMOKE_ALARM})
SAFETY_HOLD_TIME: Final = timedelta(seconds=300)

EVENT_ALARM: Final = f"{DOMAIN}_alarm"
EVENT_PLATE: Final = f"{DOMAIN}_plate"

ISSUE_CAMERA_CAP: Final = "camera_cap"
ISSUE_STORAGE: Final = "storage"
ISSUE_UNDO: Final = "undo_setup"

KEY_ALARM: Final = "alarm"
KEY_DOORBELL: Final = "doorbell"
KEY_LAST_SEEN: Final = "last_seen"
KEY_PLATE: Final = "plate"
KEY_SNAPSHOT: Final = "snapshot"
