"""The trigger on events of a camera cloud."""

from typing import ClassVar, Final, override

from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from ..hub.trigger_events import TriggerEvent, TriggerKind
from .base import INCLUDE_LATE_OPTION, CameraPushTrigger, texts

CONF_EVENT: Final = "event"


class CloudEvent(CameraPushTrigger):
    """A camera cloud stored an event."""

    kind = TriggerKind.CLOUD_EVENT
    sentence = "the event {name} of {device}"
    options_schema: ClassVar[VolDictType] = {
        vol.Optional(CONF_EVENT, default=list): texts,
        **INCLUDE_LATE_OPTION,
    }

    @override
    def matches(self, event: TriggerEvent) -> bool:
        """Return whether the event's name is among the selected ones; an empty selection means all."""
        return not (names := self._options[CONF_EVENT]) or event.data["name"] in names
