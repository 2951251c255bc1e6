"""Live events: each is told as soon as its camera's earlier ones are, with the pictures that come in time."""

import asyncio
import logging
from typing import Final

from ...domain.media import Picture
from ...domain.messages import Identification, LaterPictures
from ...domain.quota import ByteQuota, Reservation
from ...transports.http_client import keep_by
from ..base import EntryContext
from .pictures import FetchPicture, PictureFetcher

_LOGGER = logging.getLogger(__name__)

# Events that are under way at once; more wait in the connection.
_MAX_EVENTS: Final = 400
# Pictures that wait in memory until they are on the disk; those for which there is no room are left out.
_MAX_WAITING_BYTES: Final = 64 * 1024 * 1024
# How long the entry waits, when it is closed, for pictures of events that are not told yet.
CLOSING_SECONDS: Final = 2.0


class LiveEvents:
    """Delivers events side by side, those of a camera in their order."""

    def __init__(self, context: EntryContext, fetch: FetchPicture, address: str) -> None:
        self._context = context
        self._address = address
        self._pictures = PictureFetcher(fetch)
        self._quota = ByteQuota(_MAX_WAITING_BYTES)
        self._slots = asyncio.Semaphore(_MAX_EVENTS)
        self._tasks: set[asyncio.Task[None]] = set()
        # Those that are not told yet.
        self._untold: dict[tuple[str, str], int] = {}

    def is_under_way(self, event: Identification) -> bool:
        """Tell whether an event is here already, and is about to be told."""
        return event.key is not None and (event.camera_id, event.key) in self._untold

    @property
    def under_way(self) -> int:
        """Return how many events are not told yet, or have pictures on their way."""
        return len(self._tasks)

    async def async_take(self, event: Identification) -> None:
        """Have an event told; returns before that, once there is room for it."""
        await self._slots.acquire()
        task = asyncio.get_running_loop().create_task(self._deliver(event), name="camera_push live event")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, event: Identification) -> None:
        memory = Reservation(self._quota)
        awaited = self._pictures.begin(event, keep_by(memory.take))
        key = (event.camera_id, event.key or "")
        self._untold[key] = self._untold.get(key, 0) + 1
        try:
            try:
                await self._context.async_receive_each([event], self._address, awaited.complete)
            finally:
                self._slots.release()
                self._untold[key] -= 1
                if not self._untold[key]:
                    del self._untold[key]
            pictures = await awaited.rest()
            # A camera that was deleted meanwhile does not come back by them.
            if pictures and self._context.history.is_known(event):
                await self._context.async_receive_each([self._later(event, pictures)], self._address)
        except Exception:
            _LOGGER.exception("Error while handling an event of %s", self._address)
        finally:
            awaited.close()
            memory.give_back_all()

    def _later(self, event: Identification, pictures: tuple[Picture, ...]) -> LaterPictures:
        arrival = self._context.sink.arrival(self._address)
        return LaterPictures(
            camera_id=event.camera_id,
            received_at=arrival.received_at,
            event_id=event.event_id or "",
            type=event.type,
            captured_at=event.captured_at,
            pictures=pictures,
        )

    async def async_close(self) -> None:
        """Have everything told that came, its pictures with it as far as they come within a moment."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSING_SECONDS)
        while self._tasks:
            self._pictures.close()
            await asyncio.wait(self._tasks)
