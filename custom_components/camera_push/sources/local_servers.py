"""Servers in the local network: known since an entry's set-up, and the session that may lead there."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from ..transports.locality import async_get_global_session, async_is_local_server

# In an entry's data: whether its server was in the local network when it was set up, by the server's host.
CONF_LOCAL_SERVERS: Final = "local_servers"


async def async_located(data: Mapping[str, Any], server: URL) -> dict[str, Any]:
    """Return an entry's data with the knowledge whether its server is local; raises OSError.

    What is known already stays: a server in the internet must not come to be local by its name's address of
    another day.
    """
    host = server.host or ""
    if host in data.get(CONF_LOCAL_SERVERS, {}):
        return dict(data)
    return {**data, CONF_LOCAL_SERVERS: {host: await async_is_local_server(host)}}


async def async_locate_server(hass: HomeAssistant, entry: ConfigEntry, server: URL) -> None:
    """Have an entry know whether its server is local, where its flow did not ask; raises OSError."""
    hass.config_entries.async_update_entry(entry, data=await async_located(entry.data, server))


@callback
def async_get_session(
    hass: HomeAssistant, data: Mapping[str, Any], server: URL, *, verify_ssl: bool = True
) -> ClientSession:
    """Return the session for the server of an entry with such data, and for whatever the server names.

    Only a server that was local when it was set up may lead into the local network.
    """
    if data.get(CONF_LOCAL_SERVERS, {}).get(server.host):
        return async_get_clientsession(hass, verify_ssl=verify_ssl)
    return async_get_global_session(hass, verify_ssl=verify_ssl)
