"""The config flow's steps for VXG Cloud VMS: a channel's token or an account's key, and whether it works."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from ...const import CONF_SOURCE
from .client import VxgAuthenticationError, VxgClient, VxgConnectionError, VxgError, VxgPermissionError
from .token import parse_token, parse_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...config_flow import CameraPushConfigFlow

KEY: Final = "vxg"
CONF_CHANNEL: Final = "channel"

_PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
_TOKEN: Final = vol.Schema({vol.Required(CONF_API_KEY): _PASSWORD})
_ADDRESS: Final = vol.Schema({vol.Required(CONF_URL): _URL})
_ACCOUNT: Final = vol.Schema({vol.Required(CONF_URL): _URL, vol.Required(CONF_API_KEY): _PASSWORD})
_RECONFIGURE: Final = vol.Schema({vol.Required(CONF_URL): _URL, vol.Optional(CONF_API_KEY): _PASSWORD})


def cloud_client(hass: HomeAssistant, data: Mapping[str, Any]) -> VxgClient:
    """Return what speaks to the cloud in an entry's data; raises ValueError when its URL is none."""
    scheme = "Acc" if data.get(CONF_CHANNEL) else "LKey"
    key = data[CONF_API_KEY].strip()
    return VxgClient(async_get_clientsession(hass), parse_url(data[CONF_URL]), f"{scheme} {key}")


async def check_account(hass: HomeAssistant, data: Mapping[str, Any]) -> str | None:
    """Ask the cloud for what we need; return what is wrong as an error's key, None if nothing is."""
    try:
        client = cloud_client(hass, data)
    except ValueError:
        return "url_invalid"
    try:
        if (channel := data.get(CONF_CHANNEL)) is not None:
            await client.camera(channel)
            await client.event_types(channel)
        else:
            await client.cameras()
    except VxgAuthenticationError:
        return "key_refused"
    except VxgPermissionError:
        return "no_rights"
    except VxgConnectionError:
        return "cannot_connect"
    except VxgError:
        return "not_vxg"
    return None


def _unique_id(data: Mapping[str, Any]) -> str:
    url = parse_url(data[CONF_URL])
    if (channel := data.get(CONF_CHANNEL)) is not None:
        return f"{KEY} {url.host} channel {channel}"
    # An account has no other name than its key, which is a secret.
    digest = hashlib.blake2b(data[CONF_API_KEY].strip().encode(), digest_size=8).hexdigest()
    return f"{KEY} {url.host} account {digest}"


async def choose(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Ask for what the user has."""
    return flow.async_show_menu(step_id=KEY, menu_options=["vxg_token", "vxg_key"])


async def token(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Take a channel's token, and show where it says that the server is."""
    errors: dict[str, str] = {}
    if user_input is not None:
        try:
            channel = parse_token(user_input[CONF_API_KEY])
        except ValueError:
            errors[CONF_API_KEY] = "not_a_token"
        else:
            flow.kept = {CONF_API_KEY: user_input[CONF_API_KEY].strip(), CONF_CHANNEL: channel.camera_id}
            flow.kept[CONF_URL] = str(channel.url)
            return await address(flow)
    return flow.async_show_form(step_id="vxg_token", data_schema=_TOKEN, errors=errors)


async def address(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Show the token's address, which can be replaced, and ask the server."""
    errors: dict[str, str] = {}
    if user_input is not None:
        flow.kept |= user_input
        if (error := await check_account(flow.hass, flow.kept)) is None:
            return await _create(flow, flow.kept, f"VXG {flow.kept[CONF_CHANNEL]}")
        errors["base"] = error
    return flow.async_show_form(
        step_id="vxg_address",
        data_schema=flow.add_suggested_values_to_schema(_ADDRESS, flow.kept),
        errors=errors,
        description_placeholders={CONF_CHANNEL: flow.kept[CONF_CHANNEL]},
    )


async def account(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Take an account's key, and ask the server."""
    errors: dict[str, str] = {}
    if user_input is not None:
        if (error := await check_account(flow.hass, user_input)) is None:
            return await _create(flow, user_input, f"VXG {parse_url(user_input[CONF_URL]).host}")
        errors["base"] = error
    return flow.async_show_form(
        step_id="vxg_key",
        data_schema=flow.add_suggested_values_to_schema(_ACCOUNT, user_input),
        errors=errors,
    )


async def _create(flow: CameraPushConfigFlow, data: dict[str, Any], title: str) -> ConfigFlowResult:
    await flow.async_set_unique_id(_unique_id(data))
    flow.async_abort_if_configured()
    return flow.async_create_entry(title=title, data={CONF_SOURCE: KEY, **data})


def _changed(data: Mapping[str, Any], user_input: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """Return an entry's data with what was filled in, and what is wrong with that."""
    changed = {**data, **{key: value for key, value in user_input.items() if value}}
    if data.get(CONF_CHANNEL) is None or not user_input.get(CONF_API_KEY):
        return changed, None
    try:
        channel = parse_token(user_input[CONF_API_KEY])
    except ValueError:
        return changed, "not_a_token"
    return changed, None if channel.camera_id == data[CONF_CHANNEL] else "other_channel"


async def reconfigure(
    flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None
) -> ConfigFlowResult:
    """Take another address, or another token or key."""
    entry = flow.async_reconfigured_entry()
    errors: dict[str, str] = {}
    if user_input is not None:
        data, error = _changed(entry.data, user_input)
        error = error or await check_account(flow.hass, data)
        if error is None:
            await flow.async_set_unique_id(_unique_id(data))
            if entry.unique_id != flow.unique_id:
                flow.async_abort_if_configured()
            return flow.async_finish_entry(entry, data, flow.unique_id, "vxg_reconfigured")
        errors["base"] = error
    known = user_input or {CONF_URL: entry.data[CONF_URL]}
    return flow.async_show_form(
        step_id="vxg_reconfigure",
        data_schema=flow.add_suggested_values_to_schema(_RECONFIGURE, known),
        errors=errors,
    )


async def reauth(flow: CameraPushConfigFlow, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
    """Take another token or key."""
    entry = flow.async_reauthenticated_entry()
    errors: dict[str, str] = {}
    if user_input is not None:
        data, error = _changed(entry.data, user_input)
        error = error or await check_account(flow.hass, data)
        if error is None:
            return flow.async_finish_entry(entry, data, _unique_id(data), "reauth_successful")
        errors["base"] = error
    return flow.async_show_form(
        step_id="vxg_reauth",
        data_schema=_TOKEN,
        errors=errors,
        description_placeholders={"entry": entry.title},
    )


STEPS: Final = {
    KEY: choose,
    "vxg_token": token,
    "vxg_address": address,
    "vxg_key": account,
    "vxg_reconfigure": reconfigure,
    "vxg_reauth": reauth,
}
