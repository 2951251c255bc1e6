"""Ports of our own that cameras connect to, for what does not come over HTTP."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..core.errors import ProtocolError, Refusal
from ..core.messages import Message
from .push import Arrival

if TYPE_CHECKING:
    from ..options import Options


class Host(Protocol):
    """What a listener needs of the hub that it receives for."""

    options: Options

    def arrival(self, address: str | None) -> Arrival:
        """Return where and when something comes in now."""

    async def async_receive(self, messages: Sequence[Message]) -> None:
        """Take in messages: all of them or, raising ProtocolError, none."""

    def async_refused(self, error: ProtocolError, address: str | None) -> None:
        """Note that something was refused."""

    def async_logged_in(self, address: str | None, *, success: bool) -> None:
        """Note that somebody came with right or wrong credentials."""


class Listener(ABC):
    """A port that is open while its entry is loaded."""

    kind: str
    port: int

    @abstractmethod
    async def async_open(self) -> None:
        """Open the port; raises OSError when it is taken or not ours to take."""

    @abstractmethod
    async def async_close(self) -> None:
        """Close the port and all connections; does nothing when it is not open."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return what there is to know about it, for diagnostics; no secrets."""


class Budget:
    """How many bytes may wait in memory at once, over all connections of a listener."""

    def __init__(self, limit: int) -> None:
        """Allow so many bytes."""
        self._limit = limit
        self.taken = 0

    def take(self, size: int) -> None:
        """Take some; raises ProtocolError when there are not so many left."""
        if self.taken + size > self._limit:
            raise ProtocolError("Too much is coming in at once; try again.", Refusal.UNAVAILABLE)
        self.taken += size

    def give_back(self, size: int) -> None:
        """Give back what was taken."""
        self.taken -= size
