"""The parts of a source, and the context that they work in."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryFlow
from homeassistant.core import HomeAssistant

from ..const import SUBENTRY_CAMERA
from ..domain.errors import ProtocolError
from ..domain.messages import Message
from ..domain.source_info import CameraSettings, FetchSnapshot, SourceInfo
from ..transports.contracts import Complete, ConnectionState, EventHistory, MessageSink, Receiver
from ..transports.credentials import Credentials
from ..transports.limits import PushLimiter
from ..transports.push import Keep, Push
from .options import Options, OptionsTable


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a push: an HTTP status and a JSON body."""

    status: HTTPStatus
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryContext:
    """An entry at run time, as its source uses it."""

    hass: HomeAssistant
    entry: ConfigEntry
    sink: MessageSink
    connection: ConnectionState
    history: EventHistory
    limiter: PushLimiter

    async def async_receive_each(
        self, messages: Sequence[Message], address: str | None, complete: Complete | None = None
    ) -> None:
        """Take in messages of a platform; one that is refused is counted, and the others are taken in.

        `complete` completes them before they are told.
        """
        if not messages:
            return
        try:
            await self.sink.async_receive(messages, complete)
        except ProtocolError as err:
            if len(messages) == 1:
                self.limiter.note_refused(err, address)
                self.sink.async_refused(err, address)
                return
            for message in messages:
                await self.async_receive_each([message], address, complete)


class PushProtocol(ABC):
    """How a system pushes over HTTP."""

    @abstractmethod
    async def async_decode(self, push: Push) -> list[Message]:
        """Return the messages in a push; raises ProtocolError when any of it is not acceptable."""

    def accepted(self) -> Answer:
        """Return the answer to a push that was accepted."""
        return Answer(HTTPStatus.OK, {"status": "ok"})

    def refused(self, error: ProtocolError) -> Answer:
        """Return the answer to a push that was not."""
        return Answer(error.status, {"status": "error", "message": error.sentence})

    def credentials(self, options: Mapping[str, Any]) -> Credentials:
        """Return the credentials that an entry's options ask senders for."""
        return Credentials()

    async def async_complete(
        self, context: EntryContext, messages: Sequence[Message], keep: Keep
    ) -> Sequence[Message]:
        """Return decoded messages with the pictures that they link to; `keep` is that of their push."""
        return messages


type ChangeEventType = Callable[[EntryContext, str, str, Mapping[str, bool]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSetup:
    """The set-up of cameras from Home Assistant.

    `read` returns the settings in a subentry's data; `async_undo` restores the camera's former settings
    from that data, or raises RequestError.
    """

    flow: type[ConfigSubentryFlow]
    read: Callable[[HomeAssistant, Mapping[str, Any]], CameraSettings]
    async_undo: Callable[[HomeAssistant, Mapping[str, Any]], Awaitable[None]]

    def settings(self, hass: HomeAssistant, subentry: ConfigSubentry) -> CameraSettings | None:
        """Return the settings in a subentry, None if it is not a camera's."""
        if subentry.subentry_type != SUBENTRY_CAMERA:
            return None
        return replace(self.read(hass, subentry.data), subentry_id=subentry.subentry_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One system: its description, and optional parts.

    - `push`: the protocol of pushes to an entry's webhook.
    - `connect`: tries an entry's connection before its set-up; raises RequestError, AccessDeniedError
      where the credentials are refused.
    - `receivers`: the receivers of an entry besides its webhook.
    - `camera_setup`: the set-up of cameras from Home Assistant.
    - `live_snapshot`: returns a function that fetches a live picture of a camera.
    - `change_event_type`: changes `info.event_settings` of a camera's event type; raises RequestError.
    - `switched_events`: the event types in an entry's options that have switches for these settings.
    - `options`: the options that only this system's entries have.
    - `subentry_types`: shared types of subentries, besides cameras.
    - `register_services`: registers the actions that only this system has.
    """

    info: SourceInfo
    push: PushProtocol | None = None
    connect: Callable[[HomeAssistant, ConfigEntry], Awaitable[None]] | None = None
    receivers: Callable[[EntryContext], Sequence[Receiver]] | None = None
    camera_setup: CameraSetup | None = None
    live_snapshot: Callable[[EntryContext, str], FetchSnapshot] | None = None
    change_event_type: ChangeEventType | None = None
    switched_events: Callable[[Options], Collection[str]] = lambda _options: ()
    options: OptionsTable | None = None
    subentry_types: Sequence[str] = ()
    register_services: Callable[[HomeAssistant], None] | None = None
