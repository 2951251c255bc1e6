"""The RTSP server of a camera: it describes its streams, and hangs up on all else."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import hashlib
import re

SDP = b"v=0\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"


def _md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode()).hexdigest()


@dataclass
class RtspServer:
    """Answers like a camera's server; fields change what it does.

    `login` is "digest", "basic" or "none"; `hangs_up` says whether it hangs up on paths that it does not
    have, as some cameras do, or answers 404.
    """

    user: str = "admin"
    password: str = "pass&word =1"
    login: str = "digest"
    qop: bool = False
    paths: tuple[str, ...] = ("/tcp/av0_0",)
    hangs_up: bool = True
    greeting: bytes = b""
    requests: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                line, *lines = head.splitlines()
                method, url, _ = line.split(" ")
                headers = {
                    name.lower(): value.strip() for name, _, value in (it.partition(":") for it in lines)
                }
                self.requests.append((method, url))
                if self.greeting:
                    writer.write(self.greeting)
                    break
                path = re.sub(r"^rtsp://[^/]*", "", url)
                if method != "DESCRIBE" or (path not in self.paths and self.hangs_up):
                    break
                writer.write(self._answer(method, url, path, headers))
                await writer.drain()
        writer.close()

    def _answer(self, method: str, url: str, path: str, headers: dict[str, str]) -> bytes:
        number = f"CSeq: {headers['cseq']}"
        if not self._is_allowed(method, url, headers.get("authorization", "")):
            qop = ', qop="auth"' if self.qop else ""
            challenge = {
                "digest": f'WWW-Authenticate: Digest realm="RTSPD", nonce="4711"{qop}',
                "basic": 'WWW-Authenticate: Basic realm="RTSPD"',
            }[self.login]
            lines = ["RTSP/1.0 401 Unauthorized", number, challenge, "Content-Length: 4", "", "nope"]
            return "\r\n".join(lines).encode()
        if path not in self.paths:
            return f"RTSP/1.0 404 Not Found\r\n{number}\r\n\r\n".encode()
        head = [
            "RTSP/1.0 200 OK",
            number,
            "Content-Type: application/sdp",
            f"Content-Length: {len(SDP)}",
            "",
            "",
        ]
        return "\r\n".join(head).encode() + SDP

    def _is_allowed(self, method: str, url: str, header: str) -> bool:
        if self.login == "none":
            return True
        if self.login == "basic":
            return header == f"Basic {b64encode(f'{self.user}:{self.password}'.encode()).decode()}"
        given = {
            name: quoted or bare
            for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', header)
        }
        keys, request = _md5(self.user, "RTSPD", self.password), _md5(method, url)
        middle = (given.get("nc", ""), given.get("cnonce", ""), "auth") if self.qop else ()
        expected = _md5(keys, "4711", *middle, request)
        return (given.get("username"), given.get("uri"), given.get("response")) == (self.user, url, expected)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        """Serve on a port of loopback."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()
