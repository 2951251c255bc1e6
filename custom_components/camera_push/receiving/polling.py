"""Asks again and again; less often while there is no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
import logging
from typing import Any, Final, override

from .listener import Host, LinkRefusedError, Listener

_LOGGER = logging.getLogger(__name__)

LONGEST_SECONDS: Final = 600.0


class Polling(Listener):
    """Calls `poll` every interval.

    It raises one of `errors` when there is no answer, or LinkRefusedError when we are not
    wanted. The host is told of each change.
    """

    kind = "poll"
    port = None

    def __init__(
        self,
        host: Host,
        name: str,
        interval: timedelta,
        poll: Callable[[], Awaitable[None]],
        errors: type[Exception],
    ) -> None:
        """Be called `name` in the log."""
        self._host = host
        self._name = name
        self._interval = interval.total_seconds()
        self._poll = poll
        self._errors = errors
        self._task: asyncio.Task[None] | None = None
        self._failures = 0
        self._is_answered = False
        self.polls = 0
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
        return {"answered": self._is_answered, "polls": self.polls, "error": self.error}

    async def _keep(self) -> None:
        while True:
            try:
                await self._poll()
            except LinkRefusedError as err:
                self._failed(str(err))
                self._host.async_start_reauth()
                # Only the user can help.
                self._failures = 10
            except self._errors as err:
                self._failed(str(err))
            except Exception:
                _LOGGER.exception("Error while polling %s", self._name)
                self._failed("an error of ours")
            else:
                self._answered()
            await asyncio.sleep(min(self._interval * 2**self._failures, max(LONGEST_SECONDS, self._interval)))

    def _answered(self) -> None:
        self.polls += 1
        if not self._is_answered:
            self._is_answered = True
            self._host.async_connected(True)
        if self._failures:
            _LOGGER.info("%s: answers again", self._name)
        self._failures = 0
        self.error = None

    def _failed(self, error: str) -> None:
        self.error = error
        if not self._failures:
            _LOGGER.warning("%s: no answer (%s); trying again", self._name, error)
        self._failures += 1
        if self._is_answered:
            self._is_answered = False
            self._host.async_connected(False)
