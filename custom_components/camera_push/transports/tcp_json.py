"""A TCP port at which cameras deliver JSON objects back to back, over connections that they keep."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
import logging
import socket
from typing import Any, Final, cast, override

from ..domain.errors import ProtocolError, Refusal
from ..domain.json_stream import JsonObjects
from ..domain.quota import ByteQuota, Reservation
from ..domain.rates import Debts
from .contracts import Receiver
from .limits import PushLimiter
from .locality import PRIVATE_NETWORKS, Network, check_sender, parse_networks
from .shares import MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE, ConnectionShares, Place

_LOGGER = logging.getLogger(__name__)

MAX_MESSAGE_BYTES: Final = 32 * 1024 * 1024
# In memory at once, over all connections.
MAX_WAITING_BYTES: Final = 96 * 1024 * 1024
# An object that was begun has so long to come.
MESSAGE_TIMEOUT_SECONDS: Final = 60
# Of one address, over a longer time; what was not used is saved for a while, for what a camera kept.
BYTES_PER_SECOND: Final = 8 * 1024 * 1024
BYTES_BURST_SECONDS: Final = 8
# Between objects a camera may be silent: closing its connection could cost the next event, as
# TCP does not tell a sender what was not read. Dead peers are found by the system's probes.
IDLE_TIMEOUT_SECONDS: Final = 24 * 60 * 60
_PROBE_AFTER_SECONDS: Final = 60
_PROBE_EVERY_SECONDS: Final = 20
_PROBES: Final = 6
# What is read at once is looked through at once, and holds up the event loop for some milliseconds at most.
_READ_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpSettings:
    """Where to listen, and to whom; an empty `host` means all of our addresses."""

    port: int
    host: str = ""
    networks: tuple[Network, ...] = parse_networks(PRIVATE_NETWORKS)


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
        limiter: PushLimiter,
    ) -> None:
        """Call `receive` with each object and the sender's address; it raises ProtocolError."""
        self.port: int = settings.port
        self._settings = settings
        self._receive = receive
        self._refused = refused
        self._limiter = limiter
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._shares = ConnectionShares(MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ONE)
        self._quota = ByteQuota(MAX_WAITING_BYTES)
        self._debts = Debts()
        self._connections = self._messages = 0
        self._refusals: Counter[str] = Counter()

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
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Those that were accepted and not served yet, for which the server would wait.
        server.abort_clients()
        await server.wait_closed()

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
        }

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection until it ends."""
        # Nobody is there if it was lost already, or we closed meanwhile.
        address: str = (writer.get_extra_info("peername") or ("",))[0]
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._tasks.add(task)
        self._connections += 1
        stream = _Stream(reader, self._quota)
        place: Place | None = None
        try:
            if not address or writer.is_closing():
                return
            check_sender(address, self._settings.networks)
            place = self._shares.enter(address, task.cancel)
            _probe(writer.get_extra_info("socket"))
            await self._receive_all(stream, place)
        except ProtocolError as err:
            self._refusals[err.refusal] += 1
            self._limiter.note_refused(err, address, stream.size)
            self._refused(err, address)
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
            self._tasks.discard(task)

    async def _receive_all(self, stream: _Stream, place: Place) -> None:
        """Hand on what comes through a connection, until its end."""
        address = place.address
        while True:
            # Each message has its turn before the first byte of it is looked at.
            await self._limiter.async_take_turn_to_decode(address)
            while (text := stream.next()) is None:
                if not (size := await stream.read()):
                    return
                place.note_activity()
                await self._pace(address, size)
            await self._receive(text, address)
            place.is_trusted = True
            self._messages += 1

    async def _pace(self, address: str, size: int) -> None:
        """Return when more may come from an address; meanwhile others have their turn."""
        now = asyncio.get_running_loop().time()
        self._debts.add(address, now, size / BYTES_PER_SECOND)
        await asyncio.sleep(max(self._debts.owed(address, now) - BYTES_BURST_SECONDS, 0))


class _Stream:
    """What comes through one connection, cut into messages, within limits of time and memory."""

    def __init__(self, reader: asyncio.StreamReader, quota: ByteQuota) -> None:
        self._reader = reader
        self._objects = JsonObjects(MAX_MESSAGE_BYTES)
        self._share = Reservation(quota)
        self._begun_at = 0.0
        # Of the message that is on its way, or was handed on last.
        self.size = 0

    def next(self) -> bytes | None:
        """Return the next message, None while it is not complete; raises ProtocolError."""
        text = self._objects.next()
        kept = self._objects.pending
        if text is not None:
            self._begun_at = asyncio.get_running_loop().time()
            self.size = len(text)
            kept += len(text)
        # What was handed on last is not kept any longer.
        self._share.give_back(self._share.kept - kept)
        return text

    async def read(self) -> int:
        """Read on and return how many bytes came, 0 at the end; raises ProtocolError."""
        loop = asyncio.get_running_loop()
        # An object has so long from its first byte on, however slowly its bytes come.
        was_pending = self._objects.pending
        deadline = self._begun_at + MESSAGE_TIMEOUT_SECONDS if was_pending else None
        try:
            async with asyncio.timeout_at(deadline or loop.time() + IDLE_TIMEOUT_SECONDS):
                data = await self._reader.read(_READ_BYTES)
        except TimeoutError as err:
            raise ProtocolError(
                f"The message took longer than {MESSAGE_TIMEOUT_SECONDS} seconds to arrive."
                if deadline
                else "Nothing came for a day.",
                Refusal.TIMEOUT,
            ) from err
        if not data and was_pending:
            raise ProtocolError(
                "The connection was lost before the message was complete.", Refusal.DISCONNECTED
            )
        if not was_pending:
            self._begun_at = loop.time()
        self._share.take(len(data))
        self._objects.feed(data)
        self.size = self._objects.pending
        return len(data)

    def close(self) -> None:
        """Give back what is kept."""
        self._share.give_back_all()


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
