"""Subentries for known vehicles: their plates, and the reads that count."""

from __future__ import annotations

from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME, PERCENTAGE
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
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
from ..sources.selectors import dropdown, seconds

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


class VehicleFlow(ConfigSubentryFlow):
    """Adds a vehicle, or changes one."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a vehicle."""
        if user_input is not None and not (errors := self._errors(user_input)):
            data = _flat(user_input)
            return self.async_create_entry(title=data.pop(CONF_NAME), data=data)
        return self._form("user", user_input, errors if user_input is not None else {})

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a vehicle."""
        subentry = self._get_reconfigure_subentry()
        if user_input is not None and not (errors := self._errors(user_input)):
            data = _flat(user_input)
            return self.async_update_and_abort(
                self._get_entry(), subentry, title=data.pop(CONF_NAME), data=data
            )
        known = user_input or _nested({CONF_NAME: subentry.title, **subentry.data})
        return self._form("reconfigure", known, errors if user_input is not None else {})

    def _errors(self, user_input: dict[str, Any]) -> dict[str, str]:
        plates = user_input[CONF_PLATES]
        patterns = {canonical_pattern(plate) for plate in plates}
        if not user_input[CONF_NAME].strip():
            return {CONF_NAME: "name_missing"}
        if not plates:
            return {CONF_PLATES: "plate_missing"}
        if len(plates) > _MAX_PLATES:
            return {CONF_PLATES: "too_many_plates"}
        if any(_characters(pattern) < _MIN_CHARACTERS for pattern in patterns):
            return {CONF_PLATES: "plate_too_short"}
        own = self._get_reconfigure_subentry().subentry_id if self.source == "reconfigure" else None
        others = {
            canonical_pattern(plate)
            for subentry in self._get_entry().subentries.values()
            if subentry.subentry_type == SUBENTRY_VEHICLE and subentry.subentry_id != own
            for plate in subentry.data[CONF_PLATES]
        }
        return {CONF_PLATES: "plate_taken"} if patterns & others else {}

    def _form(self, step_id: str, known: dict[str, Any] | None, errors: dict[str, str]) -> SubentryFlowResult:
        schema = self.add_suggested_values_to_schema(self._schema(), known or _nested(_DEFAULTS))
        return self.async_show_form(step_id=step_id, data_schema=schema, errors=errors)

    def _schema(self) -> vol.Schema:
        certainty = vol.Schema(
            {
                vol.Required(CONF_MISREADS, default=_DEFAULTS[CONF_MISREADS]): dropdown(
                    map(str, range(MAX_MISREADS + 1)), CONF_MISREADS
                ),
                vol.Required(
                    CONF_MINIMUM_CONFIDENCE, default=_DEFAULTS[CONF_MINIMUM_CONFIDENCE]
                ): NumberSelector(
                    NumberSelectorConfig(
                        min=0, max=100, step=1, mode=NumberSelectorMode.SLIDER, unit_of_measurement=PERCENTAGE
                    )
                ),
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
        return vol.Schema(
            {
                vol.Required(CONF_NAME): TextSelector(),
                vol.Required(CONF_PLATES): TextSelector(TextSelectorConfig(multiple=True)),
                vol.Optional(CONF_DIRECTIONS, default=[]): SelectSelector(
                    SelectSelectorConfig(
                        options=[str(direction) for direction in Direction],
                        multiple=True,
                        mode=SelectSelectorMode.LIST,
                        translation_key="direction",
                    )
                ),
                vol.Optional(CONF_HOME_DIRECTION): dropdown(
                    (Direction.IN, Direction.OUT), CONF_HOME_DIRECTION
                ),
                vol.Required(CONF_HOLD_TIME, default=_DEFAULTS[CONF_HOLD_TIME]): seconds(),
                vol.Required(SECTION_CERTAINTY): section(certainty, {"collapsed": True}),
                vol.Required(SECTION_PLACES): section(places, {"collapsed": True}),
            }
        )

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


def _flat(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return a form's input without its sections, as it is stored."""
    data = {key: value for key, value in user_input.items() if key not in _SECTIONS}
    for name in _SECTIONS:
        data |= user_input[name]
    data[CONF_NAME] = data[CONF_NAME].strip()
    for key in (CONF_HOLD_TIME, CONF_MINIMUM_CONFIDENCE, CONF_MISREADS):
        data[key] = int(data[key])
    return data


def _nested(data: dict[str, Any]) -> dict[str, Any]:
    """Return stored data with a form's sections."""
    certainty, places = (CONF_MISREADS, CONF_MINIMUM_CONFIDENCE), (CONF_CAMERAS, CONF_ZONES)
    known = {key: value for key, value in data.items() if key not in certainty + places}
    known[SECTION_CERTAINTY] = {key: data[key] for key in certainty} | {
        CONF_MISREADS: str(data[CONF_MISREADS])
    }
    known[SECTION_PLACES] = {key: data[key] for key in places}
    return known
