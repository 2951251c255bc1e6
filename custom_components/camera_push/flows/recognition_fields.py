"""The fields of forms that say which reads of a plate count: of vehicles, and of lists."""

from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import (
    CONF_AGREEING_READS,
    CONF_CAMERAS,
    CONF_DIRECTIONS,
    CONF_HOLD_TIME,
    CONF_MINIMUM_CONFIDENCE,
    CONF_MISREADS,
    CONF_ZONES,
    DOMAIN,
)
from ..domain.messages import Direction
from ..domain.plate_tolerance import Tolerance
from ..domain.recognition import tolerance_of
from ..hub.known_device import RECOGNITION_DEFAULTS
from ..sources.selectors import checkboxes, percent, seconds, several

SECTION_CERTAINTY: Final = "certainty"
SECTION_PLACES: Final = "places"
_SECTIONS: Final = (SECTION_CERTAINTY, SECTION_PLACES)
# What it takes where one read is not enough.
_AGREEING: Final = 2
_OLDER_TOLERANCES: Final = {str(number): str(tolerance_of(number)) for number in range(3)}


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


def recognition_fields(hass: HomeAssistant, entry: ConfigEntry) -> dict[vol.Marker, Any]:
    """Return the fields; cameras that belong to another entry are named with it."""
    certainty = vol.Schema(
        {
            vol.Required(CONF_MISREADS, default=RECOGNITION_DEFAULTS[CONF_MISREADS]): ToleranceSelector(),
            vol.Optional(CONF_AGREEING_READS, default=False): BooleanSelector(),
            vol.Required(
                CONF_MINIMUM_CONFIDENCE, default=RECOGNITION_DEFAULTS[CONF_MINIMUM_CONFIDENCE]
            ): percent(),
        }
    )
    places = vol.Schema(
        {
            vol.Optional(CONF_CAMERAS, default=[]): several(_cameras(hass, entry)),
            vol.Optional(CONF_ZONES, default=[]): several(["1", "2"]),
        }
    )
    return {
        vol.Optional(CONF_DIRECTIONS, default=[]): checkboxes(Direction, "direction"),
        vol.Required(CONF_HOLD_TIME, default=RECOGNITION_DEFAULTS[CONF_HOLD_TIME]): seconds(),
        vol.Required(SECTION_CERTAINTY): section(certainty, {"collapsed": True}),
        vol.Required(SECTION_PLACES): section(places, {"collapsed": True}),
    }


def _cameras(hass: HomeAssistant, own: ConfigEntry) -> list[SelectOptionDict]:
    """Return the known cameras of all entries; the ids of others can be typed in."""
    return [
        # What older releases stored names the entry's own cameras.
        SelectOptionDict(value=camera_id if entry is own else camera.owner, label=camera.name)
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        for camera_id, camera in entry.runtime_data.hub.cameras.items()
    ]


def flat(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return a form's input as it is stored."""
    data = {key: value for key, value in user_input.items() if key not in _SECTIONS}
    for name in _SECTIONS:
        data |= user_input[name]
    for key in (CONF_HOLD_TIME, CONF_MINIMUM_CONFIDENCE):
        data[key] = int(data[key])
    data[CONF_AGREEING_READS] = _AGREEING if data.get(CONF_AGREEING_READS) else 1
    return data


def nested(data: dict[str, Any]) -> dict[str, Any]:
    """Return stored data as a form shows it."""
    data = dict(data)
    certainty = {
        CONF_MISREADS: str(tolerance_of(data.pop(CONF_MISREADS))),
        CONF_AGREEING_READS: data.pop(CONF_AGREEING_READS, 1) > 1,
        CONF_MINIMUM_CONFIDENCE: data.pop(CONF_MINIMUM_CONFIDENCE),
    }
    places = {key: data.pop(key) for key in (CONF_CAMERAS, CONF_ZONES)}
    return {**data, SECTION_CERTAINTY: certainty, SECTION_PLACES: places}
