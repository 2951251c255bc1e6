"""Reads the events of cameras one by one: one that fails is left alone for a while, the others are read."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
import logging
from typing import Final

from ...domain.errors import ProtocolError
from ...domain.source_info import RequestError
from ...transports.http_client import AccessDeniedError
from .protocol import VxgCamera

_LOGGER = logging.getLogger(__name__)

_AT_ONCE: Final = 8
# How long a poll waits for all cameras.
PATIENCE_SECONDS: Final = 5.0
_MAX_DOUBLINGS: Final = 10


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a camera could not be read, how often in a row, and when it is tried again (the loop's clock)."""

    error: RequestError | ProtocolError
    count: int
    again_at: float


class CameraReader:
    """Reads cameras whose events their account does not give all at once."""

    def __init__(self, interval: timedelta, longest: timedelta) -> None:
        """Try a camera that failed again after an interval, then less and less often."""
        self._interval = interval.total_seconds()
        self._longest = longest.total_seconds()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._failures: dict[str, _Failure] = {}
        self._reading: dict[str, asyncio.Task[None]] = {}

    async def async_read(
        self, cameras: Sequence[VxgCamera], read: Callable[[VxgCamera], Awaitable[None]]
    ) -> dict[str, RequestError | ProtocolError]:
        """Read the cameras, and return why those that are not read could not be.

        One that stalls is read on while the others have their next turn. Raises AccessDeniedError when the
        account is refused.
        """
        loop = asyncio.get_running_loop()
        listed = {camera.id for camera in cameras}
        self._failures = {key: it for key, it in self._failures.items() if key in listed}
        idle = [camera for camera in cameras if camera.id not in self._reading]
        due = [
            it for it in idle if it.id not in self._failures or self._failures[it.id].again_at <= loop.time()
        ]
        # Where all fail, the account is left alone for a while instead.
        for camera in due or idle:
            self._reading[camera.id] = loop.create_task(self._read(camera, read))
        if self._reading:
            await asyncio.wait(self._reading.values(), timeout=PATIENCE_SECONDS)
        done = [key for key, task in self._reading.items() if task.done()]
        errors = [self._reading.pop(key).exception() for key in done]
        if (error := next(filter(None, errors), None)) is not None:
            raise error
        return {key: it.error for key, it in self._failures.items()}

    async def async_close(self) -> None:
        """Read nothing any more."""
        reading, self._reading = list(self._reading.values()), {}
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)

    async def _read(self, camera: VxgCamera, read: Callable[[VxgCamera], Awaitable[None]]) -> None:
        async with self._slots:
            try:
                await read(camera)
            except AccessDeniedError:
                raise
            except (RequestError, ProtocolError) as err:
                self._failed(camera, err)
            else:
                self._succeeded(camera)

    def _failed(self, camera: VxgCamera, error: RequestError | ProtocolError) -> None:
        before = self._failures.get(camera.id)
        if before is None:
            _LOGGER.warning("The events of camera %s could not be read (%s); trying again", camera.id, error)
        count = min(before.count + 1, _MAX_DOUBLINGS) if before is not None else 0
        delay = min(self._interval * 2**count, self._longest)
        self._failures[camera.id] = _Failure(error, count, asyncio.get_running_loop().time() + delay)

    def _succeeded(self, camera: VxgCamera) -> None:
        if self._failures.pop(camera.id, None) is not None:
            _LOGGER.info("The events of camera %s are read again", camera.id)
