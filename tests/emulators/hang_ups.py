"""Senders that hang up as cameras do: right after their last byte, in one of several ways."""

import asyncio
from asyncio.trsock import TransportSocket
from enum import StrEnum
import fcntl
import socket
import struct
import termios
import time

_RESET = struct.pack("ii", 1, 0)


class HangUp(StrEnum):
    """What a sender does after its last byte."""

    CLOSE = "close"
    # As HTTP/1.0 senders do: no more to send, but waiting for the answer.
    HALF_CLOSE = "half_close"
    RESET = "reset"


def _send(host: str, port: int, data: bytes, how: HangUp, after: float) -> bytes:
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(data)
        time.sleep(after)
        if how is HangUp.RESET:
            reset(connection)
            return b""
        if how is HangUp.CLOSE:
            return b""
        connection.shutdown(socket.SHUT_WR)
        answer = bytearray()
        try:
            while data := connection.recv(65536):
                answer += data
        except ConnectionError:
            pass
        return bytes(answer)


def reset(connection: socket.socket | TransportSocket) -> None:
    """Have a connection reset when it is closed, once the other system has all bytes.

    What it did not have yet would be lost with the connection.
    """
    _wait_until_acknowledged(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _wait_until_acknowledged(connection: socket.socket | TransportSocket) -> None:
    """Return when the other system has all bytes; its program may not have read them."""
    while struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0]:
        time.sleep(0.001)


async def send_and_hang_up(host: str, port: int, data: bytes, how: HangUp, after: float = 0) -> bytes:
    """Send bytes from a thread of its own and hang up; return the answer to a half-closed one.

    It hangs up so many seconds after the last byte.
    """
    return await asyncio.to_thread(_send, host, port, data, how, after)


def request(webhook_id: str, body: bytes, content_type: str, version: str = "1.1") -> bytes:
    """Return an HTTP request."""
    head = (
        f"POST /api/webhook/{webhook_id} HTTP/{version}\r\nHost: homeassistant\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
