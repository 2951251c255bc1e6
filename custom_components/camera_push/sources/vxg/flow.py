"""The config flow's steps for VXG Cloud VMS."""

from collections.abc import Mapping
import hashlib
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
import voluptuous as vol

from ...domain.source_info import RequestError
from ...domain.text import markdown_code
from ...transports.http_client import AccessDeniedError, NoAnswerError
from ..flow import Account, SourceConfigFlow
from ..selectors import PASSWORD, URL
from .client import CONF_CHANNEL, cloud_client
from .rest import NotPermittedError
from .token import parse_token, parse_url

KEY: Final = "vxg"

_TOKEN: Final = vol.Schema({vol.Required(CONF_API_KEY): PASSWORD})
_ADDRESS: Final = vol.Schema({vol.Required(CONF_URL): URL})
_ACCOUNT: Final = vol.Schema({vol.Required(CONF_URL): URL, vol.Required(CONF_API_KEY): PASSWORD})
_RECONFIGURE: Final = vol.Schema({vol.Required(CONF_URL): URL, vol.Optional(CONF_API_KEY): PASSWORD})


async def check_account(hass: HomeAssistant, data: Mapping[str, Any]) -> str | None:
    """Make the requests that an entry makes first; return an error's key, None for success."""
    if (error := _token_error(data)) is not None:
        return error
    client = cloud_client(hass, data)
    try:
        if (channel := data.get(CONF_CHANNEL)) is not None:
            await client.camera(channel)
            await client.event_types(channel)
        else:
            await client.cameras()
    except AccessDeniedError:
        return "key_refused"
    except NotPermittedError:
        return "no_rights"
    except NoAnswerError:
        return "cannot_connect"
    except RequestError:
        return "not_vxg"
    return None


def _token_error(data: Mapping[str, Any]) -> str | None:
    """Return the error's key for a token that is not the channel's, None for others."""
    if (channel := data.get(CONF_CHANNEL)) is None:
        return None
    try:
        token = parse_token(data[CONF_API_KEY])
    except ValueError:
        return "not_a_token"
    return None if token.camera_id == channel else "other_channel"


def unique_id(data: Mapping[str, Any]) -> str:
    """Return the unique id of a channel or an account."""
    url = parse_url(data[CONF_URL])
    if (channel := data.get(CONF_CHANNEL)) is not None:
        return f"{KEY} {url.host} channel {channel}"
    # An account has no other name than its key, which is a secret.
    digest = hashlib.blake2b(data[CONF_API_KEY].strip().encode(), digest_size=8).hexdigest()
    return f"{KEY} {url.host} account {digest}"


_CHANNEL_OR_ACCOUNT: Final = Account(
    source=KEY,
    schema=_RECONFIGURE,
    server=lambda data: parse_url(data[CONF_URL]),
    check=check_account,
    unique_id=unique_id,
    title=lambda data: f"VXG {data.get(CONF_CHANNEL) or parse_url(data[CONF_URL]).host}",
)


class VxgConfigFlow(SourceConfigFlow):
    """The config flow's steps for VXG Cloud VMS."""

    async def async_step_vxg(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the kind of access: a channel's token or an account's key."""
        return self.async_show_menu(step_id="vxg", menu_options=["vxg_token", "vxg_key"])

    async def async_step_vxg_token(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take an access token, and go on with the server's address, which it may hold."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                token = parse_token(user_input[CONF_API_KEY])
            except ValueError:
                errors[CONF_API_KEY] = "not_a_token"
            else:
                self.answers = {CONF_API_KEY: user_input[CONF_API_KEY].strip()}
                if token.camera_id is not None:
                    self.answers[CONF_CHANNEL] = token.camera_id
                if token.url is None:
                    return await self.async_step_vxg_server()
                self.answers[CONF_URL] = str(token.url)
                return await self.async_step_vxg_address()
        return self.async_show_form(step_id="vxg_token", data_schema=_TOKEN, errors=errors)

    async def async_step_vxg_address(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the token's address, which can be replaced, and ask the server."""
        return await self._async_ask_server("vxg_address", user_input)

    async def async_step_vxg_server(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address that the token does not hold, and ask the server."""
        return await self._async_ask_server("vxg_server", user_input)

    async def _async_ask_server(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        channel = self.answers.get(CONF_CHANNEL)
        return await self.async_add_account(
            _CHANNEL_OR_ACCOUNT,
            step_id,
            _ADDRESS,
            self.answers,
            user_input,
            channel=markdown_code(channel) if channel is not None else "-",
        )

    async def async_step_vxg_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take an account's key, and ask the server."""
        return await self.async_add_account(_CHANNEL_OR_ACCOUNT, "vxg_key", _ACCOUNT, {}, user_input)

    async def async_step_vxg_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take another address, or another token or key."""
        return await self.async_change_account(_CHANNEL_OR_ACCOUNT, user_input)

    async def async_step_vxg_reauth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take another token or key."""
        return await self.async_change_account(_CHANNEL_OR_ACCOUNT, user_input)
