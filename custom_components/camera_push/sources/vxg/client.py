"""VXG Cloud VMS's REST interface: cameras, their event types, stored events, pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
import logging
from typing import Final

from aiohttp import ClientError, ClientResponse, ClientSession, hdrs
from yarl import URL

from ...domain.clock import plausible
from ...domain.errors import ProtocolError
from ...domain.fields import Fields
from ...domain.json_body import Json, parse_json
from ...domain.media import MAX_PICTURE_BYTES, Picture, checked_picture
from ...transports.locality import is_local_host
from ...transports.push import CHUNK_BYTES

_LOGGER = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 20
PAGE_SIZE: Final = 200
_ATTEMPTS: Final = 3
FIRST_RETRY_SECONDS: Final = 1.0
# A server that wants us to wait longer is asked again at the next turn.
LONGEST_WAIT_SECONDS: Final = 30.0
_MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
_MAX_PAGES: Final = 500
_FURTHEST_OFF: Final = timedelta(days=1)
_RETRIED: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, 500, 502, 503, 504})


class VxgError(Exception):
    """Base of what can go wrong; holds no secret."""


class VxgConnectionError(VxgError):
    """The server cannot be reached, or does not answer in time."""


class VxgAuthenticationError(VxgError):
    """The token or key is not valid, or not any more."""


class VxgPermissionError(VxgError):
    """The token or key is valid, but not for this."""


class VxgAnswerError(VxgError):
    """The server's answer is of no use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VxgCamera:
    """A camera; `name` is what its user called it."""

    id: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A type of event that a camera supports; each setting is None where it has no such."""

    name: str
    notify: bool | None
    record: bool | None
    snapshot: bool | None
    can_be_triggered: bool

    @classmethod
    def from_fields(cls, fields: Fields) -> EventType:
        """Return the type in an object of the interface; raises VxgAnswerError."""
        if (name := fields.text("name")) is None:
            raise VxgAnswerError("An event type has no name")

        def flag(key: str) -> bool | None:
            value = fields.get(key)
            return value if isinstance(value, bool) else None

        return cls(
            name=name,
            notify=flag("notify"),
            record=flag("record"),
            snapshot=flag("snapshot"),
            can_be_triggered=fields.fields("caps").get("can_be_triggered") is True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event that the server keeps; `time` is in UTC, `picture` a URL."""

    id: str
    camera_id: str
    name: str
    time: datetime | None
    meta: Mapping[str, Json]
    picture: str | None

    @classmethod
    def from_fields(cls, fields: Fields) -> StoredEvent:
        """Return the event in an object of the interface; raises VxgAnswerError."""
        event_id, camera_id, name = fields.text("id"), fields.text("camid"), fields.text("name")
        if event_id is None or camera_id is None or name is None:
            raise VxgAnswerError("An event has no id, camera or name")
        meta = fields.get("meta")
        # Signed links are longer than a text that is shown may be.
        links = (fields.fields("thumb").get("url"), fields.fields("filemeta").fields("download").get("url"))
        return cls(
            id=event_id,
            camera_id=camera_id,
            name=name,
            time=parse_time(fields.text("time")),
            meta=meta if isinstance(meta, dict) else {},
            picture=next((link for link in links if isinstance(link, str) and link), None),
        )


def parse_time(text: str | None) -> datetime | None:
    """Return a time of the interface: UTC without a zone (documented)."""
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return plausible(time if time.tzinfo is not None else time.replace(tzinfo=UTC))


