"""VXG Cloud VMS's REST interface: cameras, their event types, stored events, pictures."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import ClientResponse, ClientSession, hdrs
from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
from yarl import URL

from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import Json, parse_json
from ...domain.media import MAX_PICTURE_BYTES, Picture, checked_picture
from ...domain.source_info import RequestError
from ...transports.http_client import (
    AccessDeniedError,
    AnswerError,
    NoAnswerError,
    answered_within,
    read_json,
    read_limited,
)
from ...transports.push import INLINE_BYTES, Keep, unlimited
from ..local_servers import async_get_session
from .protocol import EventType, StoredEvent, VxgCamera, format_time, labels_of
from .token import authorization, parse_url

CONF_CHANNEL: Final = "channel"

TIMEOUT_SECONDS: Final = 20
PAGE_SIZE: Final = 200
_ATTEMPTS: Final = 3
FIRST_RETRY_SECONDS: Final = 1.0
# A server that asks for a longer wait is asked again in the next poll.
LONGEST_WAIT_SECONDS: Final = 30.0
_MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
_MAX_DETECTIONS_BYTES: Final = 256 * 1024
_MAX_PAGES: Final = 500
# No entry has more cameras; no camera has more types of event here, each of which can be an entity.
MAX_CAMERAS: Final = 1000
MAX_EVENT_TYPES: Final = 64
_FURTHEST_OFF: Final = timedelta(days=1)
_RETRIED: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, 500, 502, 503, 504})


class NotPermittedError(RequestError):
    """The token or key is valid, but not for this."""


def cloud_client(hass: HomeAssistant, data: Mapping[str, Any]) -> VxgClient:
    """Return a client of the cloud in an entry's data; raises ValueError for an invalid URL."""
    url = parse_url(data[CONF_URL])
    return VxgClient(async_get_session(hass, data, url), url, authorization(data[CONF_API_KEY]))


