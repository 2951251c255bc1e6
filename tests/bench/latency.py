"""How long it takes until a push is told, and for how long the event loop is blocked meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
import itertools
import math
import socket
from statistics import median
import time
from typing import Any

from ..emulators.http import Field, form
from ..emulators.pictures import mp4
from .figures import Figure, Row, figure as figure_of
from .home import BenchHome
from .pushes import CONTENT_TYPE, alarm, picture, request, send

PROBE = "VCPROBE0000001"
_PROBES = 12
_PROBE_SECONDS = 0.15
# How much longer each sync takes, in milliseconds.
DISKS = {"syncs as they are": 0, "each sync takes 500 ms": 500}
# An alarm does not wait for the disk; the answer does.
GOAL_MS = 50
_WHAT = {"event": "the bus event", "states": "the last state"}
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


async def _probe(home: BenchHome, data: bytes, *, waits: bool) -> tuple[float, asyncio.Task[float]]:
    """Push once; return when its last byte was sent, and how long after that the answer comes."""
    loop = asyncio.get_running_loop()
    connection = socket.create_connection(("127.0.0.1", home.port))
    connection.setblocking(False)
    await loop.sock_sendall(connection, data[:-1])
    sent = time.monotonic()
    await loop.sock_sendall(connection, data[-1:])

    async def answer() -> float:
        with connection:
            status = (await loop.sock_recv(connection, 4096)).split(b" ", 2)[1]
        if status != b"200":
            raise RuntimeError(f"A push was answered {status!r}")
        return time.monotonic() - sent

    answering = asyncio.create_task(answer())
    if waits:
        await answering
    return sent, answering


async def _round(home: BenchHome, webhook_id: str, *, waits: bool) -> dict[str, list[float]]:
    """Push a few times; return the milliseconds from the last byte to bus event, states and answer.

    The next one is sent after the answer with `waits`, else while the one before is still being written.
    """
    data = request("bench", webhook_id, alarm(PROBE, 100_000))
    await home.seen(PROBE)
    sent = []
    for _ in range(_PROBES):
        sent.append(await _probe(home, data, waits=waits))
        await asyncio.sleep(_PROBE_SECONDS)
    answers = [await answering for _, answering in sent]
    seen = await home.seen()
    found: dict[str, list[float]] = {"event": [], "states": [], "answer": [it * 1000 for it in answers]}
    begins = [begin for begin, _ in sent]
    for begin, end in zip(begins, [*begins[1:], math.inf], strict=True):
        told = [(what, at - begin) for what, at in seen if begin <= at < end]
        events = [at for what, at in told if what == "event"]
        states = [at for what, at in told if what != "event"]
        if len(events) != 1 or not states:
            raise RuntimeError(f"Of one push, {len(events)} events and {len(states)} states came")
        found["event"].append(events[0] * 1000)
        found["states"].append(max(states) * 1000)
    return found


async def told(home: BenchHome, webhook_id: str, rounds: int) -> dict[str, dict[str, list[list[float]]]]:
    """Return for each kind of disk and what comes the milliseconds after the last byte, by round.

    Rounds with every sync as it is and with every sync taking half a second take turns.
    """
    await send(home.port, request("bench", webhook_id, alarm(PROBE, 100_000)))
    found: dict[str, dict[str, list[list[float]]]] = {}
    for _ in range(rounds):
        for disk, milliseconds in DISKS.items():
            await home.slow_disk(milliseconds)
            try:
                times = await _round(home, webhook_id, waits=not milliseconds)
            finally:
                await home.slow_disk(0)
            for what, each in times.items():
                found.setdefault(disk, {}).setdefault(what, []).append(each)
    return found


async def under_load(home: BenchHome, webhook_id: str, rounds: int) -> list[list[float]]:
    """Return the milliseconds to the last state while others push 50 times a second, by round."""
    async with load(home, webhook_id, 100_000):
        await asyncio.sleep(1)
        return [(await _round(home, webhook_id, waits=True))["states"] for _ in range(rounds)]


async def blocks(home: BenchHome, webhook_id: str, rounds: int) -> dict[str, list[float]]:
    """Return for how many milliseconds the event loop is blocked at most, by round, in turn."""
    found: dict[str, list[float]] = {"idle": [], "floor": [], "ours": []}
    for _ in range(rounds):
        await home.watch_loop()
        await asyncio.sleep(3)
        found["idle"].append(await home.blocked() * 1000)
        for what, door in (("floor", "bench_floor"), ("ours", webhook_id)):
            clip = asyncio.create_task(_clip(home, webhook_id, 100)) if what == "ours" else None
            async with load(home, door, 1_000_000):
                await home.watch_loop()
                await asyncio.sleep(5)
                found[what].append(await home.blocked() * 1000)
            if clip is not None and (status := await clip) != 200:
                raise RuntimeError(f"The clip was answered {status}")
    return found


def rows(found: dict[str, Any]) -> Iterator[Row]:
    """Iterate over the figures of `told`, `under_load` and `blocks`."""
    for disk, times in found["told"].items():
        slow = DISKS[disk]
        for what in ("event", "states"):
            for kind, of in (("median", median), ("worst", max)):
                figure = Figure(tuple(of(each) for each in times[what]))
                yield Row(f"Last byte to {_WHAT[what]}, {disk}: {kind}", figure, "ms", GOAL_MS)
        figure = Figure(tuple(min(each) for each in times["answer"]))
        what = f"Last byte to the answer, {disk}: quickest"
        yield Row(what, figure, "ms", slow or None, is_least=True)
    for kind, of in (("median", median), ("worst", max)):
        figure = Figure(tuple(of(each) for each in found["load"]))
        yield Row(f"Last byte to the states, beside 50 pushes/s: {kind}", figure, "ms")
    blocked = found["blocks"]
    yield Row("Longest block of the event loop: idle", figure_of(blocked["idle"]), "ms")
    yield Row("Longest block: 50 pushes/s of 1 MB at the floor", figure_of(blocked["floor"]), "ms")
    yield Row("Longest block: the same at ours, and a clip of 100 MiB", figure_of(blocked["ours"]), "ms")
    difference = [ours - floor for ours, floor in zip(blocked["ours"], blocked["floor"], strict=True)]
    yield Row("Longest block, by our code: the difference", figure_of(difference), "ms", 20)


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


async def clip_growth(home: BenchHome, webhook_id: str, rounds: int) -> list[float]:
    """Return by how many MiB Home Assistant grows while a clip of 200 MiB comes in, by round."""
    await _clip(home, webhook_id, 5)
    growth = []
    for _ in range(rounds):
        base = peak = home.memory()
        sending = asyncio.create_task(_clip(home, webhook_id, 200))
        while not sending.done():
            peak = max(peak, home.memory())
            await asyncio.sleep(0.02)
        if (status := await sending) != 200:
            raise RuntimeError(f"The clip was answered {status}")
        growth.append((peak - base) / _MIB)
    return growth
