"""The triggers on what a platform observes of persons besides who they are."""

from typing import ClassVar, Final, override

from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from ..domain.observations import HUMAN_ACTIVITY, observed
from ..hub.trigger_events import TriggerEvent, TriggerKind
from .base import INCLUDE_LATE_OPTION, CameraPushTrigger
from .plate import ANY

CONF_ACTIVITY: Final = "activity"
CONF_CROSSING: Final = "direction"
CONF_ZONE_EVENT: Final = "event"


def _any_or(option: str, *words: str) -> VolDictType:
    return {vol.Optional(option, default=ANY): vol.In([ANY, *words]), **INCLUDE_LATE_OPTION}


class ObservationTrigger(CameraPushTrigger):
    """A platform observed something of one type."""

    kind = TriggerKind.IDENTIFICATION
    observed_type: ClassVar[str]
    word_option: ClassVar[str | None] = None
    options_schema: ClassVar[VolDictType] = INCLUDE_LATE_OPTION

    @override
    def matches(self, event: TriggerEvent) -> bool:
        """Return whether the event is of the type, and one of the selected words is in it; none means any."""
        if event.data["type"] != self.observed_type:
            return False
        wanted = self._options[self.word_option] if self.word_option is not None else ANY
        if wanted == ANY or not wanted:
            return True
        return observed(event.data["details"], *([wanted] if isinstance(wanted, str) else wanted))


class ActivityDetected(ObservationTrigger):
    """A person has fallen, fights, lies or sits."""

    observed_type = HUMAN_ACTIVITY
    sentence = "the activity of a person, seen by {device}"
    word_option = CONF_ACTIVITY
    options_schema: ClassVar[VolDictType] = {
        vol.Optional(CONF_ACTIVITY, default=list): [vol.In(["fall", "fight", "lies", "sits"])],
        **INCLUDE_LATE_OPTION,
    }


class ZoneEvent(ObservationTrigger):
    """A person entered or left a zone."""

    observed_type = "roi"
    sentence = "a person in a zone of {device}"
    word_option = CONF_ZONE_EVENT
    options_schema = _any_or(CONF_ZONE_EVENT, "entered", "left")


class LineCrossed(ObservationTrigger):
    """A person crossed a line."""

    observed_type = "crossing"
    sentence = "a person who crossed a line of {device}"
    word_option = CONF_CROSSING
    options_schema = _any_or(CONF_CROSSING, "forwards", "backwards")


class FaceHidden(ObservationTrigger):
    """A person hides their face."""

    observed_type = "face_hide_control"
    sentence = "a hidden face, seen by {device}"
