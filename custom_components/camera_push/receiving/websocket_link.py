"""A websocket connection that is kept: made again when it is lost, less and less often while it cannot be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
import logging
import random
from typing import Any, Final, override

from aiohttp import ClientError, ClientWebSocketResponse

from .listener import LinkRefusedError, Listener

_LOGGER = logging.getLogger(__name__)

FIRST_DELAY_SECONDS: Final = 1.0
LAST_DELAY_SECONDS: Final = 300.0
# A connection that held so long was a good one: the next loss starts with short delays again.
HEALTHY_SECONDS: Final = 60.0


class WebSocketLink(Listener):
    """Keeps one connection and has its messages handled.

    `connect` returns a new connection, or raises ClientError, OSError, TimeoutError or
    LinkRefusedError; `handle` returns when it is over. `report` is told of each change, with
    what went wrong.
    """

    kind = "websocket"
    port = None

    def __init__(
        self,
        name: str,
        connect: Callable[[], Awaitable[ClientWebSocketResponse]],
        handle: Callable[[ClientWebSocketResponse], Awaitable[None]],
        report: Callable[[bool], None],
        refused: Callable[[], None],
    ) -> None:
        """Be called `name` in the log."""
        self._name = name
        self._connect = connect
        self._handle = handle
        self._report = report
        self._refused = refused
        self._task: asyncio.Task[None] | None = None
        self._is_lost = False
        self.is_connected = False
        self.connections = 0
        self.error: str | None = None

    @override
    async def async_open(self) -> None:
        self._task = asyncio.create_task(self._keep(), name=f"camera_push {self._name}")

    @override
    async def async_close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @override
    def state(self) -> dict[str, Any]:
        return {"connected": self.is_connected, "connections": self.connections, "error": self.error}

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        delay = FIRST_DELAY_SECONDS
        while True:
            since = loop.time()
            try:
                await self._once()
            except LinkRefusedError as err:
                self._lost(str(err))
                self._refused()
                delay = LAST_DELAY_SECONDS
            except (ClientError, OSError, TimeoutError) as err:
                self._lost(str(err) or type(err).__name__)
            except Exception:
                _LOGGER.exception("Error while handling the connection to %s", self._name)
                self._lost("an error of ours")
            if loop.time() - since >= HEALTHY_SECONDS:
                delay = FIRST_DELAY_SECONDS
            # Not all at once, when a platform comes back that many were connected to.
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311  # Not a secret.
            delay = min(2 * delay, LAST_DELAY_SECONDS)

    async def _once(self) -> None:
        connection = await self._connect()
        try:
            self._up()
            await self._handle(connection)
        finally:
            self._down()
            await connection.close()
        raise ConnectionError("the connection was closed")

    def _up(self) -> None:
        self.is_connected = True
        self.connections += 1
        self.error = None
        if self._is_lost:
            self._is_lost = False
            _LOGGER.info("%s: connected again", self._name)
        self._report(True)

    def _down(self) -> None:
        self.is_connected = False
        self._report(False)

    def _lost(self, error: str) -> None:
        self.error = error
        if not self._is_lost:
            self._is_lost = True
            _LOGGER.warning("%s: the connection is lost (%s); trying again", self._name, error)
