"""Client of an OMNI Platform: its websocket, its pictures, and its stored events."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
import logging
import re
from typing import Any, Final

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSServerHandshakeError,
    hdrs,
)
from homeassistant.const import CONF_API_KEY, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from yarl import URL

from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import Json
from ...domain.media import MAX_PICTURE_BYTES, Picture, checked_picture
from ...domain.messages import PictureLink
from ...domain.platform_names import PlatformNames
from ...transports.http_client import (
    AccessDeniedError,
    AnswerError,
    check_status,
    describe_error,
    read_json,
    read_limited,
)
from ...transports.push import Keep
from ...transports.websocket import SILENCE_SECONDS
from ..local_servers import async_get_session
from .graphql import checked, events_query, items_of, names_of, profiles_query

_LOGGER = logging.getLogger(__name__)

CONF_ENDPOINT_ID: Final = "endpoint_id"
CONF_EVENT_TYPE: Final = "event_type"
CONF_SCOPE_ID: Final = "scope_id"
CONF_VERSION: Final = "version"

# Up to 1.17 each event type has a path of its own (documented).
VERSION_CURRENT: Final = "1.18"
VERSION_OLDER: Final = "1.17"

CONNECT_TIMEOUT_SECONDS: Final = 10
_PICTURE_TIMEOUT_SECONDS: Final = 5
PAGE_TIMEOUT_SECONDS: Final = 30
PAGE_SIZE: Final = 100
MAX_MESSAGE_BYTES: Final = 4 * 1024 * 1024
_MAX_PAGE_BYTES: Final = 32 * 1024 * 1024
_MAX_PAGES: Final = 1000
_PICTURE_ATTEMPTS: Final = 2
# Pictures that are fetched at once, for one push or a page of missed events.
_PICTURES_AT_ONCE: Final = 8
_RETRY_PICTURE_SECONDS: Final = 0.3
_SERVICE: Final = "/event-service"
# The main interface (seen).
_MAIN_API: Final = "/api/v2/"
_PICTURE_PATH: Final = re.compile(rf"{_SERVICE}/get-image/(?!\.+$)[^/%\\]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OmniSettings:
    """The address of a platform, and the events that an entry wants of it.

    `event_type` and `scope_id` are for versions up to 1.17, None for later ones.
    """

    url: URL
    endpoint_id: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    event_type: str | None = None
    scope_id: str | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> OmniSettings:
        """Return the settings in an entry's data or options; raises ValueError for an invalid URL."""
        url = URL(data[CONF_URL].strip().rstrip("/"))
        if url.scheme not in ("http", "https", "ws", "wss") or not url.host:
            raise ValueError(CONF_URL)
        is_older = data.get(CONF_VERSION) == VERSION_OLDER
        return cls(
            url=URL.build(
                scheme="https" if url.scheme in ("https", "wss") else "http", host=url.host, port=url.port
            ),
            endpoint_id=data.get(CONF_ENDPOINT_ID, ""),
            api_key=data.get(CONF_API_KEY) or "",
            event_type=data.get(CONF_EVENT_TYPE) if is_older else None,
            scope_id=data.get(CONF_SCOPE_ID) if is_older else None,
        )

    @property
    def websocket_url(self) -> URL:
        """Return the URL of the events (both forms are documented)."""
        scheme = "wss" if self.url.scheme == "https" else "ws"
        query = {CONF_ENDPOINT_ID: self.endpoint_id}
        path = f"{_SERVICE}/ws"
        if self.event_type is not None:
            path = f"{_SERVICE}/{self.event_type}/ws"
            query |= {CONF_SCOPE_ID: self.scope_id} if self.scope_id else {}
        return self.url.with_scheme(scheme).with_path(path).with_query(query)

    def picture_url(self, link: str) -> URL | None:
        """Return the URL of a linked picture, None unless it is one of the platform's own pictures.

        An event must not cause requests to any other host, nor take the key to any other place.
        """
        try:
            url = self.url.join(URL(link))
            is_ours = (
                url.origin() == self.url.origin()
                and not url.user
                and _PICTURE_PATH.fullmatch(url.raw_path) is not None
            )
        except ValueError:
            # Not a URL, or one without an origin, like file:///.
            return None
        return url if is_ours else None


def platform_client(
    hass: HomeAssistant, data: Mapping[str, Any], *, pictures_at_once: int = _PICTURES_AT_ONCE
) -> OmniClient:
    """Return a client of the platform in an entry's data or options; raises ValueError."""
    settings = OmniSettings.from_data(data)
    session = async_get_session(hass, data, settings.url, verify_ssl=data.get(CONF_VERIFY_SSL, True))
    return OmniClient(session, settings, pictures_at_once)


