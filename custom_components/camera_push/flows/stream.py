"""Subentries with the live stream of a camera that pushes, and is not set up from Home Assistant."""

from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import CONF_CAMERA_ID
from ..entry.runtime import find_runtime
from ..sources.selectors import URL
from ..sources.stream import CONF_STREAM_SOURCE, async_stream_error, stream_data, stream_shown

_STREAM_FIELD: Final = {vol.Required(CONF_STREAM_SOURCE): URL}


class StreamFlow(ConfigSubentryFlow):
    """Adds the live stream of a camera, or changes it."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for one of the cameras without a subentry, and its stream."""
        runtime = find_runtime(self.hass, self._get_entry().entry_id)
        cameras = runtime.hub.cameras.values() if runtime is not None else ()
        configured = runtime.hub.context.configured if runtime is not None else {}
        names = {it.camera_id: it.name for it in cameras if it.camera_id not in configured}
        if not names:
            return self.async_abort(reason="no_camera")
        errors: dict[str, str] = {}
        if user_input is not None:
            typed = user_input[CONF_STREAM_SOURCE]
            if not (errors := await self._errors(typed, None)):
                camera_id = user_input[CONF_CAMERA_ID]
                return self.async_create_entry(
                    title=names[camera_id],
                    data={CONF_CAMERA_ID: camera_id, CONF_STREAM_SOURCE: typed},
                    unique_id=f"stream_{camera_id}",
                )
        options = [SelectOptionDict(value=camera_id, label=name) for camera_id, name in names.items()]
        cameras_field = SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
        )
        # Of several, none is chosen for the user.
        default = options[0]["value"] if len(options) == 1 else vol.UNDEFINED
        schema = vol.Schema({vol.Required(CONF_CAMERA_ID, default=default): cameras_field, **_STREAM_FIELD})
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for another stream; the login of the present one is not shown."""
        subentry = self._get_reconfigure_subentry()
        shown = stream_shown(subentry.data)
        errors: dict[str, str] = {}
        if user_input is not None:
            typed = user_input[CONF_STREAM_SOURCE]
            if not (errors := await self._errors(typed, shown)):
                return self.async_update_and_abort(
                    self._get_entry(), subentry, data_updates=stream_data(typed, subentry.data)
                )
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(_STREAM_FIELD), user_input or {CONF_STREAM_SOURCE: shown}
            ),
            errors=errors,
            description_placeholders={"camera": subentry.title},
        )

    async def _errors(self, typed: str, shown: str | None) -> dict[str, str]:
        error = await async_stream_error(typed, {shown}, None)
        return {CONF_STREAM_SOURCE: error} if error is not None else {}
