"""The CGI server of a VStarcam camera: its settings, its login, its oddities."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import ssl

from aiohttp import BasicAuth, web

from .pictures import jpeg


@dataclass
class CgiServer:
    """Answers like the camera does; fields change what it does."""

    vuid: str = "VC0000000ABCD"
    alias: str = "Front door"
    user: str = "admin"
    password: str = "pass&word =1"
    cut_at: int | None = None
    ignores: bool = False
    least_seconds: int = 0
    several_on_a_line: bool = False
    single_quotes: bool = False
    slow: bool = False
    body: bytes | None = None
    status: int = 200
    picture: bytes = field(default_factory=lambda: jpeg("now"))
    servers: dict[str, str] = field(
        default_factory=lambda: {
            "heartbeatTime": "30",
            "heartbeatServer": "http://cloud.example/hb",
            "alarmPushMainServer": "http://cloud.example/alarm",
            "alarmPushSubServer": "",
        }
    )
    # Wants HTTP Basic beside the login in the query.
    wants_basic: bool = False
    # Lets nobody in but the maker's app; says so in its status, or refuses that as well.
    dual_authentication: bool = False
    refuses_status: bool = False
    # Snapshots by the sizes that can be asked for; None is one without a size.
    pictures: dict[str | None, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    port: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)

    def answer(self, **values: str | int) -> web.Response:
        quote = "'" if self.single_quotes else '"'
        lines = [
            f"var {name}={value};" if isinstance(value, int) else f"var {name}={quote}{value}{quote};"
            for name, value in values.items()
        ]
        return web.Response(text=("" if self.several_on_a_line else "\r\n").join(lines))

    def _refusal(self, name: str, request: web.Request) -> web.Response | None:
        query = request.query
        login = (query.get("loginuse"), query.get("loginpas"), query.get("user"), query.get("pwd"))
        if self.wants_basic:
            expected = BasicAuth(self.user, self.password, "utf-8").encode()
            if request.headers.get("Authorization") != expected:
                return web.Response(status=401, headers={"WWW-Authenticate": "Basic"})
        if login != (self.user, self.password) * 2:
            return self.answer(result=-1)
        if self.dual_authentication and (self.refuses_status or name != "get_status.cgi"):
            more = {"DualAuthentication": 1} if name == "get_status.cgi" else {}
            return self.answer(result=-1, **more)
        return None

    async def handle(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.calls.append(name)
        if self.slow:
            await self.release.wait()
        if self.body is not None or self.status != 200:
            return web.Response(body=self.body or b"", status=self.status)
        if (refusal := self._refusal(name, request)) is not None:
            return refusal
        query = request.query
        match name:
            case "get_status.cgi":
                return self.answer(
                    alias=self.alias,
                    deviceid="",
                    realdeviceid=self.vuid,
                    sys_ver="48.53.75.92",
                    mac="48:02:2A:00:00:01",
                    wifimac="48:02:2A:00:00:02",
                    alarm_status=0,
                    DualAuthentication=int(self.dual_authentication),
                )
            case "get_alarm_push_cfg.cgi":
                seconds = int(self.servers["heartbeatTime"])
                return self.answer(result=0, **self.servers | {"heartbeatTime": seconds})
            case "set_alarm_push_cfg.cgi":
                if not self.ignores:
                    self.servers = {key: query[key][: self.cut_at] for key in self.servers}
                    seconds = max(int(query["heartbeatTime"]), self.least_seconds)
                    self.servers["heartbeatTime"] = str(seconds)
                return self.answer(result=0)
            case "snapshot.cgi":
                size = query.get("res")
                if self.pictures and size not in self.pictures:
                    return self.answer(result=-2)
                return web.Response(body=self.pictures.get(size, self.picture), content_type="image/jpeg")
        return web.Response(status=404)

    @asynccontextmanager
    async def serve(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
        """Serve on a port of loopback."""
        app = web.Application()
        app.router.add_get("/{name}", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        self.port = runner.addresses[0][1]
        try:
            yield
        finally:
            self.release.set()
            await runner.cleanup()
