"""Base of the flows that set cameras up: the step for the camera's stream."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentryFlow, SubentryFlowResult
import voluptuous as vol

from ..domain.source_info import RequestError
from .camera_address import CameraAddress
from .stream import CONF_STREAM_SOURCE, STREAM_FIELD, async_stream_error, stream_data, stream_shown


class CameraSetupFlow(ConfigSubentryFlow):
    """Base of the flows that set cameras up."""

    # The reason of a flow that undid the set-up.
    _undone: ClassVar[str]
    # The camera's address and login, once they were tried, and a stream that was found there.
    _address: dict[str, Any]
    _stream: str | None = None

    @abstractmethod
    def _error_key(self, error: RequestError) -> str:
        """Return a form's error for a camera that could not be asked."""

    @property
    def _stored(self) -> dict[str, Any]:
        """Return the data of the camera that is being reconfigured; of a new one, none."""
        return dict(self._get_reconfigure_subentry().data) if self.source == SOURCE_RECONFIGURE else {}

    def _suggested_stream(self) -> dict[str, Any]:
        """Return the stream as a form shows it: the one that is stored, else the one that was found."""
        stream = stream_shown(self._stored) or self._stream
        return {CONF_STREAM_SOURCE: stream} if stream is not None else {}

    async def _stream_errors(self, user_input: dict[str, Any], address: dict[str, Any]) -> dict[str, str]:
        """Return the error for a stream in a form's input; one that is known is not tried again."""
        known = {self._stream, stream_shown(self._stored)}
        error = await async_stream_error(
            user_input.get(CONF_STREAM_SOURCE), known, CameraAddress.from_data(address)
        )
        return {CONF_STREAM_SOURCE: error} if error is not None else {}

    async def async_step_stream(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change the camera's stream, and nothing else."""
        stored = self._stored
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._stream_errors(user_input, stored)
            if not errors:
                kept = {key: value for key, value in stored.items() if key != CONF_STREAM_SOURCE}
                stream = stream_data(user_input.get(CONF_STREAM_SOURCE), stored)
                return self.async_update_and_abort(
                    self._get_entry(), self._get_reconfigure_subentry(), data=kept | stream
                )
        return self.async_show_form(
            step_id="stream",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema(STREAM_FIELD), user_input or self._suggested_stream()
            ),
            errors=errors,
        )

    async def async_undo(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        undo: Callable[[], Awaitable[None]],
        placeholders: Mapping[str, str],
    ) -> SubentryFlowResult:
        """Ask whether the camera's settings are to be undone, and do it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                await undo()
            except RequestError as err:
                errors["base"] = self._error_key(err)
            else:
                return self.async_abort(reason=self._undone)
        return self.async_show_form(step_id=step_id, errors=errors, description_placeholders=placeholders)
