"""A server whose answers arrive damaged: stands between us and an emulator that speaks the real wire."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import gzip
import json
from random import Random
import re

from .hostile import TEXTS, damaged, damaged_value

_HEADERS = (
    "Date: Mon, 01 Jan 0001 00:00:00 +1200",
    "Date: Fri, 31 Dec 9999 23:59:59 -1200",
    "Date: Mon, 21 Sep 2026 10:00:00 +9999999",
    "Date: yesterday",
    "Retry-After: 99999999999999999999",
    "Retry-After: -1",
    "Retry-After: Mon, 21 Sep 2026 10:00:00 GMT",
    "Content-Type: application/json; charset=nonsense",
    "Content-Type: text/html",
    "Content-Encoding: gzip",
    "Content-Encoding: nonsense",
    "Transfer-Encoding: chunked",
    "WWW-Authenticate: Digest",
    'WWW-Authenticate: Digest realm="a", nonce="", algorithm=NONE, qop="auth-int"',
    "WWW-Authenticate: Basic",
    "Set-Cookie: a=" + "b" * 4000,
    "X: " + "x" * 9000,
    "Location: file:///etc/passwd",
)
_STATUSES = (100, 101, 201, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 410, 429, 500, 503, 999)
_XML = (
    b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
    b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    b'<?xml version="1.0" encoding="nonsense"?><cloud_config/>',
    b'<?xml version="1.0" encoding="utf-16"?><cloud_config/>',
    b"<cloud_config>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</cloud_config>",
    b'<cloud_config xmlns="http://a/b"><url>!</url></cloud_config>',
    b"<cloud_config><!-- a --><?b c?><url>\xc3\xa9=</url><url/></cloud_config>",
)
_SCRIPTS = (
    b'var result="0";var result=-1;',
    b"var heartbeatTime=" + b"9" * 5000 + b";var heartbeatServer='';",
    b"var realdeviceid='../../x';",
    b"var a=" + b'"' * 20_000,
    "var heartbeatTime=٣٠;var alarmPushMainServer=''".encode(),
    b"var " * 10_000,
)


def _with_body(head: bytes, body: bytes) -> bytes:
    head = re.sub(rb"(?i)\r\n(content-length|transfer-encoding):[^\r]*", b"", head)
    return head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def _with_header(head: bytes, header: bytes) -> bytes:
    name = re.escape(header.partition(b":")[0])
    return re.sub(rb"(?i)\r\n" + name + rb":[^\r]*", b"", head) + b"\r\n" + header


def _damaged_json(chance: Random, body: bytes) -> bytes:
    try:
        value = json.loads(body)
    except ValueError:
        return damaged(chance, body)
    for _ in range(chance.choice([1, 1, 3])):
        value = damaged_value(chance, value)
    return json.dumps(value).encode()


def damaged_answer(chance: Random, answer: bytes) -> bytes:
    """Return an HTTP answer of which the status, a header or the body is not what it was."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status = chance.choice(_STATUSES)
    header = chance.choice(_HEADERS).encode()
    return chance.choice(
        [
            lambda: _with_body(head, _damaged_json(chance, body)),
            lambda: _with_body(head, _damaged_json(chance, body)),
            lambda: _with_body(head, damaged(chance, body)),
            lambda: _with_body(head, chance.choice(TEXTS).encode()),
            lambda: _with_body(head, chance.choice([*_XML, *_SCRIPTS])),
            lambda: _with_body(head, b"[" * 200_000),
            lambda: _with_body(head + b"\r\nContent-Encoding: gzip", gzip.compress(bytes(40_000_000), 1)),
            lambda: _with_body(re.sub(rb" \d{3} ", b" %d " % status, head, count=1), body),
            lambda: _with_header(head, header) + b"\r\n\r\n" + body,
            lambda: _with_header(head, header) + b"\r\n\r\n" + body,
            lambda: answer[: chance.randrange(len(answer) + 1)],
            lambda: damaged(chance, answer),
        ]
    )()


@dataclass
class DamagingProxy:
    """Passes requests on to a server on `target`, and its answers back: some of them damaged.

    Websockets are passed on as they are.
    """

    chance: Random
    target: int
    share: float = 0.5
    port: int = 0
    damages: int = 0

    async def _pass_on(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            writer.write(request)
            return await reader.read()
        finally:
            writer.close()

    async def _tunnel(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        far_writer.write(head)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                while data := await source.read(65536):
                    sink.write(data)
            sink.close()

        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            if b"upgrade: websocket" in head.lower():
                await self._tunnel(head, reader, writer)
                return
            head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
            answer = await self._pass_on(head[:-2] + b"Connection: close\r\n\r\n" + body)
            if self.chance.random() < self.share:
                self.damages += 1
                answer = damaged_answer(self.chance, answer)
            writer.write(answer)
            await writer.drain()
        writer.close()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        """Serve on a port of loopback."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
            server.close_clients()
