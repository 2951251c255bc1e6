"""Sets up a licence plate camera from Home Assistant: looks, asks, writes, and looks again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
    CONF_WEBHOOK_ID,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ...domain.errors import ProtocolError
from ...domain.ids import checked_camera_id
from ...domain.messages import VisitState
from ...flows.options import Options
from ...transports.credentials import AuthenticationKind, Credentials
from ...transports.urls import push_url, shown_url
from .client import (
    PROTOCOL_HTTP,
    Address,
    CgiAnswerError,
    CgiAuthenticationError,
    CgiConnectionError,
    CgiError,
    FFCgi,
    Settings,
    encoded,
)
from .event import DEFAULT_DEVICE_ID

CONF_DEVICE_ID: Final = "device_id"
CONF_EVENTS: Final = "events"
CONF_PERIOD: Final = "period"
CONF_PICTURES: Final = "pictures"
CONF_PROFILE: Final = "profile"
CONF_REPLACE: Final = "replace"
CONF_SECOND_PICTURE: Final = "second_picture"

# The keepalive's settings in minutes (documented).
PERIODS: Final = (5, 10, 30, 60, 1440)
_PROFILES: Final = (1, 2, 3)
_DEFAULT_USER: Final = "root"
_BASIC_LOGIN: Final = "0"
_ADDRESS_KEYS: Final = (CONF_HOST, CONF_PORT, CONF_SSL, CONF_VERIFY_SSL, CONF_USERNAME, CONF_PASSWORD)


def camera_cgi(hass: HomeAssistant, data: Mapping[str, Any]) -> FFCgi:
    """Return what speaks to the camera of a subentry's data."""
    tls = data[CONF_SSL]
    address = Address(
        host=data[CONF_HOST],
        port=int(data.get(CONF_PORT) or (443 if tls else 80)),
        tls=tls,
        username=data[CONF_USERNAME],
        password=data[CONF_PASSWORD],
    )
    return FFCgi(async_get_clientsession(hass, verify_ssl=data[CONF_VERIFY_SSL]), address)


def _error(err: CgiError) -> str:
    match err:
        case CgiConnectionError():
            return "cannot_connect"
        case CgiAuthenticationError():
            return "invalid_auth"
    return "not_lpr"


def _with_login(settings: Settings, credentials: Credentials) -> Settings:
    """Return settings with the login that the entry asks its cameras for.

    Where it asks for none, none is left there: it would be that of another server.
    """
    is_basic = credentials.kind is AuthenticationKind.BASIC
    is_header = credentials.kind is AuthenticationKind.HEADER
    return settings.changed(
        user=credentials.username if is_basic else "",
        password=encoded(credentials.password) if is_basic else "",
        http_auth_type=_BASIC_LOGIN,
        x_auth_key=credentials.header_value if is_header else "",
    )


