"""The triggers on cameras that go silent and that send again."""

from datetime import datetime
from functools import partial
from typing import ClassVar, override

from homeassistant.const import CONF_FOR
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.trigger import TriggerActionRunner
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from ..entry.runtime import find_runtime
from ..hub.devices import find_owned
from ..hub.trigger_events import TriggerEvent, TriggerKind, signal
from .base import CameraPushTrigger, NotTriggeredReporter


class LivenessTrigger(CameraPushTrigger):
    """A camera went silent or sends again, and did not change back for a while."""

    opposite: ClassVar[TriggerKind]
    options_schema: ClassVar[VolDictType] = {vol.Optional(CONF_FOR): cv.positive_time_period}

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: NotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Run the action after `for`, until the returned callback is called."""
        if not self._options.get(CONF_FOR):
            return await super().async_attach_runner(run_action, did_not_trigger)
        pending: dict[str, CALLBACK_TYPE] = {}

        @callback
        def elapsed(event: TriggerEvent, _now: datetime) -> None:
            del pending[event.device_id]
            if self._still_applies(event.device_id):
                self._run(run_action, event)

        @callback
        def start(event: TriggerEvent) -> None:
            # A second event without the opposite one between them does not start the time again.
            if event.device_id not in pending:
                pending[event.device_id] = async_call_later(
                    self._hass, self._options[CONF_FOR], partial(elapsed, event)
                )

        @callback
        def cancel(event: TriggerEvent) -> None:
            if (cancel_timer := pending.pop(event.device_id, None)) is not None:
                cancel_timer()

        unsubscribe = (
            self._connect(start, did_not_trigger),
            async_dispatcher_connect(self._hass, signal(self.opposite), cancel),
        )

        @callback
        def detach() -> None:
            for call in (*unsubscribe, *pending.values()):
                call()
            pending.clear()

        return detach

    @callback
    def _still_applies(self, device_id: str) -> bool:
        """Return whether the camera did not change back: its entry may have been reloaded meanwhile."""
        owned = find_owned(self._hass, device_id)
        if owned is None or owned.camera_id is None:
            return False
        if (runtime := find_runtime(self._hass, owned.entry.entry_id)) is None:
            # Nothing is received now: the last known state counts.
            return True
        camera = runtime.hub.cameras.get(owned.camera_id)
        return camera is not None and camera.record.is_silent is (self.kind is TriggerKind.SILENT)


class CameraWentSilent(LivenessTrigger):
    """A camera missed its heartbeats, or the connection to its platform is down."""

    kind = TriggerKind.SILENT
    opposite = TriggerKind.SENDING
    sentence = "{device}, which went silent"


class CameraIsBack(LivenessTrigger):
    """A camera that was silent sends again."""

    kind = TriggerKind.SENDING
    opposite = TriggerKind.SILENT
    sentence = "{device}, which is back"