class VxgClient:
    """One account or channel; every method raises RequestError."""

    def __init__(self, session: ClientSession, url: URL, authorization: str) -> None:
        """Use the session for the server; `authorization` is the header that it asks for."""
        self._session = session
        self._url = url
        self._headers: dict[str, str] = {hdrs.AUTHORIZATION: authorization, hdrs.ACCEPT: "application/json"}
        # How far the server's clock is ahead; its events carry its time.
        self.clock_offset = timedelta()

    # Requests

    async def _request[T](
        self,
        method: str,
        path: str,
        parse: Callable[[Fields], T],
        body: Json = None,
        **query: str | int,
    ) -> T:
        """Return what `parse` makes of the answer; asks again after 429 and 5xx, as the server wants."""
        url = self._at(path).with_query(query)
        delay = FIRST_RETRY_SECONDS
        for attempt in range(1, _ATTEMPTS + 1):
            async with (
                answered_within(TIMEOUT_SECONDS),
                self._session.request(
                    method, url, json=body, headers=self._headers, allow_redirects=False
                ) as response,
            ):
                self._note_clock(response)
                if response.status not in _RETRIED or attempt == _ATTEMPTS:
                    _check(response.status)
                    return await read_json(response, _MAX_ANSWER_BYTES, lambda answer: parse(Fields(answer)))
                wait = _retry_after(response) or delay
            if wait > LONGEST_WAIT_SECONDS:
                raise NoAnswerError("the server is busy")
            await asyncio.sleep(wait)
            delay *= 2
        raise NoAnswerError("the server is busy")

    def _at(self, path: str) -> URL:
        return self._url.joinpath(*path.split("/"), "")

    def _note_clock(self, response: ClientResponse) -> None:
        try:
            date = parsedate_to_datetime(response.headers.get(hdrs.DATE, "")).astimezone(UTC)
        except ValueError, OverflowError:
            return
        offset = date - datetime.now(UTC)
        # A clock that is further off was never set: events would be early or late by years.
        if abs(offset) <= _FURTHEST_OFF:
            self.clock_offset = offset

    @property
    def now(self) -> datetime:
        """Return the time of the server's clock."""
        return datetime.now(UTC) + self.clock_offset

    async def _objects[T](
        self, path: str, parse: Callable[[Fields], T | None], **query: str | int
    ) -> AsyncIterator[list[T]]:
        """Yield what `parse` makes of the objects of all pages; it may leave one out by None.

        `meta` says that there are more (documented).
        """

        def parse_page(answer: Fields) -> tuple[list[T], int, Fields]:
            objects = answer.get("objects")
            if not isinstance(objects, list):
                raise AnswerError("The answer has no objects")
            found = [
                parsed
                for item in objects
                if isinstance(item, dict) and (parsed := parse(Fields(item))) is not None
            ]
            if objects and not found:
                raise AnswerError("The answer's objects are of no use")
            return found, len(objects), answer.fields("meta")

        offset = 0
        for _ in range(_MAX_PAGES):
            found, count, meta = await self._request(
                hdrs.METH_GET, path, parse_page, limit=PAGE_SIZE, offset=offset, **query
            )
            # A server may ignore the limit.
            for at in range(0, len(found), PAGE_SIZE):
                yield found[at : at + PAGE_SIZE]
            total = meta.number("total_count")
            offset += count
            if not count or not (meta.text("next") or (total is not None and offset < total)):
                return

    # Cameras

    async def cameras(self) -> list[VxgCamera]:
        """Return the account's cameras, the first of very many."""
        found: list[VxgCamera] = []
        async for page in self._objects("api/v2/cameras", _if_usable(VxgCamera.from_fields)):
            found += page
            if len(found) >= MAX_CAMERAS:
                break
        return found[:MAX_CAMERAS]

    async def camera(self, camera_id: str) -> VxgCamera:
        """Return one camera."""
        return await self._request(hdrs.METH_GET, f"api/v2/cameras/{camera_id}", VxgCamera.from_fields)

    # Event types

    async def event_types(self, camera_id: str) -> list[EventType]:
        """Return the event types that a camera supports, the first of very many."""
        found: list[EventType] = []
        path = f"api/v2/cameras/{camera_id}/event_processing/events"
        async for page in self._objects(path, _if_usable(EventType.from_fields)):
            found += page
            if len(found) >= MAX_EVENT_TYPES:
                break
        return found[:MAX_EVENT_TYPES]

    async def add_event_type(self, camera_id: str, name: str, *, notify: bool) -> EventType:
        """Add an event type."""
        body: Json = {"name": name, "notify": notify}
        path = f"api/v2/cameras/{camera_id}/event_processing/events"
        return await self._request(hdrs.METH_POST, path, EventType.from_fields, body)

    async def change_event_type(self, camera_id: str, name: str, settings: Mapping[str, bool]) -> None:
        """Change settings of an event type: notify, record, snapshot."""
        path = f"api/v2/cameras/{camera_id}/event_processing/events/{name}"
        await self._request(hdrs.METH_PUT, path, _all, dict(settings))

    # Events

    def events(
        self, start: datetime, camera_id: str | None = None
    ) -> AsyncIterator[list[StoredEvent | ProtocolError]]:
        """Yield the events from then on, oldest first, page by page; of one camera if it is given.

        In the place of an event that cannot be used is why.
        """
        only: dict[str, str] = {"camid": camera_id} if camera_id is not None else {}
        return self._objects(
            "api/v2/storage/events",
            _event,
            **only,
            start=format_time(start),
            order_by="time",
            include_meta="true",
            include_filemeta_download="true",
        )

    async def create_event(
        self, camera_id: str, name: str, time: datetime, meta: Mapping[str, str]
    ) -> dict[str, Json]:
        """Create an event, and return it as the server stored it."""
        body: Json = {
            "camid": int(camera_id) if camera_id.isascii() and camera_id.isdigit() else camera_id,
            "name": name,
            "time": format_time(time),
            "meta": dict(meta),
        }
        return await self._request(hdrs.METH_POST, "api/v2/storage/events", _all, body)

    async def trigger_event(
        self, camera_id: str, name: str, time: datetime, meta: Mapping[str, str]
    ) -> dict[str, Json]:
        """Trigger an event of a type that can be."""
        path = f"api/v2/cameras/{camera_id}/event_processing/events/{name}/trigger"
        body: Json = {"time": format_time(time), "meta": dict(meta)}
        return await self._request(hdrs.METH_POST, path, _all, body)

    # Pictures

    async def live_picture(self, camera_id: str, *, is_channel: bool) -> Picture:
        """Return a live picture.

        For a channel that is `api/v4/live/image`, for a camera of an account its preview; both
        answer a picture, or say in JSON where it is (seen).
        """
        path = "api/v4/live/image" if is_channel else f"api/v2/cameras/{camera_id}/preview"
        data = await self._fetch(self._at(path), self._headers)
        if data[:1] == b"{":
            try:
                answer = parse_json(data[:INLINE_BYTES])
            except ProtocolError as err:
                raise AnswerError(err.sentence) from err
            link = answer.get("url") if isinstance(answer, dict) else None
            if not isinstance(link, str):
                raise AnswerError("The answer has no picture")
            return await self.picture(link)
        return _picture(data)

    async def picture(self, link: str, keep: Keep = unlimited) -> Picture:
        """Return the picture behind a link that the server gave; the key is not sent along.

        It may be at any storage host (seen); the session does not let a server in the internet have us
        fetch from the local network.
        """
        return _picture(await self._fetch(self._linked(link), {}, keep))

    async def labels(self, link: str) -> list[str]:
        """Return the labels of the detections behind a link that the server gave, as for a picture."""
        data = await self._fetch(self._linked(link), {}, limit=_MAX_DETECTIONS_BYTES)
        try:
            return labels_of(parse_json(data))
        except ProtocolError as err:
            raise AnswerError(err.sentence) from err

    def _linked(self, link: str) -> URL:
        try:
            url = self._url.join(URL(link))
        except ValueError as err:
            raise AnswerError("The link is no URL") from err
        if url.scheme not in ("http", "https") or not url.host:
            raise AnswerError("The link is no URL")
        return url

    async def _fetch(
        self,
        url: URL,
        headers: Mapping[str, str],
        keep: Keep = unlimited,
        limit: int = MAX_PICTURE_BYTES,
    ) -> bytes:
        async with (
            answered_within(TIMEOUT_SECONDS),
            self._session.get(url, headers=headers, allow_redirects=False) as response,
        ):
            _check(response.status)
            return await read_limited(response, limit, keep)


