"""Records of cameras and known vehicles, kept over a restart, and their form on disk."""

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
import json
from typing import Any, Final

import orjson

from .media import MEDIA_TYPES, MediaType
from .messages import DeviceDetails

# A log that is written every half a minute, and a camera that sees a car every few seconds at most.
_MAX_SEEN: Final = 8
_MAX_USED: Final = 100
# The details in most messages.
_NOTHING: Final = DeviceDetails()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRecord:
    """The picture that an entity shows; `media_id` is None while it is in memory only."""

    media_id: int | None
    type: MediaType
    updated_at: datetime
    captured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """The last event of an event entity."""

    type: str
    at: datetime
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRecord:
    """The state of a sensor and its attributes."""

    value: str | int
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class CameraRecord:
    """Everything about a camera that outlives the process.

    `last_event_at` is when the last event of a platform happened, by its clock; what happened
    before `known_since` does not count. `online` is what the cloud says of the camera,
    `event_types` are its settings by the names of events. `is_silent` says that its silence was told and
    its return not yet; `is_forgotten`, that its user deleted it, and nothing else is known. `missed_since` is
    from when on the camera is still to be asked for what was missed. `alarms`
    maps a binary sensor's key to the time until which it is on; `pictures`, `events` and
    `values` map an entity's key to what it shows; `counts` are in all, `counts_today` those of the day
    `counts_day` (YYYY-MM-DD, local); `visits` are the latest ones, as `Visit.dump` returns them; `seen` are
    those that were counted last, as `Seen.dump` returns them, by their keys.
    """

    camera_id: str
    details: DeviceDetails = field(default_factory=DeviceDetails)
    address: str | None = None
    last_seen: datetime | None = None
    last_event_at: datetime | None = None
    known_since: datetime | None = None
    online: bool | None = None
    event_types: dict[str, dict[str, bool]] = field(default_factory=dict)
    armed: bool = False
    is_silent: bool = False
    is_forgotten: bool = False
    missed_since: datetime | None = None
    heartbeat_gaps: list[float] = field(default_factory=list)
    clock_offset: float | None = None
    alarms: dict[str, datetime] = field(default_factory=dict)
    pictures: dict[str, PictureRecord] = field(default_factory=dict)
    events: dict[str, EventRecord] = field(default_factory=dict)
    values: dict[str, ValueRecord] = field(default_factory=dict)
    visits: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    counts_today: dict[str, int] = field(default_factory=dict)
    counts_day: str | None = None

    def count(self, key: str, day: str, today: str) -> None:
        """Count something that happened on a day, which may be over."""
        self.counts[key] = self.counts.get(key, 0) + 1
        if day == today:
            self.counts_today = self.counts_of(today)
            self.counts_day = today
            self.counts_today[key] = self.counts_today.get(key, 0) + 1

    def note_seen(self, key: str, seen: dict[str, Any]) -> None:
        """Remember who was counted: the log of all is written some time later."""
        self.seen.pop(key, None)
        self.seen[key] = seen
        if len(self.seen) > _MAX_SEEN:
            del self.seen[next(iter(self.seen))]

    def counts_of(self, today: str) -> dict[str, int]:
        """Return what was counted today."""
        return self.counts_today if self.counts_day == today else {}

    def learn(self, details: DeviceDetails) -> bool:
        """Take over a message's details of the camera; return True when they are news."""
        if details == _NOTHING:
            return False
        news = {name: value for name, value in asdict(details).items() if value is not None}
        merged = replace(self.details, **news)
        changed = merged != self.details
        self.details = merged
        return changed

    def note_event(self, captured_at: datetime | None, received_at: datetime) -> None:
        """Remember when the last event of a platform happened.

        A clock that is ahead must not make us miss what comes after a loss.
        """
        if captured_at is not None:
            happened_at = min(captured_at, received_at)
            self.last_event_at = max(self.last_event_at or happened_at, happened_at)

    def dump(self) -> str:
        """Return the record as JSON."""
        return _dump(self)

    @classmethod
    def load(cls, text: str) -> CameraRecord:
        """Return the record that `dump` wrote.

        Raises ValueError, KeyError or TypeError when the text is not one.
        """
        data = _loaded(text, "last_seen", "last_event_at", "known_since", "missed_since")
        data["details"] = DeviceDetails(**data["details"])
        data["alarms"] = {key: _time(until) for key, until in data["alarms"].items()}
        data["pictures"] = {
            key: PictureRecord(
                media_id=picture["media_id"],
                type=MEDIA_TYPES[picture["type"]["extension"]],
                updated_at=_time(picture["updated_at"]),
                captured_at=_time(picture["captured_at"]),
            )
            for key, picture in data["pictures"].items()
        }
        data["events"] = {key: _event(event) for key, event in data["events"].items()}
        data["values"] = {key: ValueRecord(**value) for key, value in data["values"].items()}
        return cls(**data)


@dataclass(slots=True, kw_only=True)
class KnownRecord:
    """Everything about a known vehicle or person that outlives the process.

    `is_home` is None until a vehicle was seen moving either way; `visits` is how often it was there; `used`
    are the latest rights to come once that a list's vehicles used up.
    """

    last_seen: datetime | None = None
    last_direction: str | None = None
    last_camera: str | None = None
    is_home: bool | None = None
    present_until: datetime | None = None
    seen: EventRecord | None = None
    visits: int = 0
    used: list[str] = field(default_factory=list)

    def use_up(self, right: str) -> None:
        """Remember that somebody used up the right to come once: the list itself is written later."""
        self.used = [*self.used[1 - _MAX_USED :], right]

    def dump(self) -> str:
        """Return the record as JSON."""
        return _dump(self)

    @classmethod
    def load(cls, text: str) -> KnownRecord:
        """Return the record that `dump` wrote.

        Raises ValueError, KeyError or TypeError when the text is not one.
        """
        data = _loaded(text, "last_seen", "present_until")
        data["seen"] = _event(data["seen"]) if data["seen"] else None
        return cls(**data)


def _dump(record: CameraRecord | KnownRecord) -> str:
    try:
        return orjson.dumps(record, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:
        # Numbers and characters that JSON knows and it does not, as a platform may send them.
        return json.dumps(asdict(record), default=_iso, separators=(",", ":"))


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} in a record")


def _loaded(text: str, *times: str) -> dict[str, Any]:
    """Return the values in a record, with those under `times` as times where they are set."""
    data: dict[str, Any] = json.loads(text)
    return data | {name: _time(data[name]) if data.get(name) else None for name in times}


def _event(data: dict[str, Any]) -> EventRecord:
    return EventRecord(**data | {"at": _time(data["at"])})


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
