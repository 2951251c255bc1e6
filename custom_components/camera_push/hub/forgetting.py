"""Cameras that are being forgotten: what they send meanwhile waits until it is over."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from ..domain.messages import Message
from ..storage.store import StoreError


class ForgettingCameras:
    """Has each camera forgotten once, however often that is asked for at once."""

    def __init__(self, forget: Callable[[str], Awaitable[None]]) -> None:
        """Call `forget` with a camera's id; it raises StoreError."""
        self._forget = forget
        self._under_way: dict[str, asyncio.Future[None]] = {}

    async def async_forget(self, camera_id: str) -> None:
        """Have a camera forgotten; raises StoreError."""
        if (forgetting := self._under_way.get(camera_id)) is not None:
            # Its device was deleted twice at once.
            await asyncio.shield(forgetting)
            return
        forgotten = self._under_way[camera_id] = asyncio.get_running_loop().create_future()
        try:
            await self._forget(camera_id)
        except StoreError as err:
            forgotten.set_exception(err)
            # Nobody needs to have waited for it.
            forgotten.exception()
            raise
        else:
            forgotten.set_result(None)
        finally:
            forgotten.cancel()
            del self._under_way[camera_id]

    async def async_wait(self, messages: Iterable[Message]) -> None:
        """Return when none of the cameras is being forgotten that messages are of, or may be of."""
        while waiting := [
            future
            for camera_id, future in self._under_way.items()
            if any(message.camera_id == camera_id or not message.identified for message in messages)
        ]:
            await asyncio.wait(waiting)
