"""Requests of browsers, at ports that speak no HTTP."""

from typing import Final

from .errors import ProtocolError, Refusal

# HTTP/2 begins with PRI.
_METHODS: Final = tuple(
    f"{method} ".encode()
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI")
)
# A handshake, whose other bytes a page can choose in part.
_TLS: Final = b"\x16\x03"


def is_http_request(data: bytes) -> bool:
    """Tell whether bytes begin like an HTTP request, or like one over TLS, as far as they go."""
    return bool(data) and any(data[: len(begin)] == begin[: len(data)] for begin in (*_METHODS, _TLS))


def http_request_refused() -> ProtocolError:
    """Return the error for an HTTP request that came to a port of another protocol.

    A web page can have a browser send one to any port of the local network.
    """
    return ProtocolError("An HTTP request came in, which this port does not speak.", Refusal.HTTP)
