"""Subentries for known vehicles: their plates, and the reads that count."""

from __future__ import annotations

from typing import Any, Final, override

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ..const import (
    CONF_CAMERAS,
    CONF_DIRECTIONS,
    CONF_HOLD_TIME,
    CONF_HOME_DIRECTION,
    CONF_MINIMUM_CONFIDENCE,
    CONF_MISREADS,
    CONF_PLATES,
    CONF_ZONES,
    SUBENTRY_VEHICLE,
)
from ..domain.messages import Direction
from ..domain.vehicles import MAX_MISREADS, canonical_pattern
from ..entry.runtime import find_runtime
from ..sources.selectors import checkboxes, dropdown, percent, seconds
from .subentry import NamedSubentryFlow

SECTION_CERTAINTY: Final = "certainty"
SECTION_PLACES: Final = "places"
_SECTIONS: Final = (SECTION_CERTAINTY, SECTION_PLACES)

# With fewer letters and digits, a pattern matches too many plates.
_MIN_CHARACTERS: Final = 2
_MAX_PLATES: Final = 50

_DEFAULTS: Final[dict[str, Any]] = {
    CONF_PLATES: [],
    CONF_DIRECTIONS: [],
    CONF_HOLD_TIME: 60,
    CONF_MISREADS: "1",
    CONF_MINIMUM_CONFIDENCE: 80,
    CONF_CAMERAS: [],
    CONF_ZONES: [],
}


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
        certainty = vol.Schema(
            {
                vol.Required(CONF_MISREADS, default=_DEFAULTS[CONF_MISREADS]): dropdown(
                    map(str, range(MAX_MISREADS + 1)), CONF_MISREADS
                ),
                vol.Required(CONF_MINIMUM_CONFIDENCE, default=_DEFAULTS[CONF_MINIMUM_CONFIDENCE]): percent(),
            }
        )
        places = vol.Schema(
            {
                vol.Optional(CONF_CAMERAS, default=[]): SelectSelector(
                    SelectSelectorConfig(options=self._cameras(), multiple=True, custom_value=True)
                ),
                vol.Optional(CONF_ZONES, default=[]): SelectSelector(
                    SelectSelectorConfig(
                        options=["1", "2"], multiple=True, custom_value=True, mode=SelectSelectorMode.DROPDOWN
                    )
                ),
            }
        )
        return {
            vol.Required(CONF_PLATES): TextSelector(TextSelectorConfig(multiple=True)),
            vol.Optional(CONF_DIRECTIONS, default=[]): checkboxes(Direction, "direction"),
            vol.Optional(CONF_HOME_DIRECTION): dropdown((Direction.IN, Direction.OUT), CONF_HOME_DIRECTION),
            vol.Required(CONF_HOLD_TIME, default=_DEFAULTS[CONF_HOLD_TIME]): seconds(),
            vol.Required(SECTION_CERTAINTY): section(certainty, {"collapsed": True}),
            vol.Required(SECTION_PLACES): section(places, {"collapsed": True}),
        }

    @override
    def _flat(self, user_input: dict[str, Any]) -> dict[str, Any]:
        data = {key: value for key, value in user_input.items() if key not in _SECTIONS}
        for name in _SECTIONS:
            data |= user_input[name]
        for key in (CONF_HOLD_TIME, CONF_MINIMUM_CONFIDENCE, CONF_MISREADS):
            data[key] = int(data[key])
        return data

    @override
    def _nested(self, data: dict[str, Any]) -> dict[str, Any]:
        data = data or dict(_DEFAULTS)
        certainty = {key: data.pop(key) for key in (CONF_MISREADS, CONF_MINIMUM_CONFIDENCE)}
        certainty[CONF_MISREADS] = str(certainty[CONF_MISREADS])
        places = {key: data.pop(key) for key in (CONF_CAMERAS, CONF_ZONES)}
        return {**data, SECTION_CERTAINTY: certainty, SECTION_PLACES: places}

    def _cameras(self) -> list[SelectOptionDict]:
        """Return the known cameras; the ids of others can be typed in."""
        if (runtime := find_runtime(self.hass, self._get_entry().entry_id)) is None:
            return []
        return [
            SelectOptionDict(value=camera_id, label=camera.name)
            for camera_id, camera in runtime.hub.cameras.items()
        ]


def _characters(pattern: str) -> int:
    return sum(character not in "?*" for character in pattern)
