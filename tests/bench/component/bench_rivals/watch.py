"""Stop-watches inside the benchmark's Home Assistant, and a disk that can be made slow."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
import os
import time
from typing import Any
from unittest.mock import patch

from aiohttp import web
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView

from custom_components.camera_push.const import EVENT_ALARM
from custom_components.camera_push.storage.database import Database

_TICK_SECONDS = 0.002


class LoopView(HomeAssistantView):
    """Tells how late the event loop's timers were since it was last asked, in seconds.

    It looks only between `begin` and `end`: timers keep the processor awake, which costs and saves time.
    """

    url = "/api/bench/loop/{step}"
    name = "api:bench:loop"

    def __init__(self, hass: HomeAssistant) -> None:
        self._loop = hass.loop
        self._latest = 0.0
        self._expected = 0.0
        self._is_on = False

    @callback
    def _tick(self) -> None:
        now = self._loop.time()
        self._latest = max(self._latest, now - self._expected)
        if self._is_on:
            self._wait()

    def _wait(self) -> None:
        self._expected = self._loop.time() + _TICK_SECONDS
        self._loop.call_at(self._expected, self._tick)

    async def get(self, request: web.Request, step: str) -> web.Response:
        """Begin anew, or end and answer."""
        latest, self._latest = self._latest, 0.0
        was_on, self._is_on = self._is_on, step == "begin"
        if self._is_on and not was_on:
            self._wait()
        return self.json({"seconds": latest})


class SeenView(HomeAssistantView):
    """Tells when a camera's bus events and states came, by the clock that all processes have in common."""

    url = "/api/bench/seen/{camera_id}"
    name = "api:bench:seen"

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._seen: list[tuple[str, float]] = []
        self._listening: list[CALLBACK_TYPE] = []

    async def get(self, request: web.Request, camera_id: str) -> web.Response:
        """Answer what was seen, and begin to listen anew; `end` only answers."""
        for end in self._listening:
            end()
        self._listening = []
        seen, self._seen = self._seen, []
        if camera_id != "end":
            self._listen(camera_id)
        return self.json(seen)

    def _listen(self, camera_id: str) -> None:
        seen = self._seen

        @callback
        def alarm(event: Event[Any]) -> None:
            if event.data["camera_id"] == camera_id:
                seen.append(("event", time.monotonic()))

        @callback
        def state(event: Event[Any]) -> None:
            if camera_id.lower() in event.data["entity_id"]:
                seen.append((event.data["entity_id"], time.monotonic()))

        bus = self._hass.bus
        self._listening = [
            bus.async_listen(EVENT_ALARM, alarm),
            bus.async_listen(EVENT_STATE_CHANGED, state),
        ]


class SlowDiskView(HomeAssistantView):
    """Has each sync of a file take so many milliseconds more, and each commit of our index."""

    url = "/api/bench/slow_disk/{milliseconds}"
    name = "api:bench:slow_disk"

    def __init__(self) -> None:
        self._patches = ExitStack()

    async def get(self, request: web.Request, milliseconds: str) -> web.Response:
        """Make the disk slow, or with 0 as it is."""
        self._patches.close()
        seconds = int(milliseconds) / 1000
        fsync, transaction = os.fsync, Database.transaction

        def slow_fsync(descriptor: int) -> None:
            time.sleep(seconds)
            fsync(descriptor)

        @contextmanager
        def slow_transaction(database: Database, *, durable: bool) -> Iterator[None]:
            with transaction(database, durable=durable):
                yield
                time.sleep(seconds)

        if seconds:
            self._patches.enter_context(patch("os.fsync", slow_fsync))
            self._patches.enter_context(patch.object(Database, "transaction", slow_transaction))
        return self.json({})
