"""History: one row for each thing that happened, and how a visit's messages become one row."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
import json
from typing import Any, Final, Self, override

import orjson

from .media_id import NUMBER
from .plates import canonical_plate

MAX_READINGS: Final = 8


class EventKind(StrEnum):
    """The kinds of row."""

    VISIT = "visit"
    ALARM = "alarm"
    IDENTIFICATION = "identification"
    CLOUD_EVENT = "cloud_event"


@dataclass(frozen=True, slots=True)
class EventId:
    """The id of a row over all entries: `<entry id>.<number>`."""

    entry_id: str
    number: int

    @override
    def __str__(self) -> str:
        return f"{self.entry_id}.{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the id in a text, None if it is none."""
        entry_id, _, number = text.rpartition(".")
        return cls(entry_id, int(number)) if entry_id and NUMBER.fullmatch(number) else None


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a plate."""

    plate: str
    confidence: float | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEvent:
    """A row of the history, or one message's addition to it.

    `at` is the moment of the best reading, of the alarm or of the recognition. `type` is an alarm's name,
    OMNI's event type or a cloud event's name. `known_id` is the id of the known vehicle or person. `visits`
    counts the earlier rows of the same plate or profile; the store sets it, and `favourite`. Pictures and
    clips are given by their numbers in the store.
    """

    id: int
    kind: EventKind
    camera_id: str
    at: datetime
    first_at: datetime
    last_at: datetime
    received_at: datetime
    late: bool = False
    is_over: bool = True
    type: str | None = None
    danger: bool = False
    plate: str | None = None
    plate_raw: str | None = None
    country: str | None = None
    region: str | None = None
    confidence: float | None = None
    direction: str | None = None
    zone: int | None = None
    vehicle: Mapping[str, str | None] | None = None
    list_name: str | None = None
    list_mode: str | None = None
    readings: tuple[Reading, ...] = ()
    corrected_from: str | None = None
    known_id: str | None = None
    profile_id: str | None = None
    watchlists: tuple[str, ...] = ()
    age: int | None = None
    gender: str | None = None
    meta: Mapping[str, Any] | None = None
    picture: int | None = None
    plate_picture: int | None = None
    face_picture: int | None = None
    clip: int | None = None
    favourite: bool = False
    visits: int = 0

    @property
    def plate_key(self) -> str | None:
        """Return the plate as it is compared and searched."""
        return canonical_plate(self.plate) or None

    def dump(self) -> str:
        """Return everything that is no column of the table as JSON."""
        values: dict[str, Any] = {}
        for name in _DETAILS:
            value = getattr(self, name)
            if value not in (None, (), {}):
                values[name] = value
        for name in _TIMES:
            values[name] = milliseconds(getattr(self, name))
        if not self.is_over:
            values["is_over"] = False
        if self.late:
            values["late"] = True
        if self.readings:
            values["readings"] = [(it.plate, it.confidence, milliseconds(it.at)) for it in self.readings]
        try:
            return orjson.dumps(values).decode()
        except orjson.JSONEncodeError:
            # Numbers that JSON knows and it does not, as a platform may send them.
            return json.dumps(values, separators=(",", ":"))

    @classmethod
    def load(cls, details: str, **columns: Any) -> Self:
        """Return the row with these columns and the text of `dump`."""
        values: dict[str, Any] = json.loads(details)
        for name in _TIMES:
            values[name] = from_milliseconds(values[name])
        values["readings"] = tuple(
            Reading(plate, confidence, from_milliseconds(at))
            for plate, confidence, at in values.get("readings", ())
        )
        values["watchlists"] = tuple(values.get("watchlists", ()))
        return cls(**columns, **values)


_TIMES: Final = ("first_at", "last_at", "received_at")
_DETAILS: Final = (
    "plate",
    "plate_raw",
    "country",
    "region",
    "confidence",
    "direction",
    "zone",
    "vehicle",
    "list_name",
    "list_mode",
    "corrected_from",
    "watchlists",
    "age",
    "gender",
    "meta",
    "picture",
    "plate_picture",
    "face_picture",
    "clip",
)


def milliseconds(time: datetime) -> int:
    """Return a time as the index holds it."""
    return round(time.timestamp() * 1000)


def from_milliseconds(time: int) -> datetime:
    """Return the time that the index holds."""
    return datetime.fromtimestamp(time / 1000, UTC)


def merged(old: HistoryEvent, new: HistoryEvent) -> HistoryEvent:
    """Return a visit's row after another message of it.

    The best reading decides what plate it was and when; what a user put right stays right.
    """
    is_better = (
        new.plate is not None
        and old.corrected_from is None
        and (old.plate is None or (new.confidence or 0) >= (old.confidence or 0))
    )
    best, other = (new, old) if is_better else (old, new)
    return replace(
        old,
        at=best.at,
        first_at=min(old.first_at, new.first_at),
        last_at=max(old.last_at, new.last_at),
        received_at=max(old.received_at, new.received_at),
        late=old.late and new.late,
        is_over=old.is_over or new.is_over,
        danger=old.danger or new.danger,
        plate=best.plate,
        plate_raw=best.plate_raw,
        country=best.country or other.country,
        region=best.region or other.region,
        confidence=_confidence(best, old, new),
        direction=_direction(old, new),
        zone=best.zone if best.zone is not None else other.zone,
        vehicle=_vehicle(best, other),
        list_name=new.list_name or old.list_name,
        list_mode=new.list_mode or old.list_mode,
        readings=_readings(best, other),
        known_id=best.known_id or (other.known_id if old.corrected_from is None else None),
        profile_id=new.profile_id or old.profile_id,
        watchlists=tuple(dict.fromkeys((*old.watchlists, *new.watchlists))),
        age=new.age if new.age is not None else old.age,
        gender=new.gender or old.gender,
        picture=_first(best.picture, other.picture),
        plate_picture=_first(best.plate_picture, other.plate_picture),
        face_picture=_first(best.face_picture, other.face_picture),
        clip=_first(old.clip, new.clip),
    )


def _confidence(best: HistoryEvent, old: HistoryEvent, new: HistoryEvent) -> float | None:
    """Return the confidence of the plate that was read, or of the person who was recognised."""
    if best.plate is not None:
        return best.confidence
    recognised = new if new.profile_id is not None else old
    return recognised.confidence if recognised.profile_id is not None else None


def _first(one: int | None, other: int | None) -> int | None:
    return one if one is not None else other


def _direction(old: HistoryEvent, new: HistoryEvent) -> str | None:
    return new.direction if new.direction not in (None, "unknown") else old.direction or new.direction


def _vehicle(best: HistoryEvent, other: HistoryEvent) -> Mapping[str, str | None] | None:
    if not best.vehicle or not other.vehicle:
        return best.vehicle or other.vehicle
    return {**other.vehicle, **{key: value for key, value in best.vehicle.items() if value is not None}}


def _readings(best: HistoryEvent, other: HistoryEvent) -> tuple[Reading, ...]:
    """Return the other readings of a visit, the most certain first."""
    others = [*best.readings, *other.readings]
    if other.plate is not None:
        others.append(Reading(other.plate, other.confidence, other.at))
    found: dict[str, Reading] = {}
    for reading in others:
        before = found.get(reading.plate)
        if reading.plate != best.plate and (
            before is None or (reading.confidence or 0) > (before.confidence or 0)
        ):
            found[reading.plate] = reading
    ordered = sorted(found.values(), key=lambda reading: reading.confidence or 0, reverse=True)
    return tuple(ordered[:MAX_READINGS])


def corrected(event: HistoryEvent, plate: str, known_id: str | None) -> HistoryEvent:
    """Return a visit's row with the plate that a user says it was."""
    return replace(
        event,
        plate=plate,
        plate_raw=plate,
        corrected_from=event.corrected_from if event.corrected_from is not None else event.plate or "",
        known_id=known_id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMatch:
    """The fields in which a text is searched for: any of these."""

    camera_ids: frozenset[str] = frozenset()
    known_ids: frozenset[str] = frozenset()
    profile_ids: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    plate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which rows are meant; None means any.

    `plate` is a canonical pattern: `?` is any character, `*` any number of them. A row is meant if it has one
    of `known_ids` or `profile_ids`. `cursor` is where the page before ended: its last row's time in
    milliseconds, and the number that rows of the same time have to be below.
    """

    camera_ids: frozenset[str] | None = None
    kinds: frozenset[EventKind] | None = None
    known: bool | None = None
    favourite: bool | None = None
    danger: bool | None = None
    plate: str | None = None
    known_ids: frozenset[str] | None = None
    profile_ids: frozenset[str] | None = None
    types: frozenset[str] | None = None
    text: TextMatch | None = None
    after: datetime | None = None
    before: datetime | None = None
    ids: frozenset[int] | None = None
    cursor: tuple[int, int] | None = None

    @property
    def has_pattern(self) -> bool:
        """Tell whether plates of many spellings are meant."""
        return self.plate is not None and not set("?*").isdisjoint(self.plate)

    @property
    def has_overlaps(self) -> bool:
        """Tell whether a row can be meant for more than one reason, or for one that is not counted."""
        return (
            self.text is not None
            or self.has_pattern
            or self.known_ids is not None
            or self.profile_ids is not None
            or self.types is not None
            or self.ids is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSummary:
    """How many rows there are in a time: in each slot of it, in all, and of each camera."""

    slots: list[dict[str, int]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    cameras: dict[str, dict[str, int]] = field(default_factory=dict)
