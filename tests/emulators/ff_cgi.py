"""The CGI server of an FF camera: three profiles and a heartbeat service, behind digest or basic login."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
import hashlib
import re
import ssl
from textwrap import wrap
from xml.etree import ElementTree as ET

from aiohttp import web
from multidict import CIMultiDict

PAGES = {"cloud.cgi": 1, "cloud2.cgi": 2, "cloud3.cgi": 3}
REALM = "AXIS_ACCC8E000001"
# What somebody may choose who has a camera set up.
CHOICE = {
    "profile": "1",
    "device_id": "gate",
    "events": ["new", "update", "lost"],
    "pictures": True,
    "second_picture": True,
    "period": "10",
}


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


def profile(url: str = "", *, enable: str = "false", **values: str) -> dict[str, str]:
    """Return what the camera has in a profile."""
    return {
        "url": b64(url),
        "latitude": "50.1",
        "longitude": "14.4",
        "sensorProviderID": "defaultID",
        "protocol": "1",
        "enable": enable,
        "skip_image_in_post": "false",
        "event_new": "true",
        "event_update": "true",
        "event_lost": "true",
        "use_multipart": "true",
        "use_event_buffer": "false",
        "user": "",
        "password": "",
        "http_auth_type": "0",
        "send_second_image": "false",
        "second_image_type": "plate",
        "path_template": "",
        "x_auth_key": "",
    } | values


@dataclass
class FFCgiServer:
    """Answers like the camera does; fields change what it does."""

    user: str = "root"
    password: str = "pass&word =1"
    login: str = "digest"
    # Several kinds of login, in their order.
    offers: tuple[str, ...] = ()
    logins: list[str] = field(default_factory=list)
    profiles: dict[int, dict[str, str]] = field(
        default_factory=lambda: {number: profile() for number in (1, 2, 3)}
    )
    heartbeat: dict[str, str] = field(
        default_factory=lambda: {"url": "", "user": "", "password": "", "period": "30", "enable": "false"}
    )
    tells_heartbeat: bool = True
    cut_at: int | None = None
    ignores: frozenset[str] = frozenset()
    status: int = 200
    body: bytes | None = None
    # The reads on record, the latest first, as fields of the rows; pictures by their names.
    reads: list[dict[str, str]] | None = None
    pictures: dict[str, bytes] = field(default_factory=dict)
    searches_all: bool = False
    searches: list[dict[str, str]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    cuts_login_off: bool = False
    # What stands around a document, and how many characters of base64 a line has.
    envelope: str = "{}"
    line_length: int | None = None
    challenges: int = 0
    port: int = 0
    writes: list[str] = field(default_factory=list)

    def url(self, number: int) -> str:
        return b64decode(self.profiles[number]["url"]).decode()

    @property
    def heartbeat_url(self) -> str:
        return b64decode(self.heartbeat["url"]).decode()

    def _is_allowed(self, request: web.Request) -> bool:
        header = request.headers.get("Authorization", "")
        if header:
            self.logins.append(header.partition(" ")[0])
        if self.login == "basic" or (header.startswith("Basic ") and "Basic" in self.offers):
            return header == f"Basic {b64(f'{self.user}:{self.password}')}"
        if not header.startswith("Digest "):
            return False
        given = {
            key: quoted or bare for key, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', header)
        }

        def md5(*parts: str) -> str:
            return hashlib.md5(":".join(parts).encode()).hexdigest()

        ha1 = md5(self.user, REALM, self.password)
        try:
            ha2 = md5(request.method, given["uri"])
            expected = md5(ha1, given["nonce"], given["nc"], given["cnonce"], given["qop"], ha2)
            return given["username"] == self.user and given["response"] == expected
        except KeyError:
            return False

    def _challenge(self) -> str:
        if self.login == "basic":
            return f'Basic realm="{REALM}"'
        return f'Digest realm="{REALM}", nonce="0815", algorithm=MD5, qop="auth"'

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.cuts_login_off:
            return await self._cut_off(request)
        if not self._is_allowed(request):
            challenges = {"Basic": f'Basic realm="{REALM}"', "Digest": self._challenge()}
            asked = [challenges[kind] for kind in self.offers] or [self._challenge()]
            return web.Response(status=401, headers=CIMultiDict(("WWW-Authenticate", text) for text in asked))
        if self.body is not None or self.status != 200:
            return web.Response(body=self.body or b"", status=self.status)
        page = request.match_info["page"]
        if page == "config_hb.cgi":
            if request.method == "POST":
                self._write(page, self.heartbeat, await request.read(), "hb_config")
                return web.Response(text="OK")
            if not self.tells_heartbeat:
                return web.Response(status=405)
            return self._answer("hb_config", self.heartbeat)
        if page not in PAGES:
            return self._record(page, dict(request.query))
        values = self.profiles[PAGES[page]]
        if request.method == "POST":
            self._write(page, values, await request.read(), "cloud_config")
        return self._answer("cloud_config", values)

    def _record(self, page: str, query: dict[str, str]) -> web.Response:
        if page == "search.cgi" and self.reads is not None:
            return self._search(query)
        if page == "tools.cgi" and (name := query.get("name", "")) in self.pictures:
            self.fetched.append(name)
            return web.Response(body=self.pictures[name], content_type="image/jpeg")
        return web.Response(status=404)

    def _search(self, query: dict[str, str]) -> web.Response:
        self.searches.append(query)
        element = ET.Element("events")
        ET.SubElement(element, "currentTimestampUs").text = "1702390328555082"
        for read in self.reads or ():
            if self.searches_all or int(query.get("TimestampFrom", 0)) <= 1000 * int(read["TS"]):
                event = ET.SubElement(element, "event")
                for key, value in read.items():
                    ET.SubElement(event, key).text = value
        return web.Response(body=ET.tostring(element), content_type="application/xml")

    async def _cut_off(self, request: web.Request) -> web.StreamResponse:
        """Ask for the login in an answer without end, and hang up when the login comes."""
        transport = request.transport
        assert transport is not None
        if "Authorization" in request.headers:
            transport.abort()
            return web.Response()
        response = web.StreamResponse(status=401, headers={"WWW-Authenticate": self._challenge()})
        await response.prepare(request)
        self.challenges += 1
        while not transport.is_closing():
            await asyncio.sleep(0.01)
        self.challenges -= 1
        return response

    def _write(self, page: str, values: dict[str, str], body: bytes, root: str) -> None:
        self.writes.append(page)
        document = ET.fromstring(body)
        assert document.tag == root
        for child in document:
            if child.tag not in self.ignores:
                values[child.tag] = child.text or ""
        if self.cut_at is not None:
            values["url"] = b64(b64decode(values["url"]).decode()[: self.cut_at])

    def _answer(self, root: str, values: dict[str, str]) -> web.Response:
        element = ET.Element(root)
        for key, value in values.items():
            is_wrapped = key == "url" and self.line_length is not None
            ET.SubElement(element, key).text = (
                "\n".join(wrap(value, self.line_length or 0)) if is_wrapped else value
            )
        text = self.envelope.format(ET.tostring(element, encoding="unicode"))
        return web.Response(text=text, content_type="text/xml")

    @asynccontextmanager
    async def serve(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
        """Serve on a port of loopback."""
        app = web.Application()
        app.router.add_route("*", "/local/fflprapp/{page}", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        self.port = runner.addresses[0][1]
        try:
            yield
        finally:
            await runner.cleanup()
            await asyncio.sleep(0)


def recorded(at: datetime, car_id: str, plate: str, **changes: str) -> dict[str, str]:
    """Return a read as a row of the camera's record."""
    name = f"{at:%Y%m%d%H%M%S}_601572{{}}_{plate}_8565355.jpg"
    return {
        "TS": str(int(at.timestamp() * 1000)),
        "MOD_TS": f"{at:%Y-%m-%d %H:%M:%S} UTC",
        "END_TS": "0",
        "CAR_ID": car_id,
        "LPR": plate,
        "LPR_UTF8": plate,
        "THRESHOLD": "0.701837122440338",
        "ROI_ID": "1",
        "DIRECTION": "2",
        "LP_BMP": f"\n  tools.cgi?action=getImage & name=53/{name.format('lp')}\n ",
        "ROI_BMP": f"tools.cgi?action=getImage&name=51/{name.format('roi')}",
        "COUNTRY": "DEU",
        "LP_LIST_MODE": "1",
        "ACT_PARAM": "Allow list",
        "LP_DESCRIPTION": "car_test_2",
        "LP_REGION_UTF8": "M\u00fcnchen",
        "ISO3166_2_CODE": "",
        "CAR_M_TYPE": "CAR",
        "CAR_COLOR": "BLUE",
        "CAR_CONF": "55.8820610046387",
        "CAR_VIEW": "0",
    } | changes
