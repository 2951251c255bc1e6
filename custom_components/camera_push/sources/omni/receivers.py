"""Events over the websocket: in their order, with their pictures, and with those that were missed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType

from ...domain.errors import ProtocolError
from ...domain.json_body import parse_json
from ...domain.media import Picture
from ...domain.messages import Identification
from ...transports.contracts import AccessDeniedError, Host
from ...transports.push import Arrival
from ...transports.websocket import WebSocketConnection
from .client import OmniClient, OmniError
from .protocol import body_of_item, decode_event

_LOGGER = logging.getLogger(__name__)

# So many events are prepared at once (their pictures fetched); more wait in the connection.
_PREPARED: Final = 32
# So many are stored in one go.
_BATCH: Final = 50
# Events from a little before the last one are asked for as well: several agents' clocks differ.
_OVERLAP: Final = timedelta(minutes=2)
# The pictures of so many missed events are fetched at once; a time-out for all of them together would
# cost most of them their pictures.
_MISSED_AT_ONCE: Final = 8
# After so many missed events in a row whose pictures did not come in time, the others do not wait for theirs.
_MAX_WITHOUT_PICTURES: Final = 24
_GAP_ATTEMPTS: Final = 3
_GAP_RETRY_SECONDS: Final = 2.0


class OmniConnection:
    """What is done with a platform's connection."""

    def __init__(self, host: Host, client: OmniClient, name: str, address: str, *, fills_gaps: bool) -> None:
        """Receive for `host`; with `fills_gaps`, what was missed is fetched after each connection."""
        self._host = host
        self._client = client
        self._address = address
        self._fills_gaps = fills_gaps
        self.link = WebSocketConnection(host, name, client.connect, self._handle)

    async def _handle(self, connection: ClientWebSocketResponse) -> None:
        """Deliver what comes until the connection ends; first of all what was missed."""
        prepared: asyncio.Queue[asyncio.Task[Identification] | None] = asyncio.Queue(_PREPARED)
        reading = asyncio.create_task(self._read(connection, prepared))
        delivering = asyncio.create_task(self._deliver(prepared))
        try:
            await asyncio.wait({reading, delivering}, return_when=asyncio.FIRST_COMPLETED)
            if delivering.done():
                await delivering
            await reading
            await delivering
        finally:
            reading.cancel()
            delivering.cancel()
            while not prepared.empty():
                if (left := prepared.get_nowait()) is not None:
                    left.cancel()
            await asyncio.gather(reading, delivering, return_exceptions=True)

    async def _read(
        self,
        connection: ClientWebSocketResponse,
        prepared: asyncio.Queue[asyncio.Task[Identification] | None],
    ) -> None:
        """Prepare what comes until the connection ends; no more than the queue holds at once."""
        async for message in connection:
            if message.type is WSMsgType.TEXT and (event := self._decode(message.data)) is not None:
                await prepared.put(asyncio.create_task(self._prepare(event)))
        await prepared.put(None)

    def _decode(self, text: str) -> Identification | None:
        try:
            return decode_event(self._host.arrival(self._address), parse_json(text.encode()), live=True)
        except ProtocolError as err:
            self._host.async_refused(err, self._address)
            return None

    async def _prepare(self, event: Identification) -> Identification:
        return await with_pictures(self._client, event)

    async def _deliver(self, prepared: asyncio.Queue[asyncio.Task[Identification] | None]) -> None:
        if self._fills_gaps:
            await self._fill_gap()
        over = False
        while not over:
            tasks = [await prepared.get()]
            while tasks[-1] is not None and not prepared.empty() and len(tasks) < _BATCH:
                tasks.append(prepared.get_nowait())
            over = tasks[-1] is None
            await self._receive([await task for task in tasks if task is not None])

    async def _receive(self, events: list[Identification]) -> None:
        """Hand events on; one that is not acceptable does not keep the others."""
        if not events:
            return
        try:
            await self._host.async_receive(events)
        except ProtocolError as err:
            if len(events) == 1:
                self._host.async_refused(err, self._address)
                return
            for event in events:
                await self._receive([event])

    async def _fill_gap(self) -> None:
        """Fetch what happened since the last event; what cannot be fetched is said, and given up."""
        since = self._host.last_event_at
        if since is None:
            # Nothing was ever received: there is no gap.
            return
        for attempt in range(1, _GAP_ATTEMPTS + 1):
            try:
                await self._fetch_since(since - _OVERLAP)
            except AccessDeniedError:
                self._host.async_start_reauth()
                return
            except (ClientError, OSError, TimeoutError, OmniError) as err:
                if attempt == _GAP_ATTEMPTS:
                    _LOGGER.warning("Missed events could not be fetched from %s: %s", self._address, err)
                else:
                    await asyncio.sleep(_GAP_RETRY_SECONDS * attempt)
            else:
                return

    async def _fetch_since(self, start: datetime) -> None:
        pictures = _MissedPictures(self._client)
        async for page in self._client.events_since(start):
            arrival = self._host.arrival(self._address)
            work: list[Coroutine[Any, Any, Identification]] = []
            for item in page:
                event = self._decode_missed(arrival, body_of_item(item))
                if event is not None and not self._host.is_known(event):
                    work.append(pictures.add_to(event))
            await self._receive(await asyncio.gather(*work))

    def _decode_missed(self, arrival: Arrival, body: dict[str, Any]) -> Identification | None:
        try:
            return decode_event(arrival, body, late=True)
        except ProtocolError as err:
            self._host.async_refused(err, self._address)
            return None


async def with_pictures(client: OmniClient, event: Identification) -> Identification:
    """Return an event with its pictures instead of links to them."""
    try:
        pictures = await client.pictures(event.links)
    except TimeoutError:
        pictures = ()
    return replace(event, pictures=pictures, links=())


class _MissedPictures:
    """Pictures of missed events: each event has its own time, and live events wait only while some come."""

    def __init__(self, client: OmniClient) -> None:
        self._client = client
        self._turns = asyncio.Semaphore(_MISSED_AT_ONCE)
        self._without = 0

    async def add_to(self, event: Identification) -> Identification:
        """Return an event with its pictures instead of links to them."""
        if not event.links:
            return event
        pictures: tuple[Picture, ...] = ()
        async with self._turns:
            if self._without < _MAX_WITHOUT_PICTURES:
                try:
                    pictures = await self._client.pictures(event.links)
                    self._without = 0
                except TimeoutError:
                    self._without += 1
        return replace(event, pictures=pictures, links=())
