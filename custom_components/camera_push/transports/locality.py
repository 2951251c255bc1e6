"""Whether a host is in the local network: what a server in the internet links to must not be."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
import socket

from homeassistant.util.network import is_invalid, is_local


async def is_local_host(host: str) -> bool:
    """Tell whether any address of a host is local, or this machine's; raises OSError if it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(address[0])) for *_, address in found]
    return any(is_local(address) or is_invalid(address) for address in addresses)
