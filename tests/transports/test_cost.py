"""No input is expensive: bytes cost about the same, whatever they say, and nothing blocks for long."""

import asyncio
from collections.abc import Iterator
import ftplib
from functools import partial
from io import BytesIO
import json
import logging
import socket
import threading
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.transports import limits
from tests.common import configure, eventually, free_port
from tests.emulators import http
from tests.emulators.hostile_bodies import FORMS, JPEGS, JSON, OBJECTS, XML, Body, Make
from tests.emulators.http import Field, Poster, form
from tests.emulators.omni import OmniPlatform
from tests.metering import Judge, Meter, metered

KIB, MIB = 1024, 1024 * 1024
# The last is as much as most kinds of push may have.
SIZES = (32 * KIB, 256 * KIB, 1020 * KIB)
# As much as a plate read with pictures inside may have.
LARGE = 31 * MIB
LARGEST_PICTURE = 10 * MIB


@pytest.fixture
def meter() -> Iterator[Meter]:
    """Measure, while one body after the other is refused."""
    logging.disable(logging.WARNING)
    with metered() as found, patch.object(limits, "MAX_PENALTY_SECONDS", 0):
        yield found
    logging.disable(logging.NOTSET)


def deliver(host: str, port: int, data: bytes) -> bytes:
    """Send bytes, and return what is answered until the other side hangs up or has answered."""
    with socket.create_connection((host, port)) as connection:
        connection.settimeout(60)
        try:
            connection.sendall(data)
            return connection.recv(1000)
        except ConnectionError:
            return b""


async def measure_http(judge: Judge, poster: Poster, webhook_id: str, bodies: dict[str, Body]) -> None:
    for name, body in bodies.items():
        for size in judge.sizes:
            data = await asyncio.to_thread(body.make, size)
            head = (
                f"POST /api/webhook/{webhook_id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                f"Content-Type: {body.content_type}\r\nContent-Length: {len(data)}\r\n\r\n"
            )
            await asyncio.sleep(0)
            judge.meter.begin()
            answer = await asyncio.to_thread(deliver, poster.host, poster.port, head.encode() + data)
            assert answer.startswith(b"HTTP/1.1 ") or not answer, answer
            judge.note(name, len(data))
        judge.end(name)


@pytest.fixture
async def entry(request: pytest.FixtureRequest, add_entry, hass: HomeAssistant) -> ConfigEntry:
    """Return an entry of the system that is asked for."""
    if request.param != "omni":
        return await add_entry(request.param)
    flow = await hass.config_entries.flow.async_init("camera_push", context={"source": "user"})
    for step in ("omni", "omni_webhook"):
        flow = await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": step})
    await hass.async_block_till_done()
    return flow["result"]


@pytest.mark.parametrize("entry", ["vstarcam", "ff", "omni"], indirect=True)
@pytest.mark.parametrize("bodies", [JSON, FORMS, XML], ids=["json", "forms", "xml"])
async def test_http(entry: ConfigEntry, poster: Poster, meter: Meter, bodies: dict[str, Body]) -> None:
    judge = Judge(meter, SIZES)
    await measure_http(judge, poster, entry.data["webhook_id"], bodies)
    assert judge.found == []


def _picture_form(name: str, fields: list[Field], make: Make) -> Body:
    """Return a form whose fields are all right, with a picture that makes it about so large."""

    def sized(size: int) -> bytes:
        return form([*fields, Field(name, make(size - KIB), "a.jpg", "image/jpeg")])

    return Body(f"multipart/form-data; boundary={http.BOUNDARY}", sized)


EVENT = json.dumps({"sensorProviderID": "gate", "carState": "new", "plateText": "A"}).encode()
PICTURE_FORMS = {
    "vstarcam": ("picture", [Field("vuid", b"VC0000000ABCD"), Field("type", b"18")]),
    "ff": ("roi", [Field("event", EVENT, "event.json", "application/json")]),
}


