"""The description of a system that the hub and the entities use: data only."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..const import KEY_CONNECTIVITY
from .media import Picture
from .messages import DeviceDetails, PlateRead

type FetchSnapshot = Callable[[], Awaitable[Picture]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedReads:
    """How a camera is asked for the plate reads that it has on record; both raise RequestError.

    `fetch` returns those since a time by the camera's clock, the oldest first, without their pictures;
    `complete` returns a read with its pictures.
    """

    fetch: Callable[[datetime], Awaitable[Sequence[PlateRead]]]
    complete: Callable[[PlateRead], Awaitable[PlateRead]]


class RequestError(Exception):
    """A request to a camera or platform failed; the text says why, and holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """Settings of a camera that was set up from Home Assistant.

    `interval` is that of its heartbeats. `fetch_snapshot` returns a live picture or raises RequestError;
    it is None where cameras give none. `stream_source` is the URL of a live stream, with its login;
    `recorded_reads` is None where cameras keep none. `subentry_id` is that of the subentry that the settings
    are from.
    """

    camera_id: str
    details: DeviceDetails
    interval: timedelta | None
    fetch_snapshot: FetchSnapshot | None = None
    stream_source: str | None = field(default=None, repr=False)
    recorded_reads: RecordedReads | None = None
    subentry_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """A system as its cameras' entities show it.

    `binary_sensors`, `events`, `images` and `sensors` are the keys of the entities that each of its
    cameras has, in the words of the public contract; `events` maps a key to its event types, none where
    each camera has types of its own. Those in `optional` are for cameras that had something to show by them.
    `heartbeat_interval` is expected when nothing else is known, `heartbeat_periods` are the only intervals
    that the cameras can be set to, if there are such.
    With `has_platform_device`, the cameras are behind one platform that is a device of its own.
    `event_settings` are the settings that each of a camera's event types can have.
    """

    key: str
    title: str
    manufacturer: str
    heartbeat_interval: timedelta
    default_name: Callable[[str, DeviceDetails], str]
    device_manufacturer: Callable[[DeviceDetails], str] | None = None
    heartbeat_periods: Sequence[timedelta] = ()
    has_platform_device: bool = False
    binary_sensors: Sequence[str] = ()
    events: Mapping[str, Sequence[str]] = field(default_factory=dict)
    images: Sequence[str] = ()
    sensors: Sequence[str] = ()
    optional: frozenset[str] = frozenset()
    event_settings: Sequence[str] = ()

    @property
    def held_sensors(self) -> tuple[str, ...]:
        """Return the binary sensors that a message switches on for their hold time."""
        return tuple(key for key in self.binary_sensors if key != KEY_CONNECTIVITY)

    def manufacturer_of(self, details: DeviceDetails) -> str:
        """Return a camera's manufacturer."""
        return (
            self.device_manufacturer(details) if self.device_manufacturer is not None else self.manufacturer
        )
