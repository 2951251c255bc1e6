"""Subentries for known vehicles: their plates, and the reads that count."""

from typing import Any, Final, override

from homeassistant.helpers.selector import SelectOptionDict
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import CONF_HOME_DIRECTION, CONF_PLATES, SUBENTRY_VEHICLE
from ..domain.messages import Direction
from ..domain.plates import canonical_pattern
from ..domain.seen import Seen
from ..hub.known_device import RECOGNITION_DEFAULTS
from ..hub.strangers import unknown_plates
from ..sources.selectors import dropdown, several
from .recognition_fields import flat, nested, recognition_fields
from .subentry import NamedSubentryFlow

# With fewer letters and digits, a pattern matches too many plates.
_MIN_CHARACTERS: Final = 2
_MAX_PLATES: Final = 50
# Plates seen lately that are offered, and those of them with pictures.
_MAX_OFFERED: Final = 20
_MAX_PICTURES: Final = 6


class VehicleFlow(NamedSubentryFlow):
    """Adds a vehicle, or changes one."""

    kind = SUBENTRY_VEHICLE

    @override
    def _errors(self, user_input: dict[str, Any]) -> dict[str, str]:
        plates = user_input[CONF_PLATES]
        patterns = {canonical_pattern(plate) for plate in plates}
        if not plates:
            return {CONF_PLATES: "plate_missing"}
        if len(plates) > _MAX_PLATES:
            return {CONF_PLATES: "too_many_plates"}
        if any(_characters(pattern) < _MIN_CHARACTERS for pattern in patterns):
            return {CONF_PLATES: "plate_too_short"}
        taken = {canonical_pattern(plate) for other in self._others() for plate in other[CONF_PLATES]}
        return {CONF_PLATES: "plate_taken"} if patterns & taken else {}

    @override
    def _fields(self) -> dict[vol.Marker, Any]:
        options = [
            SelectOptionDict(
                value=seen.shown, label=f"{seen.shown} ({seen.camera}, {_when(seen)}, {seen.visits}x)"
            )
            for seen in unknown_plates(self.hass, _MAX_OFFERED)
        ]
        return {
            # Not required: a form would choose the first one by itself.
            vol.Optional(CONF_PLATES, default=[]): several(options),
            vol.Optional(CONF_HOME_DIRECTION): dropdown((Direction.IN, Direction.OUT), CONF_HOME_DIRECTION),
            **recognition_fields(self.hass, self._get_entry()),
        }

    @override
    def _placeholders(self) -> dict[str, str]:
        plates = unknown_plates(self.hass, _MAX_PICTURES)
        return {"seen": self._pictures((seen.picture, seen.shown) for seen in plates)}

    @override
    def _flat(self, user_input: dict[str, Any]) -> dict[str, Any]:
        return flat(user_input)

    @override
    def _nested(self, data: dict[str, Any]) -> dict[str, Any]:
        return nested(data or {CONF_PLATES: [], **RECOGNITION_DEFAULTS})


def _when(seen: Seen) -> str:
    return f"{dt_util.as_local(seen.last_at):%d.%m. %H:%M}"


def _characters(pattern: str) -> int:
    return sum(character not in "?*" for character in pattern)
