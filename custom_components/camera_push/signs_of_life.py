"""When cameras were last heard of: shown at once, or together with others when many say something."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .aspects import LAST_SEEN
from .camera_device import CameraDevice

_TOGETHER_SECONDS: Final = 1
# So many of a second are shown at once all the same.
_AT_ONCE: Final = 5


class SignsOfLife:
    """Shows heartbeats: a few of a second at once, the others at its end together.

    A thousand cameras say something every few milliseconds. Waking up for each of them costs more than
    what there is to do.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin in silence."""
        self._hass = hass
        self._waiting: dict[str, CameraDevice] = {}
        self._timer: CALLBACK_TYPE | None = None
        self._shown = 0

    @callback
    def async_show(self, camera: CameraDevice) -> None:
        """Show when a camera was last heard of, in a second at the latest."""
        if self._shown < _AT_ONCE:
            self._shown += 1
            camera.async_notify(LAST_SEEN)
        else:
            self._waiting[camera.camera_id] = camera
        if self._timer is None:
            self._timer = async_call_later(self._hass, _TOGETHER_SECONDS, self._async_show_all)

    @callback
    def _async_show_all(self, _now: datetime) -> None:
        self._timer = None
        self._shown = 0
        waiting, self._waiting = self._waiting, {}
        for camera in waiting.values():
            camera.async_notify(LAST_SEEN)
        if waiting:
            # It goes on like that: then all of the next second are shown together.
            self._shown = _AT_ONCE
            self._timer = async_call_later(self._hass, _TOGETHER_SECONDS, self._async_show_all)

    @callback
    def async_close(self) -> None:
        """Show nothing any more."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        self._waiting.clear()
