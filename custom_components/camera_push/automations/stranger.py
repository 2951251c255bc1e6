"""The triggers on strangers: vehicles and persons that nobody told about."""

from datetime import datetime, timedelta
from typing import ClassVar, Final, override

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..hub.trigger_events import TriggerEvent, TriggerKind
from .base import CameraPushTrigger
from .plate import ANY, CONF_DIRECTION, DIRECTION_OPTION

CONF_FIRST_TIME: Final = "first_time"
CONF_MORE_THAN: Final = "more_than"
CONF_NOT_SEEN_FOR: Final = "not_seen_for"

_POSITIVE: Final = vol.All(vol.Coerce(int), vol.Range(min=1))


class StrangerTrigger(CameraPushTrigger):
    """Somebody whom the user does not know was there; once in a visit, when that has settled."""

    options_schema: ClassVar[VolDictType] = {
        vol.Optional(CONF_FIRST_TIME, default=False): cv.boolean,
        vol.Optional(CONF_NOT_SEEN_FOR): _POSITIVE,
        vol.Optional(CONF_MORE_THAN): _POSITIVE,
    }

    @override
    def matches(self, event: TriggerEvent) -> bool:
        """Return whether the stranger was there as often, or as seldom, as the options say.

        Of persons without a profile, nobody knows whether they were there before.
        """
        data, options = event.data, self._options
        if options[CONF_FIRST_TIME] and not data["first_time"]:
            return False
        days, visits = options.get(CONF_NOT_SEEN_FOR), options.get(CONF_MORE_THAN)
        if days is not None and (
            data["first_time"] is None or _was_within(data["last_visit_at"], timedelta(days=days))
        ):
            return False
        return visits is None or (data["visits_today"] or 0) > visits

    @override
    def rejection(self, event: TriggerEvent) -> str | None:
        # Late events set nothing off, and never get here.
        return None


def _was_within(at: str | None, span: timedelta) -> bool:
    return at is not None and dt_util.utcnow() - datetime.fromisoformat(at) < span


class UnknownVehicle(StrangerTrigger):
    """A plate was read that is none of the known vehicles'."""

    kind = TriggerKind.UNKNOWN_VEHICLE
    sentence = "{plate}, which is no known vehicle's, read by {device}"
    options_schema: ClassVar[VolDictType] = {**StrangerTrigger.options_schema, **DIRECTION_OPTION}

    @override
    def matches(self, event: TriggerEvent) -> bool:
        return self._options[CONF_DIRECTION] in (ANY, event.data["direction"]) and super().matches(event)


class UnknownPerson(StrangerTrigger):
    """A person was seen who is none of the known ones."""

    kind = TriggerKind.UNKNOWN_PERSON
    sentence = "an unknown person, seen by {device}"
