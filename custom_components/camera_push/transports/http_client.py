"""Answers of cameras and platforms: read with a limit, and errors described without secrets."""

from __future__ import annotations

from aiohttp import ClientError, ClientResponse, ClientResponseError

from .push import CHUNK_BYTES


class AnswerTooLargeError(ValueError):
    """An answer has more bytes than its reader takes."""

    def __init__(self) -> None:
        super().__init__("The answer is too large")


async def read_limited(response: ClientResponse, limit: int) -> bytes:
    """Return the body of an answer; raises AnswerTooLargeError when it has more than `limit` bytes."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > limit:
            raise AnswerTooLargeError
    return bytes(body)


def describe_error(error: Exception) -> str:
    """Return why a request failed, without its URL: that can hold a secret, and is in aiohttp's own texts."""
    if isinstance(error, ClientResponseError):
        return f"HTTP {error.status}"
    text = error.strerror if isinstance(error, OSError) and error.strerror else None
    if text is None and not isinstance(error, ClientError):
        text = str(error)
    return text or type(error).__name__
