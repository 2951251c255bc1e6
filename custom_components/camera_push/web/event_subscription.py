"""A card that follows the history: it gets the rows that are written, changed or deleted, a few at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
import logging
from typing import Final

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later

from ..domain.history import EventId
from ..hub.signals import HISTORY
from ..storage.library import LibraryError
from .event_descriptions import describe_events
from .events import EventQuery, find_events

_LOGGER = logging.getLogger(__name__)

# Rows that change within this time are sent together: a visit's messages come in quick succession.
_GATHER_SECONDS: Final = 0.25
_MAX_EVENTS: Final = 100
# A card that is this far behind shows the newest rows only.
_MAX_WAITING: Final = 1_000


class EventSubscription:
    """Sends a connection the changes of the rows that it asked for."""

    def __init__(
        self, hass: HomeAssistant, connection: ActiveConnection, msg_id: int, query: EventQuery
    ) -> None:
        self._hass = hass
        self._connection = connection
        self._msg_id = msg_id
        self._query = query
        self._changed: dict[EventId, None] = {}
        self._deleted: dict[EventId, None] = {}
        self._timer: CALLBACK_TYPE | None = None
        self._is_over = False

    @callback
    def async_start(self) -> Callable[[], None]:
        """Begin; return the callback that ends it."""
        disconnect = async_dispatcher_connect(self._hass, HISTORY, self._async_history_changed)

        @callback
        def stop() -> None:
            self._is_over = True
            disconnect()
            if self._timer is not None:
                self._timer()

        return stop

    @callback
    def _async_history_changed(self, entry_id: str, changed: frozenset[int], deleted: frozenset[int]) -> None:
        if self._query.entry_ids is not None and entry_id not in self._query.entry_ids:
            return
        self._changed |= dict.fromkeys(EventId(entry_id, number) for number in sorted(changed))
        self._deleted |= dict.fromkeys(EventId(entry_id, number) for number in sorted(deleted))
        for waiting in (self._changed, self._deleted):
            while len(waiting) > _MAX_WAITING:
                del waiting[next(iter(waiting))]
        if self._timer is None:
            self._timer = async_call_later(self._hass, _GATHER_SECONDS, self._async_send)

    async def _async_send(self, _now: datetime) -> None:
        """Send the gathered changes; later ones are sent after them."""
        # Paths are signed for its session, as those of the rows that it has already.
        websocket_api.current_connection.set(self._connection)
        while (self._changed or self._deleted) and not self._is_over:
            ids = list(self._changed)[:_MAX_EVENTS]
            for event_id in ids:
                del self._changed[event_id]
            deleted, self._deleted = self._deleted, {}
            try:
                await self._send(ids, list(deleted))
            except LibraryError as err:
                _LOGGER.debug("Changes of the history cannot be read: %s", err)
        self._timer = None

    async def _send(self, ids: list[EventId], deleted: list[EventId]) -> None:
        found, _ = await find_events(
            self._hass, replace(self._query, ids=ids), len(ids) or 1, user=self._connection.user
        )
        there = {it.id for it in found}
        if missing := [event_id for event_id in ids if event_id not in there]:
            # What a row was asked for may have changed: its plate was put right, or its mark taken away.
            query = EventQuery(
                entry_ids=self._query.entry_ids,
                device_ids=self._query.device_ids,
                kinds=self._query.kinds,
                ids=missing,
            )
            gone, _ = await find_events(self._hass, query, len(missing), user=self._connection.user)
            deleted += [it.id for it in gone]
        changed = await describe_events(self._hass, found)
        if self._is_over:
            return
        if changed:
            self._tell({"changed": changed})
        if deleted:
            self._tell({"deleted": [str(event_id) for event_id in deleted]})

    def _tell(self, message: dict[str, object]) -> None:
        self._connection.send_message(websocket_api.event_message(self._msg_id, message))
