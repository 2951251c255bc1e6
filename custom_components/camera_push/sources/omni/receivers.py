"""Events over the websocket: in their order, with their pictures, and with those that were missed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import Any, Final, override

from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant

from ...domain.errors import ProtocolError
from ...domain.json_body import parse_json
from ...domain.messages import Identification
from ...transports.contracts import Receiver
from ...transports.http_client import AccessDeniedError, AnswerError, NoAnswerError, describe_error
from ...transports.push import Arrival
from ...transports.websocket import WebSocketConnection
from ..base import EntryContext
from .client import OmniSettings, platform_client
from .protocol import body_of_item, decode_event

_LOGGER = logging.getLogger(__name__)

# Live events that are prepared at once (their pictures fetched); more wait in the connection.
_PREPARED: Final = 32
# Events that are stored in one go.
_BATCH: Final = 50
# Missed events that are prepared at once: all of a page would use up the time for their pictures.
_MISSED_AT_ONCE: Final = 4
# The pictures of a page of missed events: live events wait for it.
_MISSED_PICTURES_SECONDS: Final = 30
# Events from a little before the last one are asked for as well: the clocks of several agents differ.
_OVERLAP: Final = timedelta(minutes=2)
_GAP_ATTEMPTS: Final = 3
_GAP_RETRY_SECONDS: Final = 2.0


async def connect(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Try the connection of an entry that has one; raises RequestError."""
    if CONF_WEBHOOK_ID in entry.data:
        return
    try:
        connection = await platform_client(hass, entry.data).connect()
    except (ClientError, OSError, TimeoutError) as err:
        raise NoAnswerError(describe_error(err)) from None
    await connection.close()


def receivers(context: EntryContext) -> Sequence[Receiver]:
    """Return the connection of an entry that has one."""
    return () if CONF_WEBHOOK_ID in context.entry.data else (OmniConnection(context),)


class OmniConnection(WebSocketConnection):
    """An entry's connection to a platform; with an API key, it fetches missed events first."""

    def __init__(self, context: EntryContext) -> None:
        super().__init__(context.entry.title, context.connection)
        settings = OmniSettings.from_data(context.entry.data)
        self._client = platform_client(context.hass, context.entry.data)
        self._sink = context.sink
        self._history = context.history
        self._address = settings.url.host or ""
        self._fills_gaps = bool(settings.api_key)

    @override
    async def _connect(self) -> ClientWebSocketResponse:
        return await self._client.connect()

    @override
    async def _handle(self, connection: ClientWebSocketResponse) -> None:
        """Deliver events until the connection ends; first of all those that were missed."""
        prepared: asyncio.Queue[asyncio.Task[Identification] | None] = asyncio.Queue(_PREPARED)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._deliver(prepared))
            # Silence ends the connection, but not the delivery of what came before.
            with suppress(TimeoutError):
                async for message in connection:
                    if message.type is not WSMsgType.TEXT:
                        continue
                    arrival = self._sink.arrival(self._address)
                    if (event := self._decode(arrival, message.data, late=False)) is not None:
                        await prepared.put(tasks.create_task(self._client.with_pictures(event)))
            await prepared.put(None)

    def _decode(self, arrival: Arrival, event: str | dict[str, Any], *, late: bool) -> Identification | None:
        try:
            body = parse_json(event.encode()) if isinstance(event, str) else event
            return decode_event(arrival, body, late=late)
        except ProtocolError as err:
            self._sink.async_refused(err, self._address)
            return None

    async def _deliver(self, prepared: asyncio.Queue[asyncio.Task[Identification] | None]) -> None:
        if self._fills_gaps:
            await self._fill_gap()
        is_over = False
        while not is_over:
            tasks = [await prepared.get()]
            while tasks[-1] is not None and not prepared.empty() and len(tasks) < _BATCH:
                tasks.append(prepared.get_nowait())
            is_over = tasks[-1] is None
            await self._receive([await task for task in tasks if task is not None])

    async def _receive(self, events: Sequence[Identification]) -> None:
        """Hand events on; one that is not acceptable does not keep the others."""
        if not events:
            return
        try:
            await self._sink.async_receive(events)
        except ProtocolError as err:
            if len(events) == 1:
                self._sink.async_refused(err, self._address)
                return
            for event in events:
                await self._receive([event])

    # Events that were missed

    async def _fill_gap(self) -> None:
        """Fetch the events since the last one; a failure is logged, and the gap stays."""
        since = self._history.last_event_at
        if since is None:
            # Nothing was ever received: there is no gap.
            return
        for attempt in range(1, _GAP_ATTEMPTS + 1):
            try:
                await self._fetch_since(since - _OVERLAP)
            except AccessDeniedError:
                self._state.async_start_reauth()
                return
            except (ClientError, OSError, TimeoutError, AnswerError) as err:
                if attempt == _GAP_ATTEMPTS:
                    reason = describe_error(err)
                    _LOGGER.warning("Missed events could not be fetched from %s: %s", self._address, reason)
                else:
                    await asyncio.sleep(_GAP_RETRY_SECONDS * attempt)
            else:
                return

    async def _fetch_since(self, start: datetime) -> None:
        async for page in self._client.events_since(start):
            arrival = self._sink.arrival(self._address)
            events = [self._decode(arrival, body_of_item(item), late=True) for item in page]
            new = [event for event in events if event is not None and not self._history.is_known(event)]
            await self._receive(await self._with_pictures(new))

    async def _with_pictures(self, events: Sequence[Identification]) -> list[Identification]:
        """Return a page of missed events with their pictures, as far as these can be fetched in time."""
        slots = asyncio.Semaphore(_MISSED_AT_ONCE)
        end = asyncio.get_running_loop().time() + _MISSED_PICTURES_SECONDS

        async def complete(event: Identification) -> Identification:
            async with slots:
                if asyncio.get_running_loop().time() >= end:
                    return replace(event, links=())
                return await self._client.with_pictures(event)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(complete(event)) for event in events]
        return [task.result() for task in tasks]
