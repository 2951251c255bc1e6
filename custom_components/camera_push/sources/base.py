"""What a system has to say about itself to be a source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from homeassistant.components.binary_sensor import BinarySensorEntityDescription
from homeassistant.components.event import EventEntityDescription
from homeassistant.components.image import ImageEntityDescription
from homeassistant.components.sensor import SensorEntityDescription
from homeassistant.config_entries import ConfigFlowResult, ConfigSubentry, ConfigSubentryFlow
from homeassistant.core import HomeAssistant

from ..domain.errors import ProtocolError
from ..domain.media import Picture
from ..domain.messages import DeviceDetails, Message
from ..domain.record import CameraRecord
from ..transports.contracts import Host, Receiver
from ..transports.push import Push


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender gets back: an HTTP status and a JSON body."""

    status: HTTPStatus
    body: dict[str, Any]


class SnapshotError(Exception):
    """A camera that was asked for a picture gave none; the text says why, and holds no secret."""


class SettingError(Exception):
    """A camera or its cloud did not take a setting; the text says why, and holds no secret."""


class UndoError(Exception):
    """A camera did not take back the settings that it had before it was set up."""


if TYPE_CHECKING:
    from ..config_flow import CameraPushConfigFlow


class Transport(StrEnum):
    """What cameras can use besides HTTP; also the name of the options' section."""

    TCP = "tcp"
    FTP = "ftp"


type Step = Callable[[CameraPushConfigFlow, dict[str, Any] | None], Awaitable[ConfigFlowResult]]
type FetchSnapshot = Callable[[], Awaitable[Picture]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """What is known of a camera that was set up from Home Assistant.

    `interval` is how often it sends a heartbeat. `fetch_snapshot` returns a picture of now, or
    raises SnapshotError; it is None where cameras give none.
    """

    camera_id: str
    details: DeviceDetails
    interval: timedelta | None
    fetch_snapshot: FetchSnapshot | None = None


@dataclass(frozen=True, kw_only=True)
class Source(ABC):
    """One system: its wire format, its answers and the entities of its cameras.

    An entity's `key` says what it shows: binary sensors are named after their alarm type,
    `events`, `images` and `sensors` after the camera record's entries of that name.
    `heartbeat_interval` is what the system's cameras are set to when nothing else is known;
    `heartbeat_periods` are the only intervals that they can be set to, if there are such.
    `authenticates` says whether they can send credentials, `transports` what else than HTTP
    they speak. With `is_platform`, its cameras are behind one platform, a device of its own.
    With `polls`, events are asked for; `tells_connectivity` says whether its cameras are known to
    be online or not, `event_settings` what can be switched for each type of event.
    `flow_steps` are the config flow's steps where it needs more than a URL to paste: the first
    is called like the source, others can be `<key>_reconfigure` and `<key>_reauth`.
    `register_services` registers the actions that only this system has.
    """

    key: str
    title: str
    manufacturer: str
    heartbeat_interval: timedelta
    heartbeat_periods: Sequence[timedelta] = ()
    reads_plates: bool = False
    identifies: bool = False
    is_platform: bool = False
    polls: bool = False
    tells_connectivity: bool = False
    event_settings: Sequence[str] = ()
    authenticates: bool = False
    transports: frozenset[Transport] = frozenset()
    binary_sensors: Sequence[BinarySensorEntityDescription] = ()
    events: Sequence[EventEntityDescription] = ()
    images: Sequence[ImageEntityDescription] = ()
    sensors: Sequence[SensorEntityDescription] = ()
    subentry_flows: Mapping[str, type[ConfigSubentryFlow]] = MappingProxyType({})
    flow_steps: Mapping[str, Step] = MappingProxyType({})
    register_services: Callable[[HomeAssistant], None] | None = None

    @abstractmethod
    async def async_decode(self, push: Push) -> list[Message]:
        """Return the messages in a push; raises ProtocolError when any of it is not acceptable."""

    @abstractmethod
    def accepted(self) -> Answer:
        """Return the answer to a push that was accepted."""

    @abstractmethod
    def refused(self, error: ProtocolError) -> Answer:
        """Return the answer to a push that was not."""

    async def async_complete(self, host: Host, messages: Sequence[Message]) -> Sequence[Message]:
        """Return messages that came over HTTP with what they only tell where to fetch."""
        return messages

    def live_picture(self, host: Host, camera_id: str) -> FetchSnapshot | None:
        """Return what fetches a picture of now, or raises SnapshotError; None where there is no such."""
        return None

    async def async_change_event_type(
        self, host: Host, camera_id: str, name: str, setting: str, *, is_on: bool
    ) -> None:
        """Switch a setting of a type of event; raises SettingError."""
        raise SettingError("Cameras of this system have no such settings")

    def listeners(self, host: Host) -> Sequence[Receiver]:
        """Return what listens for this system's cameras, as the options say."""
        return ()

    def camera_settings(self, hass: HomeAssistant, subentry: ConfigSubentry) -> CameraSettings | None:
        """Return the settings in a subentry, or None if it is not one of a camera."""
        return None

    async def async_undo_setup(self, hass: HomeAssistant, data: Mapping[str, Any]) -> None:
        """Put back what a camera was set to before it was set up; raises UndoError."""
        raise UndoError("Cameras of this system are not set up from Home Assistant")

    def device_manufacturer(self, record: CameraRecord) -> str:
        """Return who made a camera."""
        return self.manufacturer

    @abstractmethod
    def device_name(self, record: CameraRecord) -> str:
        """Return the name of a camera that its user has not named."""