def _if_usable[T](parse: Callable[[Fields], T]) -> Callable[[Fields], T | None]:
    """Return a function that returns None for what cannot be used: the others count all the same."""

    def parse_or_none(fields: Fields) -> T | None:
        with suppress(ProtocolError):
            return parse(fields)
        return None

    return parse_or_none


def _event(fields: Fields) -> StoredEvent | ProtocolError:
    try:
        return StoredEvent.from_fields(fields)
    except ProtocolError as err:
        return err


def _all(answer: Fields) -> dict[str, Json]:
    """Return an answer as it is, without what is empty."""
    return answer.rest(())


def _picture(data: bytes) -> Picture:
    try:
        return checked_picture(data)
    except ProtocolError as err:
        raise AnswerError(err.sentence) from err


def _retry_after(response: ClientResponse) -> float | None:
    text = response.headers.get(hdrs.RETRY_AFTER, "")
    return float(text) if text.isascii() and text.isdigit() else None


def _check(status: int) -> None:
    if status == HTTPStatus.UNAUTHORIZED:
        raise AccessDeniedError(f"HTTP {status}")
    if status == HTTPStatus.FORBIDDEN:
        raise NotPermittedError(f"HTTP {status}")
    if status in _RETRIED:
        raise NoAnswerError(f"HTTP {status}")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise AnswerError(f"HTTP {status}")
