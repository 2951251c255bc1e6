"""Asks again and again; less often while there is no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
import logging
from typing import Any, Final, override

from .contracts import AccessDeniedError, Connection, Host

_LOGGER = logging.getLogger(__name__)

LONGEST_SECONDS: Final = 600.0
# After so many failures, the longest interval is reached.
_PATIENT: Final = 10


class Polling(Connection):
    """Calls `poll` every interval.

    It raises one of `errors` when there is no answer, or AccessDeniedError when we are not
    wanted. The host is told of each change.
    """

    kind = "poll"

    def __init__(
        self,
        host: Host,
        name: str,
        interval: timedelta,
        poll: Callable[[], Awaitable[None]],
        errors: type[Exception],
    ) -> None:
        """Be called `name` in the log."""
        super().__init__(name)
        self._host = host
        self._interval = interval.total_seconds()
        self._poll = poll
        self._errors = errors
        self._failures = 0
        self._is_answered = False
        self.polls = 0

    @override
    def state(self) -> dict[str, Any]:
        return {"answered": self._is_answered, "polls": self.polls, "error": self.error}

    @override
    async def _keep(self) -> None:
        while True:
            try:
                await self._poll()
            except AccessDeniedError as err:
                self._failed(str(err))
                self._host.async_start_reauth()
                # Only the user can help.
                self._failures = _PATIENT
            except self._errors as err:
                self._failed(str(err))
            except Exception:
                _LOGGER.exception("Error while polling %s", self._name)
                self._failed("an error of ours")
            else:
                self._answered()
            longest = max(LONGEST_SECONDS, self._interval)
            await asyncio.sleep(min(self._interval * 2**self._failures, longest))

    def _answered(self) -> None:
        self.polls += 1
        self._failures = 0
        self._back()
        if not self._is_answered:
            self._is_answered = True
            self._host.async_connected(is_connected=True)

    def _failed(self, error: str) -> None:
        self._lost(error)
        self._failures = min(self._failures + 1, _PATIENT)
        if self._is_answered:
            self._is_answered = False
            self._host.async_connected(is_connected=False)