def format_time(time: datetime) -> str:
    """Return a time as the interface takes it."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


class VxgClient:
    """One account or channel; every method raises VxgError or one of its kinds."""

    def __init__(self, session: ClientSession, url: URL, authorization: str) -> None:
        """Use Home Assistant's session; `authorization` is `Acc ...` or `LKey ...`."""
        self._session = session
        self._url = url
        self._headers: dict[str, str] = {hdrs.AUTHORIZATION: authorization, hdrs.ACCEPT: "application/json"}
        # How far the server's clock is ahead of ours; its events carry its time.
        self.clock_offset = timedelta()

    # Requests

    async def _request(self, method: str, path: str, body: Json = None, **query: str | int) -> Fields:
        """Return the answer's JSON object; asks again after 429 and 5xx, as the server wants."""
        url = self._at(path).with_query(query)
        delay = FIRST_RETRY_SECONDS
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with (
                    asyncio.timeout(TIMEOUT_SECONDS),
                    self._session.request(
                        method, url, json=body, headers=self._headers, allow_redirects=False
                    ) as response,
                ):
                    self._note_clock(response)
                    if response.status not in _RETRIED or attempt == _ATTEMPTS:
                        return await _answer(response)
                    wait = _retry_after(response) or delay
            except (ClientError, OSError, TimeoutError) as err:
                raise VxgConnectionError(type(err).__name__) from None
            if wait > LONGEST_WAIT_SECONDS:
                raise VxgConnectionError("the server is busy")
            await asyncio.sleep(wait)
            delay *= 2
        raise VxgConnectionError("the server is busy")

    def _at(self, path: str) -> URL:
        return self._url.joinpath(*path.split("/"), "")

    def _note_clock(self, response: ClientResponse) -> None:
        try:
            date = parsedate_to_datetime(response.headers.get(hdrs.DATE, "")).astimezone(UTC)
        except ValueError, OverflowError:
            return
        offset = date - datetime.now(UTC)
        # A clock that is further off is not set at all: events would be early or late by years.
        if abs(offset) <= _FURTHEST_OFF:
            self.clock_offset = offset

    @property
    def now(self) -> datetime:
        """Return what time it is by the server's clock."""
        return datetime.now(UTC) + self.clock_offset

    async def _objects(self, path: str, **query: str | int) -> AsyncIterator[list[Fields]]:
        """Yield the objects of all pages, as `meta` says that there are more (documented)."""
        offset = 0
        for _ in range(_MAX_PAGES):
            answer = await self._request(hdrs.METH_GET, path, limit=PAGE_SIZE, offset=offset, **query)
            objects = answer.get("objects")
            if not isinstance(objects, list):
                raise VxgAnswerError("The answer has no objects")
            if objects:
                yield [Fields(item) for item in objects if isinstance(item, dict)]
            meta = answer.fields("meta")
            total = meta.number("total_count")
            offset += len(objects)
            if not objects or not (meta.text("next") or (total is not None and offset < total)):
                return

    # Cameras

    async def cameras(self) -> list[VxgCamera]:
        """Return the account's cameras."""
        found: list[VxgCamera] = []
        async for page in self._objects("api/v2/cameras"):
            found += [_camera(fields) for fields in page]
        return found

    async def camera(self, camera_id: str) -> VxgCamera:
        """Return one camera."""
        return _camera(await self._request(hdrs.METH_GET, f"api/v2/cameras/{camera_id}"))

    # Event types

    async def event_types(self, camera_id: str) -> list[EventType]:
        """Return the types of event that a camera supports."""
        found: list[EventType] = []
        async for page in self._objects(f"api/v2/cameras/{camera_id}/event_processing/events"):
            found += [EventType.from_fields(fields) for fields in page]
        return found

    async def add_event_type(self, camera_id: str, name: str, *, notify: bool) -> EventType:
        """Add a type of one's own."""
        body: Json = {"name": name, "notify": notify}
        path = f"api/v2/cameras/{camera_id}/event_processing/events"
        return EventType.from_fields(await self._request(hdrs.METH_POST, path, body))

    async def change_event_type(self, camera_id: str, name: str, **settings: bool) -> None:
        """Change what the server does at events of a type: notify, record, snapshot."""
        path = f"api/v2/cameras/{camera_id}/event_processing/events/{name}"
        await self._request(hdrs.METH_PUT, path, {**settings})

    # Events

    async def events(self, start: datetime, camera_id: str | None = None) -> AsyncIterator[list[StoredEvent]]:
        """Yield the events from then on, oldest first, page by page; of one camera if it is given."""
        only: dict[str, str] = {"camid": camera_id} if camera_id is not None else {}
        pages = self._objects(
            "api/v2/storage/events",
            **only,
            start=format_time(start),
            order_by="time",
            include_meta="true",
            include_filemeta_download="true",
        )
        async for page in pages:
            yield [StoredEvent.from_fields(fields) for fields in page]

    async def create_event(
        self, camera_id: str, name: str, time: datetime, meta: Mapping[str, str]
    ) -> dict[str, Json]:
        """Create an event, and return what the server made of it."""
        body: Json = {
            "camid": int(camera_id) if camera_id.isascii() and camera_id.isdigit() else camera_id,
            "name": name,
            "time": format_time(time),
            "meta": dict(meta),
        }
        return (await self._request(hdrs.METH_POST, "api/v2/storage/events", body)).rest(())

    async def trigger_event(
        self, camera_id: str, name: str, time: datetime, meta: Mapping[str, str]
    ) -> dict[str, Json]:
        """Trigger an event of a type that can be."""
        path = f"api/v2/cameras/{camera_id}/event_processing/events/{name}/trigger"
        body: Json = {"time": format_time(time), "meta": dict(meta)}
        return (await self._request(hdrs.METH_POST, path, body)).rest(())

    # Pictures

    async def live_picture(self, camera_id: str, *, is_channel: bool) -> Picture:
        """Return a picture of now.

        For a channel that is `api/v4/live/image`, for a camera of an account its preview; both
        answer a picture, or say in JSON where it is (seen).
        """
        path = "api/v4/live/image" if is_channel else f"api/v2/cameras/{camera_id}/preview"
        data = await self._fetch(self._at(path), self._headers)
        if data[:1] == b"{":
            try:
                answer = parse_json(data)
            except ProtocolError as err:
                raise VxgAnswerError(err.sentence) from err
            link = answer.get("url") if isinstance(answer, dict) else None
            if not isinstance(link, str):
                raise VxgAnswerError("The answer has no picture")
            return await self.picture(link)
        return _picture(data)

    async def picture(self, link: str) -> Picture:
        """Return the picture behind a link that the server gave; the key is not sent along.

        It may be at any storage host (seen), but a server in the internet must not make us fetch from
        the local network.
        """
        try:
            url = self._url.join(URL(link))
        except ValueError as err:
            raise VxgAnswerError("The link is no URL") from err
        if url.scheme not in ("http", "https") or not url.host:
            raise VxgAnswerError("The link is no URL")
        await self._check_host(url.host)
        return _picture(await self._fetch(url, {}))

    async def _check_host(self, host: str) -> None:
        ours = self._url.host or ""
        if host == ours:
            return
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                leads_inside = await is_local_host(host) and not await is_local_host(ours)
        except (OSError, TimeoutError, UnicodeError) as err:
            raise VxgConnectionError(type(err).__name__) from None
        if leads_inside:
            raise VxgAnswerError("The link leads into the local network")

    async def _fetch(self, url: URL, headers: Mapping[str, str]) -> bytes:
        try:
            async with (
                asyncio.timeout(TIMEOUT_SECONDS),
                self._session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                _check(response.status)
                return await _read(response, MAX_PICTURE_BYTES)
        except (ClientError, OSError, TimeoutError) as err:
            raise VxgConnectionError(type(err).__name__) from None


def _camera(fields: Fields) -> VxgCamera:
    if (camera_id := fields.text("id")) is None:
        raise VxgAnswerError("A camera has no id")
    return VxgCamera(id=camera_id, name=fields.text("name"))


def _picture(data: bytes) -> Picture:
    try:
        return checked_picture(data)
    except ProtocolError as err:
        raise VxgAnswerError(err.sentence) from err


def _retry_after(response: ClientResponse) -> float | None:
    text = response.headers.get(hdrs.RETRY_AFTER, "")
    return float(text) if text.isascii() and text.isdigit() else None


def _check(status: int) -> None:
    if status == HTTPStatus.UNAUTHORIZED:
        raise VxgAuthenticationError(f"HTTP {status}")
    if status == HTTPStatus.FORBIDDEN:
        raise VxgPermissionError(f"HTTP {status}")
    if status in _RETRIED:
        raise VxgConnectionError(f"HTTP {status}")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise VxgAnswerError(f"HTTP {status}")


async def _answer(response: ClientResponse) -> Fields:
    _check(response.status)
    body = await _read(response, _MAX_ANSWER_BYTES)
    if not body:
        return Fields({})
    try:
        value = parse_json(body)
    except ProtocolError as err:
        raise VxgAnswerError(err.sentence) from err
    if not isinstance(value, dict):
        raise VxgAnswerError("The answer is no JSON object")
    return Fields(value)


async def _read(response: ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > limit:
            raise VxgAnswerError("The answer is too large")
    return bytes(body)
