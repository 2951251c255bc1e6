"""Forms for FF: the first step of an entry, and the set-up of cameras."""

from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult, SubentryFlowResult
from homeassistant.const import CONF_PASSWORD, CONF_PORT, CONF_URL, CONF_WEBHOOK_ID
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ...domain.errors import ProtocolError
from ...domain.ids import checked_camera_id
from ...domain.messages import VisitState
from ...domain.source_info import RequestError
from ...domain.text import markdown_code
from ...transports.urls import push_url
from ..camera_address import CameraAddress, address_data, address_schema
from ..camera_flow import CameraSetupFlow
from ..flow import SourceConfigFlow, error_key
from ..options import missed_heartbeats
from ..selectors import checkboxes, dropdown
from ..stream import CONF_STREAM_SOURCE, STREAM_FIELD, async_find_stream, stream_data
from .client import PushSettings
from .event import DEFAULT_DEVICE_ID
from .options import credentials
from .setup import (
    CONF_DEVICE_ID,
    CONF_EVENTS,
    CONF_PERIOD,
    CONF_PICTURES,
    CONF_PROFILE,
    CONF_SECOND_PICTURE,
    PERIODS,
    STREAMS,
    NotTakenError,
    camera_cgi,
    disable_profile,
    write_settings,
)
from .summary import Summaries, async_summaries

KEY: Final = "ff"
CONF_REPLACE: Final = "replace"

_ADDRESS_SCHEMA: Final = address_schema(vol.Optional(CONF_PORT), "root")


