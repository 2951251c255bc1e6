"""A TCP port at which cameras deliver JSON objects back to back, over connections that they keep."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
import logging
import socket
from typing import Any, Final, cast, override

from ..domain.errors import ProtocolError
from ..domain.quota import ByteQuota
from ..domain.rates import Debts
from .backlog import WriteBacklog
from .connection_shares import MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE, ConnectionShares, Place
from .contracts import Receiver
from .limits import PushLimiter
from .locality import PRIVATE_NETWORKS, Network, check_sender, parse_networks
from .stream_reader import arrived_protocol
from .tcp_stream import JsonStream

_LOGGER = logging.getLogger(__name__)

# In memory at once, over all connections: what is arriving, and what is told and being written.
MAX_WAITING_BYTES: Final = 96 * 1024 * 1024
MAX_WRITING_BYTES: Final = 64 * 1024 * 1024
# Of one address, over a longer time; what was not used is saved for a while, for what a camera kept.
BYTES_PER_SECOND: Final = 8 * 1024 * 1024
BYTES_BURST_SECONDS: Final = 8
# Connections that gave way, and of which what has arrived is still told.
MAX_LEAVING: Final = 512
# Dead peers are found by the system.
_PROBE_AFTER_SECONDS: Final = 60
_PROBE_EVERY_SECONDS: Final = 20
_PROBES: Final = 6
# When the port is closed: the time for messages that have begun to arrive, and then for those to be told.
CLOSING_SECONDS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpSettings:
    """Where to listen, and to whom; an empty `host` means all of our addresses."""

    port: int
    host: str = ""
    networks: tuple[Network, ...] = parse_networks(PRIVATE_NETWORKS)


@dataclass(frozen=True, slots=True)
class TcpDelivery:
    """Where objects go: `receive` is called with each of them and the sender's address.

    It raises ProtocolError, or returns once the object is told: a future that is done when it is on disk.
    `refused` is told of each refusal.
    """

    receive: Callable[[bytes, str], Awaitable[asyncio.Future[ProtocolError | None]]]
    refused: Callable[[ProtocolError, str], None]
    limiter: PushLimiter


class TcpJsonReceiver(Receiver):
    """Listens on a TCP port and hands on each JSON object.

    The next one is looked at as soon as one is told; the disk is waited for in the background. What cannot
    be accepted closes the connection that it came through, and harms no other.
    """

    kind = "tcp"

    def __init__(self, settings: TcpSettings, delivery: TcpDelivery) -> None:
        self.port: int = settings.port
        self.settings = settings
        self.delivery = delivery
        self._server: asyncio.Server | None = None
        self._streams: dict[asyncio.Task[None], JsonStream] = {}
        self._shares = ConnectionShares(MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE)
        self._quota = ByteQuota(MAX_WAITING_BYTES)
        self._backlog = WriteBacklog(MAX_WRITING_BYTES)
        self._debts = Debts()
        self._connections = self._messages = 0
        self._refusals: Counter[str] = Counter()
        self._is_running = asyncio.Event()
        # Messages that are being taken in, and whether there are none.
        self._telling: set[asyncio.Timeout] = set()
        self._is_idle = asyncio.Event()

    @override
    async def async_open(self) -> None:
        loop = asyncio.get_running_loop()
        protocol = arrived_protocol(self._connected)
        self._server = await loop.create_server(protocol, self.settings.host or None, self.port)
        self._is_running.set()

    @override
    async def async_pause(self) -> bool:
        """Have connections wait: TCP tells no sender what was not taken."""
        if self._server is None:
            return False
        self._server.close()
        self._server = None
        self._is_running.clear()
        deadline = asyncio.get_running_loop().time() + CLOSING_SECONDS
        for telling in self._telling:
            telling.reschedule(deadline)
        while self._telling:
            self._is_idle.clear()
            await self._is_idle.wait()
        return True

    @override
    def async_resume(self, successor: Receiver) -> bool:
        if not isinstance(successor, TcpJsonReceiver):
            return False
        self.delivery = successor.delivery
        self._is_running.set()
        return self.settings == successor.settings

    @override
    async def async_close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        # TCP tells no sender what was not taken: what has arrived is told.
        for stream in self._streams.values():
            stream.finish()
        await self._ended()
        for stream in self._streams.values():
            stream.hang_up()
        await self._ended()
        tasks = tuple(self._streams)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if server is not None:
            # Those that were accepted and not served yet, for which the server would wait.
            server.abort_clients()
            await server.wait_closed()

    async def _ended(self) -> None:
        """Return when all connections have ended, or they had time to."""
        if self._streams:
            await asyncio.wait(tuple(self._streams), timeout=CLOSING_SECONDS)

    @property
    @override
    def is_up(self) -> bool:
        return self._server is not None

    @override
    def state(self) -> dict[str, Any]:
        return {
            "open": self.is_up,
            "connected": len(self._shares),
            "connections": self._connections,
            "gave_way": self._shares.gave_way,
            "messages": self._messages,
            "refused": dict(self._refusals),
            "waiting_bytes": self._quota.taken,
            "writing_bytes": self._backlog.taken,
        }

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection until it ends."""
        address: str = (writer.get_extra_info("peername") or ("",))[0]
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._connections += 1
        stream = self._streams[task] = JsonStream(reader, writer, self._quota, address)
        place: Place | None = None
        try:
            if not address or self._server is None:
                return
            check_sender(address, self.settings.networks)
            place = self._shares.enter(address, partial(self._give_way, task, stream))
            _probe(writer.get_extra_info("socket"))
            await self._receive_all(stream, place)
        except ProtocolError as err:
            self.delivery.limiter.note_refused(err, address, stream.size)
            self._note_refused(err, address)
        except OSError:
            _LOGGER.debug("The connection from %s was lost", address)
        except asyncio.CancelledError:
            # Only we cancel these, to close them.
            _LOGGER.debug("Closing the connection from %s", address)
        except Exception:
            _LOGGER.exception("Error while handling what came from %s", address)
        finally:
            if place is not None:
                self._shares.leave(place)
            stream.close()
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            del self._streams[task]

    def _give_way(self, task: asyncio.Task[None], stream: JsonStream) -> None:
        """Close a connection; a camera that makes one for each message may have sent all of it."""
        if len(self._streams) > MAX_CONNECTIONS + MAX_LEAVING:
            task.cancel()
        else:
            stream.finish_within(CLOSING_SECONDS)

    def _note_refused(self, error: ProtocolError, address: str) -> None:
        self._refusals[error.refusal] += 1
        self.delivery.refused(error, address)

    async def _receive_all(self, stream: JsonStream, place: Place) -> None:
        """Hand on what comes through a connection, until its end."""
        address = place.address
        while True:
            # Each message has its turn before the first byte of it is looked at.
            await self.delivery.limiter.async_take_turn_to_decode(address)
            while (text := stream.next()) is None:
                if not (size := await stream.read()):
                    return
                place.note_activity()
                await self._pace(address, size)
            await self._tell(text, address)
            place.is_trusted = True
            self._messages += 1

    async def _tell(self, text: bytes, address: str) -> None:
        """Return when a message is told, which leaves the disk behind where it is slow."""
        size = len(text)
        await self._backlog.reserve(size)
        try:
            while (written := await self._receive_unless_paused(text, address)) is None:
                pass
        except BaseException:
            self._backlog.release(size)
            raise
        written.add_done_callback(partial(self._written, size, address))

    async def _receive_unless_paused(
        self, text: bytes, address: str
    ) -> asyncio.Future[ProtocolError | None] | None:
        """Return what `receive` returns once a pause is over, None when the next one begins first."""
        while not self._is_running.is_set():
            await self._is_running.wait()
        limit = asyncio.timeout(None)
        try:
            async with limit:
                self._telling.add(limit)
                return await self.delivery.receive(text, address)
        except TimeoutError:
            if not limit.expired():
                raise
            return None
        finally:
            self._telling.discard(limit)
            if not self._telling:
                self._is_idle.set()

    def _written(self, size: int, address: str, written: asyncio.Future[ProtocolError | None]) -> None:
        self._backlog.release(size)
        if not written.cancelled() and (error := written.result()) is not None:
            self._note_refused(error, address)

    async def _pace(self, address: str, size: int) -> None:
        """Return when more may come from an address; meanwhile others have their turn."""
        now = asyncio.get_running_loop().time()
        self._debts.add(address, now, size / BYTES_PER_SECOND)
        await asyncio.sleep(max(self._debts.owed(address, now) - BYTES_BURST_SECONDS, 0))


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
