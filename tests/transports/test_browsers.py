"""A web page that somebody opens in the house can have the browser post to any port: nothing comes of it."""

import asyncio
from contextlib import suppress
import json

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from tests.common import configure, eventually, free_port, shown, states
from tests.emulators.ff import FFCamera
from tests.emulators.ff_ftp import FtpClient, name, path
from tests.emulators.ff_tcp import TcpLink
from tests.emulators.pictures import jpeg

FTP = {"username": "camera", "password": "secret"}


def requests(body: bytes) -> dict[str, bytes]:
    """Return what browsers send for a page of somebody else, by a short name."""
    head = (
        b"Host: 192.168.1.2:8008\r\nConnection: keep-alive\r\nOrigin: http://evil.example\r\n"
        b"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    found = {method: f"{method} / HTTP/1.1\r\n".encode() + head + body for method in ("POST", "PUT")}
    found["form"] = found["POST"].replace(b"text/plain", b"multipart/form-data; boundary=x")
    found["get"] = b"GET /?a=" + body.replace(b" ", b"%20") + b" HTTP/1.1\r\n" + head + body
    found["preflight"] = b"OPTIONS * HTTP/1.1\r\n" + head
    found["after white space"] = b"\r\n[\0 , " + found["POST"]
    found["HTTP/2"] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + body
    # A page can have a browser resume a session: then it chose some hundred bytes of the handshake.
    found["TLS"] = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\xff\xfe\r\n" + body
    found["TLS, all of it text"] = b"\x16\x03\x01\x02 hello\r\n" + body
    return found


@pytest.mark.parametrize("kind", list(requests(b"")))
@pytest.mark.parametrize("pieces", [1, 10_000], ids=["byte by byte", "at once"])
async def test_tcp(
    hass: HomeAssistant, socket_enabled, ff: FFCamera, ff_entry: ConfigEntry, plates, kind: str, pieces: int
) -> None:
    port = free_port()
    await configure(hass, ff_entry, tcp={"port": port})
    before = states(hass)
    data = requests(json.dumps(ff.event()).encode())[kind]
    async with TcpLink(port) as link:
        try:
            for start in range(0, len(data), pieces):
                await link.send_bytes(data[start : start + pieces])
                await asyncio.sleep(0)
        except ConnectionError:
            pass
        assert await link.is_closed()
    assert plates == []
    assert states(hass) == before
    assert ff_entry.runtime_data.receivers.state()["tcp"]["refused"] == {"http": 1}
    assert ff_entry.runtime_data.traffic.refused == {"http": 1}
    (kept,) = ff_entry.runtime_data.traffic.last_refused
    assert kept["sentence"].startswith("An HTTP request came in")


@pytest.mark.parametrize("kind", [it for it in requests(b"") if it != "after white space"])
async def test_ftp(hass: HomeAssistant, socket_enabled, ff_entry: ConfigEntry, plates, kind: str) -> None:
    """Even if it knows user and password: what follows the request line is not looked at."""
    port, data_port = free_port(), free_port()
    await configure(hass, ff_entry, ftp={"port": port, "passive_ports": str(data_port), **FTP})
    at = dt_util.now()
    stored = path("gate", at, name(at))
    commands = f"USER camera\r\nPASS secret\r\nPASV\r\nSTOR {stored}\r\n".encode()
    async with FtpClient(port) as browser:
        browser.writer.write(requests(commands)[kind])
        assert await browser.reply() == (0, "")
    assert ff_entry.runtime_data.receivers.state()["ftp"]["refused"] == {"http": 1}
    assert ff_entry.runtime_data.hub.cameras == {}
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", data_port)
    async with FtpClient(port) as camera:
        assert await camera.login() == 230
        assert (await camera.store(stored, jpeg()))[0] == 226
    await eventually(lambda: len(plates) == 1)


@pytest.mark.parametrize("kind", [it for it in requests(b"") if it != "after white space"])
@pytest.mark.parametrize("local", ["127.0.0.1", "127.0.0.7"], ids=["same system", "another"])
async def test_ftp_data(
    hass: HomeAssistant, socket_enabled, ff_entry: ConfigEntry, plates, kind: str, local: str
) -> None:
    """At a passive port, before the camera comes there: its file is taken all the same."""
    port = free_port()
    await configure(hass, ff_entry, ftp={"port": port, "passive_ports": str(free_port()), **FTP})
    at, picture = dt_util.now(), jpeg()
    async with FtpClient(port) as camera:
        assert await camera.login() == 230
        host, data_port = await camera.data_port()
        async with TcpLink(data_port, host, local=local) as browser, TcpLink(data_port, host) as data:
            with suppress(ConnectionError):
                await browser.send_bytes(requests(picture)[kind])
            assert (await camera.command(f"STOR {path('gate', at, name(at))}"))[0] == 150
            assert await browser.is_closed()
            await data.send_bytes(picture)
        assert (await camera.reply())[0] == 226
    await hass.async_block_till_done()
    assert len(plates) == 1
    assert await shown(hass, ff_entry, "snapshot") == picture
    refused = ff_entry.runtime_data.receivers.state()["ftp"]["refused"]
    assert refused == {"http" if local == "127.0.0.1" else "identity": 1}
