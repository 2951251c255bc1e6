"""What entities are told: that an aspect of a camera or of a known vehicle changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..domain.record import EventRecord

EVENT_TYPES: Final = "event types"
LAST_SEEN: Final = "last_seen"

type Update = Callable[[EventRecord | None], None]


def alarm_aspect(alarm: str) -> str:
    """Return the aspect that a binary sensor shows."""
    return f"alarm {alarm}"


def event_aspect(key: str) -> str:
    """Return the aspect that an event entity shows; its updates carry the event."""
    return f"event {key}"


def picture_aspect(key: str) -> str:
    """Return the aspect that an image entity shows."""
    return f"picture {key}"


def value_aspect(key: str) -> str:
    """Return the aspect that a sensor shows."""
    return f"value {key}"


class Aspects:
    """Something that entities are views of: they subscribe to an aspect each."""

    def __init__(self) -> None:
        """Start with nobody watching."""
        self._subscribers: dict[str, list[Update]] = {}

    @callback
    def async_subscribe(self, aspect: str, update: Update) -> CALLBACK_TYPE:
        """Call `update` whenever the aspect changes."""
        self._subscribers.setdefault(aspect, []).append(update)
        return partial(self._subscribers[aspect].remove, update)

    @callback
    def async_notify(self, aspect: str, event: EventRecord | None = None) -> None:
        """Tell the aspect's entities that it changed."""
        for update in tuple(self._subscribers.get(aspect, ())):
            update(event)

    @callback
    def async_notify_all(self) -> None:
        """Tell all entities."""
        for aspect in tuple(self._subscribers):
            self.async_notify(aspect)


class HoldTimers:
    """What is on for a while: a push says that something happened, never that it ended."""

    def __init__(self, hass: HomeAssistant, released: Callable[[str], None]) -> None:
        """Call `released` with what is no longer on."""
        self._hass = hass
        self._released = released
        self._timers: dict[str, CALLBACK_TYPE] = {}

    def __contains__(self, key: str) -> bool:
        """Tell whether something is on."""
        return key in self._timers

    @callback
    def async_hold(self, key: str, until: datetime) -> bool:
        """Keep something on until then; a later end extends an earlier one. Tell whether it was off."""
        if (cancel := self._timers.pop(key, None)) is not None:
            cancel()
        seconds = max(0.0, (until - dt_util.utcnow()).total_seconds())
        self._timers[key] = async_call_later(self._hass, seconds, partial(self._async_release, key))
        return cancel is None

    @callback
    def _async_release(self, key: str, _now: datetime) -> None:
        del self._timers[key]
        self._released(key)

    @callback
    def async_stop(self) -> None:
        """Cancel all timers."""
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()
