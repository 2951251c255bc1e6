"""Whether the platform that an entry's cameras are behind is connected."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

# After a start, a platform has this long to be connected before its cameras count as silent.
_CONNECTED_WITHIN: Final = timedelta(minutes=1)


class PlatformConnection:
    """The connection to a platform: still to be made, there, or lost; `changed` is called at each change."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, *, is_connected: bool) -> None:
        """Begin connected where cameras come to us, and there is no connection that could be lost."""
        self._hass = hass
        self._entry = entry
        self.is_connected = is_connected
        self.is_lost = False
        self._changed: Callable[[], None] | None = None
        self._timer: CALLBACK_TYPE | None = None

    @callback
    def async_start(self, changed: Callable[[], None]) -> None:
        """Call `changed` from now on."""
        self._changed = changed
        if not self.is_connected:
            self._timer = async_call_later(self._hass, _CONNECTED_WITHIN, self._async_not_connected)

    @callback
    def async_stop(self) -> None:
        """Call nothing any more."""
        self._changed = None
        self._cancel()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def _async_not_connected(self, _now: datetime) -> None:
        self.async_connected(is_connected=False)

    @callback
    def async_connected(self, *, is_connected: bool) -> None:
        """Note whether the platform is connected: without it, its cameras are unavailable."""
        if self._changed is None:
            return
        self._cancel()
        if (self.is_connected, self.is_lost) == (is_connected, not is_connected):
            return
        self.is_connected, self.is_lost = is_connected, not is_connected
        self._changed()

    @callback
    def async_start_reauth(self) -> None:
        """Ask the user for new credentials."""
        self._entry.async_start_reauth(self._hass)
