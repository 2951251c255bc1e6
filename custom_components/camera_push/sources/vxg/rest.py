"""Requests to VXG Cloud VMS: with its login and its clock, tried again as the server wants, page by page."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from aiohttp import ClientResponse, ClientSession, hdrs
from yarl import URL

from ...domain.fields import Fields
from ...domain.json_body import Json
from ...domain.media import MAX_PICTURE_BYTES
from ...domain.source_info import RequestError
from ...transports.http_client import (
    AccessDeniedError,
    AnswerError,
    NoAnswerError,
    answered_within,
    read_json,
    read_limited,
)
from ...transports.push import Keep, unlimited

TIMEOUT_SECONDS: Final = 20
PAGE_SIZE: Final = 200
_ATTEMPTS: Final = 3
FIRST_RETRY_SECONDS: Final = 1.0
# A server that asks for a longer wait is asked again in the next poll.
LONGEST_WAIT_SECONDS: Final = 30.0
_MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
_MAX_PAGES: Final = 500
_FURTHEST_OFF: Final = timedelta(days=1)
_RETRIED: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, 500, 502, 503, 504})


class NotPermittedError(RequestError):
    """The token or key is valid, but not for this."""


class RestClient:
    """What every request of a client does; raises RequestError."""

    def __init__(self, session: ClientSession, url: URL, authorization: str) -> None:
        """Use the session for the server; `authorization` is the header that it asks for."""
        self._session = session
        self._url = url
        self._headers: dict[str, str] = {hdrs.AUTHORIZATION: authorization, hdrs.ACCEPT: "application/json"}
        # How far the server's clock is ahead; its events carry its time.
        self.clock_offset = timedelta()

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

    def _linked(self, link: str) -> URL:
        try:
            url = self._url.join(URL(link))
            # Only then it is seen whether the name of a host can be one.
            is_usable = url.scheme in ("http", "https") and bool(url.host)
        except ValueError as err:
            raise AnswerError("The link is no URL") from err
        if not is_usable:
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
