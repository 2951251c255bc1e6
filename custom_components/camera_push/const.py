"""Names that several modules share: the public contract's words and the options."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from .domain.messages import AlarmType

DOMAIN: Final = "camera_push"

CONF_SOURCE: Final = "source"

CONF_KEEP_DAYS: Final = "keep_days"
CONF_KEEP_GIB: Final = "keep_gib"
CONF_STORE: Final = "store"
CONF_MAX_CAMERAS: Final = "max_cameras"
CONF_HEARTBEAT_INTERVAL: Final = "heartbeat_interval"
CONF_HOLD_TIMES: Final = "hold_times"
CONF_LATENESS_LIMIT: Final = "lateness_limit"
CONF_LOCAL_ONLY: Final = "local_only"
CONF_MISSED_HEARTBEATS: Final = "missed_heartbeats"

# Sections of options, and what is in them.
CONF_AUTHENTICATION: Final = "authentication"
CONF_AUTHENTICATION_KIND: Final = "kind"
CONF_FTP: Final = "ftp"
CONF_HEADER_VALUE: Final = "header_value"
CONF_NETWORKS: Final = "networks"
CONF_GROUPS: Final = "groups"
CONF_MINIMUM_PERSON_CONFIDENCE: Final = "minimum_person_confidence"
CONF_POLL_INTERVAL: Final = "poll_interval"
CONF_PASSIVE_ADDRESS: Final = "passive_address"
CONF_PASSIVE_PORTS: Final = "passive_ports"
CONF_PLATFORM: Final = "platform"
CONF_RATES: Final = "rates"
CONF_RATE_OF_ALL: Final = "of_all"
CONF_RATE_OF_ONE: Final = "of_one"
CONF_TCP: Final = "tcp"

# A known vehicle or person.
CONF_CAMERAS: Final = "cameras"
CONF_DIRECTIONS: Final = "directions"
CONF_HOLD_TIME: Final = "hold_time"
CONF_HOME_DIRECTION: Final = "home_direction"
CONF_MINIMUM_CONFIDENCE: Final = "minimum_confidence"
CONF_MISREADS: Final = "misreads"
CONF_PLATES: Final = "plates"
CONF_PROFILES: Final = "profiles"
CONF_ZONES: Final = "zones"

DEFAULT_MAX_CAMERAS: Final = 64
DEFAULT_HOLD_TIME: Final = timedelta(seconds=30)
DEFAULT_KEEP_DAYS: Final = 14
DEFAULT_KEEP_GIB: Final = 2
DEFAULT_LATENESS_LIMIT: Final = timedelta(seconds=30)
DEFAULT_MINIMUM_PERSON_CONFIDENCE: Final = 0
DEFAULT_MISSED_HEARTBEATS: Final = 3
DEFAULT_POLL_SECONDS: Final = 10
DEFAULT_PASSIVE_PORTS: Final = "50000-50019"
# A fire does not end because a camera said so once: its alarms stay long enough to wake somebody.
SAFETY_ALARMS: Final[frozenset[str]] = frozenset({AlarmType.FIRE, AlarmType.SMOKE, AlarmType.SMOKE_ALARM})
SAFETY_HOLD_TIME: Final = timedelta(seconds=300)

EVENT_ALARM: Final = f"{DOMAIN}_alarm"
EVENT_CLOUD: Final = f"{DOMAIN}_cloud_event"
EVENT_IDENTIFICATION: Final = f"{DOMAIN}_identification"
EVENT_PLATE: Final = f"{DOMAIN}_plate"

ISSUE_MAX_CAMERAS: Final = "max_cameras"
ISSUE_CLOCK: Final = "clock_offset"
ISSUE_CUT_URL: Final = "cut_url"
ISSUE_CREDENTIALS: Final = "wrong_credentials"
ISSUE_PORT: Final = "port"
ISSUE_STORAGE: Final = "storage"
ISSUE_UNDECODED: Final = "undecoded"
ISSUE_UNDO: Final = "undo_setup"

KEY_ALARM: Final = "alarm"
KEY_ALLOW_LIST: Final = "on_allow_list"
KEY_BLOCK_LIST: Final = "on_block_list"
KEY_CLOUD_EVENT: Final = "cloud_event"
KEY_CONNECTIVITY: Final = "connectivity"
KEY_CLOCK_OFFSET: Final = "clock_offset"
KEY_DOORBELL: Final = "doorbell"
KEY_FACE: Final = "face"
KEY_IDENTIFICATION: Final = "identification"
KEY_LAST_CONFIDENCE: Final = "last_confidence"
KEY_LAST_PERSON: Final = "last_person"
KEY_LAST_SEEN: Final = "last_seen"
KEY_LAST_WATCHLIST: Final = "last_watchlist"
KEY_PLATE: Final = "plate"
KEY_SNAPSHOT: Final = "snapshot"

SUBENTRY_CAMERA: Final = "camera"
SUBENTRY_PERSON: Final = "person"
SUBENTRY_WATCHLIST: Final = "watchlist"
SUBENTRY_VEHICLE: Final = "vehicle"
