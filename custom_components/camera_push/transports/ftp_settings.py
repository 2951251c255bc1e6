"""How an FTP port is set."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from ssl import SSLContext

from homeassistant.util.ssl import server_context_intermediate

from .locality import PRIVATE_NETWORKS, Network, parse_networks


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpSettings:
    """Where to listen, who may connect, and who may log in.

    `passive_ports` are those at which clients deliver files; `passive_address` is the IPv4 address that the
    server announces for that, None for the one that the client is connected to. `load_certificate` returns
    the context for FTPS, and raises OSError; it blocks. None where FTPS is not offered. `is_telling` tells
    whether a name without a picture's ending says what its file is: any other is a temporary one.
    """

    port: int
    username: str
    password: str
    passive_ports: range
    is_telling: Callable[[PurePosixPath], bool]
    passive_address: str | None = None
    networks: tuple[Network, ...] = parse_networks(PRIVATE_NETWORKS)
    load_certificate: Callable[[], SSLContext] | None = None


def parse_ports(text: str) -> range:
    """Return the ports in a text like 50000-50019; raises ValueError."""
    first, dash, last = text.partition("-")
    ports = range(int(first), int(last if dash else first) + 1)
    if not ports or ports[0] < 1024 or ports[-1] > 65535:
        raise ValueError(text)
    return ports


def load_certificate(certificate: str, key: str | None) -> SSLContext:
    """Return the context of a server with a certificate; blocks, and raises OSError."""
    context = server_context_intermediate()
    context.load_cert_chain(certificate, key)
    return context
