"""Ways in besides our webhook: ports that cameras connect to, and connections that we keep."""

from __future__ import annotations

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Sequence
import logging
from typing import TYPE_CHECKING, Any, Final, Protocol, override

from ..core.errors import ProtocolError, Refusal
from ..core.messages import Message
from .push import Arrival

if TYPE_CHECKING:
    from datetime import datetime

    from homeassistant.config_entries import ConfigEntry
    from homeassistant.core import HomeAssistant

    from ..core.messages import CloudEvent, DeviceDetails, Identification
    from ..options import Options
    from .door import Door

_LOGGER = logging.getLogger(__name__)


class Host(Protocol):
    """What a listener needs of the hub that it receives for."""

    hass: HomeAssistant
    entry: ConfigEntry
    options: Options
    door: Door

    @property
    def last_event_at(self) -> datetime | None:
        """Return when the last thing happened that was received, by the sender's clock."""

    def is_known(self, message: Identification | CloudEvent) -> bool:
        """Tell whether a message was received before."""

    def arrival(self, address: str | None) -> Arrival:
        """Return where and when something comes in now."""

    async def async_receive(self, messages: Sequence[Message]) -> None:
        """Take in messages: all of them or, raising ProtocolError, none."""

    def async_refused(self, error: ProtocolError, address: str | None) -> None:
        """Note that something was refused."""

    def async_connected(self, *, is_connected: bool) -> None:
        """Note whether the platform can be heard: without it, its cameras are unavailable."""

    def async_adopt(self, camera_id: str, details: DeviceDetails, since: datetime) -> None:
        """Have a device for a camera before its first event; events before `since` are not ours."""

    async def async_set_event_types(self, camera_id: str, types: dict[str, dict[str, bool]]) -> None:
        """Remember the types of event that a camera supports, and their settings."""

    async def async_set_event_setting(self, camera_id: str, name: str, setting: str, *, is_on: bool) -> None:
        """Remember that one setting of a type of event was changed."""

    def known_since(self, camera_id: str) -> datetime | None:
        """Return since when events of a camera are ours, None if it is not known."""

    def async_start_reauth(self) -> None:
        """Have the user asked for new credentials."""

    def async_logged_in(self, address: str | None, section: str, *, success: bool) -> None:
        """Note that somebody came with right or wrong credentials."""


class LinkRefusedError(Exception):
    """The other side knows us, and does not want us."""


class Listener(ABC):
    """A way in that is open while its entry is loaded; `port` is ours, None for a connection of ours."""

    kind: str
    port: int | None

    @abstractmethod
    async def async_open(self) -> None:
        """Open the way in; raises OSError when a port is taken or not ours to take."""

    @abstractmethod
    async def async_close(self) -> None:
        """Close it and all connections; does nothing when it is not open."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return what there is to know about it, for diagnostics; no secrets."""


class Connection(Listener):
    """A connection of ours, kept by a task of its own; its loss and its return are logged once each."""

    port = None

    def __init__(self, name: str) -> None:
        """Be called `name` in the log."""
        self._name = name
        self._task: asyncio.Task[None] | None = None
        self._is_lost = False
        self.error: str | None = None

    @abstractmethod
    async def _keep(self) -> None:
        """Keep the connection until cancelled."""

    @override
    async def async_open(self) -> None:
        self._task = asyncio.create_task(self._keep(), name=f"camera_push {self._name}")

    @override
    async def async_close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _lost(self, error: str) -> None:
        self.error = error
        if not self._is_lost:
            self._is_lost = True
            _LOGGER.warning("%s: the connection is lost (%s); trying again", self._name, error)

    def _back(self) -> None:
        self.error = None
        if self._is_lost:
            self._is_lost = False
            _LOGGER.info("%s: connected again", self._name)


# So much of each connection is on the house: who fills the memory does not keep others' usual pictures out.
FREE_BYTES: Final = 256 * 1024


class Budget:
    """How many bytes may wait in memory at once, over all connections of a listener."""

    def __init__(self, limit: int) -> None:
        """Allow so many bytes."""
        self._limit = limit
        self.taken = 0

    def take(self, size: int) -> None:
        """Take some; raises ProtocolError when there are not so many left."""
        if self.taken + size > self._limit:
            raise ProtocolError("Too much is coming in at once; try again.", Refusal.BUSY)
        self.taken += size

    def give_back(self, size: int) -> None:
        """Give back what was taken."""
        self.taken -= size


class Share:
    """What one connection keeps in memory: a little that is its own, more of a budget."""

    def __init__(self, budget: Budget) -> None:
        """Begin with nothing."""
        self._budget = budget
        self.kept = 0

    def take(self, size: int) -> None:
        """Keep so many bytes more; raises ProtocolError when there is no room for them."""
        self._budget.take(_beyond(self.kept + size) - _beyond(self.kept))
        self.kept += size

    def give_back(self, size: int) -> None:
        """Keep so many bytes less."""
        self._budget.give_back(_beyond(self.kept) - _beyond(self.kept - size))
        self.kept -= size


def _beyond(size: int) -> int:
    """Return what of so many bytes is not on the house."""
    return max(0, size - FREE_BYTES)
