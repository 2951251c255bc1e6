"""A TCP port at which cameras deliver JSON objects back to back, over connections that they keep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
import logging
import socket
from typing import Any, Final, override

from ..domain.errors import ProtocolError, Refusal
from ..domain.json_stream import JsonObjects
from .contracts import Receiver
from .memory import MemoryQuota, Reservation

_LOGGER = logging.getLogger(__name__)

MAX_CONNECTIONS: Final = 128
MAX_MESSAGE_BYTES: Final = 32 * 1024 * 1024
# As much as some firmware might greet with.
MAX_GARBAGE_BYTES: Final = 1024
# In memory at once, over all connections.
MAX_WAITING_BYTES: Final = 96 * 1024 * 1024
# An object that was begun has so long to come.
MESSAGE_TIMEOUT_SECONDS: Final = 60
# Between objects a camera may be silent: closing its connection could cost the next event, as
# TCP does not tell a sender what was not read. Dead peers are found by the system's probes.
IDLE_TIMEOUT_SECONDS: Final = 24 * 60 * 60
_PROBE_AFTER_SECONDS: Final = 60
_PROBE_EVERY_SECONDS: Final = 20
_PROBES: Final = 6
_READ_BYTES: Final = 64 * 1024

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpSettings:
    """Where to listen, and to whom; an empty `host` means all of our addresses."""

    port: int
    host: str = ""
    networks: tuple[Network, ...] = parse_networks(PRIVATE_NETWORKS)


@dataclass(eq=False, slots=True)
class _Connection:
    address: str
    writer: asyncio.StreamWriter
    task: asyncio.Task[None] | None
    messages: int = 0


@dataclass(slots=True)
class _Counters:
    connections: int = 0
    messages: int = 0
    refused: dict[str, int] = field(default_factory=dict)


class TcpJsonReceiver(Receiver):
    """Listens on a TCP port and hands on each JSON object.

    What cannot be accepted closes the connection that it came through, and harms no other.
    """

    kind = "tcp"

    def __init__(
        self,
        settings: TcpSettings,
        receive: Callable[[bytes, str], Awaitable[None]],
        refused: Callable[[ProtocolError, str], None],
    ) -> None:
        """Call `receive` with each object and the sender's address; it raises ProtocolError."""
        self.port: int = settings.port
        self._settings = settings
        self._receive = receive
        self._refused = refused
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._budget = MemoryQuota(MAX_WAITING_BYTES)
        self._counters = _Counters()

    @override
    async def async_open(self) -> None:
        self._server = await asyncio.start_server(
            self._connected, self._settings.host or None, self.port, limit=_READ_BYTES
        )

    @override
    async def async_close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        tasks = [connection.task for connection in self._connections if connection.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()

    @override
    def state(self) -> dict[str, Any]:
        return {
            "open": self._server is not None,
            "connected": len(self._connections),
            "connections": self._counters.connections,
            "messages": self._counters.messages,
            "refused": dict(self._counters.refused),
            "waiting_bytes": self._budget.taken,
        }

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address: str = writer.get_extra_info("peername")[0]
        connection = _Connection(address, writer, asyncio.current_task())
        self._counters.connections += 1
        try:
            self._admit(connection)
            await self._serve(connection, reader)
        except ProtocolError as err:
            self._counters.refused[err.refusal] = self._counters.refused.get(err.refusal, 0) + 1
            self._refused(err, address)
        except OSError:
            _LOGGER.debug("The connection from %s was lost", address)
        except asyncio.CancelledError:
            # Only we cancel these, to close them.
            _LOGGER.debug("Closing the connection from %s", address)
        except Exception:
            _LOGGER.exception("Error while handling what came from %s", address)
        finally:
            self._connections.discard(connection)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    def _admit(self, connection: _Connection) -> None:
        if not is_in(connection.address, self._settings.networks):
            raise ProtocolError("The sender's network is not among the allowed ones.", Refusal.NETWORK)
        if len(self._connections) >= MAX_CONNECTIONS:
            # Somebody who never sent anything gives way to a camera that comes back.
            idle = next((other for other in self._connections if not other.messages), None)
            if idle is None:
                raise ProtocolError("There are too many connections.", Refusal.TOO_MANY)
            self._connections.discard(idle)
            if idle.task is not None:
                idle.task.cancel()
        self._connections.add(connection)
        _probe(connection.writer.get_extra_info("socket"))

    async def _serve(self, connection: _Connection, reader: asyncio.StreamReader) -> None:
        objects = JsonObjects(MAX_MESSAGE_BYTES, MAX_GARBAGE_BYTES)
        share = Reservation(self._budget)
        begun_at = 0.0
        loop = asyncio.get_running_loop()
        try:
            while True:
                # An object has so long from its first byte on, however slowly its bytes come.
                deadline = begun_at + MESSAGE_TIMEOUT_SECONDS if objects.pending else None
                try:
                    async with asyncio.timeout_at(deadline or loop.time() + IDLE_TIMEOUT_SECONDS):
                        data = await reader.read(_READ_BYTES)
                except TimeoutError as err:
                    raise ProtocolError(
                        f"The message took longer than {MESSAGE_TIMEOUT_SECONDS} seconds to arrive."
                        if deadline
                        else "Nothing came for a day.",
                        Refusal.TIMEOUT,
                    ) from err
                if not data:
                    if objects.pending:
                        raise ProtocolError(
                            "The connection was lost before the message was complete.", Refusal.DISCONNECTED
                        )
                    return
                was_pending = objects.pending
                share.take(len(data))
                found = objects.feed(data)
                if found or not was_pending:
                    begun_at = loop.time()
                for text in found:
                    await self._receive(text, connection.address)
                    connection.messages += 1
                    self._counters.messages += 1
                share.give_back(share.kept - objects.pending)
        finally:
            share.give_back(share.kept)


def _probe(connection: socket.socket) -> None:
    """Have the system find out when a peer is gone without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", _PROBE_AFTER_SECONDS),
        ("TCP_KEEPINTVL", _PROBE_EVERY_SECONDS),
        ("TCP_KEEPCNT", _PROBES),
    ):
        # Not every system has all of them.
        if (option := getattr(socket, name, None)) is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
