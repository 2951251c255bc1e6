"""When cameras were last heard of: shown at once, or every few minutes while hundreds say something."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .camera import CameraDevice
from .signals import LAST_SEEN

# So many heartbeats of a minute are shown at once.
_AT_ONCE: Final = 300
_MINUTE: Final = 60
# While there are more, what a camera's heartbeats say is shown after so many seconds,
_SELDOM_SECONDS: Final = 300
# that of a few cameras in each second.
_LOOK_EVERY_SECONDS: Final = 1
_IN_A_SECOND: Final = 10


class SignsOfLife:
    """Shows heartbeats: at once, unless there are more than some hundred in a minute.

    A thousand cameras that say every 30 seconds that they are alive would write three million rows a day
    into the history. Whether a camera is silent is not told by this, and an alarm is always shown at once.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin in silence."""
        self._hass = hass
        self._minute_ends_at = 0.0
        self._in_minute = 0
        self._are_many = False
        # Cameras of which something is not shown yet, and since when; the one that waits longest first.
        self._waiting: dict[str, tuple[CameraDevice, float]] = {}
        self._timer: CALLBACK_TYPE | None = None

    @callback
    def async_show(self, camera: CameraDevice) -> None:
        """Show when a camera was last heard of, now or in a few minutes."""
        now = self._hass.loop.time()
        if now >= self._minute_ends_at:
            # A minute without any heartbeat is one with few.
            self._are_many = self._in_minute > _AT_ONCE and now < self._minute_ends_at + _MINUTE
            self._in_minute = 0
            self._minute_ends_at = now + _MINUTE
        self._in_minute += 1
        if not self._are_many and self._in_minute <= _AT_ONCE:
            self._waiting.pop(camera.camera_id, None)
            camera.async_notify(LAST_SEEN)
            return
        _, since = self._waiting.get(camera.camera_id, (camera, now))
        # The camera may be another one by now: forgotten, and back.
        self._waiting[camera.camera_id] = (camera, since)
        if self._timer is None:
            self._look_later()

    def _look_later(self) -> None:
        self._timer = async_call_later(self._hass, _LOOK_EVERY_SECONDS, self._async_show_some)

    @callback
    def _async_show_some(self, _now: datetime) -> None:
        self._timer = None
        waited_until = self._hass.loop.time() - _SELDOM_SECONDS
        for camera_id, (camera, since) in list(self._waiting.items())[:_IN_A_SECOND]:
            if since > waited_until:
                break
            del self._waiting[camera_id]
            camera.async_notify(LAST_SEEN)
        if self._waiting:
            self._look_later()

    @callback
    def async_close(self) -> None:
        """Show nothing any more."""
        if self._timer is not None:
            self._timer()
            self._timer = None
        self._waiting.clear()
