"""A websocket connection that is kept: made again when it is lost, less and less often while it cannot be."""

from abc import abstractmethod
import asyncio
from contextlib import suppress
import logging
import random
from typing import Any, Final, override

from aiohttp import ClientError, ClientWebSocketResponse

from .contracts import BackgroundReceiver, ConnectionState
from .http_client import AccessDeniedError, describe_error

_LOGGER = logging.getLogger(__name__)

FIRST_DELAY_SECONDS: Final = 1.0
# What happens meanwhile comes late, if at all.
LAST_DELAY_SECONDS: Final = 60.0
DENIED_DELAY_SECONDS: Final = 300.0
# After a connection that lasted this long, delays start short again.
HEALTHY_SECONDS: Final = 10.0
# Answers to pings are a sign of life. Not aiohttp's own heartbeat: its timer outlives the connection.
PING_SECONDS: Final = 30.0
SILENCE_SECONDS: Final = 45.0


class WebSocketConnection(BackgroundReceiver):
    """Keeps one connection and has its messages handled; `state` follows each change.

    Its loss and its return are logged once each.
    """

    kind = "websocket"

    def __init__(self, name: str, state: ConnectionState) -> None:
        """Be called `name` in the log."""
        self._name = name
        self._state = state
        self._is_lost = False
        self.error: str | None = None
        self._is_connected = False
        self.connections = 0

    @abstractmethod
    async def _connect(self) -> ClientWebSocketResponse:
        """Return a new connection; raises ClientError, OSError, TimeoutError or AccessDeniedError.

        Receiving from it times out after SILENCE_SECONDS.
        """

    @abstractmethod
    async def _handle(self, connection: ClientWebSocketResponse) -> None:
        """Handle a connection's messages until it ends, or nothing comes from it any more."""

    @property
    @override
    def is_up(self) -> bool:
        return self._is_connected

    @override
    def state(self) -> dict[str, Any]:
        return {"connected": self._is_connected, "connections": self.connections, "error": self.error}

    def _lost(self, error: str) -> None:
        self.error = error
        if not self._is_lost:
            self._is_lost = True
            _LOGGER.warning("%s: the connection is lost (%s); trying again", self._name, error)

    def _back(self) -> None:
        self.error = None
        if self._is_lost:
            self._is_lost = False
            _LOGGER.info("%s: connected again", self._name)

    @override
    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        delay = FIRST_DELAY_SECONDS
        while True:
            since = loop.time()
            is_denied = False
            try:
                await self._once()
            except AccessDeniedError as err:
                self._lost(str(err))
                self._state.async_start_reauth()
                is_denied = True
            except (ClientError, OSError, TimeoutError) as err:
                self._lost(describe_error(err))
            except Exception:
                _LOGGER.exception("Error while handling the connection to %s", self._name)
                self._lost("an internal error")
            if loop.time() - since >= HEALTHY_SECONDS:
                delay = FIRST_DELAY_SECONDS
            wait = DENIED_DELAY_SECONDS if is_denied else delay
            # Spread out, for a platform that comes back with many clients.
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311  # Nobody gains by guessing it.
            delay = min(2 * delay, LAST_DELAY_SECONDS)

    async def _once(self) -> None:
        connection = await self._connect()
        pinging = asyncio.create_task(_ping(connection), name=f"camera_push {self._name} ping")
        try:
            self._is_connected = True
            self.connections += 1
            self._back()
            self._state.async_connected(is_connected=True)
            await self._handle(connection)
        finally:
            pinging.cancel()
            self._is_connected = False
            self._state.async_connected(is_connected=False)
            await connection.close()
        raise ConnectionError("the connection was closed")


async def _ping(connection: ClientWebSocketResponse) -> None:
    # A connection that cannot be pinged is lost, which ends receiving as well.
    with suppress(ConnectionError):
        while True:
            await asyncio.sleep(PING_SECONDS)
            await connection.ping()
