"""Messages of cameras: every one is complete and valid, or it does not exist."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from .media import Clip, Picture, PictureRole

# The part of a read that the camera was asked for: it stands for a whole visit.
MISSED: Final = "missed"


class AlarmType(StrEnum):
    """Kinds of alarm, in the words of the public contract."""

    MOTION = "motion"
    DOORBELL = "doorbell"
    SMOKE_ALARM = "smoke_alarm"
    ABSENCE = "absence"
    BABY_CRYING = "baby_crying"
    HUMANOID = "humanoid"
    FIRE = "fire"
    SMOKE = "smoke"
    UNKNOWN = "unknown"


class VisitState(StrEnum):
    """Where in its visit a passing car is."""

    NEW = "new"
    UPDATE = "update"
    LOST = "lost"


class Direction(StrEnum):
    """Which way a car moves, as the camera is set up to see it."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDetails:
    """A camera's description of itself; None for missing fields.

    `firmware` is that of the camera, `app` the version of what runs on it and pushes.
    """

    name: str | None = None
    model: str | None = None
    firmware: str | None = None
    app: str | None = None
    serial_number: str | None = None
    mac: str | None = None
    wifi_mac: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Common to all messages.

    `address` is the sender's network address, where the transport knows it. Where `identified`
    is False, `camera_id` is only what the message lets guess. `unusable_pictures` counts pictures that
    came with it and were dropped: cut off, or no picture.
    """

    camera_id: str
    identified: bool = True
    received_at: datetime
    details: DeviceDetails = DeviceDetails()
    address: str | None = None
    unusable_pictures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(Message):
    """The camera is alive.

    `sent_at` is its own clock's time, where it sends one; `counters` are the numbers that it
    keeps of its work, by the key of the sensor that shows them.
    """

    sent_at: datetime | None = None
    counters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Message):
    """The camera detected something; `code` is the number that it sent for it."""

    alarm: AlarmType
    code: int
    picture: Picture | None = None
    clip: Clip | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Message):
    """A picture, and nothing more: one that we asked for, or that came without a word about why."""

    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """The vehicle as the camera recognised it; confidences are 0..1."""

    make: str | None = None
    model: str | None = None
    type: str | None = None
    color: str | None = None
    view: str | None = None
    make_model_confidence: float | None = None
    color_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class PictureLink:
    """A picture that a message only tells where to fetch."""

    url: str
    role: PictureRole


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateRead(Message):
    """One message about a passing car.

    `plate` is normalised (upper case, letters and digits only), `plate_raw` as the camera
    wrote it; both are None where it read none. `confidence` is 0..1. Where the sender tells none of any read,
    `is_rated` is False: whatever it sends counts. `captured_at` is the
    camera's clock's time. Times are in UTC. `state` is None where the transport does not carry
    it: then it follows from the messages that came before. `part` tells several messages of
    one car and time apart; it is `MISSED` where the camera was asked for what was not received. `more` is
    what else the camera said.
    """

    state: VisitState | None
    part: str | None = None
    plate: str | None = None
    plate_raw: str | None = None
    country: str | None = None
    region: str | None = None
    confidence: float | None = None
    direction: Direction = Direction.UNKNOWN
    zone: int | None = None
    car_id: str | None = None
    vehicle: Vehicle = Vehicle()
    list_name: str | None = None
    list_mode: str | None = None
    captured_at: datetime | None = None
    late: bool | None = None
    is_rated: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[PictureLink, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def certainty(self) -> float:
        """Return how much the plate may be relied on, 0..1."""
        return 1.0 if self.confidence is None and not self.is_rated else self.confidence or 0.0

    @property
    def key(self) -> str | None:
        """Return the key that identifies this message among its camera's, None without one.

        Cameras with an event buffer send again what they are not sure was received
        (FF-Events protocol 1.6, event buffer): the same car, state and capture time is the same message.
        """
        if self.captured_at is None or (self.car_id is None and self.plate is None):
            return None
        return f"{self.car}|{self.part or self.state}|{self.captured_at.timestamp():.3f}"

    @property
    def car(self) -> str:
        """Return the first part of the key, which identifies the car."""
        return self.car_id if self.car_id is not None else f"plate {self.plate}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification(Message):
    """A platform saw a person, and may have recognised them.

    `type` is the platform's word for what happened. `confidence` is 0..1, `watchlists` are ids.
    `captured_at` is the platform's clock's time, in UTC. `more` is what else it said. `late`
    says whether the message is about now, None where only its clock can tell. `links` are pictures that are
    still to be fetched; those that are left when it is told may come later.
    """

    type: str
    event_id: str | None = None
    activity_id: str | None = None
    profile_id: str | None = None
    watchlists: tuple[str, ...] = ()
    age: int | None = None
    gender: str | None = None
    confidence: float | None = None
    captured_at: datetime | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    links: tuple[PictureLink, ...] = ()
    pictures: tuple[Picture, ...] = ()
    late: bool | None = None

    @property
    def key(self) -> str | None:
        """Return the key that identifies this message among its camera's, None without one."""
        return self.event_id


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterPictures(Message):
    """Pictures of an identification that was told while they were still on their way.

    `event_id`, `type` and `captured_at` are those of the identification.
    """

    event_id: str
    type: str
    captured_at: datetime | None = None
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEvent(Message):
    """Something that a camera cloud has on record about a camera.

    `name` is the cloud's word for what happened, `meta` what it knows about it. `captured_at` is
    its clock's time, in UTC. `late` says whether the event is about now, None where only its clock can
    tell. `online` is whether the event says that the camera is online, None where it says nothing. Without
    `has_row`, another message about the same has a row in the history.
    """

    name: str
    event_id: str
    captured_at: datetime | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    picture: Picture | None = None
    late: bool | None = None
    online: bool | None = None
    has_row: bool = True

    @property
    def key(self) -> str:
        """Return the key that identifies this message among its camera's."""
        return self.event_id
