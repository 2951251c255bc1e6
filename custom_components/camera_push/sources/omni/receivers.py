"""Events over the websocket: in their order, with their pictures, and with those that were missed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from typing import Final, override

from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant

from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import parse_json
from ...domain.messages import Identification
from ...domain.quota import ByteQuota, Reservation
from ...transports.contracts import Receiver
from ...transports.http_client import AccessDeniedError, AnswerError, NoAnswerError, describe_error, keep_by
from ...transports.websocket import WebSocketConnection
from ..base import EntryContext
from ..local_servers import async_locate_server
from .client import OmniSettings, platform_client
from .options import picture_platform
from .protocol import body_of_item, decode_event

_LOGGER = logging.getLogger(__name__)

# Live events that are prepared at once (their pictures fetched); more wait in the connection.
_PREPARED: Final = 32
# Events that are stored in one go.
_BATCH: Final = 50
# Pictures that wait in memory until they are delivered; those for which there is no room are left out.
_MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
# Events from a little before the last one are asked for as well: the clocks of several agents differ.
_OVERLAP: Final = timedelta(minutes=2)
_GAP_ATTEMPTS: Final = 3
_GAP_RETRY_SECONDS: Final = 2.0


async def connect(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Try the connection of an entry that has one; raises RequestError."""
    if CONF_WEBHOOK_ID in entry.data:
        if (platform := picture_platform(entry)) is not None:
            # A name that is not found now is asked for again when the entry is next set up.
            with suppress(OSError):
                await async_locate_server(hass, entry, OmniSettings.from_data(platform).url)
        return
    try:
        await async_locate_server(hass, entry, OmniSettings.from_data(entry.data).url)
        connection = await platform_client(hass, entry.data).connect()
    except (ClientError, OSError, TimeoutError) as err:
        raise NoAnswerError(describe_error(err)) from None
    await connection.close()


def receivers(context: EntryContext) -> Sequence[Receiver]:
    """Return the connection of an entry that has one."""
    return () if CONF_WEBHOOK_ID in context.entry.data else (OmniConnection(context),)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An event whose pictures are being fetched, and the memory that they take."""

    event: asyncio.Task[Identification]
    memory: Reservation


class OmniConnection(WebSocketConnection):
    """An entry's connection to a platform; with an API key, it fetches missed events first."""

    def __init__(self, context: EntryContext) -> None:
        super().__init__(context.entry.title, context.connection)
        settings = OmniSettings.from_data(context.entry.data)
        self._client = platform_client(context.hass, context.entry.data)
        self._context = context
        self._sink = context.sink
        self._history = context.history
        self._limiter = context.limiter
        self._quota = ByteQuota(_MAX_WAITING_BYTES)
        self._address = settings.url.host or ""
        self._fills_gaps = bool(settings.api_key)

    @override
    async def _connect(self) -> ClientWebSocketResponse:
        return await self._client.connect()

    @override
    async def _handle(self, connection: ClientWebSocketResponse) -> None:
        """Deliver events until the connection ends; first of all those that were missed."""
        prepared: asyncio.Queue[_Prepared | None] = asyncio.Queue(_PREPARED)
        self._quota = ByteQuota(_MAX_WAITING_BYTES)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._deliver(prepared))
            # Silence ends the connection, but not the delivery of what came before.
            with suppress(TimeoutError):
                async for message in connection:
                    if message.type is not WSMsgType.TEXT:
                        continue
                    if (event := await self._decode(message.data)) is not None:
                        memory = Reservation(self._quota)
                        task = tasks.create_task(self._client.with_pictures(event, keep_by(memory.take)))
                        await prepared.put(_Prepared(task, memory))
                    # Where many wait already, each is there at once: others have their turn all the same.
                    await asyncio.sleep(0)
            await prepared.put(None)

    async def _decode(self, text: str) -> Identification | None:
        """Return the event in a message, None for one that cannot be used.

        Each has its turn, in which others have theirs, before it is looked at.
        """
        arrival = self._sink.arrival(self._address)
        await self._limiter.async_take_turn_to_decode(self._address)
        body = text.encode()
        try:
            return await arrival.decoded(
                lambda body: decode_event(arrival, parse_json(body), late=False), body
            )
        except ProtocolError as err:
            self._limiter.note_refused(err, self._address, len(body))
            self._sink.async_refused(err, self._address)
            return None

    async def _deliver(self, prepared: asyncio.Queue[_Prepared | None]) -> None:
        if self._fills_gaps:
            await self._fill_gap()
        is_over = False
        while not is_over:
            batch = [await prepared.get()]
            while batch[-1] is not None and not prepared.empty() and len(batch) < _BATCH:
                batch.append(prepared.get_nowait())
            is_over = batch[-1] is None
            found = [it for it in batch if it is not None]
            await self._context.async_receive_each([await it.event for it in found], self._address)
            for it in found:
                it.memory.give_back_all()

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
        arrival = self._sink.arrival(self._address)

        def decode(item: Fields) -> Identification | ProtocolError:
            try:
                return decode_event(arrival, body_of_item(item), late=True)
            except ProtocolError as err:
                return err

        async for page in self._client.events_since(start, decode):
            new: list[Identification] = []
            for event in page:
                if isinstance(event, ProtocolError):
                    self._sink.async_refused(event, self._address)
                elif not self._history.is_known(event):
                    new.append(event)
            memory = Reservation(self._quota)
            try:
                events = await self._client.all_with_pictures(new, keep_by(memory.take))
                await self._context.async_receive_each(events, self._address)
            finally:
                memory.give_back_all()
