"""Contracts between transports and the entry: receivers, and the protocols that they report to."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, override

from ..domain.errors import ProtocolError
from ..domain.messages import CloudEvent, DeviceDetails, Identification, Message
from ..domain.platform_names import PlatformNames
from .push import Arrival

type Complete = Callable[[Sequence[Message]], Awaitable[Sequence[Message]]]


class MessageSink(Protocol):
    """Takes in decoded messages."""

    def arrival(self, address: str | None) -> Arrival:
        """Return where and when something arrives now."""

    async def async_receive(self, messages: Sequence[Message], complete: Complete | None = None) -> None:
        """Take in messages, all of them or, raising ProtocolError, none; `complete` completes them first.

        They are told when this has begun, whatever becomes of the caller; it returns once they are on disk.
        Those of a camera that come meanwhile are told after them.
        """

    async def async_tell(self, messages: Sequence[Message]) -> asyncio.Future[ProtocolError | None]:
        """Take in messages as `async_receive` does, and return as soon as they are told.

        The future is done when they are on disk; its result is an internal error, if there was one.
        """

    def async_refused(self, error: ProtocolError, address: str | None) -> None:
        """Count and log something that was refused."""

    def async_logged_in(self, address: str | None, section: str, *, success: bool) -> None:
        """Note that a sender used right or wrong credentials, those of a section of the options."""


class ConnectionState(Protocol):
    """Follows the connection to a platform that an entry's cameras are behind."""

    def async_connected(self, *, is_connected: bool) -> None:
        """Note whether the platform is connected: without it, its cameras are unavailable."""

    def async_start_reauth(self) -> None:
        """Ask the user for new credentials."""


class EventHistory(Protocol):
    """The known cameras of a platform, and their former events."""

    @property
    def last_event_at(self) -> datetime | None:
        """Return when the latest event happened, by the sender's clock; None without one."""

    def last_event_of(self, camera_id: str) -> datetime | None:
        """Return when the latest event of a camera happened, by the sender's clock; None without one."""

    @property
    def unread_since(self) -> datetime | None:
        """Return from when on events are still to be asked for, None if none were missed."""

    def async_set_unread_since(self, since: datetime | None) -> None:
        """Remember over a restart from when on events are still to be asked for."""

    @property
    def profiles(self) -> Sequence[str]:
        """Return the profiles that were seen lately, or are known persons'."""

    @property
    def names(self) -> PlatformNames:
        """Return the names that the platform gave profiles and watchlists."""

    def async_set_names(self, names: PlatformNames) -> None:
        """Remember the names that the platform gave profiles and watchlists."""

    def is_known(self, message: Identification | CloudEvent) -> bool:
        """Tell whether a message was received before."""

    def known_since(self, camera_id: str) -> datetime | None:
        """Return from when on a camera's events count, None if it is not known."""

    def is_forgotten(self, camera_id: str) -> bool:
        """Tell whether the user deleted a camera's device, and it has not come back since."""

    def async_ensure_camera(self, camera_id: str, details: DeviceDetails, since: datetime) -> None:
        """Have a device for a camera before its first event; events before `since` do not count.

        Raises ProtocolError when the limit of cameras is reached.
        """

    def event_types(self, camera_id: str) -> Mapping[str, Mapping[str, bool]]:
        """Return the settings of a camera's event types, by their names."""

    def async_set_event_types(self, camera_id: str, types: dict[str, dict[str, bool]]) -> None:
        """Remember the event types that a camera supports, and their settings."""


class Receiver(ABC):
    """Receives while its entry is loaded; `port` is None for an outgoing connection."""

    kind: str
    port: int | None

    @abstractmethod
    async def async_open(self) -> None:
        """Start receiving; raises OSError when a port cannot be opened."""

    @abstractmethod
    async def async_close(self) -> None:
        """Stop receiving and close all connections; does nothing when it is not open."""

    async def async_pause(self) -> bool:
        """Close the port, and have connections wait until `async_resume`; tell whether they can."""
        return False

    def async_resume(self, successor: Receiver) -> bool:
        """Go on for the entry that a new receiver was made for, which may be this one.

        Tell whether this one replaces it; if not, what has arrived is taken in when this one is closed.
        """
        return successor is self

    @property
    @abstractmethod
    def is_up(self) -> bool:
        """Tell whether the port is open, or the connection there."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return the state for diagnostics, without secrets."""


class BackgroundReceiver(Receiver):
    """One that works in a task of its own, without a port."""

    port = None
    _task: asyncio.Task[None] | None = None

    @abstractmethod
    async def _keep(self) -> None:
        """Work until the task is cancelled."""

    @override
    async def async_open(self) -> None:
        self._task = asyncio.create_task(self._keep(), name=f"camera_push {self.kind}")

    @override
    async def async_close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
