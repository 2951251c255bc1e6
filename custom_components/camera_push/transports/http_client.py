"""Requests to cameras and platforms: answers are read with a limit, and errors hold no secret."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import ClientError, ClientResponse, ClientResponseError

from ..domain.source_info import RequestError
from .push import CHUNK_BYTES


class NoAnswerError(RequestError):
    """No answer, a late one, or a certificate that is not valid."""


class AccessDeniedError(RequestError):
    """The user, password, token or key is refused."""


class AnswerError(RequestError):
    """The answer cannot be used, or refuses the request."""


@asynccontextmanager
async def answered_within(seconds: float) -> AsyncIterator[None]:
    """Wait inside for an answer; raises NoAnswerError when none comes in time."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (ClientError, OSError, TimeoutError, ValueError) as err:
        # The URL, and with it a password, may be in the error's text.
        raise NoAnswerError(type(err).__name__) from None


def check_status(status: int) -> None:
    """Raise AccessDeniedError or AnswerError for any status but 200."""
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise AccessDeniedError(f"HTTP {status}")
    if status != HTTPStatus.OK:
        raise AnswerError(f"HTTP {status}")


async def read_limited(response: ClientResponse, limit: int) -> bytes:
    """Return the body of an answer; raises AnswerError when it has more than `limit` bytes."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > limit:
            raise AnswerError("The answer is too large")
    return bytes(body)


def describe_error(error: Exception) -> str:
    """Return why a request failed, without its URL: that can hold a secret, and is in aiohttp's own texts."""
    if isinstance(error, ClientResponseError):
        return f"HTTP {error.status}"
    text = error.strerror if isinstance(error, OSError) and error.strerror else None
    if text is None and not isinstance(error, ClientError):
        text = str(error)
    return text or type(error).__name__
