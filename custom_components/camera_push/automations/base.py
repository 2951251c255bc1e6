"""The base class of the triggers, and the options that several of them have."""

from collections.abc import Callable, Mapping
from dataclasses import replace
import itertools
from typing import Any, ClassVar, Final, cast, override

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig
from homeassistant.helpers.typing import ConfigType, VolDictType
import voluptuous as vol

from ..hub.devices import device_name
from ..hub.trigger_events import TriggerEvent, TriggerKind, signal
from .target import Target

CONF_INCLUDE_LATE: Final = "include_late"
CONF_MINIMUM_CONFIDENCE: Final = "minimum_confidence"

INCLUDE_LATE_OPTION: Final[VolDictType] = {vol.Optional(CONF_INCLUDE_LATE, default=False): cv.boolean}
MINIMUM_CONFIDENCE_OPTION: Final[VolDictType] = {
    vol.Optional(CONF_MINIMUM_CONFIDENCE, default=0): vol.All(vol.Coerce(float), vol.Range(min=0, max=100))
}
texts: Final = vol.All(cv.ensure_list, [cv.string])

# Home Assistant's TriggerNotTriggeredReporter, a name that the oldest supported release lacks.
type NotTriggeredReporter = Callable[[Any], None]

# Identifies a trigger in the `acted` of a visit.
_numbers = itertools.count()


class CameraPushTrigger(Trigger):
    """A trigger on one kind of trigger event, for the devices of its target."""

    kind: ClassVar[TriggerKind]
    # For the logbook, which writes "triggered by" before it; in braces, the device and fields of the event.
    sentence: ClassVar[str]
    options_schema: ClassVar[VolDictType] = {}

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        schema = vol.Schema(
            {
                vol.Optional(CONF_TARGET, default=dict): cv.TARGET_FIELDS,
                vol.Optional(CONF_OPTIONS, default=dict): cls.options_schema,
            }
        )
        return cast(ConfigType, schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._options = config.options or {}
        self._target = Target(hass, config.target)
        self._number = f"trigger {next(_numbers)}"

    def matches(self, event: TriggerEvent) -> bool:
        """Return whether an event matches the options."""
        return True

    def near_miss(self, event: TriggerEvent) -> str | None:
        """Return why an event that nearly matches does not, for the trace; None for others."""
        return None

    def rejection(self, event: TriggerEvent) -> str | None:
        """Return the reason why an event that matches does not trigger, None if it does."""
        if event.data.get("late") and not self._options[CONF_INCLUDE_LATE]:
            return "late"
        if _confidence(event.data) < self._options.get(CONF_MINIMUM_CONFIDENCE, 0):
            return "not_certain_enough"
        return None

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: NotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def run(event: TriggerEvent) -> None:
            self._run(run_action, event)

        return self._connect(run, did_not_trigger)

    @callback
    def _connect(
        self, triggered: Callable[[TriggerEvent], None], did_not_trigger: NotTriggeredReporter | None
    ) -> CALLBACK_TYPE:
        """Call `triggered` for each event that triggers."""

        @callback
        def handle(event: TriggerEvent) -> None:
            matches = self.matches(event)
            refusal = event.refusal if matches else self.near_miss(event)
            if (not matches and refusal is None) or not self._target.includes(event.device_id):
                return
            rejection = refusal or self.rejection(event) or self._repetition(event)
            if rejection is None:
                triggered(event)
            elif did_not_trigger is not None:
                _report(did_not_trigger, rejection, event.data)

        return async_dispatcher_connect(self._hass, signal(self.kind), handle)

    def _run(self, run_action: TriggerActionRunner, event: TriggerEvent) -> None:
        device = device_name(self._hass, event.device_id) or "?"
        run_action(dict(event.data), self.sentence.format_map({**self.shown(event), "device": device}))

    def shown(self, event: TriggerEvent) -> Mapping[str, Any]:
        """Return the fields of an event that the sentence may show."""
        return event.data

    def _repetition(self, event: TriggerEvent) -> str | None:
        """Return the reason not to trigger twice in one visit: a gate opens once for a car.

        An earlier message of the visit that this trigger would have run for counts as well, even if
        the trigger was not attached then, as before a restart.
        """
        if event.acted is None:
            return None
        if (previous := event.previous) is not None:
            is_same = all(previous.get(key) == event.data.get(key) for key in ("known_vehicle", "person"))
            before = replace(
                event,
                data={**event.data, **previous},
                known_device_id=event.known_device_id if is_same else None,
            )
            if self.matches(before) and self.rejection(before) is None:
                event.acted.add(self._number)
        if self._number in event.acted:
            return "same_visit"
        event.acted.add(self._number)
        return None


def _report(did_not_trigger: NotTriggeredReporter, reason: str, data: Mapping[str, Any]) -> None:
    from homeassistant.helpers.trigger import (  # noqa: PLC0415  # Not in the oldest release, which never asks.
        NotTriggeredInfo,
    )

    did_not_trigger(NotTriggeredInfo(reason=reason, data=data))


def _confidence(data: Mapping[str, Any]) -> float:
    """Return the sender's confidence in per cent, 0 if the message has none."""
    return round(100 * (data.get("confidence") or 0.0), 3)