class OmniClient:
    """One platform."""

    def __init__(self, session: ClientSession, settings: OmniSettings, pictures_at_once: int) -> None:
        self._session = session
        self._settings = settings
        self._slots = asyncio.Semaphore(pictures_at_once)

    @property
    def _headers(self) -> dict[str, str]:
        # "Specify the authorization key in Headers" (documented); the platform's own web
        # interface calls that header Token (seen).
        return {"Token": self._settings.api_key} if self._settings.api_key else {}

    # Websocket

    async def connect(self) -> ClientWebSocketResponse:
        """Connect; raises ClientError, OSError, TimeoutError, or AccessDeniedError for a wrong key.

        No authentication beyond the endpoint's id is documented: the key is sent only if the
        platform asks for one.
        """
        try:
            return await self._connect({})
        except WSServerHandshakeError as err:
            if err.status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                raise
        try:
            return await self._connect(self._headers)
        except WSServerHandshakeError as err:
            if err.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                # Not chained: the handshake error's text holds the URL, and with it the endpoint's id.
                raise AccessDeniedError(f"HTTP {err.status}") from None
            raise

    async def _connect(self, headers: Mapping[str, str]) -> ClientWebSocketResponse:
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            return await self._session.ws_connect(
                self._settings.websocket_url,
                headers=headers,
                max_msg_size=MAX_MESSAGE_BYTES,
                timeout=ClientWSTimeout(ws_receive=SILENCE_SECONDS, ws_close=2),
            )

    # Pictures

    async def picture(self, link: PictureLink, keep: Keep) -> Picture | None:
        """Return a linked picture, None if it cannot be had."""
        if (url := self._settings.picture_url(link.url)) is None:
            _LOGGER.debug("A picture is linked that is not on the platform: it is not fetched")
            return None
        for attempt in range(_PICTURE_ATTEMPTS):
            if attempt:
                await asyncio.sleep(_RETRY_PICTURE_SECONDS)
            try:
                async with self._slots, asyncio.timeout(_PICTURE_TIMEOUT_SECONDS):
                    return checked_picture(await self._get(url, keep), link.role)
            except (ClientError, OSError, TimeoutError) as err:
                _LOGGER.debug("Could not fetch a picture: %s", describe_error(err))
            except (AnswerError, ProtocolError) as err:
                _LOGGER.debug("A linked picture cannot be used: %s", err)
                break
            except Exception:
                # Whatever it is: the event is told all the same.
                _LOGGER.exception("Error while fetching a picture")
                break
        return None

    async def _get(self, url: URL, keep: Keep) -> bytes:
        """Fetch without the key (whether it is needed is not documented), then with it."""
        for headers in ({}, self._headers) if self._headers else ({},):
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status == HTTPStatus.OK:
                    return await read_limited(response, MAX_PICTURE_BYTES, keep)
                status = response.status
            if status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                break
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ClientError(f"HTTP {status}")
        raise AnswerError(f"HTTP {status}")

    # GraphQL

    async def events_since[T](self, start: datetime, decode: Callable[[Fields], T]) -> AsyncIterator[list[T]]:
        """Yield what `decode` makes of the events from then on, oldest first, page by page.

        Raises ClientError, OSError, TimeoutError, AnswerError, or AccessDeniedError for a wrong key.
        """
        offset = 0
        # A platform that gives the same page again and again must come to an end.
        for _ in range(_MAX_PAGES):
            query = events_query(start, offset, PAGE_SIZE)
            items = await self._ask(
                f"{_SERVICE}/graphql", query, lambda answer: list(map(decode, items_of(answer, "events")))
            )
            for at in range(0, len(items), PAGE_SIZE):
                yield items[at : at + PAGE_SIZE]
            if len(items) < PAGE_SIZE:
                return
            offset += len(items)
        raise AnswerError("There is no end to the events")

    async def check_key(self) -> None:
        """Ask for an event with the key; raises what `events_since` raises."""
        query = events_query(datetime.now(UTC), 0, 1)
        async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
            await self._ask(f"{_SERVICE}/graphql", query, lambda answer: items_of(answer, "events"))

    async def names(self, profiles: Sequence[str]) -> PlatformNames:
        """Return the names of profiles and of their watchlists; raises what `events_since` raises."""
        return await self._ask(_MAIN_API, profiles_query(profiles), names_of)

    async def _ask[T](self, path: str, query: str, parse: Callable[[dict[str, Json]], T]) -> T:
        async with (
            asyncio.timeout(PAGE_TIMEOUT_SECONDS),
            self._session.post(
                self._settings.url.with_path(path),
                json={"query": query},
                headers={**self._headers, hdrs.ACCEPT: "application/json"},
                allow_redirects=False,
            ) as response,
        ):
            check_status(response.status)
            return await read_json(response, _MAX_PAGE_BYTES, lambda answer: parse(checked(answer)))
