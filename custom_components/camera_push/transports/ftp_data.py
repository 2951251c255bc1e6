"""The passive ports of an FTP server, at which clients deliver files."""

import asyncio
from collections import Counter
from collections.abc import Callable
from functools import partial
from ssl import SSLContext
from typing import Final, cast

from ..domain.errors import ProtocolError, Refusal
from .stream_reader import ArrivedReader, arrived_protocol

HANDSHAKE_SECONDS: Final = 20
# After it, who does not take part in the end of an encrypted connection is not waited for.
SHUTDOWN_SECONDS: Final = 2
# Connections that wait for their handshakes, or to be read: something else on the client's system may come
# before the client.
_MAX_CONNECTIONS: Final = 4

# Of a client that is gone, the data connection is there by then.
_GONE_SECONDS: Final = 5

type Connection = tuple[ArrivedReader, asyncio.StreamWriter]


class NoDataConnectionError(Exception):
    """A client announced a file, and did not connect to deliver it."""


class PassivePorts:
    """Which ports are free for the data connections of clients.

    When all are taken, a newcomer gets one of those that nothing is to come through, or whose file is coming
    already. If there is none, an address with more of them than the newcomer's gives one up: files that never
    come, of one camera, keep nobody else's out.
    """

    def __init__(self, ports: range, refused: Callable[[ProtocolError, str], None]) -> None:
        """Tell `refused` of connections from elsewhere: the error and the address."""
        self._ports = ports
        self._refused = refused
        # In the order in which they were opened.
        self._taken: dict[int, DataPort] = {}

    async def open(self, host: str, address: str, context: SSLContext | None) -> DataPort:
        """Return an open port for a client's address, encrypted with `context`; raises OSError."""
        if len(self._taken) == len(self._ports):
            self._give_up_one(address)
        for port in self._ports:
            if port in self._taken:
                continue
            found = DataPort(address, port, self._refused, partial(self._taken.pop, port))
            self._taken[port] = found
            try:
                await found.open(host, context)
            except OSError:
                # Somebody else has it.
                found.close()
            except BaseException:
                found.close()
                raise
            else:
                return found
        raise OSError("no passive port is free")

    def _give_up_one(self, address: str) -> None:
        counts = Counter(port.address for port in self._taken.values())
        port = min(self._taken.values(), key=lambda port: (port.is_needed, -counts[port.address]))
        # One more than the newcomer's would only change places.
        if not port.is_needed or counts[port.address] > counts[address] + 1:
            port.close()


class DataPort:
    """A port that takes data connections of one client: others than its address are dropped."""

    def __init__(
        self,
        address: str,
        port: int,
        refused: Callable[[ProtocolError, str], None],
        freed: Callable[[], object],
    ) -> None:
        self.address = address
        self.port = port
        self.is_open = True
        # A file is to come, and its connection has not come yet.
        self.is_needed = False
        self._refused = refused
        self._freed = freed
        self._server: asyncio.Server | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._connections: asyncio.Queue[Connection] = asyncio.Queue(_MAX_CONNECTIONS)
        self._context: SSLContext | None = None
        self._handshakes: set[asyncio.Task[None]] = set()

    async def open(self, host: str, context: SSLContext | None) -> None:
        """Listen at an address of ours; raises OSError."""
        self._context = context
        loop = asyncio.get_running_loop()
        protocol = arrived_protocol(self._connected)
        # Who gives up meanwhile can close it.
        server = await loop.create_server(protocol, host, self.port, start_serving=False)
        self._server = server
        if self.is_open:
            await server.start_serving()
        else:
            server.close()
            raise OSError("the port was given to somebody else")

    def _connected(self, reader: ArrivedReader, writer: asyncio.StreamWriter) -> None:
        address: str = (writer.get_extra_info("peername") or ("",))[0]
        is_full = self._connections.qsize() + len(self._handshakes) >= _MAX_CONNECTIONS
        if not self.is_open or is_full or address != self.address:
            writer.transport.abort()
            if address not in ("", self.address):
                error = ProtocolError("A data connection came from somewhere else.", Refusal.IDENTITY)
                self._refused(error, address)
            return
        if self._context is None:
            self._connections.put_nowait((reader, writer))
            return
        # Encryption takes memory, which others than the client do not get. Nothing is read before it begins.
        cast("asyncio.Transport", writer.transport).pause_reading()
        handshake = asyncio.get_running_loop().create_task(self._encrypt((reader, writer), self._context))
        self._handshakes.add(handshake)
        handshake.add_done_callback(self._handshakes.discard)

    async def _encrypt(self, connection: Connection, context: SSLContext) -> None:
        _, writer = connection
        try:
            await writer.start_tls(
                context,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=SHUTDOWN_SECONDS,
            )
            self._connections.put_nowait(connection)
        except OSError, asyncio.QueueShutDown:
            writer.transport.abort()

    async def connection(self) -> Connection:
        """Return the next data connection; raises NoDataConnectionError when none can come any more."""
        self.is_needed = True
        try:
            return await self._connections.get()
        except asyncio.QueueShutDown as err:
            raise NoDataConnectionError from err
        finally:
            self.is_needed = False

    def close_soon(self) -> None:
        """Close when the client is gone: its data connection may just have come."""
        if self.is_open and self._closing is None:
            self._closing = asyncio.get_running_loop().call_later(_GONE_SECONDS, self.close)

    def close(self) -> None:
        """Listen no longer, and drop connections that were not read; a second time does nothing."""
        if not self.is_open:
            return
        self.is_open = False
        if self._closing is not None:
            self._closing.cancel()
        if self._server is not None:
            self._server.close()
        for handshake in self._handshakes:
            handshake.cancel()
        while not self._connections.empty():
            _, writer = self._connections.get_nowait()
            writer.transport.abort()
        self._connections.shutdown()
        self._freed()
