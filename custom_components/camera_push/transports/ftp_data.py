"""The passive ports of an FTP server, at which clients deliver files."""

import asyncio
from collections.abc import Callable
from functools import partial
from ssl import SSLContext
from typing import Any, Final

from ..domain.errors import ProtocolError, Refusal
from .arrived import ArrivedReader, arrived_protocol

HANDSHAKE_SECONDS: Final = 20
# After it, who does not take part in the end of an encrypted connection is not waited for.
SHUTDOWN_SECONDS: Final = 2
# Connections that wait to be read: something else on the client's system may come before the client.
_MAX_CONNECTIONS: Final = 4

type Connection = tuple[ArrivedReader, asyncio.StreamWriter]


class PassivePorts:
    """Which ports are free for the data connections of clients."""

    def __init__(self, ports: range, refused: Callable[[ProtocolError, str], None]) -> None:
        """Tell `refused` of connections from elsewhere: the error and the address."""
        self._ports = ports
        self._refused = refused
        self._taken: set[int] = set()

    async def open(self, host: str, address: str, context: SSLContext | None) -> DataPort:
        """Return an open port for a client's address, encrypted with `context`; raises OSError."""
        for port in self._ports:
            if port in self._taken:
                continue
            self._taken.add(port)
            found = DataPort(address, port, self._refused, partial(self._taken.discard, port))
            try:
                await found.open(host, context)
            except OSError:
                # Somebody else has it.
                self._taken.discard(port)
            except BaseException:
                found.close()
                self._taken.discard(port)
                raise
            else:
                return found
        raise OSError("no passive port is free")


class DataPort:
    """A port that takes data connections of one client: others than its address are dropped."""

    def __init__(
        self,
        address: str,
        port: int,
        refused: Callable[[ProtocolError, str], None],
        freed: Callable[[], object],
    ) -> None:
        self.port = port
        self._address = address
        self._refused = refused
        self._freed = freed
        self._server: asyncio.Server | None = None
        self._connections: asyncio.Queue[Connection] = asyncio.Queue(_MAX_CONNECTIONS)

    async def open(self, host: str, context: SSLContext | None) -> None:
        """Listen at an address of ours; raises OSError."""
        options: dict[str, Any] = {}
        if context is not None:
            options = {
                "ssl": context,
                "ssl_handshake_timeout": HANDSHAKE_SECONDS,
                "ssl_shutdown_timeout": SHUTDOWN_SECONDS,
            }
        loop = asyncio.get_running_loop()
        protocol = arrived_protocol(self._connected)
        # Who gives up meanwhile can close it.
        self._server = await loop.create_server(protocol, host, self.port, start_serving=False, **options)
        await self._server.start_serving()

    def _connected(self, reader: ArrivedReader, writer: asyncio.StreamWriter) -> None:
        address: str = (writer.get_extra_info("peername") or ("",))[0]
        if self._server is None or self._connections.full() or address != self._address:
            writer.transport.abort()
            if address not in ("", self._address):
                error = ProtocolError("A data connection came from somewhere else.", Refusal.IDENTITY)
                self._refused(error, address)
            return
        self._connections.put_nowait((reader, writer))

    async def connection(self) -> Connection:
        """Return the next data connection once it is there."""
        return await self._connections.get()

    def close(self) -> None:
        """Listen no longer, and drop connections that were not read; a second time does nothing."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        while not self._connections.empty():
            _, writer = self._connections.get_nowait()
            writer.transport.abort()
        self._freed()
