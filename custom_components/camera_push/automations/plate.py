"""The trigger on plate reads."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, override

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from ..domain.messages import Direction
from ..domain.plate_index import matches_pattern
from ..domain.plates import canonical_pattern, canonical_plate
from ..hub.trigger_events import TriggerEvent, TriggerKind
from .base import INCLUDE_LATE_OPTION, MINIMUM_CONFIDENCE_OPTION, CameraPushTrigger, texts

CONF_DIRECTION: Final = "direction"
CONF_LIST: Final = "list"
CONF_PLATE: Final = "plate"
CONF_VEHICLE: Final = "vehicle"
CONF_ZONE: Final = "zone"

# No restriction to a direction or list.
ANY: Final = "any"


def _plate_pattern(text: str) -> str:
    """Return a plate in its canonical form; `?` and `*` stand for any character and any number of them."""
    pattern = canonical_pattern(cv.string(text))
    if not pattern:
        raise vol.Invalid("a plate needs letters or digits")
    return pattern


DIRECTION_OPTION: Final[VolDictType] = {
    vol.Optional(CONF_DIRECTION, default=ANY): vol.In([ANY, str(Direction.IN), str(Direction.OUT)])
}


class PlateRead(CameraPushTrigger):
    """A camera read a plate; once for each passing car."""

    kind = TriggerKind.PLATE
    sentence = "{what}, read by {device}"
    options_schema: ClassVar[VolDictType] = {
        vol.Optional(CONF_PLATE, default=list): vol.All(cv.ensure_list, [_plate_pattern]),
        vol.Optional(CONF_VEHICLE, default=list): texts,
        **DIRECTION_OPTION,
        vol.Optional(CONF_ZONE, default=list): vol.All(cv.ensure_list, [vol.Coerce(int)]),
        vol.Optional(CONF_LIST, default=ANY): vol.In([ANY, "allow", "block"]),
        **MINIMUM_CONFIDENCE_OPTION,
        **INCLUDE_LATE_OPTION,
    }

    @override
    def matches(self, event: TriggerEvent) -> bool:
        data, options = event.data, self._options
        if not (plate := canonical_plate(data["plate"])):
            return False
        # Misread characters are tolerated for known vehicles only.
        if (options[CONF_PLATE] or options[CONF_VEHICLE]) and not (
            any(matches_pattern(pattern, plate) for pattern in options[CONF_PLATE])
            or event.known_device_id in options[CONF_VEHICLE]
        ):
            return False
        return (
            options[CONF_DIRECTION] in (ANY, data["direction"])
            and (not options[CONF_ZONE] or data["zone"] in options[CONF_ZONE])
            and options[CONF_LIST] in (ANY, data["list_mode"])
        )

    @override
    def near_miss(self, event: TriggerEvent) -> str | None:
        """Return why one of the selected vehicles was not recognised."""
        refused = event.refused_device_ids
        return next((refused[it] for it in self._options[CONF_VEHICLE] if it in refused), None)

    @override
    def shown(self, event: TriggerEvent) -> Mapping[str, Any]:
        return {"what": event.data["known_vehicle"] or event.data["plate"]}
