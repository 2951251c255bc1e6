"""What stored events only link to: their pictures, and the labels of what was recognised."""

import asyncio
from collections.abc import Coroutine, Sequence
import logging
from typing import Any, Final

from ...domain.errors import ProtocolError
from ...domain.messages import CloudEvent, Message
from ...domain.source_info import RequestError
from ...transports.push import Keep
from .client import VxgClient
from .protocol import StoredEvent, messages

_LOGGER = logging.getLogger(__name__)

_AT_ONCE: Final = 8
# For all pictures and labels of a page: events do not wait longer for them.
WITHIN_SECONDS: Final = 10.0


class EventLinks:
    """Fetches what lies behind the links of events, few at a time and for a limited time."""

    def __init__(self, client: VxgClient) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def async_complete(
        self, events: Sequence[CloudEvent], stored: Sequence[StoredEvent], keep: Keep
    ) -> list[Message]:
        """Return the messages of events, with what comes in time; `keep` reserves memory for pictures."""
        loop = asyncio.get_running_loop()
        pictures = [loop.create_task(self._picture(it.picture, keep)) for it in stored]
        labels = [loop.create_task(self._labels(it.detections)) for it in stored]
        tasks = [*pictures, *labels]
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=WITHIN_SECONDS)
        finally:
            for task in tasks:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        found: list[Message] = []
        for event, picture, names in zip(events, pictures, labels, strict=True):
            found += messages(event, _result(picture), _result(names) or ())
        return found

    async def _picture(self, link: str | None, keep: Keep) -> Any:
        return await self._fetched(self._client.picture(link, keep)) if link is not None else None

    async def _labels(self, link: str | None) -> Any:
        return await self._fetched(self._client.labels(link)) if link is not None else None

    async def _fetched[T](self, request: Coroutine[Any, Any, T]) -> T | None:
        try:
            async with self._slots:
                return await request
        except (RequestError, ProtocolError) as err:
            _LOGGER.debug("What an event links to could not be fetched: %s", err)
            return None
        except Exception:
            # Whatever it is: the event is told all the same, and those that come with it.
            _LOGGER.exception("Error while fetching what an event links to")
            return None
        finally:
            # It may not have had its turn.
            request.close()


def _result[T](task: asyncio.Task[T]) -> T | None:
    return task.result() if not task.cancelled() else None
