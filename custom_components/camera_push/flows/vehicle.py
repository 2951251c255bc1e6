"""Subentries for known vehicles: their plates, and the reads that count."""

from __future__ import annotations

from typing import Any, Final, override

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from ..const import (
    CONF_AGREEING_READS,
    CONF_CAMERAS,
    CONF_DIRECTIONS,
    CONF_HOLD_TIME,
    CONF_HOME_DIRECTION,
    CONF_MINIMUM_CONFIDENCE,
    CONF_MISREADS,
    CONF_PLATES,
    CONF_ZONES,
    DOMAIN,
    SUBENTRY_VEHICLE,
)
from ..domain.messages import Direction
from ..domain.plate_matching import Tolerance
from ..domain.plates import canonical_pattern
from ..domain.recognition import tolerance_of
from ..sources.selectors import checkboxes, dropdown, percent, seconds
from .subentry import NamedSubentryFlow

SECTION_CERTAINTY: Final = "certainty"
SECTION_PLACES: Final = "places"
_SECTIONS: Final = (SECTION_CERTAINTY, SECTION_PLACES)

# With fewer letters and digits, a pattern matches too many plates.
_MIN_CHARACTERS: Final = 2
_MAX_PLATES: Final = 50
# What it takes where one read is not enough.
_AGREEING: Final = 2
_OLDER_TOLERANCES: Final = {str(number): str(tolerance_of(number)) for number in range(3)}

_DEFAULTS: Final[dict[str, Any]] = {
    CONF_PLATES: [],
    CONF_DIRECTIONS: [],
    CONF_HOLD_TIME: 60,
    CONF_MISREADS: str(Tolerance.CAUTIOUS),
    CONF_AGREEING_READS: False,
    CONF_MINIMUM_CONFIDENCE: 80,
    CONF_CAMERAS: [],
    CONF_ZONES: [],
}


class ToleranceSelector(SelectSelector):
    """A field for how much of a plate may be misread; it also takes the numbers of older releases."""

    def __init__(self) -> None:
        super().__init__(
            SelectSelectorConfig(
                options=[str(tolerance) for tolerance in Tolerance],
                mode=SelectSelectorMode.DROPDOWN,
                translation_key=CONF_MISREADS,
            )
        )

    @override
    def __call__(self, data: Any) -> Any:
        """Return what was chosen; raises Invalid."""
        return super().__call__(_OLDER_TOLERANCES.get(data, data))


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
                vol.Required(CONF_MISREADS, default=_DEFAULTS[CONF_MISREADS]): ToleranceSelector(),
                vol.Optional(CONF_AGREEING_READS, default=False): BooleanSelector(),
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
        for key in (CONF_HOLD_TIME, CONF_MINIMUM_CONFIDENCE):
            data[key] = int(data[key])
        data[CONF_AGREEING_READS] = _AGREEING if data.get(CONF_AGREEING_READS) else 1
        return data

    @override
    def _nested(self, data: dict[str, Any]) -> dict[str, Any]:
        data = data or dict(_DEFAULTS)
        certainty = {
            CONF_MISREADS: str(tolerance_of(data.pop(CONF_MISREADS))),
            CONF_AGREEING_READS: data.pop(CONF_AGREEING_READS, 1) > 1,
            CONF_MINIMUM_CONFIDENCE: data.pop(CONF_MINIMUM_CONFIDENCE),
        }
        places = {key: data.pop(key) for key in (CONF_CAMERAS, CONF_ZONES)}
        return {**data, SECTION_CERTAINTY: certainty, SECTION_PLACES: places}

    def _cameras(self) -> list[SelectOptionDict]:
        """Return the known cameras of all entries; the ids of others can be typed in."""
        own = self._get_entry().entry_id
        options: list[SelectOptionDict] = []
        for entry in self.hass.config_entries.async_loaded_entries(DOMAIN):
            hub = entry.runtime_data.hub
            for camera_id, camera in hub.cameras.items():
                # What older releases stored names the entry's own cameras.
                value = camera_id if entry.entry_id == own else camera.owner
                options.append(SelectOptionDict(value=value, label=camera.name))
        return options


def _characters(pattern: str) -> int:
    return sum(character not in "?*" for character in pattern)
