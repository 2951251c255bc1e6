"""An FF camera's event buffer: what could not be delivered is kept and sent again later."""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

type Deliver = Callable[[dict[str, Any]], Awaitable[bool]]


class EventBuffer:
    """Keeps up to 1,000 events, as the real one does by default."""

    def __init__(self, deliver: Deliver) -> None:
        self.deliver = deliver
        self.waiting: deque[dict[str, Any]] = deque(maxlen=1000)

    async def push(self, event: dict[str, Any]) -> None:
        """Deliver an event, after those that wait; what fails waits on."""
        self.waiting.append(event)
        await self.resend()

    async def resend(self) -> None:
        """Try again with what waits, in order, until one fails."""
        while self.waiting:
            if not await self.deliver(self.waiting[0]):
                return
            self.waiting.popleft()