class FFCameraFlow(ConfigSubentryFlow):
    """Adds a camera, or sets it up anew."""

    _address: dict[str, Any]
    _profiles: dict[int, Settings]
    _heartbeat: Settings | None
    _chosen: dict[str, Any]

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera's address and login."""
        return await self.async_step_ff_address()

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer to change the camera."""
        return await self.async_step_ff_reconfigure()

    async def async_step_ff_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer to set the camera up anew, or to switch its profile off."""
        return self.async_show_menu(step_id="ff_reconfigure", menu_options=["ff_address", "ff_disable"])

    @property
    def _known(self) -> dict[str, Any]:
        """Return what is known of the camera from before."""
        return dict(self._get_reconfigure_subentry().data) if self.source == "reconfigure" else {}

    @property
    def _url(self) -> str:
        return push_url(self.hass, self._get_entry().data[CONF_WEBHOOK_ID])

    async def async_step_ff_address(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the camera's address and login, and read what it is set to."""
        errors: dict[str, str] = {}
        if user_input is not None:
            cgi = camera_cgi(self.hass, user_input)
            try:
                self._profiles = {number: await cgi.profile(number) for number in _PROFILES}
                self._heartbeat = await cgi.heartbeat()
            except CgiError as err:
                errors["base"] = _error(err)
            else:
                self._address = {key: user_input[key] for key in _ADDRESS_KEYS if key in user_input}
                return await self.async_step_ff_profile()
        known = user_input or {key: value for key, value in self._known.items() if key != CONF_PASSWORD}
        return self.async_show_form(
            step_id="ff_address",
            data_schema=self.add_suggested_values_to_schema(_ADDRESS_SCHEMA, known),
            errors=errors,
        )

    async def async_step_ff_profile(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which profile is to push, and what."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._chosen = user_input | {CONF_PROFILE: int(user_input[CONF_PROFILE])}
            if (error := self._device_id_error(user_input[CONF_DEVICE_ID])) is not None:
                errors[CONF_DEVICE_ID] = error
            elif not user_input[CONF_EVENTS]:
                errors[CONF_EVENTS] = "events_missing"
            else:
                return await self.async_step_ff_confirm()
        return self.async_show_form(
            step_id="ff_profile",
            data_schema=self.add_suggested_values_to_schema(
                self._profile_schema(), user_input or self._suggested()
            ),
            errors=errors,
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
        """Return what to begin with: what was chosen before, else what the camera is set to."""
        if known := self._known:
            return known | {CONF_PROFILE: str(known[CONF_PROFILE]), CONF_PERIOD: str(known[CONF_PERIOD])}
        ours = [number for number, settings in self._profiles.items() if settings.url == self._url]
        unused = [number for number, settings in self._profiles.items() if not settings.is_on]
        number = next(iter(ours + unused), _PROFILES[0])
        device_id = self._profiles[number].values.get("sensorProviderID", "")
        period = self._heartbeat.values.get("period", "") if self._heartbeat is not None else ""
        return {
            CONF_PROFILE: str(number),
            CONF_DEVICE_ID: "" if device_id == DEFAULT_DEVICE_ID else device_id,
            CONF_PERIOD: period if period in map(str, PERIODS) else str(PERIODS[0]),
        }

    def _profile_schema(self) -> vol.Schema:
        profiles = [
            SelectOptionDict(value=str(number), label=f"{number}: {_summary(settings)}")
            for number, settings in self._profiles.items()
        ]
        states = [str(state) for state in VisitState]
        return vol.Schema(
            {
                vol.Required(CONF_PROFILE): SelectSelector(
                    SelectSelectorConfig(options=profiles, mode=SelectSelectorMode.LIST)
                ),
                vol.Required(CONF_DEVICE_ID): TextSelector(),
                vol.Required(CONF_EVENTS, default=states): SelectSelector(
                    SelectSelectorConfig(
                        options=states,
                        multiple=True,
                        mode=SelectSelectorMode.LIST,
                        translation_key="visit_state",
                    )
                ),
                vol.Required(CONF_PICTURES, default=True): BooleanSelector(),
                vol.Required(CONF_SECOND_PICTURE, default=True): BooleanSelector(),
                vol.Required(CONF_PERIOD, default=str(PERIODS[0])): SelectSelector(
                    SelectSelectorConfig(
                        options=[str(minutes) for minutes in PERIODS],
                        mode=SelectSelectorMode.DROPDOWN,
                        translation_key="keepalive_period",
                    )
                ),
            }
        )

    async def async_step_ff_confirm(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show what would be replaced; on confirmation write, read back and compare."""
        current = self._profiles[self._chosen[CONF_PROFILE]]
        points_elsewhere = any(
            settings is not None and settings.is_on and settings.url not in ("", self._url)
            for settings in (current, self._heartbeat)
        )
        errors: dict[str, str] = {}
        got = ""
        if user_input is not None:
            if points_elsewhere and not user_input[CONF_REPLACE]:
                errors[CONF_REPLACE] = "not_confirmed"
            else:
                try:
                    error, got = await self._write(current)
                except CgiError as err:
                    error = _error(err)
                if error is None:
                    return self._finish()
                errors["base"] = error
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
                "current": _shown(current),
                "heartbeat": _shown(self._heartbeat),
                "url": self._url,
                "got": shown_url(got),
            },
        )

    async def _write(self, current: Settings) -> tuple[str | None, str]:
        """Write profile and heartbeat; return what went wrong, and the URL that the camera kept."""
        cgi = camera_cgi(self.hass, self._address)
        chosen = self._chosen
        credentials = Options.from_entry(self._get_entry().options).credentials
        changes: dict[str, str | bool] = {
            "url": encoded(self._url),
            "protocol": PROTOCOL_HTTP,
            "enable": True,
            "sensorProviderID": chosen[CONF_DEVICE_ID],
            "skip_image_in_post": not chosen[CONF_PICTURES],
            "use_multipart": True,
            "use_event_buffer": True,
            "send_second_image": chosen[CONF_PICTURES] and chosen[CONF_SECOND_PICTURE],
            **{f"event_{state}": str(state) in chosen[CONF_EVENTS] for state in VisitState},
        }
        wanted = _with_login(current, credentials).changed(**changes)
        taken = await cgi.set_profile(chosen[CONF_PROFILE], wanted)
        if taken.url != self._url:
            return ("url_cut" if taken.url and self._url.startswith(taken.url) else "not_taken"), taken.url
        if not taken.took(wanted, {*changes, "user"}):
            return "not_taken", taken.url
        changes = {"url": encoded(self._url), "enable": True, "period": chosen[CONF_PERIOD]}
        wanted = _with_login(self._heartbeat or Settings({}), credentials).changed(**changes)
        heartbeat = await cgi.set_heartbeat(wanted)
        if heartbeat is not None and not heartbeat.took(wanted, {*changes, "user"}):
            return "not_taken", heartbeat.url
        return None, ""

    def _finish(self) -> SubentryFlowResult:
        data = {
            **self._address,
            **{key: value for key, value in self._chosen.items() if key != CONF_REPLACE},
            CONF_PERIOD: int(self._chosen[CONF_PERIOD]),
            CONF_URL: self._url,
        }
        title = self._chosen[CONF_DEVICE_ID]
        if self.source == "reconfigure":
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=title, data=data
            )
        return self.async_create_entry(title=title, data=data)

    async def async_step_ff_disable(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Switch the profile and the heartbeat off."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                await disable_profile(self.hass, self._known)
            except CgiError as err:
                errors["base"] = _error(err)
            else:
                return self.async_abort(reason="profile_disabled")
        return self.async_show_form(
            step_id="ff_disable",
            errors=errors,
            description_placeholders={"profile": str(self._known[CONF_PROFILE])},
        )


async def disable_profile(hass: HomeAssistant, data: Mapping[str, Any]) -> None:
    """Switch off what was set up, unless it points elsewhere by now; raises CgiError."""
    cgi = camera_cgi(hass, data)
    number, url = data[CONF_PROFILE], data[CONF_URL]
    profile = await cgi.profile(number)
    if profile.url == url and profile.is_on:
        taken = await cgi.set_profile(number, profile.changed(enable=False))
        if taken.is_on:
            raise CgiAnswerError("The camera did not switch the profile off")
    heartbeat = await cgi.heartbeat()
    if heartbeat is None:
        # This camera does not tell: then what was written is all that is known.
        heartbeat = Settings({"url": encoded(url), "period": str(data[CONF_PERIOD]), "enable": "true"})
    if heartbeat.url == url and heartbeat.is_on:
        await cgi.set_heartbeat(heartbeat.changed(enable=False))


def _summary(settings: Settings) -> str:
    """Return in a few words what a profile does, in signs rather than in a language."""
    url = "".join(character for character in settings.url if character.isprintable())[:80]
    return " ".join(filter(None, ("●" if settings.is_on else "○", settings.protocol, url or "-")))


def _shown(settings: Settings | None) -> str:
    """Return what a profile does as Markdown that shows it, and does nothing else."""
    return shown_url(_summary(settings)) if settings is not None else "-"


_ADDRESS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_HOST): TextSelector(),
        vol.Optional(CONF_PORT): NumberSelector(
            NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)
        ),
        vol.Required(CONF_SSL, default=False): BooleanSelector(),
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
        vol.Required(CONF_USERNAME, default=_DEFAULT_USER): TextSelector(),
        vol.Required(CONF_PASSWORD): TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD)),
    }
)
