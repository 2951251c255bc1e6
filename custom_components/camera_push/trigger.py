"""Triggers that read like sentences: alarm raised, plate read, vehicle arrived, camera went silent."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
import itertools
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast, override

from homeassistant.const import CONF_FOR, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig
from homeassistant.helpers.typing import ConfigType, VolDictType
import voluptuous as vol

from .automations.target import Target
from .domain.messages import AlarmType, Direction
from .domain.vehicles import KnownVehicle, canonical_pattern, canonical_plate
from .hub.trigger_events import Kind, TriggerEvent, signal

if TYPE_CHECKING:
    # Not there yet in the oldest release that is supported.
    from homeassistant.helpers.trigger import TriggerNotTriggeredReporter

CONF_ALARM: Final = "alarm"
CONF_DIRECTION: Final = "direction"
CONF_EVENT: Final = "event"
CONF_INCLUDE_LATE: Final = "include_late"
CONF_LIST: Final = "list"
CONF_MINIMUM_CONFIDENCE: Final = "minimum_confidence"
CONF_PERSON: Final = "person"
CONF_PLATE: Final = "plate"
CONF_VEHICLE: Final = "vehicle"
CONF_WATCHLIST: Final = "watchlist"
CONF_ZONE: Final = "zone"

# A direction or list that is not asked for.
ANY: Final = "any"

_texts: Final = vol.All(cv.ensure_list, [cv.string])
_PERCENT: Final = vol.All(vol.Coerce(float), vol.Range(min=0, max=100))
_LATE: Final[VolDictType] = {vol.Optional(CONF_INCLUDE_LATE, default=False): cv.boolean}
_CONFIDENCE: Final[VolDictType] = {vol.Optional(CONF_MINIMUM_CONFIDENCE, default=0): _PERCENT}

# Each trigger that was set off by a visit leaves its number there.
_numbers = itertools.count()


def _plate_pattern(text: str) -> str:
    """Return a plate as it is compared; `?` and `*` stand for any character and any number of them."""
    pattern = canonical_pattern(cv.string(text))
    if not pattern:
        raise vol.Invalid("a plate needs letters or digits")
    return pattern


class CameraPushTrigger(Trigger):
    """Triggers on what occurs to the devices of its target."""

    kind: ClassVar[Kind]
    options_schema: ClassVar[VolDictType] = {}

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate target and options; raises Invalid."""
        schema = vol.Schema(
            {
                vol.Optional(CONF_TARGET, default=dict): cv.TARGET_FIELDS,
                vol.Optional(CONF_OPTIONS, default=dict): cls.options_schema,
            }
        )
        return cast(ConfigType, schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take over a validated configuration."""
        super().__init__(hass, config)
        self._options = config.options or {}
        self._target = Target(hass, config.target)
        self._number = f"trigger {next(_numbers)}"

    def asks_for(self, occurrence: TriggerEvent) -> bool:
        """Tell whether something is what the options ask for."""
        return True

    def objection(self, occurrence: TriggerEvent) -> str | None:
        """Return in a word why what is asked for still does not trigger, None if it does."""
        if occurrence.data.get("late") and not self._options[CONF_INCLUDE_LATE]:
            return "late"
        if _confidence(occurrence.data) < self._options.get(CONF_MINIMUM_CONFIDENCE, 0):
            return "not_certain_enough"
        return None

    @abstractmethod
    def sentence(self, occurrence: TriggerEvent, name: str) -> str:
        """Return what occurred, for the logbook: "triggered by" goes before it; `name` is the device's."""

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action whenever it occurs; the callback that is returned ends that."""

        @callback
        def occurred(occurrence: TriggerEvent) -> None:
            if not self.asks_for(occurrence) or not self._target.means(occurrence.device_id):
                return
            objection = self.objection(occurrence) or self._repetition(occurrence)
            if objection is None:
                run_action(dict(occurrence.data), self._sentence(occurrence))
            elif did_not_trigger is not None:
                _report(did_not_trigger, objection, occurrence.data)

        return async_dispatcher_connect(self._hass, signal(self.kind), occurred)

    def _repetition(self, occurrence: TriggerEvent) -> str | None:
        """Say that the passing car, or the activity, set this off before: a gate opens once for it.

        What was told of it before this trigger was there, as before a restart, counts as well.
        """
        if occurrence.acted is None:
            return None
        if (previous := occurrence.previous) is not None:
            is_same = all(
                previous.get(key) == occurrence.data.get(key) for key in ("known_vehicle", "person")
            )
            before = replace(
                occurrence,
                data={**occurrence.data, **previous},
                subject=occurrence.subject if is_same else None,
            )
            if self.asks_for(before) and self.objection(before) is None:
                occurrence.acted.add(self._number)
        if self._number in occurrence.acted:
            return "same_visit"
        occurrence.acted.add(self._number)
        return None

    def _sentence(self, occurrence: TriggerEvent) -> str:
        device = dr.async_get(self._hass).async_get(occurrence.device_id)
        return self.sentence(occurrence, (device.name_by_user or device.name or "?") if device else "?")


def _report(did_not_trigger: TriggerNotTriggeredReporter, objection: str, data: Mapping[str, Any]) -> None:
    from homeassistant.helpers.trigger import (  # noqa: PLC0415  # Not in the oldest release, which never asks.
        NotTriggeredInfo,
    )

    did_not_trigger(NotTriggeredInfo(reason=objection, data=data))


def _confidence(data: Mapping[str, Any]) -> float:
    """Return how certain the sender is in per cent, 0 where it does not say."""
    return round(100 * (data.get("confidence") or 0.0), 3)


class AlarmRaised(CameraPushTrigger):
    """A camera raised an alarm."""

    kind = Kind.ALARM
    options_schema: ClassVar[VolDictType] = {
        vol.Optional(CONF_ALARM, default=list): vol.All(
            cv.ensure_list, [vol.In([str(alarm) for alarm in AlarmType])]
        )
    }

    @override
    def asks_for(self, occurrence: TriggerEvent) -> bool:
        """Tell whether it is one of the alarms that were asked for; none means any."""
        return not (alarms := self._options[CONF_ALARM]) or occurrence.data["alarm"] in alarms

    @override
    def sentence(self, occurrence: TriggerEvent, name: str) -> str:
        """Name the alarm."""
        return f"the {occurrence.data['alarm'].replace('_', ' ')} alarm of {name}"


class PlateRead(CameraPushTrigger):
    """A camera read a plate; once for each passing car."""

    kind = Kind.PLATE
    options_schema: ClassVar[VolDictType] = {
        vol.Optional(CONF_PLATE, default=list): vol.All(cv.ensure_list, [_plate_pattern]),
        vol.Optional(CONF_VEHICLE, default=list): _texts,
        vol.Optional(CONF_DIRECTION, default=ANY): vol.In([ANY, str(Direction.IN), str(Direction.OUT)]),
        vol.Optional(CONF_ZONE, default=list): vol.All(cv.ensure_list, [vol.Coerce(int)]),
        vol.Optional(CONF_LIST, default=ANY): vol.In([ANY, "allow", "block"]),
        **_CONFIDENCE,
        **_LATE,
    }

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take over a validated configuration."""
        super().__init__(hass, config)
        # Misread characters are what known vehicles are for.
        patterns = tuple(self._options[CONF_PLATE])
        self._plates = KnownVehicle(id="", name="", patterns=patterns, misreads=0) if patterns else None

    @override
    def asks_for(self, occurrence: TriggerEvent) -> bool:
        """Tell whether a read is of a plate or vehicle, direction, zone and list that were asked for."""
        data, options = occurrence.data, self._options
        if not (plate := canonical_plate(data["plate"])):
            return False
        if (self._plates is not None or options[CONF_VEHICLE]) and not (
            (self._plates is not None and self._plates.fit(plate) is not None)
            or occurrence.subject in options[CONF_VEHICLE]
        ):
            return False
        return (
            options[CONF_DIRECTION] in (ANY, data["direction"])
            and (not options[CONF_ZONE] or data["zone"] in options[CONF_ZONE])
            and options[CONF_LIST] in (ANY, data["list_mode"])
        )

    @override
    def sentence(self, occurrence: TriggerEvent, name: str) -> str:
        """Name the vehicle, or the plate."""
        return f"{occurrence.data['known_vehicle'] or occurrence.data['plate']}, read by {name}"


class PersonRecognised(CameraPushTrigger):
    """A platform recognised a person; once in an activity."""

    kind = Kind.IDENTIFICATION
    options_schema: ClassVar[VolDictType] = {
        vol.Optional(CONF_PERSON, default=list): _texts,
        vol.Optional(CONF_WATCHLIST, default=list): _texts,
        **_CONFIDENCE,
        **_LATE,
    }

    @override
    def asks_for(self, occurrence: TriggerEvent) -> bool:
        """Tell whether it is a person who was asked for, or on a watchlist that was."""
        data, options = occurrence.data, self._options
        if data["profile_id"] is None:
            return False
        if not options[CONF_PERSON] and not options[CONF_WATCHLIST]:
            return True
        watchlists = {name.casefold() for name in options[CONF_WATCHLIST]}
        return occurrence.subject in options[CONF_PERSON] or any(
            name.casefold() in watchlists for name in data["watchlists"]
        )

    @override
    def objection(self, occurrence: TriggerEvent) -> str | None:
        """Say that it is late, or not certain enough for the trigger or for the entry's options."""
        return super().objection(occurrence) or (None if occurrence.is_certain else "not_certain_enough")

    @override
    def sentence(self, occurrence: TriggerEvent, name: str) -> str:
        """Name the person, if they are known."""
        return f"{occurrence.data['person'] or 'somebody'}, recognised by {name}"


class CloudEvent(CameraPushTrigger):
    """A camera cloud has an event on record."""

    kind = Kind.CLOUD_EVENT
    options_schema: ClassVar[VolDictType] = {vol.Optional(CONF_EVENT, default=list): _texts, **_LATE}

    @override
    def asks_for(self, occurrence: TriggerEvent) -> bool:
        """Tell whether it is one of the events that were asked for; none means any."""
        return not (events := self._options[CONF_EVENT]) or occurrence.data["name"] in events

    @override
    def sentence(self, occurrence: TriggerEvent, name: str) -> str:
        """Name the event."""
        return f"the event {occurrence.data['name']} of {name}"


class VehicleArrived(CameraPushTrigger):
    """A known vehicle was seen as its settings ask for, once in a visit."""

    kind = Kind.VEHICLE_ARRIVED

    @override
    def sentence(self, occurrence: TriggerEvent, name: str) -> str:
        """Name the vehicle."""
        return f"the arrival of {name}"


class VehicleLeft(CameraPushTrigger):
    """A known vehicle was not seen for its hold time."""

    kind = Kind.VEHICLE_LEFT

    @override
    def sentence(self, occurrence: TriggerEvent, name: str) -> str:
        """Name the vehicle."""
        return f"the departure of {name}"


class LivenessTrigger(CameraPushTrigger):
    """A camera came or went, and stayed so for a while."""

    opposite: ClassVar[Kind]
    options_schema: ClassVar[VolDictType] = {vol.Optional(CONF_FOR): cv.positive_time_period}

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action when it lasts; the callback that is returned ends that."""
        waiting: dict[str, CALLBACK_TYPE] = {}

        @callback
        def stop(occurrence: TriggerEvent) -> None:
            if (cancel := waiting.pop(occurrence.device_id, None)) is not None:
                cancel()

        def run_later(payload: dict[str, Any], description: str) -> None:
            device_id = payload["device_id"]

            @callback
            def run(_now: datetime) -> None:
                del waiting[device_id]
                run_action(payload, description)

            waiting[device_id] = async_call_later(self._hass, self._options[CONF_FOR], run)

        has_to_last = bool(self._options.get(CONF_FOR))
        detach = await super().async_attach_runner(
            cast(TriggerActionRunner, run_later) if has_to_last else run_action, did_not_trigger
        )
        unwatch = async_dispatcher_connect(self._hass, signal(self.opposite), stop)

        @callback
        def remove() -> None:
            detach()
            unwatch()
            for cancel in waiting.values():
                cancel()
            waiting.clear()

        return remove


class CameraWentSilent(LivenessTrigger):
    """A camera missed its heartbeats, or its platform cannot be heard."""

    kind = Kind.SILENT
    opposite = Kind.SENDING

    @override
    def sentence(self, occurrence: TriggerEvent, name: str) -> str:
        """Name the camera."""
        return f"{name}, which went silent"


class CameraIsBack(LivenessTrigger):
    """A camera that was silent sends again."""

    kind = Kind.SENDING
    opposite = Kind.SILENT

    @override
    def sentence(self, occurrence: TriggerEvent, name: str) -> str:
        """Name the camera."""
        return f"{name}, which is back"


TRIGGERS: Final[dict[str, type[CameraPushTrigger]]] = {
    "alarm_raised": AlarmRaised,
    "camera_is_back": CameraIsBack,
    "camera_went_silent": CameraWentSilent,
    "cloud_event": CloudEvent,
    "person_recognised": PersonRecognised,
    "plate_read": PlateRead,
    "vehicle_arrived": VehicleArrived,
    "vehicle_left": VehicleLeft,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by their names."""
    return dict[str, type[Trigger]](TRIGGERS)
