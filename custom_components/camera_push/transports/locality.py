"""Which addresses are in the local network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
import socket
from typing import Final

from homeassistant.util.network import is_invalid, is_local

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

type Network = IPv4Network | IPv6Network


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks from texts like 192.168.1.0/24 or 192.168.1.7; raises ValueError."""
    return tuple(ip_network(text.strip(), strict=False) for text in texts)


def is_in(address: str, networks: Iterable[Network]) -> bool:
    """Tell whether an address is in one of the networks."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)


def check_sender(address: str, networks: Iterable[Network]) -> None:
    """Raise ProtocolError when a sender's address is in none of the networks."""
    if not is_in(address, networks):
        raise ProtocolError("The sender's network is not among the allowed ones.", Refusal.NETWORK)


async def is_local_host(host: str) -> bool:
    """Tell whether any address of a host is local, or this machine's; raises OSError if it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(address[0])) for *_, address in found]
    return any(is_local(address) or is_invalid(address) for address in addresses)
