"""What the benchmark sends: an alarm of a VStarcam camera with a picture of a given size."""

import asyncio
import random

from ..emulators.http import BOUNDARY, Field, form

CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def picture(size: int) -> bytes:
    """Return a JPEG of a size in bytes: what is in it costs nothing, as nobody decodes it."""
    # A header, and the beginning of the scan: without one, it would not be complete.
    head = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    head += b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    body = random.Random(size).randbytes(size - len(head) - 2).replace(b"\xff", b"\xfe")
    return head + body + b"\xff\xd9"


def alarm(vuid: str, size: int, kind: int = 0x12) -> bytes:
    """Return the body of an alarm."""
    fields = [
        Field("vuid", vuid.encode()),
        Field("type", str(kind).encode()),
        Field("picture", picture(size), "snap.jpg", "image/jpeg"),
    ]
    return form(fields)


def request(host: str, webhook_id: str, body: bytes, content_type: str = CONTENT_TYPE) -> bytes:
    """Return a whole HTTP request."""
    head = (
        f"POST /api/webhook/{webhook_id} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


async def send(port: int, data: bytes) -> int:
    """Send a request over a connection of its own, as cameras do; return the HTTP status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        await writer.drain()
        answer = await reader.read()
        return int(answer.split(b" ", 2)[1]) if answer else 0
    finally:
        writer.close()