@pytest.mark.parametrize("entry", list(PICTURE_FORMS), indirect=True)
async def test_pictures_over_http(entry: ConfigEntry, poster: Poster, meter: Meter) -> None:
    """The header of a picture has no end: the picture is left out, and what it came with is told."""
    judge = Judge(meter, (MIB, LARGEST_PICTURE))
    part, fields = PICTURE_FORMS[entry.data["source"]]
    bodies = {name: _picture_form(part, fields, make) for name, make in JPEGS.items()}
    await measure_http(judge, poster, entry.data["webhook_id"], bodies)
    assert judge.found == []
    assert entry.runtime_data.traffic.unusable_pictures == len(JPEGS) * len(judge.sizes)


LARGE_BODIES = ("plain text", "texts of two KiB", "backslashes", "base64 of one line for each character")


@pytest.mark.parametrize("entry", ["ff"], indirect=True)
async def test_large_http(entry: ConfigEntry, poster: Poster, meter: Meter) -> None:
    judge = Judge(meter, (MIB, LARGE))
    await measure_http(judge, poster, entry.data["webhook_id"], {name: JSON[name] for name in LARGE_BODIES})
    assert judge.found == []


TCP = {
    **OBJECTS,
    "many events": lambda size: b'{"sensorProviderID":"gate","carState":"new"}' * 20 + b"{" * size,
    "between objects": lambda size: b"[, \0\n]" * (size // 6),
    "nothing but braces": lambda size: b"{" * size,
    "pairs of braces": lambda size: b"{" + b"{}" * (size // 2),
    "texts without an end": lambda size: b'{"a' * (size // 3),
    "letters": lambda size: b"a" * size,
}


@pytest.mark.parametrize(
    ("bodies", "sizes"),
    [(TCP, SIZES), ({name: OBJECTS[name] for name in LARGE_BODIES}, (MIB, LARGE))],
    ids=["small", "large"],
)
async def test_tcp(
    hass: HomeAssistant,
    ff_entry: ConfigEntry,
    socket_enabled: None,
    meter: Meter,
    bodies: dict[str, Make],
    sizes: tuple[int, ...],
) -> None:
    port = free_port()
    await configure(hass, ff_entry, tcp={"port": port})
    judge = Judge(meter, sizes)

    def connected() -> int:
        return ff_entry.runtime_data.receivers.state()["tcp"]["connected"]

    for name, make in bodies.items():
        for size in sizes:
            data = await asyncio.to_thread(make, size)
            meter.begin()
            # Closed afterwards, or refused before.
            await asyncio.to_thread(deliver_and_hang_up, port, data)
            await eventually(lambda: connected() == 0)
            judge.note(name, len(data))
        judge.end(name)
    assert judge.found == []


def deliver_and_hang_up(port: int, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(60)
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1000)
        except OSError:
            pass


async def test_websocket(hass, platform: OmniPlatform, omni_entry: ConfigEntry, meter: Meter) -> None:
    """What a platform sends is decoded beside the loop as well."""
    judge = Judge(meter, SIZES)
    traffic = omni_entry.runtime_data.traffic

    def handled(count: int) -> bool:
        return traffic.refused.total() + traffic.received.total() == count

    sent = 0
    for name, body in JSON.items():
        for size in SIZES:
            text = (await asyncio.to_thread(body.make, size)).decode("utf-8", "replace")
            sent += 1
            # To send it costs the same loop something.
            sending = asyncio.create_task(platform.send(text))
            await asyncio.sleep(0)
            meter.begin()
            await sending
            await eventually(partial(handled, sent))
            judge.note(name, size)
        judge.end(name)
    assert judge.found == []


async def test_websocket_flood(hass, platform, omni_entry, meter) -> None:
    """Thousands of small messages that wait already are looked at one by one."""
    judge = Judge(meter, (1,))
    traffic = omni_entry.runtime_data.traffic
    meter.begin()
    await platform.send(*["{}"] * 3000)
    await eventually(lambda: traffic.refused.total() == 3000)
    judge.note("flood", 6000)
    assert judge.found == []


async def test_many_events_at_once(ff_entry: ConfigEntry, poster: Poster, meter: Meter, plates) -> None:
    """A camera's whole buffer, of twenty cameras: others have their turn while it is told."""
    judge = Judge(meter, (1,))
    events = [
        {"sensorProviderID": f"gate {number % 20}", "carState": "new", "carID": str(number)}
        for number in range(1000)
    ]
    data = json.dumps(events).encode()
    meter.begin()
    reply = await poster.post(ff_entry.data["webhook_id"], data, "application/json")
    judge.note("events", len(data))
    assert reply.status == 200
    assert [event.data["car_id"] for event in plates] == [str(number) for number in range(1000)]
    assert judge.found == []


LOGIN = b"USER camera\r\nPASS secret\r\n"
FTP = {
    "one line": lambda size: b"A" * size,
    "no login": lambda size: b"STOR a\r\n" * min(size // 8, 10_000),
    "no commands": lambda size: b"\r\n" * min(size // 2, 10_000),
    "long lines": lambda size: (b"X" * 60_000 + b"\r\n") * (size // 60_000 + 1),
    "deep folders": lambda size: LOGIN + (b"CWD " + b"a/" * 2000 + b"\r\n") * (size // 4000),
    "folders in folders": lambda size: LOGIN + (b"CWD " + b"a/" * 1000 + b"\r\n") * (size // 2000),
    "as deep as a line": lambda size: LOGIN + (b"CWD /" + b"a/" * 8000 + b"\r\n") * (size // 16_000),
    "up and up": lambda size: LOGIN + (b"MKD " + b"../" * 2000 + b"\r\n") * (size // 6000),
    "passive ports": lambda size: LOGIN + b"EPSV\r\n" * min(size // 6, 500),
}


async def test_ftp(hass: HomeAssistant, ff_entry: ConfigEntry, socket_enabled, meter: Meter) -> None:
    port = free_port()
    await configure(hass, ff_entry, ftp={"port": port, "username": "camera", "password": "secret"})
    judge = Judge(meter, SIZES)

    def connected() -> int:
        return ff_entry.runtime_data.receivers.state()["ftp"]["connected"]

    with patch("custom_components.camera_push.transports.ftp_server.COMMANDS_PER_SECOND", 1_000_000):
        for name, make in FTP.items():
            for size in SIZES:
                data = await asyncio.to_thread(make, size)
                meter.begin()
                await asyncio.to_thread(talk, port, data)
                await eventually(lambda: connected() == 0)
                judge.note(name, len(data))
            judge.end(name)
    assert judge.found == []


@pytest.mark.parametrize("file_name", ["20260102030405_000_roi_1_in_1_A_USA.jpg", "a.jpg"])
async def test_pictures_over_ftp(
    hass: HomeAssistant, ff_entry: ConfigEntry, socket_enabled, meter: Meter, file_name: str
) -> None:
    """With a name that tells a plate read, and with one that tells nothing."""
    port = free_port()
    await configure(hass, ff_entry, ftp={"port": port, "username": "camera", "password": "secret"})
    judge = Judge(meter, (MIB, LARGEST_PICTURE))
    for name, make in JPEGS.items():
        for size in judge.sizes:
            data = await asyncio.to_thread(make, size)
            meter.begin()
            code = await asyncio.to_thread(upload, port, f"gate/{file_name}", data)
            judge.note(name, size)
            assert code == (550 if file_name == "a.jpg" else 226)
        judge.end(name)
    assert judge.found == []


def upload(port: int, path: str, data: bytes) -> int:
    """Store a file, and return the code of the last reply."""
    with ftplib.FTP() as client:
        client.connect("127.0.0.1", port, timeout=60)
        client.login("camera", "secret")
        try:
            reply = client.storbinary(f"STOR {path}", BytesIO(data), blocksize=65536)
        except ftplib.error_perm as err:
            reply = str(err)
        return int(reply[:3])


def talk(port: int, data: bytes) -> None:
    """Send commands, read all replies until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        sending = threading.Thread(target=_send, args=(connection, data))
        sending.start()
        connection.settimeout(60)
        try:
            while connection.recv(1_000_000):
                pass
        except ConnectionError:
            pass
        sending.join()


def _send(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass
