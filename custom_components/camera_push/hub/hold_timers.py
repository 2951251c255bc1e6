"""Timers of what is on for a while: a push says that something happened, never that it ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

# Too little is left to wait for it.
_TOLERANCE_SECONDS: Final = 0.5


class HoldTimers:
    """Keeps keys on until their time is over; `released` is called with each that is no longer on."""

    def __init__(self, hass: HomeAssistant, released: Callable[[str], None]) -> None:
        self._hass = hass
        self._released = released
        # A timer is started anew only to end earlier: whatever extends it moves the end.
        self._timers: dict[str, CALLBACK_TYPE] = {}
        self._ends_at: dict[str, float] = {}

    def __contains__(self, key: str) -> bool:
        """Tell whether a key is on."""
        return key in self._timers

    @callback
    def async_hold(self, key: str, until: datetime) -> bool:
        """Keep a key on until then; a later end extends an earlier one. Tell whether it was off."""
        seconds = max(0.0, (until - dt_util.utcnow()).total_seconds())
        ends_at = monotonic() + seconds
        cancel = self._timers.get(key)
        if cancel is None:
            self._start(key, seconds)
        elif ends_at < self._ends_at[key]:
            cancel()
            self._start(key, seconds)
        self._ends_at[key] = ends_at
        return cancel is None

    def _start(self, key: str, seconds: float) -> None:
        self._timers[key] = async_call_later(self._hass, seconds, partial(self._async_release, key))

    @callback
    def async_restore(self, key: str, until: datetime, longest: timedelta) -> None:
        """Go on after a restart; not for longer than `longest`: the clock may have been set back since."""
        now = dt_util.utcnow()
        if until > now:
            self.async_hold(key, min(until, now + longest))

    @callback
    def _async_release(self, key: str, _now: datetime) -> None:
        del self._timers[key]
        if (left := self._ends_at[key] - monotonic()) > _TOLERANCE_SECONDS:
            self._start(key, left)
        else:
            self._released(key)

    @callback
    def async_stop(self) -> None:
        """Cancel all timers."""
        for cancel in self._timers.values():
            cancel()
        self._timers.clear()
