"""No input is expensive: large hostile bodies of every kind, and the CPU time that their bytes cost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
import time

from ..bench.pushes import request
from ..demo.home_assistant import free_port
from ..emulators.hostile_bodies import FORMS, JSON, OBJECTS, XML, Body, Make
from .home import SoakHome
from .report import Report

_MIB = 1024 * 1024
_SIZES = (_MIB // 4, _MIB, 8 * _MIB)
# Of what costs less than that, the process's other work is more.
_NOTHING_SECONDS = 0.1
_GROWTH = 5
_SECONDS_PER_MIB = 1.0
_LONGEST_SECONDS = 0.05
_AGAIN = 5
# Sends a kind of body from an address, to a port of ours.
type Deliver = Callable[[str, str, bytes], Awaitable[None]]


async def _send(port: int, local: str, data: bytes, *, is_all: bool = False) -> None:
    """Send bytes, and read what is answered; to be refused before all was sent is fine."""
    with suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(local, 0))
        try:
            writer.write(data)
            await writer.drain()
            if is_all:
                writer.write_eof()
            await reader.read()
        finally:
            writer.close()


async def _cost(home: SoakHome, delivered: Awaitable[None]) -> float:
    """Return the CPU time of the process until something is delivered and it has nothing more to do."""
    before = home.cpu()
    await delivered
    last = home.cpu()
    while True:
        since = time.monotonic()
        await asyncio.sleep(0.1)
        now = home.cpu()
        if now - last < 0.3 * (time.monotonic() - since):
            return now - before
        last = now


async def _judge(
    home: SoakHome, report: Report, kind: str, bodies: dict[str, Make], deliver: Deliver
) -> None:
    dear: list[str] = []
    longest, dearest, which = 0.0, 0.0, ""
    for number, (name, make) in enumerate(bodies.items()):
        # What is refused costs its sender time: each kind comes from an address of its own.
        local = f"127.0.{1 + number // 200}.{1 + number % 200}"
        costs = []
        for size in _SIZES:
            data = await asyncio.to_thread(make, size)
            await home.watch_loop()
            costs.append((len(data), await _cost(home, deliver(local, name, data))))
            blocked = await home.blocked()
            for _ in range(_AGAIN):
                if blocked <= _LONGEST_SECONDS:
                    break
                # What else the machine does holds it up as well, but not each time.
                await home.watch_loop()
                await deliver(local, name, data)
                blocked = min(blocked, await home.blocked())
            if blocked > longest:
                longest, which = blocked, f"{name}, {len(data)} bytes"
        (small, cheap), *_, (large, cost) = costs
        dearest = max(dearest, *(cost / size * _MIB for size, cost in costs))
        if cost / large * _MIB > _SECONDS_PER_MIB or (
            cost > _NOTHING_SECONDS and cost / large > _GROWTH * max(cheap, _NOTHING_SECONDS / 4) / small
        ):
            dear.append(f"{name}: {costs}")
    report.check(f"{kind}: no byte costs more in a large body than in a small one", not dear, dear or "")
    report.figure(f"{kind}: the dearest MiB", f"{dearest * 1000:.0f} ms of CPU time")
    figure = f"{longest * 1000:.0f} ms, {which}"
    report.check(f"{kind}: nothing holds up Home Assistant", longest <= _LONGEST_SECONDS, figure)


def _post(home: SoakHome, webhook_id: str, bodies: dict[str, Body]) -> Deliver:
    async def post(local: str, name: str, data: bytes) -> None:
        await _send(home.port, local, request("x", webhook_id, data, bodies[name].content_type))

    return post


def _makes(bodies: dict[str, Body]) -> dict[str, Make]:
    return {name: body.make for name, body in bodies.items()}


async def run(home: SoakHome, report: Report) -> None:
    """Send all of them, over every transport."""
    report.begin("No input is expensive")
    entry_id, ff = await home.add("ff")
    _, vstarcam = await home.add("vstarcam")
    _, omni = await home.add("omni", {"next_step_id": "omni_webhook"})
    tcp = free_port()
    await home.set_options(entry_id, {"tcp": {"port": tcp}})
    await home.loaded()
    for system, webhook_id in (("FF", ff), ("VStarcam", vstarcam), ("OMNI", omni)):
        for kind, bodies in (("JSON", JSON), ("forms", FORMS), ("XML", XML)):
            await _judge(home, report, f"{system}, {kind}", _makes(bodies), _post(home, webhook_id, bodies))

    async def stream(local: str, name: str, data: bytes) -> None:
        await _send(tcp, local, data, is_all=True)

    await _judge(home, report, "FF, TCP", OBJECTS, stream)
    complaints = home.complaints()
    report.check("nothing of ours is in the log as an error", not complaints, "".join(complaints)[:3000])
