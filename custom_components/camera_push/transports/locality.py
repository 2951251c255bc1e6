"""Which addresses are in the local network, and a way out that leads to none of them.

A server in the internet decides what its names, links and redirects lead to. Whatever it says, it must not
have us fetch from the local network: so the address is checked when the connection to it is made.
"""

import asyncio
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
import socket
from typing import Any, Final

from aiohttp import ClientSession, TCPConnector, ThreadedResolver
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ssl import get_default_context, get_default_no_verify_context

from ..domain.errors import ProtocolError, Refusal

PRIVATE_NETWORKS: Final = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)
# Addresses that stand for others, which can be local ones (RFC 6052, 8215, 3056, 4380, 7526).
_TRANSLATED: Final = tuple(
    map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.88.99.0/24"))
)
_SESSIONS: Final[HassKey[dict[bool, ClientSession]]] = HassKey("camera_push_global_sessions")
_LOOK_UP_SECONDS: Final = 10

type Network = IPv4Network | IPv6Network


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks from texts like 192.168.1.0/24 or 192.168.1.7; raises ValueError."""
    return tuple(ip_network(text.strip(), strict=False) for text in texts)


def is_in(address: str, networks: Iterable[Network]) -> bool:
    """Tell whether an address is in one of the networks."""
    parsed = _parsed(address)
    return any(parsed in network for network in networks)


def _parsed(address: str) -> IPv4Address | IPv6Address:
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    return parsed


def is_global(address: str) -> bool:
    """Tell whether an address is one of the internet, and stands for no other one."""
    parsed = _parsed(address)
    return (
        parsed.is_global
        and not (parsed.is_multicast or parsed.is_reserved)
        and not (isinstance(parsed, IPv6Address) and parsed.is_site_local)
        and not any(parsed in network for network in _TRANSLATED)
    )


def check_sender(address: str, networks: Iterable[Network]) -> None:
    """Raise ProtocolError when a sender's address is in none of the networks."""
    if not is_in(address, networks):
        raise ProtocolError("The sender's network is not among the allowed ones.", Refusal.NETWORK)


class NotGlobalError(OSError):
    """A connection would have led to an address that is not in the internet."""


def _global_socket(address: tuple[Any, ...]) -> socket.socket:
    """Return a socket for an address as `getaddrinfo` tells it; raises NotGlobalError."""
    family, kind, protocol, _, (host, *_) = address
    if not is_global(host):
        raise NotGlobalError("the address is not in the internet")
    return socket.socket(family, kind, protocol)


@callback
def async_get_global_session(hass: HomeAssistant, *, verify_ssl: bool = True) -> ClientSession:
    """Return a session that connects to addresses in the internet only, whatever a host or link is called.

    It is Home Assistant's own in everything else, and closed with it. A connection to another address fails
    with ClientConnectorError, as one that nobody answers does.
    """
    sessions = hass.data.setdefault(_SESSIONS, {})
    if (session := sessions.get(verify_ssl)) is None:
        connector = TCPConnector(
            ssl=get_default_context() if verify_ssl else get_default_no_verify_context(),
            resolver=ThreadedResolver(),
            socket_factory=_global_socket,
        )
        session = sessions[verify_ssl] = ClientSession(connector=connector)

        async def close(_: Event) -> None:
            await session.close()

        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, close)
    return session


async def async_is_local_server(host: str) -> bool:
    """Tell whether none of a host's addresses is in the internet; raises OSError if it has none.

    To be asked once, when the user sets the server up, and remembered: it says where a name led then.
    """
    try:
        async with asyncio.timeout(_LOOK_UP_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as err:
        raise OSError("not a name of a host") from err
    return not any(is_global(str(address[0])) for *_, address in found)
