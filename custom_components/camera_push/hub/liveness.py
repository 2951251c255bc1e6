"""Whether a camera is alive.

A camera that is expected to send is in one of three states:

    AWAITED --message--> ALIVE --period is over--> SILENT --message--> ALIVE
       `-----------------period is over--------------^

It starts as AWAITED if its silence was told before the start: it has a full period again, and is back only
once it sends. So it is if nothing is expected of it any more. All others start as ALIVE.

A camera behind a platform is gone as well while the connection to that is lost.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto
import logging
from time import monotonic
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from ..domain.liveness import HeartbeatGaps, expected_interval
from ..domain.record import CameraRecord
from .context import HubContext
from .trigger_events import TriggerKind

_LOGGER = logging.getLogger(__name__)

# Too little is left to wait for it.
_TOLERANCE_SECONDS: Final = 0.5


class _State(Enum):
    AWAITED = auto()
    ALIVE = auto()
    SILENT = auto()


class Liveness:
    """The liveness of one camera, and the timer of its period.

    `changed` is called when the camera's availability may have changed, with what is to be told: that it is
    silent, that it sends again, or None.
    """

    def __init__(
        self, context: HubContext, record: CameraRecord, changed: Callable[[TriggerKind | None], None]
    ) -> None:
        self._context = context
        self._record = record
        self._changed = changed
        self._gaps = HeartbeatGaps(record.heartbeat_gaps, context.info.heartbeat_periods)
        # The timer is started anew only to end earlier: every message moves the end.
        self._timer: CALLBACK_TYPE | None = None
        self._timer_ends_at = self._ends_at = 0.0
        self._state = _State.AWAITED if record.is_silent and self.period is not None else _State.ALIVE
        # Automations that waited for a silence to last have forgotten it after a restart, and are told again.
        self._was_gone: bool | None = (
            None if record.is_silent and not context.hass.is_running else record.is_silent
        )

    @property
    def period(self) -> timedelta | None:
        """Return after what silence the camera counts as gone, or None while nothing is expected of it."""
        options = self._context.options
        configured = self._context.configured.get(self._record.camera_id)
        # An interval that was read from the camera counts as much as one that the user sets.
        known = options.heartbeat_interval or (configured.interval if configured is not None else None)
        if not self._record.armed and known is None:
            return None
        interval = expected_interval(known, self._gaps.interval, self._context.info.heartbeat_interval)
        return interval * options.missed_heartbeats

    @property
    def is_available(self) -> bool:
        """Tell whether the camera is not silent, and its platform connected."""
        return self._state is not _State.SILENT and self._context.connection.is_connected

    @property
    def _is_gone(self) -> bool | None:
        """Tell whether the camera is gone; None while that has to show after a start."""
        if self._state is _State.SILENT or self._context.connection.is_lost:
            return True
        return False if self._state is _State.ALIVE and self._context.connection.is_connected else None

    def heartbeat(self, at: datetime) -> None:
        """Take in a heartbeat: the camera is expected to send from now on."""
        self._record.armed = True
        self._gaps.heartbeat(at)
        self._record.heartbeat_gaps = self._gaps.seconds

    def forget_last_heartbeat(self) -> None:
        """Forget when the last heartbeat came: the system clock was changed."""
        self._gaps.forget_last()

    @callback
    def async_start(self) -> None:
        """Give the camera a full period from now on."""
        if (period := self.period) is None:
            self.async_stop()
            return
        self._ends_at = monotonic() + period.total_seconds()
        if self._timer is None or self._ends_at < self._timer_ends_at:
            self._start_timer(period.total_seconds())

    def _start_timer(self, seconds: float) -> None:
        self.async_stop()
        self._timer_ends_at = self._ends_at
        self._timer = async_call_later(self._context.hass, seconds, self._async_period_over)

    @callback
    def async_period_changed(self) -> None:
        """Give the camera a full period of what it is now; without one, it is not silent any longer."""
        self.async_start()
        if self._state is _State.SILENT and self._timer is None:
            self._state = _State.AWAITED
        self._changed(None)

    @callback
    def async_stop(self) -> None:
        """Cancel the timer."""
        if self._timer is not None:
            self._timer()
            self._timer = None

    @callback
    def async_message(self) -> None:
        """Note a sign of life."""
        self.async_start()
        was_silent = self._state is _State.SILENT
        self._state = _State.ALIVE
        if was_silent:
            _LOGGER.info("%s is sending again", self._context.camera_name(self._record))
        if was_silent or self._was_gone is not False:
            self.async_update()

    @callback
    def _async_period_over(self, _now: datetime) -> None:
        self._timer = None
        if (left := self._ends_at - monotonic()) > _TOLERANCE_SECONDS:
            self._start_timer(left)
            return
        if self._state is _State.SILENT:
            return
        self._state = _State.SILENT
        _LOGGER.warning(
            "%s has sent nothing for %s: it is unavailable now",
            self._context.camera_name(self._record),
            self.period,
        )
        self.async_update()

    @callback
    def async_update(self) -> None:
        """Tell what has changed, in the camera's state or in the connection to its platform."""
        is_gone = self._is_gone
        if is_gone is None or is_gone is self._was_gone:
            self._changed(None)
            return
        self._was_gone = self._record.is_silent = is_gone
        self._changed(TriggerKind.SILENT if is_gone else TriggerKind.SENDING)
