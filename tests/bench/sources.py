"""How many events a second each source takes in, from one sender or a few, and what each of them costs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
import itertools
import time
from typing import Any

from ..demo.home_assistant import free_port
from ..emulators.ff import FFCamera
from ..emulators.ff_ftp import FtpClient, name, path
from ..emulators.ff_tcp import TcpLink
from ..emulators.omni import OmniPlatform
from ..emulators.vxg import VxgServer
from .home import BenchHome
from .pushes import picture

_SENDERS = 4
_FTP = {"username": "camera", "password": "secret"}
# These cameras do not push over HTTP.
_NOBODY: Any = None
_UNLIMITED = {"of_one": 1000, "of_all": 5000}
_TCP_EVENTS, _FTP_FILES, _OMNI_EVENTS, _VXG_EVENTS = 2000, 600, 1000, 1000


async def _until(home: BenchHome, entry_id: str, kind: str, count: int) -> None:
    """Wait until an entry has taken in so many messages."""
    async with asyncio.timeout(120):
        while (await home.diagnostics(entry_id))["received"].get(kind, 0) < count:
            await asyncio.sleep(0.05)


async def _timed(home: BenchHome, count: int, work: Callable[[], Awaitable[Any]]) -> dict[str, float]:
    since, cpu = time.monotonic(), home.cpu()
    await work()
    seconds = time.monotonic() - since
    # What the recorder has to write.
    await asyncio.sleep(1.5)
    return {"events_per_second": count / seconds, "cpu_ms": (home.cpu() - cpu) / count * 1000}


async def measure(home: BenchHome) -> dict[str, dict[str, float]]:
    """Return events per second, and CPU milliseconds per event, of each source."""
    return {
        **await _ff(home),
        "OMNI Platform, websocket": await _omni(home),
        "VXG Cloud VMS, polling": await _vxg(home),
    }


async def _ff(home: BenchHome) -> dict[str, dict[str, float]]:
    entry_id = (await home.add_entry("ff"))["result"]["entry_id"]
    tcp, ftp = free_port(), free_port()
    options = {"tcp": {"port": tcp}, "ftp": {"port": ftp, **_FTP}, "rates": _UNLIMITED}
    await home.set_options(entry_id, options)
    await home.loaded()
    cars = itertools.count()

    async def stream(number: int) -> None:
        # Built beforehand, what is measured is not how fast we write JSON.
        camera = FFCamera(f"tcp{number}", _NOBODY, "", f"ACCC8E00000{number}")
        events = [camera.event(carID=str(next(cars))) for _ in range(_TCP_EVENTS // _SENDERS)]
        async with TcpLink(tcp) as link:
            await link.send(*events)
            await done.wait()

    async def streams() -> None:
        sending = [asyncio.create_task(stream(number)) for number in range(_SENDERS)]
        await _until(home, entry_id, "PlateRead", _TCP_EVENTS)
        done.set()
        await asyncio.gather(*sending)

    done = asyncio.Event()
    found = {"FF, TCP": await _timed(home, _TCP_EVENTS, streams)}
    data = picture(20_000)

    async def store(number: int) -> None:
        async with FtpClient(ftp, _FTP["username"], _FTP["password"]) as session:
            await session.login()
            for _ in range(_FTP_FILES // _SENDERS):
                at = datetime.now(UTC).replace(tzinfo=None)
                file = path(f"ftp{number}", at, name(at, car=next(cars)))
                if (reply := await session.store(file, data))[0] != 226:
                    raise RuntimeError(f"A picture was answered {reply}")

    async def stores() -> None:
        await asyncio.gather(*(store(number) for number in range(_SENDERS)))

    found["FF, FTP with 20 KB"] = await _timed(home, _FTP_FILES, stores)
    return found


async def _omni(home: BenchHome) -> dict[str, float]:
    platform = OmniPlatform()
    async with platform.serve():
        address = {"url": platform.url, "endpoint_id": platform.endpoint_id, "verify_ssl": True}
        forms = ({"next_step_id": "omni_websocket"}, {**address, "version": "1.18"})
        entry_id = (await home.add_entry("omni", *forms))["result"]["entry_id"]
        await platform.wait_until_connected()

        async def send() -> None:
            await platform.send(*(platform.event(pictures=False) for _ in range(_OMNI_EVENTS)))
            await _until(home, entry_id, "Identification", _OMNI_EVENTS)

        return await _timed(home, _OMNI_EVENTS, send)


async def _vxg(home: BenchHome) -> dict[str, float]:
    server = VxgServer()
    async with server.serve():
        account = {"url": server.url, "api_key": server.key}
        result = await home.add_entry("vxg", {"next_step_id": "vxg_key"}, account)
        entry_id = result["result"]["entry_id"]
        await home.set_options(entry_id, {"poll_interval": 5})
        await home.loaded()
        polls = len(server.requests)
        while len(server.requests) == polls:
            await asyncio.sleep(0.02)
        begin = server.now
        for number in range(_VXG_EVENTS):
            server.happen(at=begin + timedelta(milliseconds=number))
        polls = len(server.requests)

        async def poll() -> None:
            await _until(home, entry_id, "CloudEvent", _VXG_EVENTS)

        # What is measured begins with the request that brings them.
        while len(server.requests) == polls:
            await asyncio.sleep(0.005)
        return await _timed(home, _VXG_EVENTS, poll)
