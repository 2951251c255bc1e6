"""What a system has to say about itself to be a source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from homeassistant.components.binary_sensor import BinarySensorEntityDescription
from homeassistant.components.event import EventEntityDescription
from homeassistant.components.image import ImageEntityDescription
from homeassistant.components.sensor import SensorEntityDescription

from ..core.errors import ProtocolError
from ..core.messages import AlarmType, Message
from ..core.record import CameraRecord
from ..receiving.push import Push


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender gets back: an HTTP status and a JSON body."""

    status: HTTPStatus
    body: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Source(ABC):
    """One system: its wire format, its answers and the entities of its cameras.

    An entity's `key` says what it shows: binary sensors are named after their alarm type,
    `events`, `images` and `sensors` after the camera record's entries of that name.
    `heartbeat_interval` is what the system's cameras are set to when nothing else is known;
    `heartbeat_periods` are the only intervals that they can be set to, if there are such.
    """

    key: str
    title: str
    manufacturer: str
    heartbeat_interval: timedelta
    heartbeat_periods: Sequence[timedelta] = ()
    alarms: Sequence[AlarmType] = ()
    reads_plates: bool = False
    binary_sensors: Sequence[BinarySensorEntityDescription] = ()
    events: Sequence[EventEntityDescription] = ()
    images: Sequence[ImageEntityDescription] = ()
    sensors: Sequence[SensorEntityDescription] = ()

    @abstractmethod
    async def async_decode(self, push: Push) -> list[Message]:
        """Return the messages in a push; raises ProtocolError when any of it is not acceptable."""

    @abstractmethod
    def accepted(self) -> Answer:
        """Return the answer to a push that was accepted."""

    @abstractmethod
    def refused(self, error: ProtocolError) -> Answer:
        """Return the answer to a push that was not."""

    def device_manufacturer(self, record: CameraRecord) -> str:
        """Return who made a camera."""
        return self.manufacturer

    @abstractmethod
    def device_name(self, record: CameraRecord) -> str:
        """Return the name of a camera that its user has not named."""
