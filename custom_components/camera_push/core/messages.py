"""What cameras say, as data: every message is complete and valid, or it does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .media import Clip, Picture


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
    """What a camera says about itself; None where it says nothing."""

    name: str | None = None
    model: str | None = None
    firmware: str | None = None
    serial_number: str | None = None
    mac: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Common to all messages.

    `address` is the sender's network address, where the transport knows it.
    """

    camera_id: str
    received_at: datetime
    details: DeviceDetails = DeviceDetails()
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(Message):
    """The camera is alive; `sent_at` is its own clock's time, where it sends one.

    Where `identified` is False, `camera_id` is only what the heartbeat lets guess.
    """

    identified: bool = True
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(Message):
    """The camera detected something; `code` is the number that it sent for it."""

    alarm: AlarmType
    code: int
    picture: Picture
    clip: Clip | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Message):
    """A picture that we asked for: nothing happened."""

    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """What the camera recognised besides the plate; confidences are 0..1."""

    make: str | None = None
    model: str | None = None
    type: str | None = None
    color: str | None = None
    view: str | None = None
    make_model_confidence: float | None = None
    color_confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateRead(Message):
    """One message about a passing car.

    `plate` is normalised (upper case, letters and digits only), `plate_raw` as the camera
    wrote it; both are None where it read none. `confidence` is 0..1. `captured_at` is the
    camera's clock's time. Times are in UTC.
    """

    state: VisitState
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
    pictures: tuple[Picture, ...] = ()

    @property
    def key(self) -> str | None:
        """Return what makes this message one of a kind for its camera, or None if nothing does.

        Cameras with an event buffer send again what they are not sure was received
        (FF-Events protocol 1.6, event buffer): the same car, state and capture time is the same message.
        """
        if self.captured_at is None or (self.car_id is None and self.plate is None):
            return None
        car = self.car_id if self.car_id is not None else f"plate {self.plate}"
        return f"{car}|{self.state}|{self.captured_at.timestamp():.3f}"
