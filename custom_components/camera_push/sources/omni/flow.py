"""The config flow's steps for OMNI Platforms."""

import asyncio
from collections.abc import Mapping
import logging
from typing import Any, Final, TypeIs

from aiohttp import ClientConnectorSSLError, ClientError, ClientSSLError, WSServerHandshakeError
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ...transports.http_client import AccessDeniedError, AnswerError, describe_error
from ..flow import Account, SourceConfigFlow
from ..selectors import PASSWORD, URL, dropdown
from .client import (
    CONF_ENDPOINT_ID,
    CONF_EVENT_TYPE,
    CONF_SCOPE_ID,
    CONF_VERSION,
    VERSION_CURRENT,
    VERSION_OLDER,
    OmniClient,
    OmniSettings,
    platform_client,
)
from .protocol import TYPES

_LOGGER = logging.getLogger(__name__)

KEY: Final = "omni"

# A platform that does not know an endpoint's id hangs up at once; otherwise it is silent at first.
_CLOSES_WITHIN_SECONDS: Final = 1.0

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_URL): URL,
        vol.Required(CONF_ENDPOINT_ID): TextSelector(),
        vol.Optional(CONF_API_KEY): PASSWORD,
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
    }
)
# Of versions up to 1.17.
_SCOPE: Final = vol.Schema(
    {
        vol.Required(CONF_EVENT_TYPE): dropdown(
            (kind for kind in TYPES if kind != "face_hide_control"), "omni_event_type"
        ),
        vol.Required(CONF_SCOPE_ID): TextSelector(),
    }
)


async def check_connection(hass: HomeAssistant, data: Mapping[str, Any]) -> str | None:
    """Connect as the entry will; return an error's key, None for a connection."""
    client = platform_client(hass, data)
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
        # Silent, but connected.
        pass
    is_closed = connection.closed
    await connection.close()
    if is_closed:
        return "closed_at_once"
    return "invalid_auth" if data.get(CONF_API_KEY) and await _is_key_refused(client) else None


async def _is_key_refused(client: OmniClient) -> bool:
    """Tell whether missed events cannot be had with the key: the connection itself may need none."""
    try:
        await client.check_key()
    except AccessDeniedError:
        return True
    except (ClientError, OSError, TimeoutError, AnswerError) as err:
        # Events come all the same, and what was missed is asked for again and again.
        _LOGGER.debug("The key could not be tried: %s", describe_error(err))
    return False


def unique_id(data: Mapping[str, Any]) -> str:
    """Return the unique id of an endpoint."""
    settings = OmniSettings.from_data(data)
    return f"{KEY} {settings.url} {settings.endpoint_id} {settings.event_type or ''}".strip()


_ACCOUNT: Final = Account(
    source=KEY,
    schema=_SCHEMA,
    server=lambda data: OmniSettings.from_data(data).url,
    check=check_connection,
    unique_id=unique_id,
    title=lambda data: f"OMNI {OmniSettings.from_data(data).url.host}",
)


def _needs_scope(user_input: dict[str, Any] | None) -> TypeIs[dict[str, Any]]:
    """Tell whether a platform's version has an event type and a scope."""
    return user_input is not None and user_input[CONF_VERSION] == VERSION_OLDER


class OmniConfigFlow(SourceConfigFlow):
    """The config flow's steps for OMNI Platforms."""

    async def async_step_omni(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the direction: websocket or webhook."""
        return self.async_show_menu(step_id="omni", menu_options=["omni_websocket", "omni_webhook"])

    async def async_step_omni_webhook(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Have the platform push to Home Assistant."""
        return self.async_create_push_entry(KEY)

    async def async_step_omni_websocket(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the platform is, and connect to it."""
        if _needs_scope(user_input):
            self.answers = user_input
            return await self.async_step_omni_scope()
        return await self.async_add_account(_ACCOUNT, "omni_websocket", _SCHEMA, {}, user_input)

    async def async_step_omni_scope(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the events that are wanted of a platform that sends one type of one place."""
        step = self.async_change_account_in if self.source == SOURCE_RECONFIGURE else self.async_add_account
        return await step(_ACCOUNT, "omni_scope", _SCOPE, self.answers, user_input)

    async def async_step_omni_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the platform is now."""
        if _needs_scope(user_input):
            self.answers = user_input
            return await self.async_step_omni_scope()
        return await self.async_change_account(_ACCOUNT, user_input)

    async def async_step_omni_reauth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the key that the platform takes."""
        return await self.async_change_account(_ACCOUNT, user_input)
