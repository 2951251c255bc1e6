"""Subentries for lists of vehicles: which reads count, and a few rows to type in."""

from dataclasses import replace
from typing import Any, Final, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..const import SUBENTRY_VEHICLE_LIST
from ..domain.vehicle_lists import VehicleRow, from_csv, to_csv
from ..entry.runtime import find_runtime
from ..hub.known_device import RECOGNITION_DEFAULTS
from ..hub.vehicle_list import ROWS, ListDevice
from .recognition_fields import flat, nested, recognition_fields
from .subentry import NamedSubentryFlow

# More are kept by actions and by CSV files.
_MAX_TYPED: Final = 50


class VehicleListFlow(NamedSubentryFlow):
    """Adds a list, or changes one."""

    kind = SUBENTRY_VEHICLE_LIST

    def __init__(self) -> None:
        super().__init__()
        # The rows that the form began with.
        self._shown: dict[str, VehicleRow] = {}

    def _device(self) -> ListDevice | None:
        """Return the list that is changed, where its rows are few enough for a form."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        runtime = find_runtime(self.hass, self._get_entry().entry_id)
        subentry_id = self._get_reconfigure_subentry().subentry_id
        device = runtime.hub.known.lists.get(subentry_id) if runtime is not None else None
        return device if device is not None and len(device.known.rows) <= _MAX_TYPED else None

    @override
    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        device = self._device()
        if user_input is None and device is not None:
            self._shown = dict(device.known.rows)
        text = user_input.get(ROWS) if user_input is not None else None
        result = await super().async_step_reconfigure(user_input)
        if text is not None and device is not None and "errors" not in result:
            # Only what was changed: who used up the right to come once meanwhile must not get it back.
            rows, _ = from_csv(text, dt_util.get_default_time_zone())
            shown = {pattern: replace(row, ticket="") for pattern, row in self._shown.items()}
            await device.async_put(
                (row for row in rows if row != shown.get(row.pattern)),
                without=shown.keys() - {row.pattern for row in rows},
            )
        return result

    @override
    def _errors(self, user_input: dict[str, Any]) -> dict[str, str]:
        rows, errors = from_csv(user_input.get(ROWS, ""), dt_util.get_default_time_zone())
        if errors:
            return {ROWS: "row_invalid"}
        return {ROWS: "too_many_plates"} if len(rows) > _MAX_TYPED else {}

    @override
    def _fields(self) -> dict[vol.Marker, Any]:
        fields = recognition_fields(self.hass, self._get_entry())
        if self.source == SOURCE_RECONFIGURE and self._device() is None:
            return fields
        return {vol.Optional(ROWS, default=""): TextSelector(TextSelectorConfig(multiline=True)), **fields}

    @override
    def _flat(self, user_input: dict[str, Any]) -> dict[str, Any]:
        data = flat(user_input)
        text = data.pop(ROWS, "")
        # The rows of a new list; whatever changes them keeps them elsewhere from then on.
        if self.source == SOURCE_RECONFIGURE:
            text = self._get_reconfigure_subentry().data.get(ROWS, "")
        return {**data, ROWS: text} if text else data

    @override
    def _nested(self, data: dict[str, Any]) -> dict[str, Any]:
        shown = nested(data or RECOGNITION_DEFAULTS)
        shown.pop(ROWS, None)
        if (device := self._device()) is not None and device.known.rows:
            shown[ROWS] = to_csv(device.known.rows.values())
        return shown
