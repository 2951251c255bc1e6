"""HTTP as cheap firmware speaks it: bytes on a socket, written here, read back here."""

import asyncio
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass
import json
from typing import Any

BOUNDARY = "----camera7d44e178b0434"


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass(frozen=True)
class Field:
    """A part of a form; headers are left out where they are None."""

    name: str
    data: bytes
    filename: str | None = None
    content_type: str | None = None
    headers: tuple[str, ...] = ()

    def encode(self, newline: bytes = b"\r\n") -> bytes:
        disposition = f'Content-Disposition: form-data; name="{self.name}"'
        if self.filename is not None:
            disposition += f'; filename="{self.filename}"'
        lines = [disposition, *self.headers]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        return newline.join([*(line.encode() for line in lines), b"", self.data])


def form(fields: Iterable[Field], boundary: str = BOUNDARY, newline: bytes = b"\r\n") -> bytes:
    """Return a multipart/form-data body."""
    delimiter = b"--" + boundary.encode()
    parts = b"".join(delimiter + newline + field.encode(newline) + newline for field in fields)
    return parts + delimiter + b"--" + newline


class Poster:
    """Sends requests to Home Assistant, byte for byte as asked."""

    def __init__(self, host: str, port: int, source: str | None = None) -> None:
        self.host = host
        self.port = port
        # The loopback address to send from.
        self.local = (source, 0) if source is not None else None

    async def post(
        self,
        webhook_id: str,
        body: bytes,
        content_type: str | None,
        *,
        method: str = "POST",
        version: str = "1.1",
        headers: Iterable[str] = (),
        chunked: bool = False,
        length: int | None = None,
        pieces: AsyncIterable[bytes] | None = None,
        hang_up: bool = False,
    ) -> Reply:
        """Send a request and return the reply.

        `length` lies about the body's size, `pieces` replaces the body by a stream, `hang_up`
        closes the sending side after it. A connection that ends without a reply gives status 0.
        """
        reader, writer = await asyncio.open_connection(self.host, self.port, local_addr=self.local)
        try:
            lines = [f"{method} /api/webhook/{webhook_id} HTTP/{version}", f"Host: {self.host}", *headers]
            if content_type is not None:
                lines.append(f"Content-Type: {content_type}")
            if chunked:
                lines.append("Transfer-Encoding: chunked")
            elif method != "GET":
                lines.append(f"Content-Length: {len(body) if length is None else length}")
            writer.write("\r\n".join([*lines, "", ""]).encode())
            reading = asyncio.create_task(_read_reply(reader))
            try:
                if pieces is not None:
                    async for piece in pieces:
                        writer.write(piece)
                        await writer.drain()
                elif chunked:
                    for start in range(0, len(body), 1000):
                        piece = body[start : start + 1000]
                        writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                    writer.write(b"0\r\n\r\n")
                else:
                    writer.write(body)
                await writer.drain()
                if hang_up:
                    writer.close()
            except ConnectionError:
                pass
            return await reading
        finally:
            writer.close()


async def _read_reply(reader: asyncio.StreamReader) -> Reply:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        status_line, *lines = head.decode().splitlines()
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name
        }
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Reply(int(status_line.split()[1]), headers, body)
    except asyncio.IncompleteReadError, ConnectionError:
        return Reply(0, {}, b"")