class FFConfigFlow(SourceConfigFlow):
    """The config flow's step for FF cameras."""

    async def async_step_ff(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Create an entry with a URL to paste."""
        return self.async_create_push_entry(KEY, is_confirmed=user_input is not None)


class FFCameraFlow(CameraSetupFlow):
    """Adds a camera, or sets it up again."""

    _undone = "profile_disabled"
    _present: PushSettings
    _chosen: dict[str, Any]
    _summaries: Summaries

    @override
    def _error_key(self, error: RequestError) -> str:
        return error_key(error, "not_lpr")

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera's address and login."""
        return await self.async_step_ff_address()

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer to change the camera."""
        return await self.async_step_ff_reconfigure()

    async def async_step_ff_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer to set the camera up again, to change its stream, or to switch its profile off."""
        return self.async_show_menu(
            step_id="ff_reconfigure", menu_options=["ff_address", "stream", "ff_disable"]
        )

    @property
    def _url(self) -> str:
        return push_url(self.hass, self._get_entry().data[CONF_WEBHOOK_ID])

    async def async_step_ff_address(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera's address and login, and read its settings."""
        errors: dict[str, str] = {}
        if user_input is not None:
            cgi = camera_cgi(self.hass, user_input)
            try:
                self._present = await cgi.push_settings()
            except RequestError as err:
                errors["base"] = self._error_key(err)
            else:
                self._address = address_data(user_input)
                self._summaries = await async_summaries(self.hass, self._present)
                self._stream = await async_find_stream(CameraAddress.from_data(self._address), STREAMS)
                return await self.async_step_ff_profile()
        known = user_input or {key: value for key, value in self._stored.items() if key != CONF_PASSWORD}
        return self.async_show_form(
            step_id="ff_address",
            data_schema=self.add_suggested_values_to_schema(_ADDRESS_SCHEMA, known),
            errors=errors,
        )

    async def async_step_ff_profile(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the profile that is to push, and its events."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._chosen = user_input | {CONF_PROFILE: int(user_input[CONF_PROFILE])}
            if (error := self._device_id_error(user_input[CONF_DEVICE_ID])) is not None:
                errors[CONF_DEVICE_ID] = error
            elif not user_input[CONF_EVENTS]:
                errors[CONF_EVENTS] = "events_missing"
            elif not (errors := await self._stream_errors(user_input, self._address)):
                return await self.async_step_ff_confirm()
        return self.async_show_form(
            step_id="ff_profile",
            data_schema=self.add_suggested_values_to_schema(
                self._profile_schema(), user_input or self._suggested()
            ),
            errors=errors,
            description_placeholders={"missed": missed_heartbeats(self._get_entry().options)},
        )

    def _device_id_error(self, device_id: str) -> str | None:
        try:
            checked_camera_id(device_id, CONF_DEVICE_ID, ascii_only=False)
        except ProtocolError:
            return "device_id_invalid"
        if device_id == DEFAULT_DEVICE_ID:
            return "device_id_default"
        own = self._get_reconfigure_subentry().subentry_id if self.source == "reconfigure" else None
        taken = any(
            subentry.data.get(CONF_DEVICE_ID) == device_id and subentry.subentry_id != own
            for subentry in self._get_entry().subentries.values()
        )
        return "device_id_taken" if taken else None

    def _suggested(self) -> dict[str, Any]:
        """Return the form's initial values: the former choice, else the camera's settings.

        A camera that is not heard of for a day is not missed for three: the period is a short one.
        """
        stream = self._suggested_stream()
        if known := self._stored:
            numbers = {CONF_PROFILE: str(known[CONF_PROFILE]), CONF_PERIOD: str(known[CONF_PERIOD])}
            return known | numbers | stream
        ours = [number for number, settings in self._present.profiles.items() if settings.url == self._url]
        unused = [number for number, settings in self._present.profiles.items() if not settings.is_on]
        number = next(iter(ours + unused), min(self._present.profiles))
        device_id = self._present.profiles[number].values.get("sensorProviderID", "")
        return {
            CONF_PROFILE: str(number),
            CONF_DEVICE_ID: "" if device_id == DEFAULT_DEVICE_ID else device_id,
            CONF_PERIOD: str(PERIODS[0]),
            **stream,
        }

    def _profile_schema(self) -> vol.Schema:
        profiles = [
            SelectOptionDict(value=str(number), label=f"{number}: {self._summaries.profiles[number]}")
            for number in self._present.profiles
        ]
        states = [str(state) for state in VisitState]
        return vol.Schema(
            {
                vol.Required(CONF_PROFILE): SelectSelector(
                    SelectSelectorConfig(options=profiles, mode=SelectSelectorMode.LIST)
                ),
                vol.Required(CONF_DEVICE_ID): TextSelector(),
                vol.Required(CONF_EVENTS, default=states): checkboxes(states, "visit_state"),
                vol.Required(CONF_PICTURES, default=True): BooleanSelector(),
                vol.Required(CONF_SECOND_PICTURE, default=True): BooleanSelector(),
                vol.Required(CONF_PERIOD, default=str(PERIODS[0])): dropdown(
                    map(str, PERIODS), "keepalive_period"
                ),
                **STREAM_FIELD,
            }
        )

    async def async_step_ff_confirm(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the settings that would be replaced; on confirmation write, read back and compare."""
        current = self._present.profiles[self._chosen[CONF_PROFILE]]
        points_elsewhere = any(
            settings is not None and settings.is_on and settings.url not in ("", self._url)
            for settings in (current, self._present.heartbeat)
        )
        errors: dict[str, str] = {}
        got = ""
        if user_input is not None:
            if points_elsewhere and not user_input[CONF_REPLACE]:
                errors[CONF_REPLACE] = "not_confirmed"
            else:
                try:
                    await self._write()
                except NotTakenError as err:
                    got = err.url
                    is_cut = got and got != self._url and self._url.startswith(got)
                    errors["base"] = "url_cut" if is_cut else "not_taken"
                except RequestError as err:
                    errors["base"] = self._error_key(err)
                else:
                    return self._finish()
        fields: dict[vol.Marker, Any] = (
            {vol.Required(CONF_REPLACE, default=False): BooleanSelector()} if points_elsewhere else {}
        )
        return self.async_show_form(
            step_id="ff_confirm",
            data_schema=vol.Schema(fields),
            errors=errors,
            description_placeholders={
                "camera": self._chosen[CONF_DEVICE_ID],
                "profile": str(self._chosen[CONF_PROFILE]),
                "current": markdown_code(self._summaries.profiles[self._chosen[CONF_PROFILE]]),
                "heartbeat": markdown_code(self._summaries.heartbeat),
                "url": self._url,
                "got": markdown_code(got),
            },
        )

    async def _write(self) -> None:
        await write_settings(
            camera_cgi(self.hass, self._address),
            self._present,
            self._chosen,
            self._url,
            credentials(self._get_entry().options),
        )

    def _finish(self) -> SubentryFlowResult:
        data = {
            **self._address,
            **{key: value for key, value in self._chosen.items() if key != CONF_STREAM_SOURCE},
            **stream_data(self._chosen.get(CONF_STREAM_SOURCE), self._stored),
            CONF_PERIOD: int(self._chosen[CONF_PERIOD]),
            CONF_URL: self._url,
        }
        title = self._chosen[CONF_DEVICE_ID]
        if self.source == "reconfigure":
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(
            title=title, data=data, description=KEY, description_placeholders={"camera": title}
        )

    async def async_step_ff_disable(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Switch the profile and the heartbeat off."""
        return await self.async_undo(
            "ff_disable",
            user_input,
            lambda: disable_profile(self.hass, self._stored),
            {"profile": str(self._stored[CONF_PROFILE])},
        )
