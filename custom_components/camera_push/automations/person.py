"""The trigger on recognised persons."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, override

from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from ..hub.trigger_events import TriggerEvent, TriggerKind
from .base import INCLUDE_LATE_OPTION, MINIMUM_CONFIDENCE_OPTION, CameraPushTrigger, texts

CONF_PERSON: Final = "person"
CONF_WATCHLIST: Final = "watchlist"


class PersonRecognised(CameraPushTrigger):
    """A platform recognised a person; once in an activity."""

    kind = TriggerKind.IDENTIFICATION
    sentence = "{who}, recognised by {device}"
    options_schema: ClassVar[VolDictType] = {
        vol.Optional(CONF_PERSON, default=list): texts,
        vol.Optional(CONF_WATCHLIST, default=list): texts,
        **MINIMUM_CONFIDENCE_OPTION,
        **INCLUDE_LATE_OPTION,
    }

    @override
    def matches(self, event: TriggerEvent) -> bool:
        data, options = event.data, self._options
        if data["profile_id"] is None:
            return False
        if not options[CONF_PERSON] and not options[CONF_WATCHLIST]:
            return True
        watchlists = {name.casefold() for name in options[CONF_WATCHLIST]}
        return event.known_device_id in options[CONF_PERSON] or any(
            name.casefold() in watchlists for name in (*data["watchlists"], *data["watchlist_ids"])
        )

    @override
    def rejection(self, event: TriggerEvent) -> str | None:
        """Reject a late event, and one below the minimum confidence of the trigger or of the entry."""
        return super().rejection(event) or (None if event.is_certain else "not_certain_enough")

    @override
    def shown(self, event: TriggerEvent) -> Mapping[str, Any]:
        return {"who": event.data["person"] or "somebody"}
