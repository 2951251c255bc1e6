"""Requests to cameras and platforms: answers are read with a limit, and errors hold no secret."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import ClientConnectorCertificateError, ClientError, ClientResponse, ClientResponseError

from ..domain.errors import ProtocolError
from ..domain.json_body import Json, parse_json
from ..domain.source_info import RequestError
from .push import CHUNK_BYTES, INLINE_BYTES, Keep, unlimited


class NoAnswerError(RequestError):
    """No answer, or a late one."""


class CertificateError(NoAnswerError):
    """The server's certificate is not valid."""


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
    except ClientConnectorCertificateError:
        raise CertificateError("The certificate is not valid") from None
    except (ClientError, OSError, TimeoutError, ValueError) as err:
        # The URL, and with it a password, may be in the error's text.
        raise NoAnswerError(type(err).__name__) from None


def check_status(status: int) -> None:
    """Raise AccessDeniedError or AnswerError for any status but 200."""
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise AccessDeniedError(f"HTTP {status}")
    if status != HTTPStatus.OK:
        raise AnswerError(f"HTTP {status}")


def keep_by(take: Callable[[int], None]) -> Keep:
    """Return a function that keeps bytes by one that has nothing to wait for."""

    async def keep(size: int) -> None:
        take(size)

    return keep


async def read_limited(response: ClientResponse, limit: int, keep: Keep = unlimited) -> bytes:
    """Return the body of an answer; raises AnswerError when it has more than `limit` bytes.

    `keep` reserves memory for them, and raises ProtocolError when there is no room.
    """
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        if len(body) + len(chunk) > limit:
            raise AnswerError("The answer is too large")
        await keep(len(chunk))
        body += chunk
    return bytes(body)


async def read_json[T](response: ClientResponse, limit: int, parse: Callable[[dict[str, Json]], T]) -> T:
    """Return what `parse` makes of the JSON object in an answer, beside the event loop if it is large.

    Raises AnswerError, also for a ProtocolError of `parse`.
    """

    def work() -> T:
        value = parse_json(body) if body else {}
        if not isinstance(value, dict):
            raise AnswerError("The answer is no JSON object")
        return parse(value)

    body = await read_limited(response, limit)
    try:
        if len(body) <= INLINE_BYTES:
            return work()
        return await asyncio.get_running_loop().run_in_executor(None, work)
    except ProtocolError as err:
        raise AnswerError(err.sentence) from err


def describe_error(error: Exception) -> str:
    """Return why a request failed, without its URL: that can hold a secret, and is in aiohttp's own texts."""
    if isinstance(error, ClientResponseError):
        return f"HTTP {error.status}"
    text = error.strerror if isinstance(error, OSError) and error.strerror else None
    if text is None and not isinstance(error, ClientError):
        text = str(error)
    return text or type(error).__name__
