"""Events that were missed while there was no connection: asked for until all of them were told."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from aiohttp import ClientError

from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.messages import Identification
from ...domain.quota import ByteQuota, Reservation
from ...domain.undecoded import Seen
from ...transports.http_client import AccessDeniedError, AnswerError, describe_error, keep_by
from ..base import EntryContext
from .client import OmniClient
from .pictures import all_with_pictures
from .protocol import body_of_item, decode_event

_LOGGER = logging.getLogger(__name__)

# Events from a little before the last one are asked for as well: the clocks of several agents differ.
_OVERLAP: Final = timedelta(minutes=2)
_LONGEST_LAG: Final = timedelta(days=1)
_MAX_LAGS: Final = 1000
FIRST_RETRY_SECONDS: Final = 1.0
LAST_RETRY_SECONDS: Final = 60.0
# What the platform has stored may still be on its way over the websocket, where it is live.
LIVE_WITHIN_SECONDS: Final = 2.0
# Pictures that wait in memory until they are delivered; those for which there is no room are left out.
_MAX_WAITING_BYTES: Final = 64 * 1024 * 1024


class Gap:
    """Fills the gap before a connection, beside the live events; its begin is kept over a restart."""

    def __init__(
        self,
        context: EntryContext,
        client: OmniClient,
        address: str,
        is_under_way: Callable[[Identification], bool],
    ) -> None:
        """`is_under_way` tells whether an event came over the websocket and is not told yet."""
        self._context = context
        self._history = context.history
        self._client = client
        self._address = address
        self._is_under_way = is_under_way
        self._quota = ByteQuota(_MAX_WAITING_BYTES)
        self._filling: asyncio.Task[None] | None = None
        self._is_new = asyncio.Event()
        self._error: str | None = None
        self._lags: dict[str, timedelta] = {}

    def state(self) -> dict[str, Any]:
        """Return the state for diagnostics."""
        since = self._history.unread_since
        return {"missed_since": since.isoformat() if since is not None else None, "missed_error": self._error}

    def note_live(self, event: Identification) -> None:
        """Note how far an agent's clock is behind: what its cameras missed has earlier dates than others."""
        if event.captured_at is None:
            return
        lag = min(event.received_at - event.captured_at, _LONGEST_LAG)
        if lag > _OVERLAP and len(self._lags) < _MAX_LAGS:
            self._lags[event.camera_id] = lag
        else:
            self._lags.pop(event.camera_id, None)

    def async_connected(self) -> None:
        """Remember, before a live event is told, that others may have been missed; have them told."""
        since = self._history.unread_since
        if since is None:
            if (last := self._history.last_event_at) is None:
                # Nothing was ever received: there is no gap.
                return
            since = last - max(self._lags.values(), default=timedelta())
        self._history.async_set_unread_since(since)
        self._is_new.set()
        if self._filling is None or self._filling.done():
            self._filling = asyncio.get_running_loop().create_task(self._fill(), name="camera_push gap")

    async def async_close(self) -> None:
        """Stop; what is not told yet is asked for after the next start."""
        filling, self._filling = self._filling, None
        if filling is not None:
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)

    async def _fill(self) -> None:
        delay = FIRST_RETRY_SECONDS
        while (since := self._history.unread_since) is not None:
            self._is_new.clear()
            try:
                await self._fetch_since(since - _OVERLAP)
            except AccessDeniedError as err:
                self._failed(err)
                self._context.connection.async_start_reauth()
                delay = LAST_RETRY_SECONDS
            except (ClientError, OSError, TimeoutError, AnswerError) as err:
                self._failed(err)
            except Exception as err:
                _LOGGER.exception("Error while fetching missed events from %s", self._address)
                self._failed(err)
            else:
                if not self._is_new.is_set():
                    self._history.async_set_unread_since(None)
                    self._filled()
                    return
                delay = FIRST_RETRY_SECONDS
                continue
            try:
                async with asyncio.timeout(delay):
                    await self._is_new.wait()
            except TimeoutError:
                delay = min(2 * delay, LAST_RETRY_SECONDS)
            else:
                delay = FIRST_RETRY_SECONDS

    def _failed(self, error: Exception) -> None:
        if self._error is None:
            reason = describe_error(error)
            _LOGGER.warning(
                "Missed events could not be fetched from %s (%s); trying again", self._address, reason
            )
        self._error = describe_error(error)

    def _filled(self) -> None:
        if self._error is not None:
            _LOGGER.info("Missed events were fetched from %s", self._address)
            self._error = None

    async def _fetch_since(self, start: datetime) -> None:
        arrival = self._context.sink.arrival(self._address)

        def decode(item: Fields) -> Identification | ProtocolError:
            try:
                return decode_event(arrival, body_of_item(item), late=True)
            except ProtocolError as err:
                Seen(value=item.source).explain(err, "application/json", None)
                return err

        last: Sequence[Identification | ProtocolError] = ()
        async for page in self._client.events_since(start, decode):
            await self._tell(last)
            last = page
        await asyncio.sleep(LIVE_WITHIN_SECONDS if self._new(last) else 0)
        await self._tell(last)

    def _new(self, page: Sequence[Identification | ProtocolError]) -> list[Identification]:
        return [
            event
            for event in page
            if isinstance(event, Identification)
            and not self._history.is_known(event)
            and not self._is_under_way(event)
        ]

    async def _tell(self, page: Sequence[Identification | ProtocolError]) -> None:
        """Tell the events of a page that are not known, and remember how far that is."""
        for event in page:
            if isinstance(event, ProtocolError):
                self._context.sink.async_refused(event, self._address)
        if new := self._new(page):
            memory = Reservation(self._quota)
            try:
                events = await all_with_pictures(self._client.picture, new, keep_by(memory.take))
                # One that came live meanwhile is told as that.
                left = {event.key for event in self._new(events)}
                events = [event for event in events if event.key in left]
                await self._context.async_receive_each(events, self._address)
            finally:
                memory.give_back_all()
        times = [
            min(event.captured_at, event.received_at)
            for event in page
            if isinstance(event, Identification) and event.captured_at is not None
        ]
        since = self._history.unread_since
        if times and since is not None and max(times) > since:
            self._history.async_set_unread_since(max(times))
