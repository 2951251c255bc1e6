"""What a system offers to be a source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryFlow
from homeassistant.core import HomeAssistant

from ..const import SUBENTRY_CAMERA
from ..domain.errors import ProtocolError
from ..domain.messages import Message
from ..domain.source_info import CameraSettings, FetchSnapshot, SourceInfo
from ..transports.contracts import ConnectionState, EventHistory, MessageSink, Receiver
from ..transports.credentials import Credentials
from ..transports.push import Push
from .options import OptionsTable


class SettingError(Exception):
    """A camera or its cloud did not take a setting; the text says why, and holds no secret."""


class UndoError(Exception):
    """A camera did not take back the settings that it had before it was set up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sender gets back: an HTTP status and a JSON body."""

    status: HTTPStatus
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryContext:
    """An entry as its source sees it at run time.

    `take_turns` returns when it is the turn of a push with such messages, however long that takes: for
    senders that can be slowed down.
    """

    hass: HomeAssistant
    entry: ConfigEntry
    sink: MessageSink
    connection: ConnectionState
    history: EventHistory
    take_turns: Callable[[Sequence[Message]], Awaitable[None]]


class PushProtocol(ABC):
    """How a system pushes over HTTP."""

    @abstractmethod
    async def async_decode(self, push: Push) -> list[Message]:
        """Return the messages in a push; raises ProtocolError when any of it is not acceptable."""

    @abstractmethod
    def accepted(self) -> Answer:
        """Return the answer to a push that was accepted."""

    @abstractmethod
    def refused(self, error: ProtocolError) -> Answer:
        """Return the answer to a push that was not."""

    def credentials(self, options: Mapping[str, Any]) -> Credentials:
        """Return what senders have to prove, as an entry's options say."""
        return Credentials()

    async def async_complete(self, context: EntryContext, messages: Sequence[Message]) -> Sequence[Message]:
        """Return decoded messages with what they only link to."""
        return messages


class EventSettings(ABC):
    """What can be set for each of a camera's event types."""

    @abstractmethod
    async def async_change(
        self, context: EntryContext, camera_id: str, name: str, setting: str, *, is_on: bool
    ) -> None:
        """Change a setting of the event type `name`; raises SettingError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSetup:
    """How cameras are set up from Home Assistant: the form, what it leaves behind, and how to undo it.

    `read` returns the settings in a subentry's data; `async_undo` gives a camera back, by that data,
    the settings that it had before, or raises UndoError.
    """

    flow: type[ConfigSubentryFlow]
    read: Callable[[HomeAssistant, Mapping[str, Any]], CameraSettings]
    async_undo: Callable[[HomeAssistant, Mapping[str, Any]], Awaitable[None]]

    def settings(self, hass: HomeAssistant, subentry: ConfigSubentry) -> CameraSettings | None:
        """Return the settings in a subentry, None if it is not a camera's."""
        return self.read(hass, subentry.data) if subentry.subentry_type == SUBENTRY_CAMERA else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One system: what its cameras are, and what it offers beyond that.

    - `push`: cameras push to an entry's webhook.
    - `connect`: what has to answer before an entry is set up; raises AccessDeniedError or ConnectionError,
      whose texts hold no secret.
    - `receivers`: what else receives for an entry.
    - `camera_setup`: cameras can be set up from Home Assistant.
    - `live_snapshot`: what fetches a live picture of a camera.
    - `event_settings`: the settings in `info.event_settings` can be changed.
    - `options`: options that only this system's entries have.
    - `subentry_types`: subentries besides cameras, of those that several systems share.
    - `register_services`: registers the actions that only this system has.
    """

    info: SourceInfo
    push: PushProtocol | None = None
    connect: Callable[[HomeAssistant, ConfigEntry], Awaitable[None]] | None = None
    receivers: Callable[[EntryContext], Sequence[Receiver]] | None = None
    camera_setup: CameraSetup | None = None
    live_snapshot: Callable[[EntryContext, str], FetchSnapshot] | None = None
    event_settings: EventSettings | None = None
    options: OptionsTable | None = None
    subentry_types: Sequence[str] = ()
    register_services: Callable[[HomeAssistant], None] | None = None
