"""Events that the history marks as dangerous, and why; of alarms and plates, their own modules say it."""

from collections.abc import Mapping
from typing import Final

from .observations import HUMAN_ACTIVITY, observed
from .options import SAFETY_ALARMS

# Not that somebody lies or sits, as people do on sofas and benches; nor that a face is hidden, as helmets and
# scarves do; nor zones and lines, for what they are about is up to their user.
DANGEROUS_ACTIVITIES: Final[Mapping[str, str]] = {
    "fall": "who has fallen may need help",
    "fight": "somebody is being hurt",
}
# Not crowds, lines and stopped vehicles, which are as usual as their place; nor networks and memory cards,
# which are about the camera itself.
DANGEROUS_CLOUD_EVENTS: Final[Mapping[str, str]] = {
    "intrusion": "somebody is where nobody may be",
    # Users give their own types the names of alarms.
    **{str(alarm): "the alarm of that name is about safety" for alarm in sorted(SAFETY_ALARMS)},
}


def is_dangerous_observation(kind: str, details: Mapping[str, object]) -> bool:
    """Tell whether what a platform observes of a person is dangerous."""
    return kind == HUMAN_ACTIVITY and observed(details, *DANGEROUS_ACTIVITIES)
