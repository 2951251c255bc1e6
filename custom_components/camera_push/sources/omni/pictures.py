"""The pictures of events: fetched in time for the telling, or, of live events, added to it later."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from weakref import WeakSet, WeakValueDictionary

from ...domain.media import Picture
from ...domain.messages import Identification, Message, PictureLink
from ...transports.push import Keep

# How long an event waits for its pictures; and how long they may still be fetched, to be added.
IN_TIME_SECONDS: Final = 5.0
ADDED_WITHIN_SECONDS: Final = 60.0
# With more events of a camera than these none waits: they would fill the memory, and hold up other cameras.
_MAX_WAITING: Final = 100
_OF_A_CAMERA_AT_ONCE: Final = 16
# Pictures that are being fetched or wait for it, in all; those of further events are left out.
_MAX_AWAITED: Final = 2000
# Events of a push or of the past that are prepared at once: all of them would use up the time for their
# pictures. Whoever sent them, and those behind them, wait for no longer than this.
_EVENTS_AT_ONCE: Final = 4
ALL_WITHIN_SECONDS: Final = 30.0

type FetchPicture = Callable[[PictureLink, Keep], Awaitable[Picture | None]]


@dataclass(slots=True, weakref_slot=True, eq=False)
class _Camera:
    """A camera's events that wait for pictures; at `hurry`, none does any longer."""

    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_OF_A_CAMERA_AT_ONCE))
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0


class PictureFetcher:
    """Fetches pictures, few of a camera at a time: one whose pictures stall holds up no other."""

    def __init__(self, fetch: FetchPicture) -> None:
        self._fetch = fetch
        self._cameras: WeakValueDictionary[str, _Camera] = WeakValueDictionary()
        self._awaited: WeakSet[asyncio.Task[Picture | None]] = WeakSet()

    def begin(self, event: Identification, keep: Keep) -> AwaitedPictures:
        """Begin to fetch an event's pictures; `keep` reserves memory for them."""
        if (camera := self._cameras.get(event.camera_id)) is None:
            camera = self._cameras[event.camera_id] = _Camera()
        if len(self._awaited) + len(event.links) > _MAX_AWAITED:
            return AwaitedPictures(camera, {})
        loop = asyncio.get_running_loop()
        tasks = {link: loop.create_task(self._picture(camera, link, keep)) for link in event.links}
        self._awaited.update(tasks.values())
        for task in tasks.values():
            task.add_done_callback(self._awaited.discard)
        return AwaitedPictures(camera, tasks)

    async def _picture(self, camera: _Camera, link: PictureLink, keep: Keep) -> Picture | None:
        try:
            async with asyncio.timeout(IN_TIME_SECONDS + ADDED_WITHIN_SECONDS), camera.slots:
                return await self._fetch(link, keep)
        except TimeoutError:
            return None

    def close(self) -> None:
        """Fetch nothing any more: what waits for pictures goes on without them."""
        for task in tuple(self._awaited):
            task.cancel()


class AwaitedPictures:
    """The pictures of one event that are on their way."""

    def __init__(self, camera: _Camera, tasks: dict[PictureLink, asyncio.Task[Picture | None]]) -> None:
        self._camera = camera
        self._tasks = tasks
        self._end = asyncio.get_running_loop().time() + IN_TIME_SECONDS

    async def complete(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Return the event with the pictures that come in time, and the links of the others."""
        return [await self.in_time(it) if isinstance(it, Identification) else it for it in messages]

    async def in_time(self, event: Identification) -> Identification:
        """Return the event as `complete` does."""
        if self._missing():
            await self._wait()
        return replace(event, pictures=self._take(), links=self._missing())

    async def _wait(self) -> None:
        """Wait until all pictures are there, it is time, or too many events wait."""
        camera, loop = self._camera, asyncio.get_running_loop()
        camera.waiting += 1
        if camera.waiting > _MAX_WAITING:
            camera.hurry.set()
        hurry = loop.create_task(camera.hurry.wait())
        fetched = loop.create_task(asyncio.wait(self._tasks.values()))
        try:
            left = max(0.0, self._end - loop.time())
            await asyncio.wait((hurry, fetched), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hurry.cancel()
            fetched.cancel()
            camera.waiting -= 1
            if not camera.waiting:
                camera.hurry.clear()

    async def rest(self) -> tuple[Picture, ...]:
        """Return the pictures that come later."""
        if self._tasks:
            await asyncio.wait(self._tasks.values())
        return self._take()

    def _missing(self) -> tuple[PictureLink, ...]:
        return tuple(link for link, task in self._tasks.items() if not task.done())

    def _take(self) -> tuple[Picture, ...]:
        """Return the pictures that are there, each of them once."""
        done = [link for link, task in self._tasks.items() if task.done()]
        found = [self._tasks.pop(link) for link in done]
        pictures = [task.result() for task in found if not task.cancelled()]
        return tuple(picture for picture in pictures if picture is not None)

    def close(self) -> None:
        """Fetch nothing any more."""
        for task in self._tasks.values():
            task.cancel()


async def all_with_pictures(
    fetch: FetchPicture, events: Sequence[Identification], keep: Keep
) -> list[Identification]:
    """Return events with their pictures, as far as these can be fetched in time."""
    fetcher, slots = PictureFetcher(fetch), asyncio.Semaphore(_EVENTS_AT_ONCE)
    loop = asyncio.get_running_loop()
    end = loop.time() + ALL_WITHIN_SECONDS

    async def complete(event: Identification) -> Identification:
        async with slots:
            if loop.time() >= end:
                return replace(event, links=())
            awaited = fetcher.begin(event, keep)
            try:
                return replace(await awaited.in_time(event), links=())
            finally:
                awaited.close()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(complete(event)) for event in events]
    return [task.result() for task in tasks]
