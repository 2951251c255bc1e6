"""The trigger on a camera's alarms."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, override

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from ..domain.messages import AlarmType
from ..hub.trigger_events import TriggerEvent, TriggerKind
from .base import CameraPushTrigger

CONF_ALARM: Final = "alarm"


class AlarmRaised(CameraPushTrigger):
    """A camera raised an alarm."""

    kind = TriggerKind.ALARM
    sentence = "the {alarm} alarm of {device}"
    options_schema: ClassVar[VolDictType] = {
        vol.Optional(CONF_ALARM, default=list): vol.All(
            cv.ensure_list, [vol.In([str(alarm) for alarm in AlarmType])]
        )
    }

    @override
    def matches(self, event: TriggerEvent) -> bool:
        """Return whether the alarm is among the selected ones; an empty selection means all."""
        return not (alarms := self._options[CONF_ALARM]) or event.data["alarm"] in alarms

    @override
    def shown(self, event: TriggerEvent) -> Mapping[str, Any]:
        return {"alarm": event.data["alarm"].replace("_", " ")}
