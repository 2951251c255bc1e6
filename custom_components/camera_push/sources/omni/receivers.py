"""Events over the websocket, and before them those that were missed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, override

from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_API_KEY, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant

from ...domain.errors import ProtocolError
from ...domain.messages import Identification
from ...domain.undecoded import parse_json_or_mask
from ...transports.contracts import Receiver
from ...transports.http_client import NoAnswerError, describe_error
from ...transports.push import Arrival
from ...transports.websocket import WebSocketConnection
from ..base import EntryContext
from ..local_servers import async_locate_server
from .client import OmniSettings, platform_client
from .gap import Gap
from .live import LiveEvents
from .names import ProfileNames
from .options import picture_platform
from .protocol import decode_event

# Of live events, of all cameras.
_PICTURES_AT_ONCE: Final = 64
_JSON: Final = "application/json"


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
    """Return the connection of an entry that has one, and what asks for names with a key."""
    is_pushed_to = CONF_WEBHOOK_ID in context.entry.data
    platform = picture_platform(context.entry) if is_pushed_to else context.entry.data
    found: list[Receiver] = [] if is_pushed_to else [OmniConnection(context)]
    if platform is not None and platform.get(CONF_API_KEY):
        found.append(ProfileNames(context, platform_client(context.hass, platform)))
    return found


class OmniConnection(WebSocketConnection):
    """An entry's connection to a platform; with an API key, what was missed is fetched beside it."""

    def __init__(self, context: EntryContext) -> None:
        super().__init__(context.entry.title, context.connection)
        settings = OmniSettings.from_data(context.entry.data)
        data = context.entry.data
        self._client = platform_client(context.hass, data, pictures_at_once=_PICTURES_AT_ONCE)
        self._sink = context.sink
        self._limiter = context.limiter
        self._address = settings.url.host or ""
        self._live = LiveEvents(context, self._client.picture, self._address)
        self._gap: Gap | None = None
        if settings.api_key:
            # Its pictures are fetched by a client of its own: they take no live event's turn.
            client = platform_client(context.hass, data)
            self._gap = Gap(context, client, self._address, self._live.is_under_way)

    @override
    def state(self) -> dict[str, Any]:
        missed = self._gap.state() if self._gap is not None else {}
        return {**super().state(), "under_way": self._live.under_way, **missed}

    @override
    async def async_close(self) -> None:
        # What came is told before the entry is closed, for without a key it can never be had again.
        await super().async_close()
        if self._gap is not None:
            await self._gap.async_close()
        await self._live.async_close()

    @override
    async def _connect(self) -> ClientWebSocketResponse:
        return await self._client.connect()

    @override
    async def _handle(self, connection: ClientWebSocketResponse) -> None:
        """Have events told until the connection ends; those that came are told, whatever becomes of it."""
        if self._gap is not None:
            self._gap.async_connected()
        # Silence ends the connection.
        with suppress(TimeoutError):
            async for message in connection:
                if message.type is not WSMsgType.TEXT:
                    continue
                if (event := await self._decode(message.data)) is not None:
                    if self._gap is not None:
                        self._gap.note_live(event)
                    await self._live.async_take(event)
                # Where many wait already, each is there at once: others have their turn all the same.
                await asyncio.sleep(0)

    async def _decode(self, text: str) -> Identification | None:
        """Return the event in a message, None for one that cannot be used.

        Each has its turn, in which others have theirs, before it is looked at.
        """
        arrival = self._sink.arrival(self._address)
        await self._limiter.async_take_turn_to_decode(self._address)
        body = text.encode()
        try:
            return await arrival.decoded(partial(_decoded, arrival), body)
        except ProtocolError as err:
            arrival.seen.explain(err, _JSON, len(body))
            self._limiter.note_refused(err, self._address, len(body))
            self._sink.async_refused(err, self._address)
            return None


def _decoded(arrival: Arrival, body: bytes) -> Identification:
    arrival.seen.value = parse_json_or_mask(body, _JSON)
    # Its date tells whether it is late: an agent may have kept it while it had no connection.
    return decode_event(arrival, arrival.seen.value)
