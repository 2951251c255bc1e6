"""The config flow's steps for an OMNI Platform: websocket or webhook, where, and whether that works."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientConnectorSSLError, ClientError, ClientSSLError, WSServerHandshakeError
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ...const import CONF_SOURCE
from ...transports.contracts import AccessDeniedError
from .client import (
    CONF_ENDPOINT_ID,
    CONF_EVENT_TYPE,
    CONF_SCOPE_ID,
    CONF_VERSION,
    VERSION_CURRENT,
    VERSION_OLDER,
    OmniClient,
    OmniSettings,
)
from .protocol import TYPES

if TYPE_CHECKING:
    from ...config_flow import CameraPushConfigFlow

KEY: Final = "omni"

# A platform that does not know an endpoint's id hangs up at once; one that does says nothing yet.
_CLOSES_WITHIN_SECONDS: Final = 1.0

_PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
        vol.Required(CONF_ENDPOINT_ID): TextSelector(),
        vol.Optional(CONF_API_KEY): _PASSWORD,
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
        vol.Required(CONF_VERSION, default=VERSION_CURRENT): SelectSelector(
            SelectSelectorConfig(
                # Not translated: keys of translations cannot have dots, and these need none.
                options=[
                    SelectOptionDict(value=VERSION_CURRENT, label="≥ 1.18"),
                    SelectOptionDict(value=VERSION_OLDER, label="1.16, 1.17"),
                ],
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        vol.Optional(CONF_EVENT_TYPE): SelectSelector(
            SelectSelectorConfig(
                options=[kind for kind in TYPES if kind != "face_hide_control"],
                mode=SelectSelectorMode.DROPDOWN,
                translation_key="omni_event_type",
            )
        ),
        vol.Optional(CONF_SCOPE_ID): TextSelector(),
    }
)


async def check_connection(hass: HomeAssistant, data: dict[str, Any]) -> str | None:
    """Connect as the entry will; return what is wrong as an error's key, None if nothing is."""
    if data[CONF_VERSION] == VERSION_OLDER and not (data.get(CONF_EVENT_TYPE) and data.get(CONF_SCOPE_ID)):
        return "scope_missing"
    try:
        settings = OmniSettings.from_data(data)
    except ValueError:
        return "url_invalid"
    client = OmniClient(async_get_clientsession(hass, verify_ssl=data[CONF_VERIFY_SSL]), settings)
    try:
        connection = await client.connect()
    except AccessDeniedError:
        return "invalid_auth"
    except WSServerHandshakeError:
        return "not_websocket"
    except ClientConnectorSSLError, ClientSSLError:
        return "tls_refused"
    except TimeoutError:
        return "no_answer"
    except ClientError, OSError:
        return "cannot_connect"
    try:
        async with asyncio.timeout(_CLOSES_WITHIN_SECONDS):
            await connection.receive()
    except TimeoutError:
        # It has nothing to say yet, but listens.
        pass
    is_closed = connection.closed
    await connection.close()
    return "closed_at_once" if is_closed else None


def _unique_id(data: dict[str, Any]) -> str:
    settings = OmniSettings.from_data(data)
    return f"{KEY} {settings.url} {settings.endpoint_id} {settings.event_type or ''}".strip()


async def choose(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Ask who connects to whom."""
    return flow.async_show_menu(step_id=KEY, menu_options=["omni_websocket", "omni_webhook"])


async def webhook(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Have the platform push to us."""
    return flow.async_create_push_entry(KEY)


async def websocket(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Ask where the platform is, and connect to it."""
    errors: dict[str, str] = {}
    if user_input is not None:
        error = await check_connection(flow.hass, user_input)
        if error is None:
            await flow.async_set_unique_id(_unique_id(user_input))
            flow.async_abort_if_configured()
            return flow.async_create_entry(
                title=f"OMNI {OmniSettings.from_data(user_input).url.host}",
                data={CONF_SOURCE: KEY, **user_input},
            )
        errors["base"] = error
    return flow.async_show_form(
        step_id="omni_websocket",
        data_schema=flow.add_suggested_values_to_schema(_SCHEMA, user_input),
        errors=errors,
    )


async def reconfigure(
    flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None
) -> ConfigFlowResult:
    """Ask where the platform is now."""
    entry = flow.async_reconfigured_entry()
    errors: dict[str, str] = {}
    known = {key: value for key, value in entry.data.items() if key != CONF_API_KEY}
    if user_input is not None:
        known = user_input
        data = {CONF_API_KEY: entry.data.get(CONF_API_KEY, ""), **user_input}
        error = await check_connection(flow.hass, data)
        if error is None:
            await flow.async_set_unique_id(_unique_id(data))
            if entry.unique_id != flow.unique_id:
                flow.async_abort_if_configured()
            return flow.async_finish_entry(entry, data, flow.unique_id, "omni_reconfigured")
        errors["base"] = error
    return flow.async_show_form(
        step_id="omni_reconfigure",
        data_schema=flow.add_suggested_values_to_schema(_SCHEMA, known),
        errors=errors,
    )


async def reauth(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Ask for the key that the platform takes."""
    entry = flow.async_reauthenticated_entry()
    errors: dict[str, str] = {}
    if user_input is not None:
        data = {**entry.data, **user_input}
        error = await check_connection(flow.hass, data)
        if error is None:
            return flow.async_finish_entry(entry, data, entry.unique_id, "reauth_successful")
        errors["base"] = error
    return flow.async_show_form(
        step_id="omni_reauth",
        data_schema=vol.Schema({vol.Required(CONF_API_KEY): _PASSWORD}),
        errors=errors,
        description_placeholders={"entry": entry.title},
    )


STEPS: Final = {
    KEY: choose,
    "omni_webhook": webhook,
    "omni_websocket": websocket,
    "omni_reconfigure": reconfigure,
    "omni_reauth": reauth,
}
