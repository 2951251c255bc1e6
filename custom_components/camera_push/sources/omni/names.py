"""The names of the profiles and watchlists that were seen: asked of the platform, and again every day."""

import asyncio
import logging
from typing import Any, Final, override

from aiohttp import ClientError

from ...transports.contracts import BackgroundReceiver
from ...transports.http_client import AccessDeniedError, AnswerError, describe_error
from ..base import EntryContext
from .client import OmniClient

_LOGGER = logging.getLogger(__name__)

# How often is looked for profiles that have no name yet.
LOOK_EVERY_SECONDS: Final = 10.0
ASK_AGAIN_AFTER_SECONDS: Final = 24 * 3600.0
_RETRY_SECONDS: Final = 300.0
_LAST_RETRY_SECONDS: Final = 6 * 3600.0
_PROFILES_AT_ONCE: Final = 100


class ProfileNames(BackgroundReceiver):
    """Keeps the names of an entry's profiles; without an answer, the ids are shown."""

    kind = "names"

    def __init__(self, context: EntryContext, client: OmniClient) -> None:
        self._context = context
        self._history = context.history
        self._client = client
        self._asked_at: dict[str, float] = {}
        self._error: str | None = None

    @property
    @override
    def is_up(self) -> bool:
        return self._task is not None

    @override
    def state(self) -> dict[str, Any]:
        names = self._history.names
        return {
            "profiles": len(names.profiles),
            "watchlists": len(names.watchlists),
            "error": self._error,
        }

    @override
    async def _keep(self) -> None:
        retry = _RETRY_SECONDS
        while True:
            delay = LOOK_EVERY_SECONDS
            if due := self._due():
                if await self._ask(due):
                    retry = _RETRY_SECONDS
                else:
                    delay, retry = retry, min(2 * retry, _LAST_RETRY_SECONDS)
            await asyncio.sleep(delay)

    def _due(self) -> list[str]:
        """Return profiles that were not asked for, or long ago."""
        oldest = asyncio.get_running_loop().time() - ASK_AGAIN_AFTER_SECONDS
        profiles = self._history.profiles
        self._asked_at = {key: at for key, at in self._asked_at.items() if key in profiles and at > oldest}
        return [key for key in profiles if key not in self._asked_at][:_PROFILES_AT_ONCE]

    async def _ask(self, profiles: list[str]) -> bool:
        """Ask for the names of profiles; tell whether they came."""
        try:
            news = await self._client.names(profiles)
        except AccessDeniedError as err:
            self._error = describe_error(err)
            self._context.connection.async_start_reauth()
        except (ClientError, OSError, TimeoutError, AnswerError) as err:
            # Not every version has this interface.
            _LOGGER.debug("The names of profiles could not be fetched: %s", describe_error(err))
            self._error = describe_error(err)
        except Exception as err:
            _LOGGER.exception("Error while fetching the names of profiles")
            self._error = describe_error(err)
        else:
            self._error = None
            self._asked_at |= dict.fromkeys(profiles, asyncio.get_running_loop().time())
            self._history.async_set_names(self._history.names.updated(frozenset(profiles), news))
            return True
        return False
