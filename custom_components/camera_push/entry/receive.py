"""Takes in messages for an entry, in tasks of the entry's own: a sender that hangs up stops nothing."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN
from ..domain.errors import ProtocolError, Refusal, internal_error, unavailable
from ..domain.messages import Message
from ..domain.traffic import Traffic
from ..hub.hub import Hub
from ..transports.contracts import Complete
from ..transports.credentials import FailedLogins
from ..transports.push import Arrival
from ..transports.serial_executor import SerialExecutor
from .arrival_order import ArrivalOrder

_LOGGER = logging.getLogger(__name__)

# Refusals that are logged as warnings; then only at debug level, as a flood would fill the log.
_MAX_WARNINGS: Final = 50


def traffic_signal(entry_id: str) -> SignalType[()]:
    """Return the signal that an entry accepted or refused a push."""
    return SignalType(f"{DOMAIN}_{entry_id}_traffic")


class EntryReceiver:
    """The sink of an entry's transports (`MessageSink`)."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, hub: Hub, traffic: Traffic) -> None:
        self._hass = hass
        self._entry = entry
        self._hub = hub
        self._traffic = traffic
        self._traffic_signal = traffic_signal(entry.entry_id)
        self._executor = SerialExecutor()
        self._failed_logins = FailedLogins()
        self._warned: set[tuple[Refusal, str | None]] = set()
        # Of each camera.
        self._order = ArrivalOrder()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.is_open = True

    async def async_run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns that goes on when the caller is cancelled; it must not raise.

        Home Assistant cancels a request's handler when its client hangs up, which cameras do.
        """
        return await asyncio.shield(self._start(work))

    def _start[T](self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = self._entry.async_create_task(self._hass, work, "camera_push receive", eager_start=True)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return task

    async def async_receive(self, messages: Sequence[Message], complete: Complete | None = None) -> None:
        """Take in messages, all of them or, raising ProtocolError, none; `complete` completes them first.

        They are told when this has begun, whatever becomes of the caller; it returns once they are on disk.
        Those of a camera that come meanwhile are told after them.
        """
        if (error := await self.async_run(self.async_take_in(messages, complete))) is not None:
            raise error

    async def async_tell(self, messages: Sequence[Message]) -> asyncio.Future[ProtocolError | None]:
        """Take in messages as `async_receive` does, and return as soon as they are told.

        The future is done when they are on disk; its result is an internal error, if there was one.
        """
        told = asyncio.Event()
        written = self._start(self.async_take_in(messages, told=told.set))
        await told.wait()
        if written.done() and (error := written.result()) is not None:
            raise error
        return written

    async def async_take_in(
        self,
        messages: Sequence[Message],
        complete: Complete | None = None,
        told: Callable[[], object] = lambda: None,
    ) -> ProtocolError | None:
        """Take in messages in a task of `async_run` that is the caller; return why they were not taken in.

        Calls `told` when they are told, or are not going to be.
        """
        try:
            with ExitStack() as place:
                place.callback(told)
                cameras = {message.camera_id for message in messages}
                wait_for_turn = place.enter_context(self._order.place(*cameras))
                if complete is not None:
                    messages = await complete(messages)
                await wait_for_turn()
                if not self.is_open:
                    return unavailable()
                await self._hub.async_receive(messages, place.close)
        except ProtocolError as err:
            return err
        except Exception:
            _LOGGER.exception("Error while handling a push to %s", self._entry.title)
            return internal_error()
        for message in messages:
            self._traffic.note_received(
                type(message).__name__, message.received_at, unusable_pictures=message.unusable_pictures
            )
        async_dispatcher_send(self._hass, self._traffic_signal)
        return None

    @callback
    def async_refused(self, error: ProtocolError, address: str | None) -> None:
        """Count and log something that was refused: the first of a reason from an address as a warning."""
        self._traffic.note_refused(error, dt_util.utcnow())
        async_dispatcher_send(self._hass, self._traffic_signal)
        if error.refusal is Refusal.UNDECODED:
            self._hub.issues.async_undecoded()
        level = logging.DEBUG
        if (error.refusal, address) not in self._warned and len(self._warned) < _MAX_WARNINGS:
            self._warned.add((error.refusal, address))
            level = logging.WARNING
        _LOGGER.log(level, "%s: refused a push from %s: %s", self._entry.title, address, error.sentence)

    @callback
    def async_logged_in(self, address: str | None, section: str, *, success: bool) -> None:
        """Note that a sender used right or wrong credentials: many wrong ones are a repair issue."""
        address = address or "?"
        if success:
            if self._failed_logins.succeeded(address):
                self._hub.issues.async_credentials_are_right(address)
        elif self._failed_logins.failed(address):
            cameras = self._hub.cameras.values()
            names = [camera.name for camera in cameras if camera.record.address == address]
            self._hub.issues.async_credentials(address, ", ".join(names) or address, section)

    @callback
    def arrival(self, address: str | None) -> Arrival:
        """Return where and when something arrives now."""
        return Arrival(
            address=address,
            received_at=dt_util.utcnow(),
            time_zone=dt_util.get_default_time_zone(),
            run=self._executor.runner(address),
        )

    async def async_close(self) -> None:
        """Take in nothing any more; return once what was begun is over."""
        self.is_open = False
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._hass.async_add_executor_job(self._executor.close)
