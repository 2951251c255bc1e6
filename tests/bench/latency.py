"""How long it takes until somebody sees a push, and for how long the event loop is blocked meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import itertools
from statistics import median, quantiles
import time
from typing import Any

from ..demo.home_assistant import WebSocket
from ..emulators.http import Field, form
from ..emulators.pictures import mp4
from .home import BenchHome
from .pushes import CONTENT_TYPE, alarm, picture, request, send

PROBE = "VCPROBE0000001"
_PROBES = 60
_RATE = 50
_CAMERAS = 25
_MIB = 1024 * 1024


@asynccontextmanager
async def load(home: BenchHome, webhook_id: str, size: int, rate: int = _RATE) -> AsyncIterator[list[int]]:
    """Have cameras push, so many times a second, while inside; yields the list of answers."""
    bodies = [request("bench", webhook_id, alarm(f"VCLOAD{number:08d}", size)) for number in range(_CAMERAS)]
    answers: list[int] = []
    sending: set[asyncio.Task[None]] = set()

    async def one(data: bytes) -> None:
        answers.append(await send(home.port, data))

    async def run() -> None:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        for number in itertools.count():
            await asyncio.sleep(max(0.0, begin + number / rate - loop.time()))
            task = asyncio.create_task(one(bodies[number % _CAMERAS]))
            sending.add(task)
            task.add_done_callback(sending.discard)

    running = asyncio.create_task(run())
    try:
        yield answers
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await asyncio.gather(*sending)


async def _seen(home: BenchHome, websocket: WebSocket, data: bytes) -> float:
    """Push once; return the seconds from its last byte to the state change on the WebSocket."""
    reader, writer = await asyncio.open_connection("127.0.0.1", home.port)
    writer.write(data)
    await writer.drain()
    sent = time.monotonic()
    while True:
        event = await websocket.event()
        if event["data"]["entity_id"].endswith(f"{PROBE.lower()}_alarm"):
            break
    seen = time.monotonic() - sent
    await reader.read()
    writer.close()
    return seen


async def measure(home: BenchHome, webhook_id: str) -> dict[str, Any]:
    """Return latencies in milliseconds, and the longest block of the event loop."""
    probe = request("bench", webhook_id, alarm(PROBE, 100_000))
    await send(home.port, probe)
    found: dict[str, Any] = {}
    async with home.websocket() as websocket:
        await websocket.command("subscribe_events", event_type="state_changed")

        async def probes() -> dict[str, float]:
            times = []
            for _ in range(_PROBES):
                times.append(await _seen(home, websocket, probe) * 1000)
                await asyncio.sleep(0.05)
            return {"median": median(times), "p99": quantiles(times, n=100)[98]}

        found["idle"] = await probes()
        async with load(home, webhook_id, 100_000):
            await asyncio.sleep(1)
            found["50 pushes/s"] = await probes()
    await home.blocked()
    await asyncio.sleep(3)
    found["block_idle"] = await home.blocked() * 1000
    for what, door in (("floor", "bench_floor"), ("ours", webhook_id)):
        clip = asyncio.create_task(_clip(home, webhook_id, 100)) if what == "ours" else None
        async with load(home, door, 1_000_000) as answers:
            await home.blocked()
            await asyncio.sleep(8)
            found[f"block_{what}"] = await home.blocked() * 1000
        found[f"answers_{what}"] = len(answers)
        if clip is not None:
            found["clip_answer"] = await clip
    return found


async def _clip(home: BenchHome, webhook_id: str, mib: int) -> int:
    """Send an alarm with a clip of so many MiB; return the status."""
    mark = b"@@clip@@"
    fields = [Field("vuid", b"VCCLIP00000001"), Field("type", b"18")]
    fields.append(Field("picture", picture(1000), "a.jpg", "image/jpeg"))
    before, after = form([*fields, Field("video", mark, "clip.mp4")]).split(mark)
    head = mp4(1000)
    length = len(before) + len(head) + mib * _MIB + len(after)
    reader, writer = await asyncio.open_connection("127.0.0.1", home.port)
    writer.write(
        (
            f"POST /api/webhook/{webhook_id} HTTP/1.1\r\nHost: bench\r\nContent-Type: {CONTENT_TYPE}\r\n"
            f"Content-Length: {length}\r\nConnection: close\r\n\r\n"
        ).encode()
        + before
        + head
    )
    for _ in range(mib):
        writer.write(bytes(_MIB))
        await writer.drain()
    writer.write(after)
    answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1]) if answer else 0


async def clip_growth(home: BenchHome, webhook_id: str) -> float:
    """Return by how many MiB Home Assistant grows while a clip of 200 MiB comes in."""
    await _clip(home, webhook_id, 5)
    base = peak = home.memory()
    sending = asyncio.create_task(_clip(home, webhook_id, 200))
    while not sending.done():
        peak = max(peak, home.memory())
        await asyncio.sleep(0.02)
    if (status := await sending) != 200:
        raise RuntimeError(f"The clip was answered {status}")
    return (peak - base) / _MIB
