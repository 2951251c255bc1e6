"""Visits in the activity list: a line for each, in Home Assistant's language."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.components.camera import DOMAIN as CAMERA_DOMAIN
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, KEY_SNAPSHOT
from ..domain.history import EventId, EventKind
from ..domain.plates import canonical_plate
from ..hub.devices import device_name
from ..hub.signals import HISTORY
from ..storage.library import LibraryError
from .event_descriptions import describe_known
from .events import FoundEvent, find_event

_LOGGER = logging.getLogger(__name__)

# A visit that does not end is told of after this time: what its plate is should be known by then.
_SETTLED: Final = timedelta(seconds=60)
# Changes of older rows are those that users make.
_RECENT: Final = timedelta(minutes=5)
_REMEMBERED: Final = 1000


class VisitLog:
    """Tells of each visit once: what was read while it went on is not told.

    There is another line only when it matters: the vehicle turns out to be a known one, or a danger.
    """

    def __init__(
        self, hass: HomeAssistant, log: Callable[[HomeAssistant, str, str, str, str | None], None]
    ) -> None:
        """Write lines by `log`, which takes a name, a message, a domain and an entity's id."""
        self._hass = hass
        self._log = log
        self._waiting: dict[EventId, CALLBACK_TYPE] = {}
        self._told: OrderedDict[EventId, tuple[str | None, bool] | None] = OrderedDict()

    @callback
    def async_start(self) -> None:
        """Follow the history of all entries."""
        async_dispatcher_connect(self._hass, HISTORY, self._history_changed)

    async def _history_changed(
        self, entry_id: str, changed: frozenset[int], _deleted: frozenset[int]
    ) -> None:
        for number in sorted(changed):
            await self._look(EventId(entry_id, number), is_settled=False)

    async def _look(self, event_id: EventId, *, is_settled: bool) -> None:
        try:
            found = await find_event(self._hass, str(event_id))
        except LibraryError as err:
            _LOGGER.debug("No line about a visit: %s", err)
            return
        if found is None or found.event.kind is not EventKind.VISIT:
            return
        event = found.event
        if dt_util.utcnow() - max(event.last_at, event.received_at) > _RECENT:
            return
        matters = (event.known_id, event.danger)
        is_new = event_id not in self._told
        told = self._told.setdefault(event_id, None)
        if told == matters:
            return
        if event.is_over or is_settled or any(matters):
            self._told[event_id] = matters
            if (cancel := self._waiting.pop(event_id, None)) is not None:
                cancel()
            await self._tell(found)
        elif is_new:
            self._look_later(event_id)
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)

    @callback
    def _look_later(self, event_id: EventId) -> None:
        async def settled(_now: datetime) -> None:
            del self._waiting[event_id]
            await self._look(event_id, is_settled=True)

        if len(self._waiting) < _REMEMBERED:
            job = HassJob(settled, cancel_on_shutdown=True)
            self._waiting[event_id] = async_call_later(self._hass, _SETTLED, job)

    async def _tell(self, found: FoundEvent) -> None:
        hass, event = self._hass, found.event
        texts = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})

        def text(key: str) -> str:
            return texts.get(f"component.{DOMAIN}.selector.card.options.{key}", key)

        known = describe_known(hass, found)
        is_raw = event.plate_raw is not None and canonical_plate(event.plate_raw) == event.plate_key
        parts = [
            known["name"] if known is not None else None,
            (event.plate_raw if is_raw else event.plate) or text("no_plate"),
            text(event.direction) if event.direction in ("in", "out") else None,
            event.list_name,
        ]
        message = " \u00b7 ".join(it for it in parts if it)
        if (camera := found.runtime.hub.cameras.get(event.camera_id)) is None:
            self._log(hass, event.camera_id, message, DOMAIN, None)
            return
        # The activity of a device is that of its entities, and this one has the device's name.
        entity_id = er.async_get(hass).async_get_entity_id(
            CAMERA_DOMAIN, DOMAIN, f"{camera.owner}_{KEY_SNAPSHOT}"
        )
        name = device_name(hass, camera.device_id) or event.camera_id
        self._log(hass, name, message, DOMAIN, entity_id)
