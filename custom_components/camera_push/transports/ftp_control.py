"""The control connection of an FTP client: lines in, replies out, encrypted on demand."""

import asyncio
from contextlib import suppress
import socket
from ssl import SSLContext, SSLError
from typing import Final

from .ftp_data import HANDSHAKE_SECONDS, SHUTDOWN_SECONDS

# Silence that a camera may keep between commands: it can log in again, nothing is lost.
IDLE_TIMEOUT_SECONDS: Final = 15 * 60
REPLY_TIMEOUT_SECONDS: Final = 60
# Nothing more of a connection has arrived, when nothing was read from it for this long.
QUIET_SECONDS: Final = 0.05
MAX_LINE_BYTES: Final = 16 * 1024
# Before ABOR, clients send that their user interrupted them (Telnet's IAC IP, IAC DM; RFC 854).
_INTERRUPT: Final = b"\xff\xf4\xf2"


class ControlConnection:
    """Where commands come from."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        # The address of ours that the client is connected to.
        self.host: str = (writer.get_extra_info("sockname") or ("",))[0]
        self.is_encrypted = False
        self.is_finishing = False
        self._idle_timeout: asyncio.Timeout | None = None
        # Clients send ABOR as urgent data, of which the last byte would stay behind.
        with suppress(OSError):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)

    async def line(self) -> bytes:
        """Return the next line, b"" when the client is gone, silent for too long, or sends no lines."""
        try:
            # A client that does not read what is said is not listened to.
            async with asyncio.timeout(REPLY_TIMEOUT_SECONDS):
                await self._writer.drain()
            limit = QUIET_SECONDS if self.is_finishing else IDLE_TIMEOUT_SECONDS
            async with asyncio.timeout(limit) as self._idle_timeout:
                line = await self._reader.readline()
        except OSError, ValueError:
            return b""
        finally:
            self._idle_timeout = None
        found = line.lstrip(_INTERRUPT)
        return found if found.upper().startswith(b"ABOR") else line

    def reply(self, code: int, text: str, *features: str) -> None:
        """Say something, unless nobody is there any more."""
        if self._writer.is_closing():
            return
        lines = [f"{code} {text}"]
        if features:
            lines = [f"{code}-{text}", *(f" {feature}" for feature in features), f"{code} End"]
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())

    async def encrypt(self, context: SSLContext, code: int, text: str) -> bool:
        """Say something and encrypt what follows; tell whether the client could do that."""
        loop = asyncio.get_running_loop()
        # A reader of its own: what came unencrypted after the command is not part of it (RFC 4217, 15.2).
        reader = asyncio.StreamReader(limit=MAX_LINE_BYTES, loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        self.reply(code, text)
        try:
            transport = await loop.start_tls(
                self._writer.transport,
                protocol,
                context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=SHUTDOWN_SECONDS,
            )
        except OSError, SSLError:
            return False
        if transport is None:
            return False
        protocol.connection_made(transport)
        self._reader = reader
        self._writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        self.is_encrypted = True
        return True

    def finish(self) -> None:
        """Read no further than to the end of what has arrived."""
        self.is_finishing = True
        if self._idle_timeout is not None:
            self._idle_timeout.reschedule(asyncio.get_running_loop().time() + QUIET_SECONDS)

    async def close(self) -> None:
        """Close the connection once all that was said is sent, or the client does not take it."""
        self._writer.close()
        try:
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                await self._writer.wait_closed()
        except OSError, asyncio.CancelledError:
            self._writer.transport.abort()
